//! Who audits: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>.

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

use super::{ACCOUNT, Aws, quiet, scan};
use crate::replay::{Answer, Rule, error, on, raw, throttled, xml};

async fn refused(answer: Answer) -> String {
    let rules: Vec<Rule> = std::iter::once(on("GetCallerIdentity", answer)).chain(quiet()).collect();
    let scan = scan(rules).await;
    assert_eq!(scan.replay.count("ListStateMachines"), 0, "nothing is asked before the account is known");
    scan.result.expect_err("the account is not known").to_string()
}

#[tokio::test]
async fn the_callers_account_and_principal() {
    let scan = scan(quiet()).await;
    let identity = scan.global().identity();
    let identity = identity.whole().unwrap();
    assert_eq!(identity.partition, "aws");
    assert_eq!(identity.caller.as_str(), format!("arn:aws:sts::{ACCOUNT}:assumed-role/Audit"));
    assert_eq!(scan.replay.count("GetCallerIdentity"), 1);
}

/// What the SDK's chain says at its end.
#[derive(Debug)]
struct NotLoggedIn;

impl ProvideCredentials for NotLoggedIn {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded(
            "no providers in chain provided credentials",
        )))
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let aws = Aws::new(quiet()).credentials(SharedCredentialsProvider::new(NotLoggedIn));
    let scan = aws.scan().await;
    let message = scan.result.unwrap_err().to_string();
    assert!(message.contains("no usable AWS credentials were found; log in"), "{message}");
    assert_eq!(scan.replay.count("GetCallerIdentity"), 0);
}

#[tokio::test]
async fn credentials_that_aws_does_not_take_end_the_collection_with_a_clear_message() {
    for code in ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"] {
        let message = refused(error(code, "The security token included in the request is expired")).await;
        assert!(message.contains(code) && message.contains("did not take the credentials"), "{message}");
    }
}

#[tokio::test]
async fn an_answer_without_an_account_ends_the_collection() {
    for answer in [
        xml(""),
        xml("<Account>12</Account><Arn>arn:aws:iam::123456789012:user/audit</Arn>"),
        xml("<Account>123456789012</Account><Arn>me</Arn>"),
        raw(200, "<html>Please log in to the Wi-Fi</html>"),
        raw(200, ""),
        raw(404, "<html>Not Found</html>"),
        throttled(),
    ] {
        let message = refused(answer).await;
        assert!(message.contains("sts:GetCallerIdentity"), "{message}");
    }
}
