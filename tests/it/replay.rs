//! Answers for AWS at the HTTP seam of the real SDK: what is sent is recorded, what comes back is written in the test.

mod cbor;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use serde_json::{Value, json};
use stepwarden::aws::Session;

/// The access key of [`credentials`].
pub(crate) const ACCESS_KEY: &str = "AKIDEXAMPLE";

/// Credentials that nothing is wrong with.
pub(crate) fn credentials() -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Credentials::new(ACCESS_KEY, "not a real secret key", None, None, "test"))
}

/// Which calls are answered, and how. The first rule that fits a call answers it.
#[derive(Debug)]
pub(crate) struct Rule {
    operation: String,
    region: Option<&'static str>,
    access_key: Option<&'static str>,
    texts: Vec<&'static str>,
    answers: Vec<Answer>,
    served: AtomicUsize,
}

#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Success, in the words of the call's own protocol: JSON, or CBOR for CloudWatch.
    Value(Value),
    /// Success of a Query call (IAM, STS): what stands within its `…Result` element; of S3, all of it.
    Xml(String),
    /// An error, in the words of the call's own protocol.
    Error { status: u16, code: &'static str, message: String },
    /// Whatever a proxy, a captive portal or a broken endpoint sends.
    Raw { status: u16, body: Vec<u8> },
    /// The connection hangs.
    Never,
}

/// A call as AWS would have seen it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) region: String,
    pub(crate) access_key: String,
    pub(crate) body: String,
    /// Path and query; of S3 the host before them, which names the bucket.
    pub(crate) path: String,
    protocol: Protocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Json,
    Query,
    Cbor,
    /// S3: XML, and the operation in the query.
    S3,
}

/// An operation (`ListStateMachines`) and its first answer.
pub(crate) fn on(operation: &str, answer: Answer) -> Rule {
    Rule {
        operation: operation.to_owned(),
        region: None,
        access_key: None,
        texts: Vec::new(),
        answers: vec![answer],
        served: AtomicUsize::new(0),
    }
}

pub(crate) fn ok(value: Value) -> Answer {
    Answer::Value(value)
}

pub(crate) fn xml(result: impl Into<String>) -> Answer {
    Answer::Xml(result.into())
}

pub(crate) fn error(code: &'static str, message: impl Into<String>) -> Answer {
    Answer::Error { status: 400, code, message: message.into() }
}

pub(crate) fn denied() -> Answer {
    let message = "User: arn:aws:sts::123456789012:assumed-role/Audit/jane@example.com is not authorized";
    Answer::Error { status: 400, code: "AccessDeniedException", message: message.to_owned() }
}

pub(crate) fn throttled() -> Answer {
    error("ThrottlingException", "Rate exceeded")
}

pub(crate) fn raw(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer::Raw { status, body: body.into() }
}

pub(crate) fn never() -> Answer {
    Answer::Never
}

impl Rule {
    /// What the next call is answered; the last answer stands for all that follow.
    pub(crate) fn then(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// Only calls to this Region.
    pub(crate) fn in_region(self, region: &'static str) -> Self {
        Self { region: Some(region), ..self }
    }

    /// Only calls that are signed with this access key.
    pub(crate) fn signed_by(self, access_key: &'static str) -> Self {
        Self { access_key: Some(access_key), ..self }
    }

    /// Only calls with this text in their body, path or query.
    pub(crate) fn with(mut self, text: &'static str) -> Self {
        self.texts.push(text);
        self
    }

    fn fits(&self, call: &Call) -> bool {
        self.operation == call.operation
            && self.region.is_none_or(|region| region == call.region)
            && self.access_key.is_none_or(|key| key == call.access_key)
            && self.texts.iter().all(|text| call.body.contains(text) || call.path.contains(text))
    }

    fn next(&self) -> Answer {
        let served = self.served.fetch_add(1, Ordering::Relaxed);
        self.answers[served.min(self.answers.len() - 1)].clone()
    }
}

/// An HTTP client that answers by rules. What no rule fits gets a web page with status 404, as an endpoint answers that
/// does not have the operation: a gap of its own kind, never an empty list.
#[derive(Debug, Clone)]
pub(crate) struct Replay {
    rules: Arc<Vec<Rule>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Replay {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self { rules: Arc::new(rules), calls: Arc::default() }
    }

    /// A session at home in eu-west-1.
    pub(crate) fn session(&self, credentials: SharedCredentialsProvider) -> Session {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(aws_config::Region::new("eu-west-1"))
            .credentials_provider(credentials)
            .http_client(SharedHttpClient::new(self.clone()))
            .retry_config(RetryConfig::disabled());
        Session::from_sdk_config(config.build())
    }

