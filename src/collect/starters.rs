//! The state machines that start most, by CloudWatch: who holds quotas and who runs away is looked for among them.

use std::collections::BTreeMap;

use super::collector::Context;
use super::series::{Span, grouped};
use crate::aws::Failure;
use crate::model::{Counts, StartRates};
use crate::types::Arn;

/// Seconds: the periods in which recent starts are counted.
pub(super) const PERIOD: u32 = 300;

/// What one query brought.
#[derive(Debug, Default)]
pub(super) struct Starters {
    /// The starts of machines of this account and Region, by 5 minutes.
    pub(super) machines: BTreeMap<Arn, Counts>,
    /// The starts of the children of their Distributed Maps.
    pub(super) children: BTreeMap<Arn, Counts>,
    /// The smallest sum, where there may be others with as few.
    pub(super) least: Option<f64>,
}

/// One Metrics Insights query. `ExecutionsStarted` comes twice for each start, with 1 and with 0, so only sums are right.
pub(super) async fn starters(context: &Context<'_>, most: usize) -> Result<Starters, Failure> {
    let query = format!(
        "SELECT SUM(ExecutionsStarted) FROM SCHEMA(\"AWS/States\", StateMachineArn) GROUP BY StateMachineArn \
         ORDER BY SUM() DESC LIMIT {most}"
    );
    let span = Span::back(context.now, StartRates::TOP_WINDOW, PERIOD);
    let groups = grouped(context, &query, span).await?;
    let least = groups.values().map(Counts::total).min_by(f64::total_cmp).filter(|_| groups.len() >= most);
    let mut found = Starters { least, ..Starters::default() };
    for (label, counts) in groups {
        let Some((machine, is_child)) = machine_of(context, &label) else { continue };
        let kind = if is_child { &mut found.children } else { &mut found.machines };
        add(kind, machine, counts);
    }
    Ok(found)
}

/// Two Distributed Maps of one machine have series of their own.
fn add(kind: &mut BTreeMap<Arn, Counts>, machine: Arn, counts: Counts) {
    let Some(known) = kind.get_mut(&machine) else {
        kind.insert(machine, counts);
        return;
    };
    for (sum, more) in known.values.iter_mut().zip(counts.values) {
        *sum = match (*sum, more) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        };
    }
}

/// The machine that a series is about, and whether it counts the children of its Distributed Map, which report under
/// `…:stateMachine:NAME/LABEL`.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html>.
pub(super) fn machine_of(context: &Context<'_>, label: &str) -> Option<(Arn, bool)> {
    let (machine, is_child) = match label.split_once('/') {
        Some((machine, _)) => (machine, true),
        None => (label, false),
    };
    let arn = Arn::parse(machine).ok()?;
    let name = arn.resource().strip_prefix("stateMachine:")?;
    (context.owns(&arn) && !name.is_empty() && !name.contains(':')).then_some((arn, is_child))
}
