use aws_config::SdkConfig;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Builder, Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};

/// The one HTTP client of the process: hyper 1 with rustls on ring (which builds in seconds where aws-lc takes
/// minutes), the system's certificates (`SSL_CERT_FILE` is honoured), and the proxy of the environment.
///
/// HTTP/1.1 with pooled connections: one per call in flight.
pub(super) fn client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        connector(
            settings.cloned(),
            components.and_then(aws_smithy_runtime_api::client::runtime_components::RuntimeComponents::sleep_impl),
        )
    })
}

/// The same for calls that no SDK client makes, with the timeouts of those that one makes.
pub(super) fn connector_of(config: &SdkConfig) -> Connector {
    let mut settings = HttpConnectorSettings::builder();
    if let Some(timeouts) = config.timeout_config() {
        settings.set_connect_timeout(timeouts.connect_timeout());
        settings.set_read_timeout(timeouts.operation_attempt_timeout());
    }
    connector(Some(settings.build()), config.sleep_impl())
}

fn connector(settings: Option<HttpConnectorSettings>, sleep: Option<SharedAsyncSleep>) -> Connector {
    let mut connector = Connector::builder()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .proxy_config(ProxyConfig::from_env())
        .enable_tcp_nodelay(true);
    connector.set_connector_settings(settings);
    connector.set_sleep_impl(sleep);
    connector.build()
}
