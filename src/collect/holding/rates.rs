//! Who empties token buckets: starts and state transitions a second.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::super::collector::Context;
use super::super::series::{Span, grouped};
use super::super::starters::{PERIOD, machine_of};
use super::{Starting, fastest};
use crate::model::{Counts, Holder, Holders};
use crate::types::{Arn, Gap, GapReason, Observed};

const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// Standard executions alone take from the bucket; `ServiceMetric` tells its metrics from those of APIs.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
const TRANSITIONS: &str = "SELECT SUM(ConsumedCapacity) FROM SCHEMA(\"AWS/States\", ServiceMetric, StateMachineArn) \
                           WHERE ServiceMetric = 'StateTransition' GROUP BY StateMachineArn ORDER BY SUM() DESC LIMIT 50";

/// Whose executions pass most states a second; the children of a Map count for their machine.
pub(in super::super) async fn transitions(context: &Context<'_>) -> Observed<Holders> {
    let span = Span::back(context.now, WINDOW, PERIOD);
    let groups = match grouped(context, TRANSITIONS, span).await {
        Ok(groups) => groups,
        Err(failure) => return Observed::missing(context.gap(&failure)),
    };
    let mut machines: BTreeMap<Arn, Vec<Counts>> = BTreeMap::new();
    for (label, counts) in groups {
        if let Some((machine, _)) = machine_of(context, &label) {
            machines.entry(machine).or_default().push(counts);
        }
    }
    taking(context, span, "ConsumedCapacity", machines.iter().map(|(arn, counts)| (arn, counts.as_slice())))
}

/// Which machines are started most a second. What a Map starts takes from another bucket.
pub(in super::super) fn start_rates(context: &Context<'_>, starting: &Starting) -> Observed<Holders> {
    let span = Span::back(context.now, WINDOW, PERIOD);
    match starting {
        Ok(found) => {
            let machines = found.machines.iter().map(|(arn, counts)| (arn, std::slice::from_ref(counts)));
            taking(context, span, "ExecutionsStarted", machines)
        }
        Err(failure) => Observed::missing(context.gap(failure)),
    }
}

fn taking<'a>(
    context: &Context<'_>,
    span: Span,
    source: &str,
    machines: impl Iterator<Item = (&'a Arn, &'a [Counts])>,
) -> Observed<Holders> {
    let mut holders: Vec<_> = machines.map(|(arn, counts)| holder(arn, counts, span)).collect();
    holders.retain(|holder| holder.value > 0.0);
    holders.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.machine.cmp(&b.machine)));
    if holders.is_empty() {
        let detail = format!("CloudWatch has no recent points of {source} by state machine");
        return Observed::missing(context.locate(Gap::new(GapReason::Unsupported, detail)));
    }
    let fastest = fastest(&holders, Holders::MOST);
    holders.truncate(Holders::MOST);
    Observed::known(Holders {
        most: holders,
        fastest,
        source: source.to_owned(),
        since: span.from,
        until: span.until,
        net_starts: BTreeMap::new(),
    })
}

/// The highest mean a second over five minutes, as usage is measured; and how much more in the window's second half than in
/// its first: they are half a window apart.
fn holder(arn: &Arn, counts: &[Counts], span: Span) -> Holder {
    let middle = span.from + WINDOW / 2;
    let mut periods: BTreeMap<Timestamp, f64> = BTreeMap::new();
    for (at, count) in counts.iter().flat_map(Counts::each).filter(|(at, _)| *at >= span.from) {
        *periods.entry(at).or_default() += count;
    }
    let (first, second): (Vec<_>, Vec<_>) = periods.iter().partition(|(at, _)| **at < middle);
    let sum = |half: Vec<(&Timestamp, &f64)>| half.into_iter().map(|(_, count)| count).sum::<f64>();
    let half = WINDOW.as_secs_f64() / 2.0;
    let growth = (sum(second) - sum(first)) / half / (half / 3600.0);
    Holder {
        machine: arn.clone(),
        value: periods.values().copied().fold(0.0, f64::max) / f64::from(PERIOD),
        at_least: false,
        growth_per_hour: Some(growth),
    }
}
