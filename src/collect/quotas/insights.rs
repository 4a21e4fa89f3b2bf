//! Metrics Insights: which state machines have the most of something, in one call for all of them.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::MetricDataQuery;

use super::RECENT;
use super::points;
use crate::collect::collector::Context;
use crate::collect::metric_data::Answer;
use crate::collect::starters::machine_of;
use crate::model::Holder;
use crate::types::{Arn, Gap, Observed};

/// State machines that are asked for.
const MOST: usize = 10;
/// Seconds; the highest point in them.
const PERIOD: i32 = 300;

/// The state machines with the highest points of a metric that has one series each, highest first. Metrics Insights looks
/// 3 hours back, so that a machine without a point since is not among them.
pub(super) async fn highest(context: &Context<'_>, metric: &str) -> Observed<Vec<Holder>> {
    match ask(context, metric).await {
        Ok((holders, gap)) => Observed::listed(holders, gap),
        Err(gap) => Observed::missing(gap),
    }
}

async fn ask(context: &Context<'_>, metric: &str) -> Result<(Vec<Holder>, Option<Gap>), Gap> {
    let expression = format!(
        "SELECT MAX({metric}) FROM SCHEMA(\"AWS/States\", ResourceArn) GROUP BY ResourceArn ORDER BY MAX() DESC LIMIT {MOST}"
    );
    let query = MetricDataQuery::builder().id("highest").expression(expression).period(PERIOD).build();
    let Answer { results, said: mut faults } = points::ask(context, vec![query], RECENT).await?;
    let mut highest: BTreeMap<Arn, f64> = BTreeMap::new();
    for result in results {
        if let Some(fault) = points::fault(context, Some(metric), &result) {
            faults.push(fault);
            continue;
        }
        // The label of a group is what it is grouped by.
        let machine = result.label.as_deref().and_then(|label| machine_of(context, label));
        let Some((machine, false)) = machine else { continue };
        for point in points::readings(result) {
            let value = highest.entry(machine.clone()).or_insert(point.value);
            *value = value.max(point.value);
        }
    }
    let holder = |(machine, value)| Holder { machine, value, at_least: false, growth_per_hour: None };
    let mut holders: Vec<_> = highest.into_iter().map(holder).collect();
    holders.sort_by(|a, b| b.value.total_cmp(&a.value));
    Ok((holders, points::gap(context, &faults)))
}
