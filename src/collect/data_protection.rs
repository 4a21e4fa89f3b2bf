use aws_sdk_cloudwatchlogs::types::PolicyType;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;

use super::collector::{Collector, Context, Scope};
use super::pages::{Page, all_pages, required, without};
use super::progress::Event;
use crate::aws::apis::{LOGS_DESCRIBE_ACCOUNT_POLICIES as ACCOUNT, LOGS_GET_DATA_PROTECTION_POLICY as POLICY};
use crate::aws::{Api, FailureKind};
use crate::detect::Clean;
use crate::model::{DataProtection, DataProtections, LogGroup, PartName, PartValue};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The data protection policies of the log groups that this Region's machines write to. A group says itself whether it has
/// one and whether the account's applies, so that nothing is asked about the others.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::DataProtection,
    scope: Scope::Region,
    after: &[PartName::LogGroups],
    apis: &[&POLICY, &ACCOUNT],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let groups = context.snapshot.log_groups();
        let (Some(groups), gap) = groups.seen() else {
            let gap = groups.gap().cloned().unwrap_or_else(|| Gap::not_collected("log_groups"));
            return PartValue::DataProtection(Observed::missing(gap));
        };
        let there: Vec<(&Arn, &LogGroup)> =
            groups.iter().filter_map(|(arn, group)| Some((arn, group.seen().0?.as_ref()?))).collect();
        context.tell(Event::Counted(there.len()));
        let account = match there.iter().any(|(_, group)| group.account_data_protection) {
            true => account_policy(context).await,
            false => Ok(DataProtection::default()),
        };
        let account = &account;
        let read = |(arn, group): (&Arn, &LogGroup)| {
            let (arn, inherits, status) = (arn.clone(), group.account_data_protection, group.data_protection.clone());
            async move {
                let own = own_policy(context, &arn, status.as_deref()).await;
                context.tell(Event::Advanced);
                let account = if inherits { account.clone() } else { Ok(DataProtection::default()) };
                (arn, both(own, account))
            }
        };
        let found: DataProtections =
            futures_util::stream::iter(there).map(read).buffer_unordered(context.concurrency).collect().await;
        PartValue::DataProtection(Observed::listed(found, gap.cloned()))
    }
    .boxed()
}

/// What either masks is masked, whatever the other one does.
fn both(own: Result<DataProtection, Gap>, account: Result<DataProtection, Gap>) -> Observed<DataProtection> {
    match (own, account) {
        (Ok(own), Ok(account)) => Observed::known(own.and(account)),
        (Ok(value), Err(gap)) | (Err(gap), Ok(value)) if value.masks_any() => Observed::Partial { value, gap },
        (_, Err(gap)) | (Err(gap), _) => Observed::missing(gap),
    }
}

/// Of `status` only `ACTIVATED` says that there is a policy: without any there never was one.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>.
async fn own_policy(context: &Context<'_>, arn: &Arn, status: Option<&str>) -> Result<DataProtection, Gap> {
    match status {
        None | Some("DELETED") => return Ok(DataProtection::default()),
        Some("ACTIVATED") => {}
        Some(status) => {
            let detail = format!("whether a data protection policy that is {status} masks anything is not documented");
            return Err(context.locate(Gap::new(GapReason::Unsupported, detail)).about(arn.as_str()));
        }
    }
    let client = context.clients.logs();
    let request = client.get_data_protection_policy().log_group_identifier(arn.as_str());
    let answer = match context.call(&POLICY, || request.clone().send()).await {
        Err(failure) if failure.kind == FailureKind::NotFound => return Ok(DataProtection::default()),
        answer => answer,
    };
    let text = answer.and_then(|answer| match (answer.policy_document, answer.log_group_identifier) {
        // Only the group's name: it has none by now.
        (None, Some(_)) => Ok(None),
        (None, None) => Err(without(&POLICY, "policyDocument")),
        (text, _) => Ok(text),
    });
    let parsed = match text.map_err(|failure| context.gap(&failure).about(arn.as_str()))? {
        None => Ok(DataProtection::default()),
        Some(text) => policy(context, &POLICY, &text),
    };
    parsed.map_err(|gap| gap.about(arn.as_str()))
}

/// The account's own policy, of which there can be one.
async fn account_policy(context: &Context<'_>) -> Result<DataProtection, Gap> {
    let client = context.clients.logs();
    let (policies, failure) = all_pages(&ACCOUNT, |token| {
        let request = client.describe_account_policies().policy_type(PolicyType::DataProtectionPolicy);
        let request = request.set_next_token(token);
        async move {
            let answer = context.call(&ACCOUNT, || request.clone().send()).await?;
            let items = required(&ACCOUNT, answer.account_policies, "accountPolicies")?;
            Ok(Page { items, next: answer.next_token })
        }
    })
    .await;
    if let Some(failure) = failure {
        return Err(context.gap(&failure));
    }
    let mut whole = DataProtection::default();
    for one in policies {
        let text = one.policy_document.ok_or_else(|| context.gap(&without(&ACCOUNT, "policyDocument")))?;
        whole = whole.and(policy(context, &ACCOUNT, &text)?);
    }
    Ok(whole)
}

fn policy(context: &Context<'_>, api: &'static Api, text: &str) -> Result<DataProtection, Gap> {
    let not_one = |why: String| {
        let gap = Gap::new(GapReason::Error, format!("the data protection policy is not valid: {why}"));
        context.locate(Gap { api: api.name.to_owned(), ..gap })
    };
    let document: Value = serde_json::from_str(text).map_err(|error| not_one(error.to_string()))?;
    let clean = context.door.json(document).clean;
    clean.read(DataProtection::parse).map(Clean::into_inner).map_err(|fault| not_one(fault.to_string()))
}
