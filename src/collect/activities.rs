use std::collections::BTreeMap;

use aws_sdk_sfn::types::ActivityListItem;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;

use super::collector::{Collector, Context, Scope};
use super::described::encryption;
use super::pages::{Page, all_pages, named};
use super::progress::Event;
use crate::aws::apis::{SFN_DESCRIBE_ACTIVITY as DESCRIBE, SFN_LIST_ACTIVITIES as LIST};
use crate::aws::{Failure, FailureKind};
use crate::model::{Activity, Encryption, PartName, PartValue};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The largest page that the service hands out.
const PAGE: i32 = 1_000;

/// Activities and their encryption. AWS refills DescribeActivity at one call a second, so only so many are asked about as
/// are configured, the first by ARN: a report does not change with who was asked.
pub(super) static COLLECTOR: Collector =
    Collector { part: PartName::Activities, scope: Scope::Region, after: &[], apis: &[&LIST, &DESCRIBE], run };

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (listed, failure) = list(context).await;
        if let Some(failure) = failure.as_ref().filter(|_| listed.is_empty()) {
            return PartName::Activities.missing(context.gap(failure));
        }
        let activities = described(context, listed.into_iter().collect()).await;
        PartValue::Activities(Observed::listed(activities, failure.map(|failure| context.gap(&failure))))
    }
    .boxed()
}

/// The ARN, and when it was made.
type Listed = (Arn, Option<Timestamp>);

/// How many there are, and why there may be others.
pub(super) async fn count(context: &Context<'_>) -> (usize, Option<Gap>) {
    let (listed, failure) = list(context).await;
    (listed.len(), failure.map(|failure| context.gap(&failure)))
}

async fn list(context: &Context<'_>) -> (Vec<Listed>, Option<Failure>) {
    let client = context.clients.sfn();
    let (items, failure) = all_pages(&LIST, |token| {
        let request = client.list_activities().max_results(PAGE).set_next_token(token);
        async move {
            let answer = context.call(&LIST, || request.clone().send()).await?;
            Ok(Page { items: answer.activities, next: answer.next_token })
        }
    })
    .await;
    named(&LIST, items.into_iter().map(listed), "activityArn", failure)
}

fn listed(item: ActivityListItem) -> Option<Listed> {
    let created_at = Timestamp::from_second(item.creation_date.secs()).ok();
    Arn::parse(item.activity_arn).ok().map(|arn| (arn, created_at))
}

async fn described(context: &Context<'_>, listed: BTreeMap<Arn, Option<Timestamp>>) -> BTreeMap<Arn, Activity> {
    let mut listed = listed.into_iter();
    let asked: Vec<_> = listed.by_ref().take(context.activities).collect();
    context.tell(Event::Counted(asked.len()));
    let ask = |(arn, created_at): (Arn, _)| async move {
        let encryption = describe(context, &arn).await?;
        Some((arn, Activity { created_at, encryption }))
    };
    let mut answers = futures_util::stream::iter(asked).map(ask).buffer_unordered(context.concurrency);
    let mut activities = BTreeMap::new();
    while let Some(answer) = answers.next().await {
        context.tell(Event::Advanced);
        activities.extend(answer);
    }
    activities.extend(listed.map(|(arn, created_at)| {
        let detail = "the encryption of more activities than collectors.activities_described";
        let gap = context.locate(Gap::new(GapReason::NotSampled, detail)).about(arn.as_str());
        (arn, Activity { created_at, encryption: Observed::missing(gap) })
    }));
    activities
}

/// `None`: it was deleted since it was listed.
async fn describe(context: &Context<'_>, arn: &Arn) -> Option<Observed<Encryption>> {
    let client = context.clients.sfn();
    let request = client.describe_activity().activity_arn(arn.as_str());
    let answer = match context.call(&DESCRIBE, || request.clone().send()).await {
        Err(failure) if failure.kind == FailureKind::NotFound => return None,
        answer => answer,
    };
    let configuration = match answer {
        Ok(answer) => answer.encryption_configuration.ok_or_else(|| context.locate(silent())),
        Err(failure) => Err(context.gap(&failure)),
    };
    let encryption = configuration.map(|configuration| encryption(context, Some(configuration)));
    Some(encryption.map_err(|gap| gap.about(arn.as_str())).into())
}

/// An endpoint that does not know of activities' keys leaves the field out for an activity that has one, too.
fn silent() -> Gap {
    let detail = format!("{} answered without encryptionConfiguration, which proves no default", DESCRIBE.name);
    Gap { api: DESCRIBE.name.to_owned(), ..Gap::new(GapReason::Unsupported, detail) }
}
