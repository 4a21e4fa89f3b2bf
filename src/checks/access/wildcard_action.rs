use std::collections::{BTreeMap, BTreeSet};

use crate::access::wildcard::{NOT_ACTION, Reach, Wildcard, wildcards};
use crate::finding::{
    Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RoleView, Severity, View, about_grant, listed,
};
use crate::iam::Selector;
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "wildcard-action",
    family: Family::Access,
    title: "The state machine's role is allowed actions by wildcard",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &["excess-grant"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
    ],
    page: include_str!("wildcard-action.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_role(out, judge);
}

fn judge(view: &RoleView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some((_, grants)) = view.grants()? else { return Ok(Vec::new()) };
    // By policy and statement id: two statements that say the same in one policy are one.
    let mut statements: BTreeMap<(&str, String), Vec<Wildcard<'_>>> = BTreeMap::new();
    for wildcard in wildcards(grants) {
        let key = (wildcard.grant.policy, wildcard.grant.statement_id());
        let found = statements.entry(key).or_default();
        if !found.iter().any(|one| one.pattern == wildcard.pattern) {
            found.push(wildcard);
        }
    }
    if statements.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    Ok(statements.values().map(|found| defect(view, found).into()).collect())
}

fn severity(wildcard: &Wildcard<'_>) -> Severity {
    let worst = wildcard.opens.iter().map(|(_, reach)| reach).max();
    match worst {
        Some(Reach::Everything | Reach::Identity) => Severity::High,
        Some(Reach::Service) => Severity::Medium,
        Some(Reach::Data(_)) if !wildcard.grant.statement.reaches_everything() => Severity::Info,
        _ => Severity::Low,
    }
}

/// What a wildcard opens, in words.
fn meaning(wildcard: &Wildcard<'_>) -> String {
    let pattern = match &wildcard.grant.statement.actions {
        Selector::AllBut(spared) => format!("{NOT_ACTION} {}", listed(spared)),
        Selector::Only(_) => wildcard.pattern.to_owned(),
    };
    let narrowed = !matches!(wildcard.opens.as_slice(), [(one, _)] if *one == wildcard.pattern);
    if narrowed {
        let left: BTreeSet<_> = wildcard.opens.iter().map(|(one, _)| *one).collect();
        return format!("{pattern} (of which the permissions boundary leaves {})", listed(left));
    }
    let service = wildcard.pattern.split(':').next().unwrap_or_default();
    match wildcard.opens.iter().map(|(_, reach)| reach).max() {
        Some(Reach::Everything) if wildcard.pattern == NOT_ACTION => format!("{pattern} (every other action there is)"),
        Some(Reach::Everything) => format!("{pattern} (every action of every service)"),
        Some(Reach::Identity) => format!("{pattern} (all of {service}, and by it any other permission)"),
        Some(Reach::Service) => format!("{pattern} (every action of {service})"),
        Some(Reach::Data(data)) => format!("{pattern} (reads {})", data.join(", ")),
        _ => format!("{pattern} (also what changes things)"),
    }
}

fn defect(view: &RoleView<'_>, found: &[Wildcard<'_>]) -> Defect {
    let grant = found[0].grant;
    let role = view.arn.name();
    let patterns: Vec<_> = found.iter().map(|wildcard| wildcard.pattern).collect();
    let where_to = match &grant.statement.resources {
        _ if grant.statement.reaches_everything() => "on every resource".to_owned(),
        Some(Selector::Only(resources)) => format!("on {}", listed(resources)),
        _ => "on the resources it names".to_owned(),
    };
    let message = format!(
        "Role {role} is allowed {} {where_to} by {grant}. What AWS adds under it later is allowed too.",
        listed(found.iter().map(meaning))
    );
    let remediation = format!(
        "Name the actions that the tasks of {} need in place of {}.",
        listed(view.machines.iter().map(MachineView::name)),
        listed(&patterns)
    );
    let id = grant.statement_id();
    let keys: Vec<_> = patterns.iter().map(|pattern| about_grant(view.arn, Some(&grant), pattern)).collect();
    let defect = Defect::new(message, remediation)
        .severity(found.iter().map(severity).max().unwrap_or(CHECK.severity))
        .evidence("policy", grant.policy)
        .evidence("wildcards", patterns.join(", "))
        .at_statement(id)
        .told_apart_by(grant.policy)
        .about(keys);
    match found.iter().any(|wildcard| wildcard.sure) {
        true => defect,
        false => defect.confidence(Confidence::Medium),
    }
}
