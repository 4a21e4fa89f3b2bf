//! The one place that understands `SdkError`. It keeps operation, code and a scrubbed message; never the raw response,
//! which can hold customers' data.

use std::sync::LazyLock;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use regex::Regex;

use super::api::Api;
use super::api::apis::STS_ASSUME_ROLE;
use crate::types::{Gap, GapReason};

/// Why a call failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct Failure {
    pub kind: FailureKind,
    pub api: &'static Api,
    /// One line for a person: what failed and what to do.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    Denied,
    Throttled,
    /// The content is under a key that the caller may not use.
    Encrypted,
    /// No credentials, or credentials that AWS no longer takes.
    Credentials,
    /// Credentials that AWS does not know here: a Region that is not enabled does not know the account's.
    UnknownHere,
    /// AWS does not know the resource.
    NotFound,
    /// Another wrote at the same time.
    Conflict,
    /// The page token has expired or is not understood.
    PageToken,
    /// The endpoint does not offer the operation.
    Unsupported,
    /// Worth trying again: a dead connection, a timeout, an answer of the 500s.
    Transient,
    /// A signal ended the scan.
    Interrupted,
    Other,
}

impl Failure {
    pub(super) fn interrupted(api: &'static Api) -> Self {
        Self { kind: FailureKind::Interrupted, api, detail: format!("the scan was interrupted before {}", api.name) }
    }

    /// The SDK's error, classified.
    ///
    /// A call that needed an assumed role fails as that role's own call did.
    pub fn of<E>(api: &'static Api, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata,
    {
        if let SdkError::DispatchFailure(failure) = error
            && let Some(inner) = failure.as_connector_error().and_then(within)
        {
            return inner;
        }
        let status = error.raw_response().map(|response| response.status().as_u16());
        let (kind, detail) = match error {
            SdkError::ServiceError(_) => service_error(api, error.code(), error.message(), status),
            SdkError::TimeoutError(_) => (FailureKind::Transient, format!("{} timed out", api.name)),
            SdkError::DispatchFailure(failure) if failure.is_other() => (
                FailureKind::Credentials,
                format!("{} was not sent: no usable AWS credentials were found; log in or set a profile", api.name),
            ),
            SdkError::DispatchFailure(_) => (
                FailureKind::Transient,
                format!("{} got no connection; check the network, proxy and endpoint", api.name),
            ),
            SdkError::ConstructionFailure(_) => (
                FailureKind::Credentials,
                format!("{} could not be prepared; check profile, Region and credentials", api.name),
            ),
            _ => unreadable(api, status),
        };
        Self { kind, api, detail }
    }

    pub fn gap(&self) -> Gap {
        let reason = match self.kind {
            FailureKind::Denied => GapReason::Denied,
            FailureKind::Throttled => GapReason::Throttled,
            FailureKind::Encrypted => GapReason::Encrypted,
            FailureKind::Unsupported => GapReason::Unsupported,
            FailureKind::PageToken | FailureKind::Interrupted => GapReason::Partial,
            FailureKind::Credentials
            | FailureKind::UnknownHere
            | FailureKind::NotFound
            | FailureKind::Conflict
            | FailureKind::Transient
            | FailureKind::Other => GapReason::Error,
        };
        let opens = match self.kind {
            FailureKind::Denied => self.api.iam_action.map(str::to_owned),
            FailureKind::Encrypted => Some("kms:Decrypt".to_owned()),
            _ => None,
        };
        Gap { api: self.api.name.to_owned(), iam_action: opens, ..Gap::new(reason, self.detail.clone()) }
    }
}

/// The failure of an earlier call that this one came to grief of.
fn within(error: &ConnectorError) -> Option<Failure> {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return Some(failure.clone());
        }
        cause = error.source();
    }
    None
}

/// An answer that is not AWS's: HTML or nothing where JSON or XML is due.
fn unreadable(api: &'static Api, status: Option<u16>) -> (FailureKind, String) {
    let name = api.name;
    match status {
        Some(404 | 501) => (FailureKind::Unsupported, format!("the endpoint does not offer {name}")),
        Some(429) => (FailureKind::Throttled, format!("{name} was throttled (HTTP 429)")),
        Some(status @ 500..) => {
            (FailureKind::Transient, format!("{name} answered HTTP {status} without a readable error"))
        }
        Some(status) => {
            (FailureKind::Other, format!("{name} answered HTTP {status} with a body that is not as AWS documents it"))
        }
        None => (FailureKind::Other, format!("{name} gave an answer that is not as AWS documents it")),
    }
}

