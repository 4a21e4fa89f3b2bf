use std::collections::BTreeMap;

use crate::finding::{
    Aliased, Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed,
    shell_quote,
};
use crate::model::{Details, Encryption, LogLevel, PartName, RunSettings, Version};
use crate::types::{Arn, Gap, GapReason};

pub const CHECK: Check = Check {
    id: "version-with-weaker-settings",
    family: Family::Hygiene,
    title: "An alias starts a version with weaker settings than the state machine has now",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Versions],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html",
    ],
    page: include_str!("version-with-weaker-settings.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let current = machine.details()?;
    let Some(aliased) = machine.aliased()? else { return Ok(Vec::new()) };
    let mut outcomes = Vec::new();
    for (arn, aliases) in routed(&aliased) {
        match of(machine, current, &aliased, arn, &aliases) {
            Ok(defect) => outcomes.extend(defect.map(Outcome::from)),
            Err(gap) => outcomes.push(Outcome::InsufficientData(gap)),
        }
    }
    outcomes.extend(aliased.unseen.map(Outcome::InsufficientData));
    if outcomes.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

/// The versions that aliases route to, with the names of these.
fn routed<'a>(aliased: &Aliased<'a>) -> BTreeMap<&'a Arn, Vec<&'a str>> {
    let mut routed: BTreeMap<&Arn, Vec<&str>> = BTreeMap::new();
    for alias in aliased.aliases {
        for route in alias.live() {
            routed.entry(&route.version).or_default().push(alias.arn.name());
        }
    }
    routed
}

fn of(
    machine: &MachineView<'_>,
    current: &Details,
    aliased: &Aliased<'_>,
    arn: &Arn,
    names: &[&str],
) -> Result<Option<Defect>, Gap> {
    let unlisted = || Gap::new(GapReason::Error, "an alias routes to a version that is in no list").about(arn.as_str());
    let version = aliased.published.version(arn).ok_or_else(unlisted)?;
    let settings = version.settings.whole().map_err(Gap::clone)?;
    let weaknesses = weaknesses(current, settings).map_err(|gap| gap.about(arn.as_str()))?;
    Ok((!weaknesses.is_empty()).then(|| defect(machine, version, names, &weaknesses)))
}

/// What is weaker, in words, and how bad.
type Weakness = (String, Severity);

fn weaknesses(current: &Details, version: &RunSettings) -> Result<Vec<Weakness>, Gap> {
    let mut found = Vec::new();
    let (now, then) = (&current.logging, &version.logging);
    match (depth(now.level)?, depth(then.level)?) {
        (now_depth, 0) if now_depth > 0 => found.push(("it does not log".to_owned(), Severity::Medium)),
        (now_depth, then_depth) if now_depth > then_depth => {
            found.push((format!("it logs {} instead of {}", then.level.as_str(), now.level.as_str()), Severity::Low));
        }
        _ => {}
    }
    let logs_data = |logging: &crate::model::Logging| logging.level != LogLevel::Off && logging.include_execution_data;
    if logs_data(then) && !logs_data(now) {
        found.push(("it logs execution data".to_owned(), Severity::Medium));
    }
    if current.tracing_enabled && !version.tracing_enabled {
        found.push(("it does not trace".to_owned(), Severity::Low));
    }
    if has_own_key(&current.encryption)? && !has_own_key(&version.encryption)? {
        found.push(("its executions are not under a key of your own".to_owned(), Severity::Medium));
    }
    Ok(found)
}

fn depth(level: LogLevel) -> Result<u8, Gap> {
    match level {
        LogLevel::Off => Ok(0),
        LogLevel::Fatal => Ok(1),
        LogLevel::Error => Ok(2),
        LogLevel::All => Ok(3),
        LogLevel::Unknown => Err(Gap::new(GapReason::Unsupported, "a log level that this version does not know")),
    }
}

fn has_own_key(encryption: &Encryption) -> Result<bool, Gap> {
    match encryption {
        Encryption::Customer { .. } => Ok(true),
        Encryption::AwsOwned => Ok(false),
        Encryption::Unknown { kind } => {
            let detail = format!("{kind} is an encryption type that this version does not know");
            Err(Gap::new(GapReason::Unsupported, detail))
        }
    }
}

fn defect(machine: &MachineView<'_>, version: &Version, aliases: &[&str], weaknesses: &[Weakness]) -> Defect {
    let (name, number) = (machine.name(), version.number());
    let told = listed(weaknesses.iter().map(|(told, _)| told));
    let plural = if aliases.len() == 1 { "The alias" } else { "The aliases" };
    let starts = if aliases.len() == 1 { "starts" } else { "start" };
    let message = format!(
        "{plural} {} {starts} version {number} of {name}, whose settings were frozen when it was published and are weaker \
         than what the state machine shows now: {told}. Other checks judge the current revision.",
        listed(aliases),
    );
    let remediation = "Publish the current revision as a version and route the aliases to it; a version itself cannot be \
                       changed.";
    let (region, arn) = (machine.region.name(), machine.machine.arn.as_str());
    let publish = format!(
        "aws stepfunctions publish-state-machine-version --region {region} --state-machine-arn {}",
        shell_quote(arn)
    );
    let route = |alias: &&str| {
        format!(
            "aws stepfunctions update-state-machine-alias --region {region} --state-machine-alias-arn {} \
             --routing-configuration '[{{\"stateMachineVersionArn\":\"<NEW_VERSION_ARN>\",\"weight\":100}}]'",
            shell_quote(&format!("{arn}:{alias}"))
        )
    };
    let command: Vec<_> = std::iter::once(publish).chain(aliases.iter().map(route)).collect();
    let worst = weaknesses.iter().map(|(_, severity)| *severity).max().unwrap_or(CHECK.severity);
    Defect::new(message, remediation)
        .severity(worst)
        .evidence("version", number)
        .evidence("aliases", listed(aliases))
        .evidence("weaker", told)
        .change(Change::Command(command.join("\n")))
        .told_apart_by(format!("version {number}"))
}
