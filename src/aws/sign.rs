//! Requests that no SDK client makes, signed as one would sign them.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

/// A request that can be made more than once.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    pub method: &'static str,
    pub url: &'a str,
    pub headers: &'a [(&'static str, String)],
    pub body: &'a [u8],
}

/// Credentials that are resolved once, for one service in one Region.
#[derive(Debug)]
pub(super) struct Signer {
    identity: Identity,
    region: String,
    service: &'static str,
}

impl Signer {
    pub(super) async fn new(config: &SdkConfig, region: String, service: &'static str) -> Result<Self, BoxError> {
        let provider = config.credentials_provider().ok_or("there is no provider of credentials")?;
        let credentials = provider.provide_credentials().await?;
        Ok(Self { identity: credentials.into(), region, service })
    }

    fn sign(&self, draft: Draft<'_>, request: &mut HttpRequest) -> Result<(), BoxError> {
        let params = SigningParams::builder()
            .identity(&self.identity)
            .region(&self.region)
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?;
        let headers = draft.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let signable = SignableRequest::new(draft.method, draft.url, headers, SignableBody::Bytes(draft.body))?;
        let (signature, _) = sign(signable, &params.into())?.into_parts();
        for (name, value) in signature.headers() {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        Ok(())
    }
}

impl Draft<'_> {
    /// As it is sent, signed where there is a signer.
    pub(super) fn request(self, signer: Option<&Signer>) -> Result<HttpRequest, BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(self.body.to_vec()));
        request.set_method(self.method)?;
        request.set_uri(self.url.to_owned())?;
        for (name, value) in self.headers {
            request.headers_mut().insert(*name, value.clone());
        }
        if let Some(signer) = signer {
            signer.sign(self, &mut request)?;
        }
        Ok(request)
    }
}
