//! Tells what works and what to mend before a scan, by one harmless call a question.

mod accounts;
mod line;
mod schedule;

use std::io;
use std::sync::Arc;

use self::line::{Line, State};
use super::gather::{Asked, Eyes, ask, now};
use super::narrow::narrow;
use super::outcome::{Outcome, Stopped};
use super::{color, configure, dry_run, fast};
use crate::audit::{self, Report, RunFacts};
use crate::aws::Budget;
use crate::cli::{CommonArgs, DoctorArgs};
use crate::collect::{Collection, Environment, Plan, Silent, collect, examine, plan};
use crate::config::{Config, Group};
use crate::detect::HashKey;
use crate::finding::digits;
use crate::store::{Store, random_key};

pub(super) fn run(args: DoctorArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let schedule = schedule::Question::new(&args)?;
    let mut config = configure::load(common)?;
    configure::apply_aws(&mut config, args.aws)?;
    configure::apply_checks(&mut config, &args.checks)?;
    narrow(&mut config);
    let eyes = Eyes::new(HashKey::new(random_key()));
    let budget = Arc::new(Budget::new(config.aws.budget.clone()));
    let asked = ask(&config, &budget, &eyes, &Silent, async |environment| {
        let examination = examine(environment).await?;
        let mut lines = accounts::lines(&examination);
        let entered = examination.accounts.iter().any(|account| account.entered.is_ok());
        if entered {
            lines.extend(time(&plan(environment).await?, &budget, &config));
            lines.extend(quotas(environment, &config).await);
        }
        if let Some(schedule) = &schedule {
            lines.extend(schedule.lines(environment).await);
        }
        anyhow::Ok((lines, entered))
    })?;
    let Asked { answer, signal, .. } = asked;
    if let Some(code) = signal {
        return Err(Stopped(code).into());
    }
    let (mut lines, entered) = answer?;
    lines.push(store(&config));
    line::write(&lines, color::on_stdout(common.color), &mut io::stdout().lock())?;
    Ok(match lines.iter().any(|line| line.state == State::Mend) {
        _ if !entered => Outcome::Failed,
        true => Outcome::Incomplete,
        false => Outcome::Done,
    })
}

/// Whether a pass over the inventory can end before the next is due.
fn time(plan: &Plan, budget: &Budget, config: &Config) -> Option<Line> {
    let (least, api, region) = dry_run::least(plan, budget)?;
    let interval = config.schedule.plan(Group::Inventory).interval(now()).unsigned_abs();
    let says = format!("a pass takes {}", dry_run::at_least(least));
    Some(match least > interval {
        true => Line::mend(
            "request budget",
            format!(
                "{says}, for {} in {}, and the next is due after {}: lengthen schedule.inventory",
                api.name,
                region.region,
                dry_run::span(interval),
            ),
        ),
        false => Line::well("request budget", says),
    })
}

/// Quotas that are used beyond their warning level, by what a scan of quotas alone reads.
async fn quotas(environment: &Environment<'_>, config: &Config) -> Vec<Line> {
    let mut config = config.clone();
    if fast::quotas_only(&mut config).is_err() {
        return Vec::new();
    }
    let (budget, cancel) = (environment.budget.clone(), environment.cancel.clone());
    let started_at = now();
    let collection = match collect(&Environment { settings: &config.collect, budget, cancel, ..*environment }).await {
        Ok(collection) => collection,
        Err(error) => return vec![Line::unknown("quotas", error.to_string())],
    };
    let Collection { snapshots, runs, complete } = collection;
    let facts = RunFacts { started_at, finished_at: now(), complete, collectors: runs, api_usage: Vec::new() };
    let report = audit::audit(&snapshots, &config.checks, &config.selection, &config.accepted, facts);
    used(&report)
}

fn used(report: &Report) -> Vec<Line> {
    let used = report.quotas.iter().filter_map(|quota| Some((quota, quota.status.ratio()?)));
    let mut lines = Vec::new();
    let mut highest = None::<(f64, String)>;
    for (quota, ratio) in used {
        let place = format!("account {}, {}", quota.account_id, quota.region);
        let (limit, percent) = (digits(quota.status.limit.value), (ratio * 100.0).floor());
        let says = format!("{}: {percent} % of {limit}", quota.status.quota.title());
        if ratio >= quota.thresholds.warning {
            lines
                .push(Line::mend(format!("{place}, quotas"), format!("{says}: ask for more, or see who uses them up")));
        }
        if highest.as_ref().is_none_or(|(most, _)| ratio > *most) {
            highest = Some((ratio, format!("the fullest: {says}, {place}")));
        }
    }
    if let (true, Some((_, says))) = (lines.is_empty(), highest) {
        lines.push(Line::well("quotas", says));
    }
    lines
}

fn store(config: &Config) -> Line {
    let about = "store";
    let opened = Store::open(&config.store, &config.aws);
    match opened.and_then(|store| store.map(|store| store.examine(config.store.keep_days)).transpose()) {
        Ok(Some(place)) => Line::well(about, format!("{place} can be read and written")),
        Ok(None) => Line::well(about, "none: every finding is new with each scan (store.location)"),
        Err(error) => Line::mend(
            about,
            format!("{error}: give the role what stepwarden permissions prints for the store, or mend store.location"),
        ),
    }
}
