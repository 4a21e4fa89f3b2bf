use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::answer::NeverEmpty;
use super::assume::AssumedRole;
use super::caller::Caller;
use super::http;
use super::settings::AwsSettings;
use crate::types::{Arn, Region};

/// Where STS and other global calls go when nothing names a Region.
const DEFAULT_REGION: &str = "us-east-1";

/// Credentials and connections of one account; gives clients for any Region.
#[derive(Debug, Clone)]
pub struct Session {
    config: SdkConfig,
}

/// The clients of one account and Region.
#[derive(Debug, Clone)]
pub struct Clients {
    config: SdkConfig,
}

/// A session could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("the configured Region is not one: {0}")]
    Region(String),
}

impl Session {
    pub(super) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The credentials of the environment: profile, SSO, `credential_process`, web identity, container, instance.
    pub async fn load(settings: &AwsSettings) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(settings.connect_timeout_seconds))
            .operation_attempt_timeout(Duration::from_secs(settings.attempt_timeout_seconds))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(http::client())
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(endpoint) = &settings.endpoint_url {
            loader = loader.endpoint_url(endpoint);
        }
        Self { config: loader.load().await }
    }

    /// A session over a ready configuration; tests answer for AWS through its HTTP client. Its retries must be off, as
    /// they would pass the budget by.
    pub fn from_sdk_config(config: SdkConfig) -> Self {
        Self { config }
    }

    /// The Region that the environment or the profile names, for calls that need just any.
    pub fn home_region(&self) -> Result<Region, SessionError> {
        let named = self.config.region().map_or(DEFAULT_REGION, aws_config::Region::as_ref);
        Region::parse(named).map_err(|_| SessionError::Region(named.to_owned()))
    }

    /// The session of a role that is assumed with this one's credentials.
    #[must_use]
    pub fn assume(&self, role_arn: Arn, external_id: Option<String>, caller: Caller) -> Self {
        let sts = self.clients(caller.region()).sts();
        let provider = AssumedRole { sts, caller, role_arn, external_id };
        let builder = self.config.to_builder().credentials_provider(SharedCredentialsProvider::new(provider));
        // A cache of its own, or the caller's own credentials would be served for the role's.
        let builder = builder.identity_cache(aws_config::identity::IdentityCache::lazy().build());
        Self { config: builder.build() }
    }

    pub fn clients(&self, region: &Region) -> Clients {
        let region = aws_config::Region::new(region.as_str().to_owned());
        Clients { config: self.config.to_builder().region(region).build() }
    }
}

impl Clients {
    pub(super) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Of buckets' settings.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::from_conf(self.s3_config().interceptor(NeverEmpty).build())
    }

    /// Of buckets' objects, to which many answers are empty.
    pub fn objects(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::from_conf(self.s3_config().build())
    }

    /// An endpoint of one's own knows buckets only by the path, not by the host's name.
    fn s3_config(&self) -> aws_sdk_s3::config::Builder {
        let own_endpoint = self.config.endpoint_url().is_some();
        aws_sdk_s3::config::Builder::from(&self.config).force_path_style(own_endpoint)
    }
}

macro_rules! clients {
    ($($name:ident: $crate_name:ident,)+) => {
        impl Clients {
            $(pub fn $name(&self) -> $crate_name::Client {
                let config = $crate_name::config::Builder::from(&self.config).interceptor(NeverEmpty).build();
                $crate_name::Client::from_conf(config)
            })+
        }
    };
}

clients! {
    account: aws_sdk_account,
    cloudwatch: aws_sdk_cloudwatch,
    dynamodb: aws_sdk_dynamodb,
    events: aws_sdk_eventbridge,
    iam: aws_sdk_iam,
    kms: aws_sdk_kms,
    lambda: aws_sdk_lambda,
    logs: aws_sdk_cloudwatchlogs,
    quotas: aws_sdk_servicequotas,
    sfn: aws_sdk_sfn,
    sts: aws_sdk_sts,
    tagging: aws_sdk_resourcegroupstagging,
    xray: aws_sdk_xray,
}
