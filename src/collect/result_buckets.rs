use std::collections::BTreeSet;

use aws_sdk_s3::types::{ExpirationStatus, LifecycleRule};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};

use super::collector::{Collector, Context, Scope};
use super::pages::{Page, all_pages, required, without};
use super::progress::Event;
use crate::aws::apis::{
    S3_GET_BUCKET_ENCRYPTION as ENCRYPTION, S3_GET_BUCKET_LIFECYCLE as LIFECYCLE,
    S3_GET_BUCKET_POLICY_STATUS as POLICY_STATUS, S3_GET_PUBLIC_ACCESS_BLOCK as PUBLIC_ACCESS, S3_LIST_BUCKETS as LIST,
};
use crate::aws::{Failure, FailureKind};
use crate::model::{
    BucketEncryption, Expiry, PartName, PartValue, PublicAccessBlock, ResultBucket, ResultBuckets, StateMachines,
    StoreAccess, store_uses,
};
use crate::types::{Gap, GapReason, Observed};

/// How the buckets are guarded that this Region's Distributed Maps write results to. Nothing in them is read.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::ResultBuckets,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[&LIST, &ENCRYPTION, &PUBLIC_ACCESS, &POLICY_STATUS, &LIFECYCLE],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::ResultBuckets.missing(gap),
        };
        let names = names(machines);
        context.tell(Event::Counted(names.len()));
        let read = |name: String| async move {
            let read = Box::pin(bucket(context, &name)).await.map_err(|gap| gap.about(format!("s3://{name}")));
            context.tell(Event::Advanced);
            (name, read.into())
        };
        let buckets: ResultBuckets =
            futures_util::stream::iter(names).map(read).buffer_unordered(context.concurrency).collect().await;
        PartValue::ResultBuckets(Observed::listed(buckets, gap))
    }
    .boxed()
}

/// The buckets for results that readable definitions name.
fn names(machines: &StateMachines) -> BTreeSet<String> {
    let named = |machine: &crate::model::StateMachine| {
        let definition = machines.definition(machine.details.seen().0?).ok()?;
        let results = store_uses(definition).filter(|used| used.access == StoreAccess::Results);
        Some(results.filter_map(|used| used.bucket().map(str::to_owned)).collect::<Vec<_>>())
    };
    machines.machines.iter().filter_map(named).flatten().collect()
}

/// `None`: the account has no such bucket.
async fn bucket(context: &Context<'_>, name: &str) -> Result<Option<ResultBucket>, Gap> {
    match home(context, name).await.map_err(|failure| context.gap(&failure))? {
        None => return Ok(None),
        Some(Some(region)) if region != context.region.as_str() => {
            let detail = "the bucket is in another Region than the state machine, where Step Functions does not write";
            return Err(context.locate(Gap::new(GapReason::Unsupported, detail)));
        }
        Some(_) => {}
    }
    let (encryption, block, public, expiry) = tokio::join!(
        encryption(context, name),
        public_access_block(context, name),
        policy_is_public(context, name),
        expiry(context, name)
    );
    let gap = |failure: Failure| context.gap(&failure).about(format!("s3://{name}"));
    Ok(Some(ResultBucket {
        encryption: encryption.map_err(gap).into(),
        public_access_block: block.map_err(gap).into(),
        policy_is_public: public.map_err(gap).into(),
        expiry: expiry.map_err(gap).into(),
    }))
}

/// The Region of a bucket of this account, where that is told; a bucket of another account is in no list of ours.
async fn home(context: &Context<'_>, name: &str) -> Result<Option<Option<String>>, Failure> {
    let client = context.clients.s3();
    let (buckets, failure) = all_pages(&LIST, |token| {
        let request = client.list_buckets().prefix(name).set_continuation_token(token);
        async move {
            let answer = context.call(&LIST, || request.clone().send()).await?;
            Ok(Page { items: required(&LIST, answer.buckets, "Buckets")?, next: answer.continuation_token })
        }
    })
    .await;
    match (buckets.into_iter().find(|bucket| bucket.name.as_deref() == Some(name)), failure) {
        (Some(bucket), _) => Ok(Some(bucket.bucket_region)),
        (None, Some(failure)) => Err(failure),
        (None, None) => Ok(None),
    }
}

