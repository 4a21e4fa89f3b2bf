use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_kms::types::{GrantConstraints, GrantListEntry, KeyMetadata};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;

use super::collector::{Collector, Context, Scope, policy, without_session};
use super::pages::{Page, all_pages, required};
use super::progress::Event;
use crate::aws::apis::{KMS_DESCRIBE_KEY as DESCRIBE, KMS_GET_KEY_POLICY as POLICY, KMS_LIST_GRANTS as GRANTS};
use crate::aws::{Api, Failure, FailureKind};
use crate::detect::Clean;
use crate::iam::Policy;
use crate::model::{Encryption, KeyGrant, KeyName, KmsKey, KmsKeys, PartName, PartValue, StateMachine, StateMachines};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The largest page that the service hands out.
const PAGE: i32 = 100;

/// The KMS keys that this Region's machines, the log groups, buckets and tables they write to, and X-Ray name.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::KmsKeys,
    scope: Scope::Region,
    after: &[PartName::StateMachines, PartName::Xray, PartName::LogGroups, PartName::ResultBuckets, PartName::Tables],
    apis: &[&DESCRIBE, &POLICY, &GRANTS],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (names, gap) = names(context);
        PartValue::KmsKeys(match names {
            Some(names) => Observed::listed(look_up(context, names).await, gap),
            None => Observed::missing(gap.unwrap_or_else(|| Gap::not_collected("state_machines"))),
        })
    }
    .boxed()
}

/// What is named as a key, and why that may not be all; nothing where neither machines nor log groups were seen.
fn names<'a>(context: &'a Context<'a>) -> (Option<BTreeSet<&'a str>>, Option<Gap>) {
    let (machines, groups) = (context.snapshot.state_machines(), context.snapshot.log_groups());
    let gap = machines.gap().or(groups.gap()).cloned();
    let (machines, groups) = (machines.seen().0.copied(), groups.seen().0.copied());
    if machines.is_none() && groups.is_none() {
        return (None, gap);
    }
    let of_machines = machines.into_iter().flat_map(|list| &list.machines).filter_map(|machine| {
        match &machine.details.seen().0?.encryption {
            Encryption::Customer { kms_key_id } => Some(kms_key_id.as_str()),
            Encryption::AwsOwned | Encryption::Unknown { .. } => None,
        }
    });
    let of_groups =
        groups.into_iter().flatten().filter_map(|(_, group)| group.seen().0?.as_ref()?.kms_key_id.as_deref());
    let named = of_machines.chain(of_groups).chain(of_stores(context)).chain(of_traces(context, machines));
    (Some(named.filter(|name| !name.is_empty()).collect()), gap)
}

/// X-Ray's key, where a machine traces.
fn of_traces<'a>(context: &'a Context<'a>, machines: Option<&'a StateMachines>) -> Option<&'a str> {
    let traces = |machine: &StateMachine| machine.details.seen().0.is_some_and(|details| details.tracing_enabled);
    if !machines?.machines.iter().any(traces) {
        return None;
    }
    let xray = context.snapshot.xray();
    xray.seen().0.copied()?.encryption.seen().0?.key_id.as_deref()
}

/// The keys of result buckets and tables that were read. What was not leaves its own gap.
fn of_stores<'a>(context: &'a Context<'a>) -> impl Iterator<Item = &'a str> {
    let (buckets, tables) = (context.snapshot.result_buckets(), context.snapshot.tables());
    let (buckets, tables) = (buckets.seen().0.copied(), tables.seen().0.copied());
    let of_buckets = buckets
        .into_iter()
        .flatten()
        .filter_map(|(_, bucket)| bucket.seen().0?.as_ref()?.encryption.seen().0?.as_ref()?.key.as_deref());
    let of_tables = tables.into_iter().flatten().filter_map(|(_, table)| table.seen().0?.as_ref()?.key.as_deref());
    of_buckets.chain(of_tables)
}

async fn look_up(context: &Context<'_>, names: BTreeSet<&str>) -> KmsKeys {
    // One question for all the ways in which one key is named.
    let mut questions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut found = KmsKeys::default();
    for name in names {
        let key = KeyName::parse(name);
        match key.as_ref().map(|key| key.within(context.account_id.as_str(), context.region.as_str())) {
            Some(Some(id)) => questions.entry(id.to_owned()).or_default().push(name.to_owned()),
            Some(None) => {
                let gap = Gap::new(GapReason::Unsupported, "the key belongs to another account or Region");
                found.named.insert(name.to_owned(), Observed::missing(context.locate(gap).about(name)));
            }
            None => {
                let gap = Gap::new(GapReason::Error, "what is named as a key is neither an id, an ARN nor an alias");
                found.named.insert(name.to_owned(), Observed::missing(context.locate(gap).about(name)));
            }
        }
    }
    context.tell(Event::Counted(questions.len()));
    let describe = |(id, names): (String, Vec<String>)| async move { (names, describe(context, &id).await) };
    let answers: Vec<_> =
        futures_util::stream::iter(questions).map(describe).buffer_unordered(context.concurrency).collect().await;
    let mut described: BTreeMap<Arn, Box<KeyMetadata>> = BTreeMap::new();
    for (names, answer) in answers {
        let arn = answer.as_ref().map(|key| key.as_ref().map(|(arn, _)| arn.clone()));
        let seen = |name: String| {
            let arn = arn.clone().map_err(|failure| context.gap(failure).about(name.as_str()));
            (name, arn.into())
        };
        found.named.extend(names.into_iter().map(seen));
        described.extend(answer.ok().flatten());
    }
    let read = |(arn, metadata)| async move {
        let key = key(context, &arn, metadata).await;
        context.tell(Event::Advanced);
        (arn, key)
    };
    found.keys = futures_util::stream::iter(described).map(read).buffer_unordered(context.concurrency).collect().await;
    found
}

