//! What AWS bills for the configured schedule.

use std::io::{self, Write};

use crate::collect::settings::Regions;
use crate::collect::{Every, Metered, metered};
use crate::config::{Config, Group};

/// Of a mean month.
const HOURS: f64 = 730.0;

const ABOVE_WARNING: &str = ", above a warning level";

/// One line of the table.
struct Line {
    collector: &'static str,
    when: &'static str,
    runs: f64,
    metrics: usize,
    usd: f64,
}

/// Writes the table, the sum, and what is not in it.
pub(super) fn write(config: &Config, machines: usize, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<_> = metered()
        .iter()
        .filter(|metered| !config.collect.leaves_out(metered.part))
        .map(|metered| line(config, metered, machines))
        .collect();
    writeln!(out, "What AWS bills for an account and Region with {machines} state machines, in USD a month:\n")?;
    writeln!(out, "| collector | API | runs | metrics a run | USD |")?;
    writeln!(out, "| --- | --- | --- | --- | --- |")?;
    for Line { collector, when, runs, metrics, usd } in &lines {
        writeln!(out, "| {collector}{when} | cloudwatch:GetMetricData | {runs:.0} | {metrics} | {usd:.2} |")?;
    }
    let always: f64 = lines.iter().filter(|line| line.when != ABOVE_WARNING).map(|line| line.usd).sum();
    writeln!(out, "\nSum without what only happens above a warning level: {always:.2} USD.")?;
    writeln!(out, "{}", everywhere(config, always))?;
    let price = config.schedule.usd_per_thousand_metrics;
    writeln!(
        out,
        "\nAn estimate, by {price} USD for 1,000 metrics (cost.metric_requests_usd_per_thousand; us-east-1, November 2026), for\n\
         metrics that are requested and, taken to cost the same, for those that a Metrics Insights query analyses: at most one\n\
         of each state machine, and one more for each Distributed Map. Not in it: requests of KMS (0.03 USD for 10,000) and\n\
         S3, Logs Insights (executions.insights), a free tier, discounts, taxes. The other calls are free of charge.",
    )
}

fn line(config: &Config, metered: &Metered, machines: usize) -> Line {
    let schedule = &config.schedule;
    let quotas = schedule.quotas.runs_a_month();
    let runs = match metered.every {
        Every::QuotasHourly if config.store.location.is_some() => quotas.min(HOURS),
        Every::Quotas | Every::QuotasHourly => quotas,
        Every::Scan => schedule.plan(Group::of(metered.part)).runs_a_month(),
    };
    let metrics = metered.metrics(machines);
    #[allow(clippy::cast_precision_loss, reason = "some thousands")]
    let usd = runs * metrics as f64 / 1000.0 * schedule.usd_per_thousand_metrics;
    let when = match metered.every {
        _ if metered.above_warning_only => ABOVE_WARNING,
        Every::QuotasHourly => ", hourly with a store",
        Every::Quotas | Every::Scan => "",
    };
    Line { collector: metered.part.as_str(), when, runs, metrics, usd }
}

fn everywhere(config: &Config, each: f64) -> String {
    let accounts = config.collect.accounts.len().max(1);
    match &config.collect.regions {
        Regions::AllEnabled => {
            format!(
                "Accounts: {accounts}. How many Regions are enabled is not known here: the sum is for each of them."
            )
        }
        Regions::Named(regions) => {
            let count = accounts * regions.len();
            #[allow(clippy::cast_precision_loss, reason = "some hundreds")]
            let sum = each * count as f64;
            format!("Accounts: {accounts}. Regions: {}. Sum of all: {sum:.2} USD.", regions.len())
        }
    }
}