/// What S3 answers where nothing is configured is an error like others, and known.
fn configured<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
        answer => answer.map(Some),
    }
}

async fn encryption(context: &Context<'_>, name: &str) -> Result<Option<BucketEncryption>, Failure> {
    let client = context.clients.s3();
    let answer = context.call(&ENCRYPTION, || client.get_bucket_encryption().bucket(name).send()).await;
    let Some(answer) = configured(answer)? else { return Ok(None) };
    let rules = answer.server_side_encryption_configuration.map(|configuration| configuration.rules);
    let rules = rules.ok_or_else(|| without(&ENCRYPTION, "ServerSideEncryptionConfiguration"))?;
    let defaults = rules.into_iter().find_map(|rule| rule.apply_server_side_encryption_by_default);
    Ok(defaults.map(|defaults| BucketEncryption {
        algorithm: defaults.sse_algorithm.as_str().to_owned(),
        key: defaults.kms_master_key_id.map(|key| context.door.text(&key).clean.into_inner()),
    }))
}

async fn public_access_block(context: &Context<'_>, name: &str) -> Result<Option<PublicAccessBlock>, Failure> {
    let client = context.clients.s3();
    let answer = context.call(&PUBLIC_ACCESS, || client.get_public_access_block().bucket(name).send()).await;
    let Some(answer) = configured(answer)? else { return Ok(None) };
    let block = answer.public_access_block_configuration;
    let block = block.ok_or_else(|| without(&PUBLIC_ACCESS, "PublicAccessBlockConfiguration"))?;
    Ok(Some(PublicAccessBlock {
        block_public_acls: block.block_public_acls.unwrap_or_default(),
        ignore_public_acls: block.ignore_public_acls.unwrap_or_default(),
        block_public_policy: block.block_public_policy.unwrap_or_default(),
        restrict_public_buckets: block.restrict_public_buckets.unwrap_or_default(),
    }))
}

async fn policy_is_public(context: &Context<'_>, name: &str) -> Result<bool, Failure> {
    let client = context.clients.s3();
    let answer = context.call(&POLICY_STATUS, || client.get_bucket_policy_status().bucket(name).send()).await;
    let Some(answer) = configured(answer)? else { return Ok(false) };
    let public = answer.policy_status.and_then(|status| status.is_public);
    public.ok_or_else(|| without(&POLICY_STATUS, "IsPublic"))
}

async fn expiry(context: &Context<'_>, name: &str) -> Result<Vec<Expiry>, Failure> {
    let client = context.clients.s3();
    let answer = context.call(&LIFECYCLE, || client.get_bucket_lifecycle_configuration().bucket(name).send()).await;
    let Some(answer) = configured(answer)? else { return Ok(Vec::new()) };
    let rules = required(&LIFECYCLE, answer.rules, "Rule")?;
    let expires = |rule: LifecycleRule| {
        let expiration = rule.expiration.as_ref().filter(|_| rule.status == ExpirationStatus::Enabled)?;
        let days = expiration.days.and_then(|days| u32::try_from(days).ok()).filter(|days| *days > 0);
        (days.is_some() || expiration.date.is_some()).then(|| {
            let (prefix, narrowed) = reach(&rule);
            Expiry { prefix: context.door.text(prefix).clean.into_inner(), narrowed, days }
        })
    };
    Ok(rules.into_iter().filter_map(expires).collect())
}

/// The prefix of a rule, and whether it asks for more than that. Old rules have it beside their filter.
#[expect(deprecated, reason = "old rules still answer so")]
fn reach(rule: &LifecycleRule) -> (&str, bool) {
    let Some(filter) = &rule.filter else { return (rule.prefix.as_deref().unwrap_or_default(), false) };
    let narrowed = filter.tag.is_some()
        || filter.object_size_greater_than.is_some()
        || filter.object_size_less_than.is_some()
        || filter.and.as_ref().is_some_and(|and| {
            and.tags.as_ref().is_some_and(|tags| !tags.is_empty())
                || and.object_size_greater_than.is_some()
                || and.object_size_less_than.is_some()
        });
    let within = filter.and.as_ref().and_then(|and| and.prefix.as_deref());
    (filter.prefix.as_deref().or(within).or(rule.prefix.as_deref()).unwrap_or_default(), narrowed)
}
