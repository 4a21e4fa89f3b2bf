use std::collections::BTreeSet;

use crate::access::{Choice, Wide, names_action};
use crate::finding::{
    Beyond, Check, Confidence, Defect, Evaluations, Family, Outcome, RoleView, Severity, View, about_grant, listed,
};
use crate::iam::Selector;
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "runtime-target-wildcard",
    family: Family::Access,
    title: "What a task calls is chosen at run time, and the role reaches more than it can be",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam, PartName::KmsKeys],
    yields_to: &["cross-account-task-role"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    ],
    page: include_str!("runtime-target-wildcard.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_role(out, judge);
}

fn judge(view: &RoleView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some(beyond) = view.beyond_needs()? else { return Ok(Vec::new()) };
    let mut found: Vec<Outcome> = Vec::new();
    for beyond in &beyond {
        found.extend(defect(view, beyond)?.map(Outcome::from));
    }
    Ok(if found.is_empty() { vec![Outcome::Compliant] } else { found })
}

fn defect(view: &RoleView<'_>, beyond: &Beyond<'_>) -> Result<Option<Defect>, Gap> {
    let Beyond { grant, surplus, .. } = beyond;
    let wide: Vec<_> = surplus.wide.iter().filter(|wide| matches!(wide.choice, Choice::Runtime { .. })).collect();
    if wide.is_empty() {
        return Ok(None);
    }
    let on = match &grant.statement.resources {
        Some(Selector::Only(resources)) => listed(resources),
        _ => "all resources but some".to_owned(),
    };
    let actions: BTreeSet<_> = wide.iter().map(|wide| wide.action.as_str()).collect();
    let choosers = choosers(view, &wide)?;
    let message = format!(
        "Role {} is allowed {} on {on} by {grant}, and the target is chosen at run time: {}. Who decides what is there \
         decides what is called with the role's permissions.",
        view.arn.name(),
        listed(&actions),
        listed(&choosers),
    );
    let remediation = format!(
        "{} Where the choice is among known names, name these or their common prefix; where it may fall on another \
         account or Region, add that.{}",
        beyond.remediation(),
        view.caution(),
    );
    let said = said(beyond, &wide);
    let mut defect = Defect::new(message, remediation)
        .evidence("policy", grant.policy)
        .evidence("actions", said.join(", "))
        .evidence("chosen_by", choosers.join("; "))
        .evidence("would_do", Wide::reasons(wide.iter().copied()).join("; "))
        .at_statement(grant.statement_id())
        .told_apart_by(grant.policy)
        .about(said.iter().map(|action| about_grant(view.arn, Some(grant), action)));
    if !beyond.sure || !view.users_known {
        defect = defect.confidence(Confidence::Medium);
    }
    defect.change = Some(beyond.change.clone());
    Ok(Some(defect))
}

/// `state Call of orders by $.function`, of every machine of the role.
fn choosers(view: &RoleView<'_>, wide: &[&Wide]) -> Result<Vec<String>, Gap> {
    let mut found = BTreeSet::new();
    for machine in &view.machines {
        for need in machine.needs()?.own {
            let Choice::Runtime { from } = &need.choice else { continue };
            if wide.iter().any(|wide| wide.action == need.action && wide.resources == need.resources) {
                let name = machine.name();
                found.extend(need.states.iter().map(|state| format!("in state {state} of {name} by {from}")));
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// The statement's actions, as written, whose resource is all that is wrong with them.
fn said<'b>(beyond: &'b Beyond<'_>, wide: &[&Wide]) -> Vec<&'b str> {
    let Beyond { grant, surplus, .. } = beyond;
    let Selector::Only(patterns) = &grant.statement.actions else { return Vec::new() };
    let named = |pattern: &&str| {
        !surplus.wildcards.contains(pattern) && wide.iter().any(|wide| names_action(pattern, &wide.action))
    };
    patterns.iter().map(String::as_str).filter(named).collect()
}
