use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::collector::{Collector, Context, Scope};
use crate::aws::apis::{XRAY_GET_ENCRYPTION_CONFIG as ENCRYPTION, XRAY_GET_TRACE_SEGMENT_DESTINATION as DESTINATION};
use crate::model::{PartName, PartValue, Xray, XrayDestination, XrayEncryption};
use crate::types::{Gap, GapReason, Observed};

/// X-Ray's encryption and where it puts segments.
pub(super) static COLLECTOR: Collector =
    Collector { part: PartName::Xray, scope: Scope::Region, after: &[], apis: &[&ENCRYPTION, &DESTINATION], run };

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (encryption, destination) = tokio::join!(encryption(context), destination(context));
        let (encryption, destination) = (Observed::from(encryption), Observed::from(destination));
        PartValue::Xray(match (encryption.gap(), destination.gap()) {
            (Some(gap), Some(_)) => Observed::missing(gap.clone()),
            _ => Observed::known(Xray { encryption, destination }),
        })
    }
    .boxed()
}

async fn encryption(context: &Context<'_>) -> Result<XrayEncryption, Gap> {
    let client = context.clients.xray();
    let answer = context.call(&ENCRYPTION, || client.get_encryption_config().send()).await;
    let config = answer.map_err(|failure| context.gap(&failure))?.encryption_config;
    let read = config.and_then(|config| {
        let kind = config.r#type?.as_str().to_owned();
        let key_id = config.key_id.map(|id| context.door.text(&id).clean.into_inner());
        Some(XrayEncryption { kind, key_id, status: config.status.map(|status| status.as_str().to_owned()) })
    });
    read.ok_or_else(|| lacks(context, ENCRYPTION.name, "EncryptionConfig"))
}

async fn destination(context: &Context<'_>) -> Result<XrayDestination, Gap> {
    let client = context.clients.xray();
    let answer = context.call(&DESTINATION, || client.get_trace_segment_destination().send()).await;
    let answer = answer.map_err(|failure| context.gap(&failure))?;
    let status = answer.status.map(|status| status.as_str().to_owned());
    let read =
        answer.destination.map(|destination| XrayDestination { destination: destination.as_str().to_owned(), status });
    read.ok_or_else(|| lacks(context, DESTINATION.name, "Destination"))
}

fn lacks(context: &Context<'_>, api: &str, field: &str) -> Gap {
    let detail = format!("{api} answered without a usable {field}");
    context.locate(Gap { api: api.to_owned(), ..Gap::new(GapReason::Error, detail) })
}
