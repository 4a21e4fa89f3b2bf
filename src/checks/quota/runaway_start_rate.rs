use jiff::Timestamp;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, digits, shell_quote,
};
use crate::model::quota::FRESH;
use crate::model::{Counts, MachineKind, PartName, Quota, Starts};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "runaway-start-rate",
    family: Family::Quota,
    title: "The state machine is started far more often than ever at this hour",
    severity: Severity::High,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines, PartName::Quotas, PartName::StartRates],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules-best-practices.html",
    ],
    page: include_str!("runaway-start-rate.md"),
    run,
};

/// Periods of 5 minutes that must all be above a rate (starts a minute), whatever the history: an hour of few, half an hour
/// of many.
const SUSTAINED: [(usize, f64); 2] = [(12, 1.0), (6, 10.0)];
const DAY: i64 = 24;
/// Hours of starts that must be known from before.
const HISTORY: i64 = 3 * DAY;
/// What went on for so many hours is the machine's usual rate.
const USUAL: usize = 72;
/// How far above its own days a machine must be: of the most, of the median, and of the median absolute deviation, which is
/// the standard deviation's 0.6745th part for a normal distribution.
const OF_MOST: f64 = 1.5;
const OF_MEDIAN: f64 = 3.0;
const OF_DEVIATION: f64 = 6.0 / 0.6745;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let Some(starts) = starts(machine)? else { return Ok(None) };
    let Some(recent) = Recent::of(&starts.minutes) else {
        // A machine of which CloudWatch has no point at all may be one whose name it cannot tell.
        if starts.hours.first().is_none() {
            return Ok(None);
        }
        up_to_date(machine)?;
        return Ok(Some(Outcome::Compliant));
    };
    let run = elevated(&starts.hours, &recent);
    if run >= USUAL {
        return Ok(Some(Outcome::Compliant));
    }
    let known_from = known_from(machine, starts);
    let before = starts.hours.values.len().saturating_sub(run);
    let days = Days::of(&starts.hours, known_from, before, recent.from);
    if hours_between(known_from, starts.hours.at(before)) < HISTORY {
        return Err(young(machine, known_from));
    }
    if recent.lowest * 60.0 <= days.limit() {
        return Ok(Some(Outcome::Compliant));
    }
    Ok(Some(defect(machine, starts, &recent, &days, run).into()))
}

/// The machine's starts. `None`: it is not among those that start most, and what is not started runs nowhere.
fn starts<'a>(machine: &MachineView<'a>) -> Result<Option<&'a Starts>, Gap> {
    let rates = machine.region.snapshot.start_rates();
    let (Some(rates), gap) = rates.seen() else {
        return Err(rates.gap().cloned().unwrap_or_else(|| Gap::not_collected("start_rates")));
    };
    let arn = &machine.machine.arn;
    if let Some(starts) = rates.machines.get(arn) {
        return Ok(Some(starts));
    }
    let floor = 180.0 * SUSTAINED[0].1;
    match (rates.others_at_most, gap) {
        (Some(most), None) if most < floor => Ok(None),
        (_, Some(gap)) => Err(gap.clone().about(arn.as_str())),
        _ => {
            let detail = "its starts were not read: others start more often";
            Err(Gap::new(GapReason::NotSampled, detail).about(arn.as_str()))
        }
    }
}

/// Whether a machine without a point of late was not started, or CloudWatch is late.
fn up_to_date(machine: &MachineView<'_>) -> Result<(), Gap> {
    let snapshot = machine.region.snapshot;
    let rates = snapshot.start_rates();
    let known = rates.seen().0.map_or(Ok(()), |rates| rates.up_to_date(snapshot));
    known.map_err(|gap| gap.about(machine.machine.arn.as_str()))
}

/// A rate that lasts, in starts a minute.
struct Recent {
    from: Timestamp,
    lowest: f64,
    mean: f64,
}

impl Recent {
    /// The newest periods may be late: without a point they are left out, as far back as data may be late.
    fn of(minutes: &Counts) -> Option<Self> {
        let mut periods: Vec<_> = minutes.each().collect();
        if minutes.late() <= FRESH {
            let known = minutes.values.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
            periods.truncate(known);
        }
        let a_minute = 60.0 / f64::from(minutes.period_seconds);
        let lasting = |&(count, floor): &(usize, f64)| {
            let periods = periods.get(periods.len().checked_sub(count)?..)?;
            let rates: Vec<_> = periods.iter().map(|(_, starts)| starts * a_minute).collect();
            let lowest = rates.iter().copied().min_by(f64::total_cmp)?;
            #[allow(clippy::cast_precision_loss, reason = "twelve at most")]
            let mean = rates.iter().sum::<f64>() / rates.len() as f64;
            (lowest >= floor).then(|| Self { from: periods[0].0, lowest, mean })
        };
        // The shorter and higher one tells more of what is going on now.
        SUSTAINED.iter().rev().find_map(lasting)
    }
}