fn service_error(
    api: &'static Api,
    code: Option<&str>,
    message: Option<&str>,
    status: Option<u16>,
) -> (FailureKind, String) {
    let name = api.name;
    let Some(code) = code else { return unreadable(api, status) };
    let kind = kind_of(code, status);
    let detail = match kind {
        // AWS's own sentence names the principal, whose session name can be a person's.
        FailureKind::Denied => format!("AWS refused {name} ({code}{})", why_denied(message)),
        FailureKind::Throttled => format!("AWS throttled {name} ({code})"),
        FailureKind::Encrypted => format!("{name} needs a KMS key that the auditor may not use ({code})"),
        FailureKind::Credentials | FailureKind::UnknownHere => {
            format!(
                "AWS did not take the credentials for {name} ({code}): they have expired, or the Region is not enabled"
            )
        }
        FailureKind::PageToken => format!("{name} lost its page token ({code}): the list is not whole"),
        FailureKind::Unsupported => format!("the endpoint does not offer {name} ({code})"),
        // AWS may repeat what was sent, and an external id has no form by which it could be told from other text.
        _ => match message.filter(|_| *api != STS_ASSUME_ROLE).map(scrub).filter(|message| !message.is_empty()) {
            Some(message) => format!("{name} failed ({code}): {message}"),
            None => format!("{name} failed ({code})"),
        },
    };
    (kind, detail)
}

fn kind_of(code: &str, status: Option<u16>) -> FailureKind {
    match code {
        "KmsAccessDeniedException" | "KmsInvalidStateException" => FailureKind::Encrypted,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthorizationError"
        | "Forbidden"
        | "NotAuthorized"
        | "UnauthorizedException" => FailureKind::Denied,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "AuthFailure"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignature"
        | "InvalidAccessKeyId" => FailureKind::Credentials,
        "InvalidClientTokenId" | "UnrecognizedClientException" | "OptInRequired" => FailureKind::UnknownHere,
        "InvalidToken"
        | "InvalidNextToken"
        | "InvalidNextTokenException"
        | "InvalidPaginationTokenException"
        | "PaginationTokenExpiredException"
        | "InvalidPaginationToken" => FailureKind::PageToken,
        "UnknownOperationException"
        | "UnknownOperation"
        | "InvalidAction"
        | "UnsupportedOperation"
        | "UnsupportedOperationException"
        | "NotImplemented"
        | "NotImplementedException"
        | "StateMachineTypeNotSupported" => FailureKind::Unsupported,
        "PreconditionFailed" | "ConditionalRequestConflict" => FailureKind::Conflict,
        "NoSuchEntity"
        | "NoSuchKey"
        | "NotFoundException"
        | "ResourceNotFoundException"
        | "TableNotFoundException"
        | "NoSuchBucketPolicy"
        | "NoSuchLifecycleConfiguration"
        | "NoSuchPublicAccessBlockConfiguration"
        | "ServerSideEncryptionConfigurationNotFoundError"
        | "NoSuchResourceException"
        | "ActivityDoesNotExist"
        | "StateMachineDoesNotExist"
        | "ExecutionDoesNotExist"
        | "ResourceNotFound" => FailureKind::NotFound,
        code if code.contains("Throttl") || THROTTLED.contains(&code) => FailureKind::Throttled,
        _ => match status {
            Some(429) => FailureKind::Throttled,
            Some(500..) => FailureKind::Transient,
            _ => FailureKind::Other,
        },
    }
}

const THROTTLED: [&str; 6] = [
    "TooManyRequestsException",
    "TooManyRequests",
    "RequestLimitExceeded",
    "SlowDown",
    "RateExceeded",
    "BandwidthLimitExceeded",
];

