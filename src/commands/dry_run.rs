use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::gather::{Asked, Eyes, ask};
use super::outcome::{Outcome, Stopped};
use super::permissions;
use crate::aws::{Api, Budget};
use crate::collect::{ACCOUNTS_AT_ONCE, Calls, Plan, RegionPlan, Silent, plan};
use crate::config::Config;
use crate::detect::HashKey;
use crate::store::random_key;
use crate::types::Region;

/// Prints what a scan would call, how long the budget lets that take, and the policy that it needs.
pub(super) fn run(config: &Config) -> anyhow::Result<Outcome> {
    let eyes = Eyes::new(HashKey::new(random_key()));
    let budget = Arc::new(Budget::new(config.aws.budget.clone()));
    let Asked { answer, signal, .. } =
        ask(config, &budget, &eyes, &Silent, async |environment| plan(environment).await)?;
    if let Some(code) = signal {
        return Err(Stopped(code).into());
    }
    let plan = answer?;
    let mut out = io::stdout().lock();
    write(&plan, &budget, &mut out)?;
    writeln!(out, "The IAM policy that it needs:\n")?;
    serde_json::to_writer_pretty(&mut out, &permissions::policy(config))?;
    writeln!(out)?;
    let unlisted = plan.regions.iter().any(|region| region.gap.is_some());
    Ok(match plan.regions.is_empty() {
        true => Outcome::Failed,
        false => Outcome::incomplete_if(unlisted || !plan.refused.is_empty(), config.exit.allow_incomplete),
    })
}

fn write(plan: &Plan, budget: &Budget, out: &mut dyn Write) -> io::Result<()> {
    for (source, failure) in &plan.refused {
        let role = source.as_ref().map_or("the credentials' own account", |source| source.role_arn.as_str());
        writeln!(out, "{role}: cannot be entered: {failure}\n")?;
    }
    for region in &plan.regions {
        of_region(region, budget, out)?;
    }
    if let Some((time, api, region)) = least(plan, budget) {
        writeln!(
            out,
            "Regions and APIs are asked at once, accounts {ACCOUNTS_AT_ONCE} at a time. The budget makes a scan take"
        )?;
        writeln!(out, "{}, for {} in {}.\n", at_least(time), api.name, region.region)?;
    }
    Ok(())
}

/// The shortest that a scan can take: of each account what takes longest, and so many accounts at once.
pub(super) fn least<'p>(plan: &'p Plan, budget: &Budget) -> Option<(Duration, &'static Api, &'p RegionPlan)> {
    let mut accounts: BTreeMap<&str, Duration> = BTreeMap::new();
    let mut longest = None::<(Duration, &'static Api, &RegionPlan)>;
    for region in &plan.regions {
        for (api, calls) in &region.calls {
            let time = budget.time_for(api, calls.least);
            let account = accounts.entry(region.account_id.as_str()).or_default();
            *account = time.max(*account);
            if longest.is_none_or(|(longest, ..)| time > longest) {
                longest = Some((time, api, region));
            }
        }
    }
    let all: Duration = accounts.values().sum();
    let at_once = u32::try_from(ACCOUNTS_AT_ONCE).unwrap_or(u32::MAX);
    longest.map(|(time, api, region)| (time.max(all / at_once), api, region))
}

/// The least that a pass takes, in words.
pub(super) fn at_least(time: Duration) -> String {
    match time.is_zero() {
        true => "no longer than AWS does".to_owned(),
        false => format!("at least {}", span(time)),
    }
}

fn of_region(region: &RegionPlan, budget: &Budget, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}", place(region))?;
    match region.size {
        Some(size) => {
            let (machines, express, activities) = (size.machines, size.express, size.activities);
            writeln!(out, ": {machines} state machines, {express} of them Express; {activities} activities\n")?;
        }
        None => writeln!(out, ": what the account has once\n")?,
    }
    if let Some(gap) = &region.gap {
        writeln!(out, "There may be more of them: {gap}\n")?;
    }
    let width = region.calls.iter().map(|(api, _)| api.name.len()).max().unwrap_or_default();
    for (api, calls) in &region.calls {
        let time = budget.time_for(api, calls.most.unwrap_or(calls.least));
        writeln!(out, "  {:width$}  {:>14}  {}", api.name, told(*calls), span(time))?;
    }
    writeln!(out)
}

fn place(region: &RegionPlan) -> String {
    match region.region == Region::global() {
        true => format!("account {}", region.account_id),
        false => format!("account {}, {}", region.account_id, region.region),
    }
}

fn told(calls: Calls) -> String {
    match calls {
        Calls { least, most: Some(most) } if least == most => least.to_string(),
        Calls { least: 0, most: Some(most) } => format!("at most {most}"),
        Calls { least, most: Some(most) } => format!("{least} to {most}"),
        Calls { least: 0, most: None } => "as needed".to_owned(),
        Calls { least, most: None } => format!("{least} or more"),
    }
}

/// In two units at most.
pub(super) fn span(time: Duration) -> String {
    match time.as_millis().div_ceil(1_000) {
        0 => "at once".to_owned(),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}
