use std::collections::BTreeMap;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;

use super::collector::{Collector, Context, Scope};
use super::series::{Span, Wanted, sums};
use super::starters::{PERIOD, starters};
use crate::aws::Failure;
use crate::aws::apis::CLOUDWATCH_GET_METRIC_DATA as GET_METRIC_DATA;
use crate::model::{PartName, PartValue, StartRates, Starts};
use crate::types::{Arn, Gap, GapReason, Observed};

/// How often the state machines that start most were started, with three calls: who they are (Metrics Insights), their hours,
/// and their last minutes. Where nobody tells who they are, the first of the list are taken.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::StartRates,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[&GET_METRIC_DATA],
    run,
};

/// State machines whose starts are read: with more, the minutes of all no longer fit one call.
pub(super) const MACHINES: usize = 100;
/// Metrics that are asked for by machine: its starts by the hour, by 5 minutes, and what was throttled.
pub(super) const METRICS_A_MACHINE: usize = 3;
const HISTORY: SignedDuration = SignedDuration::from_hours(14 * 24);
const HOUR: u32 = 3600;

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        // Without a machine there is nothing to ask for, and asking costs money.
        if context.machines().is_ok_and(|(list, gap)| list.machines.is_empty() && gap.is_none()) {
            return PartValue::StartRates(Observed::known(StartRates::default()));
        }
        let (machines, others_at_most, gap) = match who(context).await {
            Ok(who) => who,
            Err(gap) => return PartName::StartRates.missing(gap),
        };
        match read(context, machines).await {
            Ok(machines) => PartValue::StartRates(Observed::listed(StartRates { machines, others_at_most }, gap)),
            Err(failure) => PartName::StartRates.missing(context.gap(&failure)),
        }
    }
    .boxed()
}

type Who = (Vec<Arn>, Option<f64>, Option<Gap>);

/// Whose starts are read, how often the others were started at most, and why that is not known.
async fn who(context: &Context<'_>) -> Result<Who, Gap> {
    match starters(context, MACHINES).await {
        Ok(found) => {
            let least = found.least.unwrap_or(0.0);
            Ok((found.machines.into_keys().take(MACHINES).collect(), Some(least), None))
        }
        Err(failure) => {
            let known = context.machines().map_err(|_| context.gap(&failure))?.0;
            let machines: Vec<_> = known.machines.iter().map(|machine| machine.arn.clone()).take(MACHINES).collect();
            let left = known.machines.len() - machines.len();
            let detail = format!(
                "which state machines start most is not known ({}); {left} others were not asked for",
                failure.detail
            );
            let gap =
                context.locate(Gap { api: GET_METRIC_DATA.name.to_owned(), ..Gap::new(GapReason::NotSampled, detail) });
            Ok((machines, None, (left > 0).then_some(gap)))
        }
    }
}

async fn read(context: &Context<'_>, machines: Vec<Arn>) -> Result<BTreeMap<Arn, Starts>, Failure> {
    if machines.is_empty() {
        return Ok(BTreeMap::new());
    }
    let of =
        |metric| machines.iter().map(move |arn| Wanted { metric, dimensions: vec![("StateMachineArn", arn.as_str())] });
    let started: Vec<_> = of("ExecutionsStarted").collect();
    let recent: Vec<_> = started.iter().cloned().chain(of("ExecutionThrottled")).collect();
    let hours = sums(context, &started, Span::back(context.now, HISTORY, HOUR)).await?;
    let mut minutes = sums(context, &recent, Span::back(context.now, StartRates::TOP_WINDOW, PERIOD)).await?;
    let throttled = minutes.split_off(machines.len());
    let rates = hours.into_iter().zip(minutes).zip(throttled);
    let rates = rates.map(|((hours, minutes), throttled)| Starts { hours, minutes, throttled });
    Ok(machines.into_iter().zip(rates).collect())
}
