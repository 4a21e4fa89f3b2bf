//! Calls of services whose SDK crate would cost minutes of building for one operation: JSON that is signed here and sent
//! over the one HTTP client, and fails as the SDK's calls do.

use std::time::SystemTime;

use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::ErrorMetadata;
use serde_json::Value;

use super::http;
use super::session::Clients;

/// One service in one Region, with credentials that are resolved once.
#[derive(Debug)]
pub struct Signed {
    service: &'static str,
    region: String,
    endpoint: String,
    identity: Identity,
    connector: Connector,
}

/// How a signed call fails.
pub type SignedError = SdkError<ErrorMetadata, HttpResponse>;

impl Clients {
    /// The service by the name that its host and its signatures have.
    pub async fn signed(&self, service: &'static str) -> Result<Signed, SignedError> {
        let config = self.config();
        let provider = config.credentials_provider().ok_or_else(|| unsent("there is no provider of credentials"))?;
        let credentials = provider.provide_credentials().await.map_err(unsent)?;
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let fips = if config.use_fips() == Some(true) { "-fips" } else { "" };
        let endpoint = config.endpoint_url().map_or_else(
            || format!("https://{service}{fips}.{region}.{domain}"),
            |url| url.trim_end_matches('/').to_owned(),
        );
        let mut settings = HttpConnectorSettings::builder();
        if let Some(timeouts) = config.timeout_config() {
            settings.set_connect_timeout(timeouts.connect_timeout());
            settings.set_read_timeout(timeouts.operation_attempt_timeout());
        }
        let connector = http::connector(Some(settings.build()), config.sleep_impl());
        Ok(Signed { service, region, endpoint, identity: credentials.into(), connector })
    }
}

/// Nothing was sent: there are no credentials, or none that can be used.
fn unsent(error: impl Into<BoxError>) -> SignedError {
    SdkError::dispatch_failure(ConnectorError::other(error.into(), None))
}

impl Signed {
    /// Posts JSON and gives the JSON that is answered.
    pub async fn post(&self, path: &str, body: &[u8]) -> Result<Value, SignedError> {
        let request = self.request(path, body).map_err(SdkError::construction_failure)?;
        let mut response = self.connector.call(request).await.map_err(SdkError::dispatch_failure)?;
        let body = match ByteStream::new(response.take_body()).collect().await {
            Ok(body) => body.into_bytes(),
            Err(error) => return Err(SdkError::response_error(error, response)),
        };
        let answer: Result<Value, _> = serde_json::from_slice(&body);
        match (response.status().is_success(), answer) {
            (true, Ok(answer)) => Ok(answer),
            (true, Err(error)) => Err(SdkError::response_error(error, response)),
            (false, answer) => {
                let error = error(&response, &answer.unwrap_or_default());
                Err(SdkError::service_error(error, response))
            }
        }
    }

    fn request(&self, path: &str, body: &[u8]) -> Result<HttpRequest, BoxError> {
        let url = format!("{}{path}", self.endpoint);
        let params = SigningParams::builder()
            .identity(&self.identity)
            .region(&self.region)
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?;
        let headers = [("content-type", "application/json")];
        let signable = SignableRequest::new("POST", url.as_str(), headers.into_iter(), SignableBody::Bytes(body))?;
        let (signature, _) = sign(signable, &params.into())?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body.to_vec()));
        request.set_method("POST")?;
        request.set_uri(url)?;
        request.headers_mut().insert("content-type", "application/json");
        for (name, value) in signature.headers() {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        Ok(request)
    }
}

/// The code stands in a header or in the body, with a namespace before it or a URL after it.
fn error(response: &HttpResponse, body: &Value) -> ErrorMetadata {
    let named = ["__type", "code", "Code"].iter().find_map(|name| body[*name].as_str());
    let code = response.headers().get("x-amzn-errortype").or(named);
    let code = code.and_then(|code| code.split(':').next()?.rsplit('#').next());
    let message = ["message", "Message"].iter().find_map(|name| body[*name].as_str());
    let mut error = ErrorMetadata::builder();
    if let Some(code) = code {
        error = error.code(code);
    }
    if let Some(message) = message {
        error = error.message(message);
    }
    error.build()
}
