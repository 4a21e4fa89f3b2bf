use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, SseDescription, SseStatus, SseType, TimeToLiveStatus};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};

use super::collector::{Collector, Context, Scope};
use super::pages::without;
use super::progress::Event;
use crate::aws::apis::{
    DYNAMODB_DESCRIBE_CONTINUOUS_BACKUPS as BACKUPS, DYNAMODB_DESCRIBE_TABLE as TABLE,
    DYNAMODB_DESCRIBE_TIME_TO_LIVE as TIME_TO_LIVE,
};
use crate::aws::{Failure, FailureKind};
use crate::model::{PartName, PartValue, StateMachines, Table, Tables, store_uses};
use crate::types::{Arn, Gap, GapReason, Observed};

/// How the tables are guarded that this Region's definitions put items into or get items from. No item is read.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Tables,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[&TABLE, &BACKUPS, &TIME_TO_LIVE],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::Tables.missing(gap),
        };
        let (own, foreign): (Vec<Arn>, Vec<Arn>) = named(machines).into_iter().partition(|arn| context.owns(arn));
        context.tell(Event::Counted(own.len()));
        let foreign_gap = |arn: &Arn| {
            let gap = Gap::new(GapReason::Unsupported, "the table belongs to another account or Region");
            context.locate(gap).about(arn.as_str())
        };
        let mut tables: Tables =
            foreign.into_iter().map(|arn| (arn.clone(), Observed::missing(foreign_gap(&arn)))).collect();
        let read = |arn: Arn| async move {
            let read = table(context, &arn).await;
            context.tell(Event::Advanced);
            (arn, read.into())
        };
        let answers: Vec<_> =
            futures_util::stream::iter(own).map(read).buffer_unordered(context.concurrency).collect().await;
        tables.extend(answers);
        PartValue::Tables(Observed::listed(tables, gap))
    }
    .boxed()
}

/// The tables that readable definitions name.
fn named(machines: &StateMachines) -> BTreeSet<Arn> {
    let named = |machine: &crate::model::StateMachine| {
        let definition = machines.definition(machine.details.seen().0?).ok()?;
        Some(store_uses(definition).filter_map(|used| used.table(&machine.arn)).collect::<Vec<_>>())
    };
    machines.machines.iter().filter_map(named).flatten().collect()
}

/// `None`: there is no such table.
async fn table(context: &Context<'_>, arn: &Arn) -> Result<Option<Table>, Gap> {
    let client = context.clients.dynamodb();
    let gap = |failure: Failure| context.gap(&failure).about(arn.as_str());
    let name = arn.name();
    let answer = match context.call(&TABLE, || client.describe_table().table_name(name).send()).await {
        Err(failure) if failure.kind == FailureKind::NotFound => return Ok(None),
        answer => answer.map_err(gap)?,
    };
    let description = answer.table.filter(|table| table.table_arn.is_some() || table.table_name.is_some());
    let description = description.ok_or_else(|| gap(without(&TABLE, "Table")))?;
    let key = key(context, description.sse_description).map_err(gap)?;
    let (recovery, expires) = tokio::join!(recovery(context, name), expires(context, name));
    let (point_in_time_recovery, expires) = (recovery.map_err(gap).into(), expires.map_err(gap).into());
    Ok(Some(Table { key, point_in_time_recovery, expires }))
}

/// Without a description, and while it is being switched off, the key is one that AWS owns.
fn key(context: &Context<'_>, encryption: Option<SseDescription>) -> Result<Option<String>, Failure> {
    let on = |status: &SseStatus| !matches!(status, SseStatus::Disabled | SseStatus::Disabling);
    let Some(encryption) = encryption.filter(|one| one.status.as_ref().is_some_and(on)) else { return Ok(None) };
    match (encryption.sse_type, encryption.kms_master_key_arn) {
        (Some(SseType::Aes256), None) => Ok(None),
        (_, Some(key)) => Ok(Some(context.door.text(&key).clean.into_inner())),
        (_, None) => Err(without(&TABLE, "KMSMasterKeyArn")),
    }
}

async fn recovery(context: &Context<'_>, name: &str) -> Result<bool, Failure> {
    let client = context.clients.dynamodb();
    let answer = context.call(&BACKUPS, || client.describe_continuous_backups().table_name(name).send()).await?;
    let description =
        answer.continuous_backups_description.and_then(|backups| backups.point_in_time_recovery_description);
    match description.and_then(|recovery| recovery.point_in_time_recovery_status) {
        Some(PointInTimeRecoveryStatus::Enabled) => Ok(true),
        Some(PointInTimeRecoveryStatus::Disabled) => Ok(false),
        _ => Err(without(&BACKUPS, "a usable PointInTimeRecoveryStatus")),
    }
}

async fn expires(context: &Context<'_>, name: &str) -> Result<bool, Failure> {
    let client = context.clients.dynamodb();
    let answer = context.call(&TIME_TO_LIVE, || client.describe_time_to_live().table_name(name).send()).await?;
    match answer.time_to_live_description.and_then(|description| description.time_to_live_status) {
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling) => Ok(true),
        Some(TimeToLiveStatus::Disabled | TimeToLiveStatus::Disabling) => Ok(false),
        _ => Err(without(&TIME_TO_LIVE, "a usable TimeToLiveStatus")),
    }
}
