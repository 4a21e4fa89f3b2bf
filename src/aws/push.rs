//! Requests to receivers that are none of AWS's APIs, over the one HTTP client; Amazon Managed Prometheus is one of them,
//! but for its signature.

use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_types::byte_stream::ByteStream;

use super::http;
use super::session::Session;
use super::sign::{Draft, Signer};
use crate::types::Region;

/// What fails by itself may work a little later: so often it is tried.
const ATTEMPTS: u32 = 3;
/// Before the second attempt; then twice as long.
const PAUSE: Duration = Duration::from_secs(1);
/// Of an answer that refuses, so much is told.
const TOLD: usize = 200;

/// Makes requests; signs them where it has an identity.
#[derive(Debug)]
pub struct Pusher {
    connector: Connector,
    signer: Option<Signer>,
}

impl Session {
    /// One that signs for Amazon Managed Prometheus (`aps`) in a Region, or does not sign.
    pub async fn pusher(&self, signs_for: Option<Region>) -> Result<Pusher, String> {
        let config = self.config();
        let signer = match signs_for {
            None => None,
            Some(region) => Some(Signer::new(config, region.to_string(), "aps").await.map_err(|error| chain(&*error))?),
        };
        Ok(Pusher { connector: http::connector_of(config), signer })
    }
}

impl Pusher {
    /// Pushes until it is taken. A refusal is told with the begin of the answer.
    pub async fn push(&self, draft: Draft<'_>) -> Result<(), String> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.once(draft).await {
                Ok(()) => return Ok(()),
                Err(Refusal { passes: false, why }) => return Err(why),
                Err(Refusal { passes: true, why }) => tracing::warn!("tried again: {why}"),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.once(draft).await.map_err(|refusal| refusal.why)
    }

    async fn once(&self, draft: Draft<'_>) -> Result<(), Refusal> {
        let request =
            draft.request(self.signer.as_ref()).map_err(|error| Refusal { passes: false, why: error.to_string() })?;
        let answer = self.connector.call(request).await;
        let mut answer = answer.map_err(|error| Refusal { passes: true, why: chain(&error) })?;
        let status = answer.status().as_u16();
        if answer.status().is_success() {
            return Ok(());
        }
        let body = ByteStream::new(answer.take_body()).collect().await.map(|body| body.into_bytes().to_vec());
        let told: String = String::from_utf8_lossy(&body.unwrap_or_default()).chars().take(TOLD).collect();
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        Err(Refusal { passes: status == 429 || status >= 500, why: format!("HTTP {status} {told}").trim().to_owned() })
    }
}

/// Why a push was not taken, and whether that may pass by itself.
struct Refusal {
    passes: bool,
    why: String,
}

/// With its causes: `dispatch failure` alone tells nothing.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
