use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::finding::{
    Aliased, Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, how_long,
    listed, shell_quote,
};
use crate::model::{Alias, PartName, Version};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "alias-to-old-version",
    family: Family::Hygiene,
    title: "An alias stays with an old version",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Versions],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachineAlias.html",
    ],
    page: include_str!("alias-to-old-version.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(machine, view));
}

fn judge(machine: &MachineView<'_>, view: &View<'_>) -> Result<Vec<Outcome>, Gap> {
    machine.details()?;
    let Some(aliased) = machine.aliased()? else { return Ok(Vec::new()) };
    let mut outcomes = Vec::new();
    for alias in aliased.aliases {
        match of(machine, view, &aliased, alias) {
            Ok(defect) => outcomes.extend(defect.map(Outcome::from)),
            Err(gap) => outcomes.push(Outcome::InsufficientData(gap.about(alias.arn.as_str()))),
        }
    }
    outcomes.extend(aliased.unseen.map(Outcome::InsufficientData));
    if outcomes.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

/// A version number that its list does not know cannot be compared.
fn of(machine: &MachineView<'_>, view: &View<'_>, aliased: &Aliased<'_>, alias: &Alias) -> Result<Option<Defect>, Gap> {
    let unknown = |what: &str| Gap::new(GapReason::Error, format!("{what} is not known"));
    let versions = &aliased.published.versions;
    let newest = versions.iter().max_by_key(|version| version.count()).ok_or_else(|| unknown("the newest version"))?;
    let routed: Vec<_> = alias.live().filter_map(|route| aliased.published.version(&route.version)).collect();
    if routed.len() != alias.live().count() || routed.is_empty() {
        return Err(unknown("a version that the alias routes to"));
    }
    let since = if routed.iter().all(|version| version.arn == newest.arn) {
        return Ok(None);
    } else if routed.iter().any(|version| version.arn == newest.arn) {
        // A new version that gets its first share: for a while that is the purpose of an alias.
        alias.updated_at.ok_or_else(|| unknown("when the alias was updated"))?
    } else {
        overtaken(versions, &routed).ok_or_else(|| unknown("when the newer versions were published"))?
    };
    let age = view.as_of.duration_since(since);
    let allowed = SignedDuration::from_hours(24 * i64::from(view.settings.alias_days));
    Ok((age >= allowed).then(|| defect(machine, alias, &routed, newest, age)))
}

/// When the first version was published that is newer than all that the alias routes to.
fn overtaken(versions: &[Version], routed: &[&Version]) -> Option<Timestamp> {
    let latest = routed.iter().filter_map(|version| version.count()).max()?;
    let newer = versions.iter().filter(|version| version.count().is_some_and(|count| count > latest));
    newer.map(|version| version.created_at).collect::<Option<Vec<_>>>()?.into_iter().min()
}

fn defect(
    machine: &MachineView<'_>,
    alias: &Alias,
    routed: &[&Version],
    newest: &Version,
    age: SignedDuration,
) -> Defect {
    let (name, newest_number, age) = (alias.arn.name(), newest.number(), how_long(age));
    let shares = alias.live().map(|route| format!("{} ({} %)", route.version.name(), route.weight));
    let shares = listed(shares);
    let split = routed.iter().any(|version| version.arn == newest.arn);
    let so = match (split, routed.len()) {
        (true, _) => format!(
            "has split executions between the versions {shares} for {age}: two definitions run side by side, and what was \
             mended in version {newest_number} reaches only its share"
        ),
        (false, 1) => format!(
            "routes to version {}, and version {newest_number} is the newest, of which it has been behind for {age}: what \
             was mended since does not reach executions that the alias starts",
            routed[0].number()
        ),
        (false, _) => format!(
            "routes to the versions {shares}, and version {newest_number} is the newest, of which both have been behind \
             for {age}: what was mended since does not reach executions that the alias starts"
        ),
    };
    let remediation = format!(
        "Route the alias to version {newest_number} once it has proved itself; if it has not, publish a version that does."
    );
    let routing = json!([{ "stateMachineVersionArn": newest.arn.as_str(), "weight": 100 }]);
    let command = format!(
        "aws stepfunctions update-state-machine-alias --region {} --state-machine-alias-arn {} --routing-configuration {}",
        machine.region.name(),
        shell_quote(alias.arn.as_str()),
        shell_quote(&routing.to_string()),
    );
    Defect::new(format!("The alias {name} of {} {so}.", machine.name()), remediation)
        .evidence("alias", name)
        .evidence("routes_to", shares)
        .evidence("newest", newest_number)
        .change(Change::Command(command))
        .told_apart_by(format!("alias {name}"))
}
