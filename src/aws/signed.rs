//! Calls of services whose SDK crate would cost minutes of building for one operation: JSON that is signed here and sent
//! over the one HTTP client, and fails as the SDK's calls do.

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::ErrorMetadata;
use serde_json::Value;

use super::http;
use super::session::Clients;
use super::sign::{Draft, Signer};

/// One service in one Region, with credentials that are resolved once.
#[derive(Debug)]
pub struct Signed {
    endpoint: String,
    signer: Signer,
    connector: Connector,
}

/// How a signed call fails.
pub type SignedError = SdkError<ErrorMetadata, HttpResponse>;

impl Clients {
    /// The service by the name that its host and its signatures have.
    pub async fn signed(&self, service: &'static str) -> Result<Signed, SignedError> {
        let config = self.config();
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let fips = if config.use_fips() == Some(true) { "-fips" } else { "" };
        let endpoint = config.endpoint_url().map_or_else(
            || format!("https://{service}{fips}.{region}.{domain}"),
            |url| url.trim_end_matches('/').to_owned(),
        );
        let signer = Signer::new(config, region, service).await.map_err(unsent)?;
        Ok(Signed { endpoint, signer, connector: http::connector_of(config) })
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
        let headers = [("content-type", "application/json".to_owned())];
        Draft { method: "POST", url: &url, headers: &headers, body }.request(Some(&self.signer))
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
