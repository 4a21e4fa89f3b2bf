//! Tasks that fetch secrets.

use serde_json::Value;

use super::{Integration, Resolved, Task};

/// Calls that answer with a secret: service, call, and the members of the answer that hold it.
const CALLS: [(&str, &str, &[&str]); 44] = [
    ("secretsmanager", "getSecretValue", &["SecretString", "SecretBinary"]),
    ("secretsmanager", "batchGetSecretValue", &["SecretValues"]),
    ("secretsmanager", "getRandomPassword", &["RandomPassword"]),
    ("ssm", "getParameter", &["Parameter"]),
    ("ssm", "getParameters", &["Parameters"]),
    ("ssm", "getParametersByPath", &["Parameters"]),
    ("ssm", "getParameterHistory", &["Parameters"]),
    ("kms", "decrypt", &["Plaintext"]),
    ("kms", "generateDataKey", &["Plaintext"]),
    ("kms", "generateDataKeyPair", &["PrivateKeyPlaintext"]),
    ("kms", "generateRandom", &["Plaintext"]),
    ("kms", "deriveSharedSecret", &["SharedSecret"]),
    ("sts", "assumeRole", &["Credentials"]),
    ("sts", "assumeRoleWithSAML", &["Credentials"]),
    ("sts", "assumeRoleWithWebIdentity", &["Credentials"]),
    ("sts", "getFederationToken", &["Credentials"]),
    ("sts", "getSessionToken", &["Credentials"]),
    ("sts", "assumeRoot", &["Credentials"]),
    ("sts", "getDelegatedAccessToken", &["Credentials"]),
    ("sts", "getWebIdentityToken", &["WebIdentityToken"]),
    ("sso", "getRoleCredentials", &["RoleCredentials"]),
    ("ssooidc", "createToken", &["AccessToken", "RefreshToken", "IdToken"]),
    ("cognitoidentity", "getCredentialsForIdentity", &["Credentials"]),
    ("cognitoidentity", "getOpenIdToken", &["Token"]),
    ("cognitoidentity", "getOpenIdTokenForDeveloperIdentity", &["Token"]),
    ("cognitoidentityprovider", "initiateAuth", &["AuthenticationResult", "Session"]),
    ("cognitoidentityprovider", "adminInitiateAuth", &["AuthenticationResult", "Session"]),
    ("cognitoidentityprovider", "respondToAuthChallenge", &["AuthenticationResult", "Session"]),
    ("cognitoidentityprovider", "adminRespondToAuthChallenge", &["AuthenticationResult", "Session"]),
    ("cognitoidentityprovider", "getTokensFromRefreshToken", &["AuthenticationResult"]),
    ("cognitoidentityprovider", "describeUserPoolClient", &["UserPoolClient"]),
    ("ecr", "getAuthorizationToken", &["AuthorizationData"]),
    ("ecrpublic", "getAuthorizationToken", &["AuthorizationData"]),
    ("codeartifact", "getAuthorizationToken", &["AuthorizationToken"]),
    ("iam", "createAccessKey", &["AccessKey"]),
    ("iam", "createServiceSpecificCredential", &["ServiceSpecificCredential"]),
    ("iam", "resetServiceSpecificCredential", &["ServiceSpecificCredential"]),
    ("ec2", "createKeyPair", &["KeyMaterial"]),
    ("lightsail", "createKeyPair", &["PrivateKeyBase64"]),
    ("lightsail", "getRelationalDatabaseMasterUserPassword", &["MasterUserPassword"]),
    ("redshift", "getClusterCredentials", &["DbPassword"]),
    ("redshift", "getClusterCredentialsWithIAM", &["DbPassword"]),
    ("redshiftserverless", "getCredentials", &["DbPassword"]),
    ("apigateway", "getApiKey", &["Value"]),
];

/// The members of `integration`'s answer that hold a secret; `None` where it fetches none.
pub(super) fn fetched(integration: &Integration) -> Option<&'static [&'static str]> {
    let call = CALLS.iter().find(|(service, call, _)| integration.is_sdk_call(service, call));
    call.map(|(_, _, members)| *members)
}

/// Parameters of SSM come as they are kept unless the call asks for decryption: ciphertext, or text that is no secret. `None`:
/// that is decided at run time.
/// Source: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>.
pub(super) fn is_in_clear(task: &Task) -> Option<bool> {
    let Integration::AwsSdk { service, .. } = &task.integration else { return Some(true) };
    let option = match service.as_str() {
        "ssm" => "WithDecryption",
        "apigateway" => "IncludeValue",
        _ => return Some(true),
    };
    match task.arguments.member(option) {
        None => Some(false),
        Some(Resolved::Runtime { .. }) => None,
        Some(given) => Some(given.value() == Some(&Value::Bool(true))),
    }
}