    /// All calls of an operation so far.
    pub(crate) fn calls(&self, operation: &str) -> Vec<Call> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().filter(|call| call.operation == operation).cloned().collect()
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.calls(operation).len()
    }
}

impl HttpClient for Replay {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Replay {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = Call::of(&request);
        let answer = self.rules.iter().find(|rule| rule.fits(&call)).map(Rule::next);
        let answer = answer.unwrap_or_else(|| raw(404, "<html><body>Not Found</body></html>"));
        let response = answer.response(&call);
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        match response {
            Some(response) => HttpConnectorFuture::ready(Ok(response)),
            None => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

impl Call {
    fn of(request: &HttpRequest) -> Self {
        let header = |name: &str| request.headers().get(name).unwrap_or_default();
        let scope = header("authorization").split_once("Credential=").map(|(_, scope)| scope).unwrap_or_default();
        let mut scope = scope.split(['/', ',']);
        let access_key = scope.next().unwrap_or_default().to_owned();
        let region = scope.nth(1).unwrap_or_default().to_owned();
        let service = scope.next().unwrap_or_default();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let uri = request.uri();
        let whole = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        let uri = whole.find('/').map_or("/", |at| &whole[at..]);
        let path = uri.split(['?']).next().unwrap_or_default();
        let last = |text: &str, separator| text.rsplit(separator).next().unwrap_or_default().to_owned();
        let (operation, protocol) = match (header("x-amz-target"), body.strip_prefix("Action=")) {
            ("", Some(action)) => (action.split('&').next().unwrap_or_default().to_owned(), Protocol::Query),
            ("", None) if service == "s3" => (s3_operation(uri).to_owned(), Protocol::S3),
            ("", None) if path.contains("/operation/") => (last(path, '/'), Protocol::Cbor),
            ("", None) => (rest_operation(&last(path, '/')).to_owned(), Protocol::Json),
            (target, _) => (last(target, '.'), Protocol::Json),
        };
        let path = if protocol == Protocol::S3 { whole } else { uri }.to_owned();
        Self { operation, region, access_key, body, path, protocol }
    }
}

/// REST calls are known by their path: <https://docs.aws.amazon.com/xray/latest/api/API_GetEncryptionConfig.html>,
/// <https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html>,
/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>.
fn rest_operation(path: &str) -> &str {
    match path {
        "EncryptionConfig" => "GetEncryptionConfig",
        "listRegions" => "ListRegions",
        "policy" => "GetPolicy",
        "configuration" => "GetFunctionConfiguration",
        same => same,
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>.
fn s3_operation(uri: &str) -> &'static str {
    const BY_QUERY: [(&str, &str); 4] = [
        ("encryption", "GetBucketEncryption"),
        ("publicAccessBlock", "GetPublicAccessBlock"),
        ("policyStatus", "GetBucketPolicyStatus"),
        ("lifecycle", "GetBucketLifecycleConfiguration"),
    ];
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let asked = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    BY_QUERY.iter().find(|(name, _)| asked(name)).map_or("ListBuckets", |(_, operation)| operation)
}

impl Answer {
    fn response(self, call: &Call) -> Option<HttpResponse> {
        let operation = &call.operation;
        let (status, body, error) = match (self, call.protocol) {
            (Self::Never, _) => return None,
            (Self::Raw { status, body }, _) => (status, body, None),
            (Self::Xml(body), Protocol::S3) => (200, body.into_bytes(), None),
            (Self::Error { status, code, message }, Protocol::S3) => {
                let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
                (status, error.into_bytes(), None)
            }
            (Self::Xml(result), _) => {
                let body = format!(
                    "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
                );
                (200, body.into_bytes(), None)
            }
            (Self::Value(value), Protocol::Cbor) => (200, cbor::encode(&value), None),
            (Self::Value(value), _) => (200, value.to_string().into_bytes(), None),
            (Self::Error { status, code, message }, Protocol::Query) => {
                let error = format!("<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>");
                (status, format!("<ErrorResponse><Error>{error}</Error></ErrorResponse>").into_bytes(), Some(code))
            }
            (Self::Error { status, code, message }, Protocol::Cbor) => {
                (status, cbor::encode(&json!({ "__type": code, "message": message })), Some(code))
            }
            (Self::Error { status, code, message }, Protocol::Json) => {
                (status, json!({ "__type": code, "message": message }).to_string().into_bytes(), Some(code))
            }
        };
        let status = status.try_into().expect("tests answer with real status codes");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        if call.protocol == Protocol::Cbor {
            response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
        }
        if let Some(code) = error {
            response.headers_mut().insert("x-amzn-errortype", code);
        }
        Some(response)
    }
}