/// Of a refusal that is the resource's own, whatever the caller's policies say.
pub const BY_RESOURCE: &str = ", by an explicit deny of the resource's own policy";
/// Of a refusal that KMS gives for a key that there is not, too.
pub const OF_NOTHING: &str = ", or there is no such resource";

/// The part of a refusal that says which kind of policy spoke; nothing else of it is kept.
fn why_denied(message: Option<&str>) -> &'static str {
    let message = message.unwrap_or_default();
    let kinds = [
        ("service control policy", ", by a service control policy"),
        ("resource control policy", ", by a resource control policy"),
        ("permissions boundary", ", by a permissions boundary"),
        ("session policy", ", by a session policy"),
        ("VPC endpoint policy", ", by a VPC endpoint policy"),
        ("explicit deny in a resource-based policy", BY_RESOURCE),
        ("resource does not exist in this Region", OF_NOTHING),
        ("explicit deny", ", by an explicit deny"),
    ];
    kinds.into_iter().find(|(words, _)| message.contains(words)).map_or("", |(_, why)| why)
}

/// AWS's message without what can be personal or secret (session names, execution ARNs, long tokens), 300 characters.
fn scrub(message: &str) -> String {
    static SESSION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(assumed-role/[^/\s]+)/[^\s,]+"));
    static EXECUTION: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"arn:[a-z-]+:states:[^\s]*:(?:execution|express|mapRun):[^\s,']+"));
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Za-z0-9+/=_-]{48,}"));
    let message = SESSION.replace_all(message, "$1");
    let message = EXECUTION.replace_all(&message, "(an execution)");
    let message = TOKEN.replace_all(&message, "(a long token)");
    message.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is fixed and tested")
}

#[cfg(test)]
mod tests {
    use super::{FailureKind, kind_of, scrub, service_error};
    use crate::aws::api::apis::{SFN_DESCRIBE_STATE_MACHINE as DESCRIBE, STS_ASSUME_ROLE};

    #[test]
    fn codes_are_classified() {
        for (code, status, kind) in [
            ("AccessDeniedException", 400, FailureKind::Denied),
            ("KmsAccessDeniedException", 400, FailureKind::Encrypted),
            ("ThrottlingException", 400, FailureKind::Throttled),
            ("KmsThrottlingException", 400, FailureKind::Throttled),
            ("Whatever", 429, FailureKind::Throttled),
            ("Whatever", 503, FailureKind::Transient),
            ("ExpiredTokenException", 403, FailureKind::Credentials),
            ("UnrecognizedClientException", 400, FailureKind::UnknownHere),
            ("InvalidToken", 400, FailureKind::PageToken),
            ("UnknownOperationException", 404, FailureKind::Unsupported),
            ("NotFoundException", 400, FailureKind::NotFound),
            ("ValidationException", 400, FailureKind::Other),
        ] {
            assert_eq!(kind_of(code, Some(status)), kind, "{code}");
        }
    }

    #[test]
    fn a_refusal_keeps_no_principal() {
        let message = "User: arn:aws:sts::123456789012:assumed-role/Audit/jane@example.com is not authorized to perform: \
                       states:DescribeStateMachine with an explicit deny in a service control policy";
        let (_, detail) = service_error(&DESCRIBE, Some("AccessDeniedException"), Some(message), Some(400));
        assert_eq!(
            detail,
            "AWS refused states:DescribeStateMachine (AccessDeniedException, by a service control policy)"
        );
    }

    #[test]
    fn nothing_of_what_sts_says_about_a_role_is_kept() {
        let (_, detail) =
            service_error(&STS_ASSUME_ROLE, Some("ValidationError"), Some("two  words is no id"), Some(400));
        assert_eq!(detail, "sts:AssumeRole failed (ValidationError)");
    }

    #[test]
    fn other_messages_are_scrubbed() {
        let long = "a1".repeat(40);
        let message = format!(
            "bad arn:aws:states:eu-west-1:123456789012:execution:orders:jane-doe by \
             arn:aws:sts::123456789012:assumed-role/Audit/jane@example.com\n token {long}"
        );
        assert_eq!(
            scrub(&message),
            "bad (an execution) by arn:aws:sts::123456789012:assumed-role/Audit token (a long token)"
        );
    }
}
