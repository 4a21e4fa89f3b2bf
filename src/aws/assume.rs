use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};

use super::api::apis::STS_ASSUME_ROLE;
use super::caller::Caller;
use super::error::{Failure, FailureKind};
use crate::types::Arn;

/// Shown in the audited account's `CloudTrail`.
const SESSION_NAME: &str = "stepwarden";

/// Credentials of a role in an audited account. The SDK's identity cache asks again before they expire; each
/// `AssumeRole` goes through the request budget like every other call.
pub(super) struct AssumedRole {
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) caller: Caller,
    pub(super) role_arn: Arn,
    pub(super) external_id: Option<String>,
}

impl AssumedRole {
    async fn assume(&self) -> Result<Credentials, CredentialsError> {
        let request = self.sts.assume_role().role_arn(self.role_arn.as_str()).role_session_name(SESSION_NAME);
        let request = request.set_external_id(self.external_id.clone());
        let answer = self.caller.call(&STS_ASSUME_ROLE, || request.clone().send()).await;
        let credentials = answer.map_err(CredentialsError::provider_error)?.credentials;
        let credentials =
            credentials.filter(|keys| !keys.access_key_id.is_empty() && !keys.secret_access_key.is_empty());
        let credentials = credentials.ok_or_else(|| CredentialsError::provider_error(without_credentials()))?;
        let expires = credentials.expiration.try_into().map_err(CredentialsError::unhandled)?;
        Ok(Credentials::new(
            credentials.access_key_id,
            credentials.secret_access_key,
            Some(credentials.session_token),
            Some(expires),
            "stepwarden AssumeRole",
        ))
    }
}

fn without_credentials() -> Failure {
    let detail = format!("{} answered without usable credentials", STS_ASSUME_ROLE.name);
    Failure { kind: FailureKind::Other, api: &STS_ASSUME_ROLE, detail }
}

impl std::fmt::Debug for AssumedRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AssumedRole({})", self.role_arn)
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}
