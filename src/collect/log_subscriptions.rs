use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::types::{AccountPolicy, PolicyType, SubscriptionFilter};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;

use super::collector::{Collector, Context, Scope};
use super::pages::{Page, all_pages, required};
use super::progress::Event;
use crate::aws::Api;
use crate::aws::apis::{LOGS_DESCRIBE_ACCOUNT_POLICIES as ACCOUNT, LOGS_DESCRIBE_SUBSCRIPTION_FILTERS as FILTERS};
use crate::model::{
    AccountSubscription, LogLevel, PartName, PartValue, Selection, StateMachine, Subscription, Subscriptions,
};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The subscriptions of the log groups to which this Region's machines write execution data: one call each, and one for the
/// account's own. Other log groups are not asked about.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::LogSubscriptions,
    scope: Scope::Region,
    after: &[PartName::StateMachines, PartName::LogGroups],
    apis: &[&FILTERS, &ACCOUNT],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (groups, gap) = match groups(context) {
            Ok(groups) => groups,
            Err(gap) => return PartName::LogSubscriptions.missing(gap),
        };
        context.tell(Event::Counted(groups.len()));
        let account = match groups.is_empty() {
            true => Observed::known(Vec::new()),
            false => of_account(context).await,
        };
        let read = |(arn, name): (Arn, String)| async move {
            let filters = of_group(context, &arn, &name).await;
            context.tell(Event::Advanced);
            (arn, filters)
        };
        let groups = futures_util::stream::iter(groups).map(read).buffer_unordered(context.concurrency);
        let groups: BTreeMap<_, _> = groups.collect().await;
        PartValue::LogSubscriptions(Observed::listed(Subscriptions { groups, account }, gap))
    }
    .boxed()
}

/// The log groups that are there, that a machine writes execution data to, and that can have subscriptions, by ARN with
/// their names.
fn groups(context: &Context<'_>) -> Result<(BTreeMap<Arn, String>, Option<Gap>), Gap> {
    let (machines, machines_gap) = context.machines()?;
    let with_data = |machine: &StateMachine| {
        let logging = &machine.details.seen().0?.logging;
        let data = logging.include_execution_data && logging.level != LogLevel::Off;
        logging.destination.clone().filter(|_| data)
    };
    let wanted: BTreeSet<Arn> = machines.machines.iter().filter_map(with_data).collect();
    let list = context.snapshot.log_groups();
    let (Some(there), gap) = list.seen() else {
        return Err(list.gap().cloned().unwrap_or_else(|| Gap::not_collected("log_groups")));
    };
    let group = |arn: Arn| {
        let group = there.get(&arn)?.seen().0?.as_ref()?;
        // Other classes have none.
        let standard = group.class.as_deref().is_none_or(|class| class == "STANDARD");
        standard.then(|| (arn, group.name.clone()))
    };
    Ok((wanted.into_iter().filter_map(group).collect(), machines_gap.or_else(|| gap.cloned())))
}

async fn of_group(context: &Context<'_>, arn: &Arn, name: &str) -> Observed<Vec<Subscription>> {
    let client = context.clients.logs();
    let (filters, failure) = all_pages(&FILTERS, |token| {
        let request = client.describe_subscription_filters().log_group_name(name).set_next_token(token);
        async move {
            let answer = context.call(&FILTERS, || request.clone().send()).await?;
            let items = required(&FILTERS, answer.subscription_filters, "subscriptionFilters")?;
            Ok(Page { items, next: answer.next_token })
        }
    })
    .await;
    let gap = failure.map(|failure| context.gap(&failure).about(arn.as_str()));
    let listed = filters.len();
    let filters: Vec<_> = filters.into_iter().filter_map(|one| subscription(context, one)).collect();
    let unusable = || lacks(context, &FILTERS, "destinationArn").about(arn.as_str());
    whole(filters, listed, gap, unusable)
}

async fn of_account(context: &Context<'_>) -> Observed<Vec<AccountSubscription>> {
    let client = context.clients.logs();
    let (policies, failure) = all_pages(&ACCOUNT, |token| {
        let request = client.describe_account_policies().policy_type(PolicyType::SubscriptionFilterPolicy);
        let request = request.set_next_token(token);
        async move {
            let answer = context.call(&ACCOUNT, || request.clone().send()).await?;
            let items = required(&ACCOUNT, answer.account_policies, "accountPolicies")?;
            Ok(Page { items, next: answer.next_token })
        }
    })
    .await;
    let listed = policies.len();
    let policies: Vec<_> = policies.into_iter().filter_map(|one| account_subscription(context, one)).collect();
    let gap = failure.map(|failure| context.gap(&failure));
    whole(policies, listed, gap, || lacks(context, &ACCOUNT, "policyDocument"))
}

/// What was read of a list of so many, and why that may not be all.
fn whole<T>(read: Vec<T>, listed: usize, gap: Option<Gap>, unusable: impl Fn() -> Gap) -> Observed<Vec<T>> {
    match gap.or_else(|| (read.len() < listed).then(unusable)) {
        Some(gap) if read.is_empty() => Observed::missing(gap),
        gap => Observed::listed(read, gap),
    }
}

fn lacks(context: &Context<'_>, api: &'static Api, field: &str) -> Gap {
    let detail = format!("{} answered without a usable {field}", api.name);
    context.locate(Gap { api: api.name.to_owned(), ..Gap::new(GapReason::Error, detail) })
}

fn subscription(context: &Context<'_>, filter: SubscriptionFilter) -> Option<Subscription> {
    Some(Subscription {
        name: context.door.text(&filter.filter_name?).clean,
        destination: Arn::parse(filter.destination_arn?).ok()?,
        filters: filter.filter_pattern.is_some_and(|pattern| !pattern.trim().is_empty()),
    })
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html>.
fn account_subscription(context: &Context<'_>, policy: AccountPolicy) -> Option<AccountSubscription> {
    let document: Value = serde_json::from_str(policy.policy_document.as_deref()?).ok()?;
    let text = |field: &str| document.get(field).and_then(Value::as_str);
    let subscription = Subscription {
        name: context.door.text(&policy.policy_name?).clean,
        destination: Arn::parse(text("DestinationArn")?.to_owned()).ok()?,
        filters: text("FilterPattern").is_some_and(|pattern| !pattern.trim().is_empty()),
    };
    Some(AccountSubscription { subscription, selection: Selection::parse(policy.selection_criteria.as_deref()) })
}