/// For how many hours, up to the newest, the machine has been started at half of the rate or more.
fn elevated(hours: &Counts, recent: &Recent) -> usize {
    let half = recent.mean * 30.0;
    let late = usize::from(hours.values.last().is_some_and(Option::is_none));
    let high = hours.each().rev().skip(late).take_while(|(_, starts)| *starts >= half).count();
    if high == 0 { 0 } else { high + late }
}

/// From when on a missing point is a 0: the machine was there, or had been started.
fn known_from(machine: &MachineView<'_>, starts: &Starts) -> Timestamp {
    let known = [machine.machine.created_at, starts.hours.first()].into_iter().flatten().min();
    known.unwrap_or(Timestamp::MAX).max(starts.hours.from)
}

fn hours_between(from: Timestamp, until: Timestamp) -> i64 {
    until.duration_since(from).as_secs() / 3600
}

fn young(machine: &MachineView<'_>, known_from: Timestamp) -> Gap {
    let detail = format!(
        "its starts are known from {known_from} on, and three days of them are needed to tell what is usual for it"
    );
    Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str())
}

/// What is usual: the machine's own hours of other days, at this time of the day and an hour to either side.
struct Days {
    median: f64,
    deviation: f64,
    most: f64,
    hours: usize,
}

impl Days {
    fn of(hours: &Counts, known_from: Timestamp, before: usize, now: Timestamp) -> Self {
        let same = |(at, _): &(Timestamp, f64)| {
            let ago = hours_between(*at, now);
            let clock = ago.rem_euclid(DAY);
            *at >= known_from && ago >= DAY - 2 && clock.min(DAY - clock) <= 1
        };
        let mut usual: Vec<_> = hours.each().take(before).filter(same).map(|(_, starts)| starts).collect();
        let (middle, most) = (median(&mut usual), usual.iter().copied().fold(0.0, f64::max));
        let mut away: Vec<_> = usual.iter().map(|starts| (starts - middle).abs()).collect();
        Self { median: middle, deviation: median(&mut away), most, hours: usual.len() }
    }

    /// Starts an hour that are not usual any more.
    fn limit(&self) -> f64 {
        let Self { median, deviation, most, .. } = self;
        (most * OF_MOST).max(median * OF_MEDIAN).max(median + deviation * OF_DEVIATION)
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn defect(machine: &MachineView<'_>, starts: &Starts, recent: &Recent, days: &Days, run: usize) -> Defect {
    let a_day = recent.mean * 1440.0;
    let quotas = &machine.region.quotas;
    let open = quotas.iter().find(|status| status.quota == Quota::OpenExecutions).map(|status| status.limit.value);
    let full = open.filter(|limit| machine.machine.kind == MachineKind::Standard && a_day >= *limit);
    let whole_hours = starts.hours.values.len() - run;
    let since = if run > 0 { starts.hours.at(whole_hours).min(recent.from) } else { recent.from };
    let worse = match full {
        Some(limit) => format!(
            " A day of it is {} starts, and the Region may hold {} open executions.",
            digits(a_day),
            digits(limit)
        ),
        None => String::new(),
    };
    let message = format!(
        "{} is started {} times a minute, since {since} at least; at this hour of the other days it was started {} times an hour \
         at most, {} in the middle. What starts without an end takes the Region's open executions, starts and state transitions \
         from all others.{worse}",
        machine.name(),
        digits(recent.mean),
        digits(days.most),
        digits(days.median),
    );
    let remediation = "Look who starts it: an EventBridge rule that matches too much, a caller that retries without backing off, or \
                       the state machine itself through what it starts. Stop that first, by disabling the rule or by denying the \
                       caller states:StartExecution, then the executions; put a queue with a limited consumer before it.";
    let defect = Defect::new(message, remediation)
        .change(Change::Command(commands(machine)))
        .evidence("starts_a_minute", digits(recent.mean))
        .evidence("since", since.to_string())
        .evidence("usual_median_an_hour", digits(days.median))
        .evidence("usual_most_an_hour", digits(days.most))
        .evidence("compared_hours", days.hours.to_string())
        .evidence("throttled_in_3_hours", digits(starts.throttled.total()));
    if full.is_some() { defect.severity(Severity::Critical) } else { defect }
}

fn commands(machine: &MachineView<'_>) -> String {
    let (region, arn) = (machine.region.name(), shell_quote(machine.machine.arn.as_str()));
    let rules = format!("aws events list-rule-names-by-target --region {region} --target-arn {arn}");
    let callers = format!(
        "aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue=StartExecution \
         --max-results 50 --query 'Events[].[EventTime,Username]' --output text"
    );
    let stop = format!(
        "aws stepfunctions list-executions --region {region} --state-machine-arn {arn} --status-filter RUNNING \
         --query 'executions[].executionArn' --output text | tr '\\t' '\\n' | \
         xargs -n 1 aws stepfunctions stop-execution --region {region} --execution-arn"
    );
    format!("{rules}\n{callers}\n{stop}")
}
