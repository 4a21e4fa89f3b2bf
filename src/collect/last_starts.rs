use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::collector::{Collector, Context, Scope};
use super::series::{MOST_QUERIES, Span, Wanted, answered};
use crate::aws::apis::CLOUDWATCH_GET_METRIC_DATA as GET_METRIC_DATA;
use crate::model::{Counts, LastStart, LastStarts, PartName, PartValue};
use crate::types::{Arn, Gap, GapReason, Observed};

/// When state machines were last started, Express ones too, of which there is no list of executions: one call for those that
/// the start rates do not show as started. With more than one call takes, the first by ARN are asked about.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::LastStarts,
    scope: Scope::Region,
    after: &[PartName::StateMachines, PartName::StartRates],
    apis: &[&GET_METRIC_DATA],
    run,
};

/// State machines that are asked about.
pub(super) const MACHINES: usize = MOST_QUERIES;
const DAY: u32 = 86_400;
/// CloudWatch keeps points of an hour and more 455 days; the last is left to its clock.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 454);

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::LastStarts.missing(gap),
        };
        let mut found = LastStarts::new();
        let mut others: Vec<&Arn> = Vec::new();
        for machine in &machines.machines {
            match known(context, &machine.arn) {
                Some(start) => drop(found.insert(machine.arn.clone(), start)),
                // A name with other letters has no metrics.
                None if machine.arn.name().is_ascii() => others.push(&machine.arn),
                None => {}
            }
        }
        let left = others.len().saturating_sub(MACHINES);
        others.truncate(MACHINES);
        if others.is_empty() {
            return PartValue::LastStarts(Observed::listed(found, gap));
        }
        let wanted: Vec<_> = others.iter().map(|arn| started(arn)).collect();
        // Today counts too, though it is not over.
        let tomorrow = context.now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(context.now);
        let span = Span::back(tomorrow, KEPT, DAY);
        match answered(context, &wanted, span).await {
            Ok(counts) => {
                // Every metric that is asked for has its place in the answer, though it may have no points.
                let silent = counts.iter().filter(|counts| counts.is_none()).count();
                let starts = others.iter().zip(&counts).filter_map(|(arn, counts)| {
                    Some(((*arn).clone(), LastStart { since: span.from, last: last(counts.as_ref()?) }))
                });
                found.extend(starts);
                let gap = gap.or_else(|| unanswered(context, silent)).or_else(|| unasked(context, left));
                PartValue::LastStarts(Observed::listed(found, gap))
            }
            Err(failure) if found.is_empty() => PartName::LastStarts.missing(context.gap(&failure)),
            Err(failure) => PartValue::LastStarts(Observed::listed(found, Some(context.gap(&failure)))),
        }
    }
    .boxed()
}

fn started(arn: &Arn) -> Wanted<'_> {
    Wanted { metric: "ExecutionsStarted", dimensions: vec![("StateMachineArn", arn.as_str())] }
}

/// When the last period with a start began.
fn last(counts: &Counts) -> Option<Timestamp> {
    counts.each().rev().find(|(_, count)| *count > 0.0).map(|(at, _)| at)
}

/// What the start rates know already.
fn known(context: &Context<'_>, arn: &Arn) -> Option<LastStart> {
    let rates = context.snapshot.start_rates();
    let hours = &rates.seen().0?.machines.get(arn)?.hours;
    last(hours).map(|last| LastStart { since: hours.from, last: Some(last) })
}

fn unasked(context: &Context<'_>, left: usize) -> Option<Gap> {
    let detail = format!("when {left} more state machines were last started was not asked for");
    let gap = Gap { api: GET_METRIC_DATA.name.to_owned(), ..Gap::new(GapReason::NotSampled, detail) };
    (left > 0).then(|| context.locate(gap))
}

fn unanswered(context: &Context<'_>, silent: usize) -> Option<Gap> {
    let detail = format!("CloudWatch's answer does not speak of {silent} state machines");
    let gap = Gap { api: GET_METRIC_DATA.name.to_owned(), ..Gap::new(GapReason::Partial, detail) };
    (silent > 0).then(|| context.locate(gap))
}