/// The ARN of the key that a machine of this account and Region names; only for an alias is AWS asked. `None`: AWS says
/// that there is no such key.
pub(super) async fn arn_of(context: &Context<'_>, named: &str) -> Result<Option<Arn>, Gap> {
    let own = |id: &str| {
        let (partition, region) = (context.principal.partition(), context.region);
        Arn::parse(format!("arn:{partition}:kms:{region}:{}:key/{id}", context.account_id)).ok()
    };
    match KeyName::parse(named) {
        Some(KeyName::Arn { arn, name }) if !name.starts_with("alias/") => Ok(Some(arn)),
        Some(KeyName::Own(id)) if !id.starts_with("alias/") => Ok(own(&id)),
        Some(_) => match describe(context, named).await {
            Ok(key) => Ok(key.map(|(arn, _)| arn)),
            Err(failure) => Err(context.gap(&failure).about(named)),
        },
        None => {
            let gap = Gap::new(GapReason::Error, "what is named as a key is neither an id, an ARN nor an alias");
            Err(context.locate(gap).about(named))
        }
    }
}

/// `None`: AWS says that there is no such key.
async fn describe(context: &Context<'_>, id: &str) -> Result<Option<(Arn, Box<KeyMetadata>)>, Failure> {
    let client = context.clients.kms();
    let answer = match context.call(&DESCRIBE, || client.describe_key().key_id(id).send()).await {
        Err(failure) if failure.kind == FailureKind::NotFound => return Ok(None),
        answer => answer?,
    };
    let metadata = answer.key_metadata.and_then(|metadata| {
        let arn = Arn::parse(metadata.arn.clone()?).ok()?;
        Some((arn, Box::new(metadata)))
    });
    metadata.map(Some).ok_or_else(|| broken(&DESCRIBE, "without a usable Arn"))
}

fn broken(api: &'static Api, how: &str) -> Failure {
    Failure { kind: FailureKind::Other, api, detail: format!("{} answered {how}", api.name) }
}

async fn key(context: &Context<'_>, arn: &Arn, metadata: Box<KeyMetadata>) -> KmsKey {
    let (policy, grants) = tokio::join!(key_policy(context, arn), grants(context, arn));
    KmsKey {
        state: metadata.key_state.map(|state| state.as_str().to_owned()),
        manager: metadata.key_manager.map(|manager| manager.as_str().to_owned()),
        origin: metadata.origin.map(|origin| origin.as_str().to_owned()),
        deletion_at: metadata.deletion_date.and_then(|date| Timestamp::from_second(date.secs()).ok()),
        policy: policy.into(),
        grants,
    }
}

/// A key has exactly one policy, which is called `default`.
async fn key_policy(context: &Context<'_>, arn: &Arn) -> Result<Clean<Policy>, Gap> {
    let client = context.clients.kms();
    let request = client.get_key_policy().key_id(arn.as_str()).policy_name("default");
    let answer = context.call(&POLICY, || request.clone().send()).await;
    let text = answer.and_then(|answer| answer.policy.ok_or_else(|| broken(&POLICY, "without Policy")));
    let text = text.map_err(|failure| context.gap(&failure).about(arn.as_str()))?;
    policy(context.door, &POLICY, &text).map_err(|gap| context.locate(gap).about(arn.as_str()))
}

async fn grants(context: &Context<'_>, arn: &Arn) -> Observed<Vec<KeyGrant>> {
    let client = context.clients.kms();
    let (grants, failure) = all_pages(&GRANTS, |marker| {
        let request = client.list_grants().key_id(arn.as_str()).limit(PAGE).set_marker(marker);
        async move {
            let answer = context.call(&GRANTS, || request.clone().send()).await?;
            let grants = required(&GRANTS, answer.grants, "Grants")?;
            // A last page may name a marker all the same; one that is cut off must.
            match answer.next_marker.filter(|_| answer.truncated) {
                None if answer.truncated => Err(broken(&GRANTS, "that there is more, but not where")),
                next => Ok(Page { items: grants, next }),
            }
        }
    })
    .await;
    let grants: Vec<_> = grants.into_iter().map(|entry| grant(context, entry)).collect();
    match context.listed(grants, failure.as_ref()) {
        Observed::Missing { gap } => Observed::missing(gap.about(arn.as_str())),
        Observed::Partial { value, gap } => Observed::Partial { value, gap: gap.about(arn.as_str()) },
        whole => whole,
    }
}

fn grant(context: &Context<'_>, entry: GrantListEntry) -> KeyGrant {
    let text = |text: &str| context.door.text(text).clean;
    let context_of = |map: Option<std::collections::HashMap<String, String>>| {
        map.map(|map| map.iter().map(|(key, value)| (text(key), text(value))).collect())
    };
    let principal = entry.grantee_principal.or(entry.grantee_service_principal);
    let constraints = entry.constraints.unwrap_or_else(|| GrantConstraints::builder().build());
    KeyGrant {
        id: entry.grant_id.map(|id| text(&id).into_inner()).unwrap_or_default(),
        grantee: principal.map(|principal| text(&without_session(&principal)).into_inner()),
        operations: entry.operations.unwrap_or_default().iter().map(|one| one.as_str().to_owned()).collect(),
        context_equals: context_of(constraints.encryption_context_equals),
        context_subset: context_of(constraints.encryption_context_subset),
        source_arn: constraints.source_arn.map(|arn| text(&arn).into_inner()),
    }
}
