use crate::access::wildcard::{NOT_ACTION, Reach, reach};
use crate::access::{Choice, Wide, names_action};
use crate::finding::{
    Beyond, Check, Confidence, Defect, Evaluations, Family, LastUse, MachineView, Outcome, RoleView, Severity, View,
    about_grant, listed,
};
use crate::iam::Selector;
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "excess-grant",
    family: Family::Access,
    title: "The role grants what its state machines do not need",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam, PartName::KmsKeys, PartName::LastAccessed],
    yields_to: &["runtime-target-wildcard", "unused-xray-grant"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    ],
    page: include_str!("excess-grant.md"),
    run,
};

/// How many reasons a message spells out.
const SHOWN: usize = 5;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_role(out, judge);
}

fn judge(view: &RoleView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some(beyond) = view.beyond_needs()? else { return Ok(Vec::new()) };
    let found: Vec<Outcome> = beyond.iter().filter_map(|beyond| defect(view, beyond)).map(Outcome::from).collect();
    Ok(if found.is_empty() { vec![Outcome::Compliant] } else { found })
}

fn defect(view: &RoleView<'_>, beyond: &Beyond<'_>) -> Option<Defect> {
    let Beyond { grant, surplus, .. } = beyond;
    // What is chosen at run time is another check's to say.
    let wide: Vec<_> = surplus.wide.iter().filter(|wide| !matches!(wide.choice, Choice::Runtime { .. })).collect();
    if !surplus.is_excess() && wide.is_empty() {
        return None;
    }
    let machines = listed(view.machines.iter().map(MachineView::name));
    let mut reasons = surplus.reasons();
    reasons.extend(Wide::reasons(wide.iter().copied()));
    let message = format!(
        "The {grant} grants role {} more than {machines} {}: {}. Who gets a task to misuse the role gets that too.",
        view.arn.name(),
        if view.machines.len() == 1 { "needs" } else { "need" },
        shown(&reasons),
    );
    let said = said(beyond, &wide);
    let mut defect = Defect::new(message, beyond.remediation() + view.caution())
        .severity(severity(beyond, &said))
        .evidence("policy", grant.policy)
        .evidence("actions", said.join(", "))
        .evidence("statement", grant.statement.to_document().to_string())
        .evidence("beyond", reasons.join("; "))
        .at_statement(grant.statement_id())
        .told_apart_by(grant.policy)
        .about(said.iter().map(|action| about_grant(view.arn, Some(grant), action)));
    // It is collected on demand only: without it nothing is said of use.
    let last_use = view.last_accessed().map_or_else(|_| LastUse::default(), |access| LastUse::of(access, &said));
    if !last_use.words.is_empty() {
        defect = defect.evidence("last_used", last_use.words.join("; "));
    }
    if !beyond.sure || !view.users_known || last_use.used {
        defect = defect.confidence(Confidence::Medium);
    }
    defect.change = Some(beyond.change.clone());
    Some(defect)
}

/// The first of them, so that a finding stays readable; all are evidence.
fn shown(reasons: &[String]) -> String {
    match reasons {
        many if many.len() > SHOWN + 1 => {
            format!("{}; and {} more", reasons[..SHOWN].join("; "), reasons.len() - SHOWN)
        }
        all => all.join("; "),
    }
}

fn severity(beyond: &Beyond<'_>, said: &[&str]) -> Severity {
    if !beyond.surplus.is_excess() {
        return if beyond.grant.statement.reaches_everything() { CHECK.severity } else { Severity::Low };
    }
    let opens_all = |action: &&str| *action == NOT_ACTION || reach(action) >= Some(Reach::Identity);
    if said.iter().any(opens_all) { Severity::High } else { CHECK.severity }
}

/// The statement's actions, as written, of which the finding says something.
fn said<'b>(beyond: &'b Beyond<'_>, wide: &[&Wide]) -> Vec<&'b str> {
    let Beyond { grant, surplus, .. } = beyond;
    let Selector::Only(patterns) = &grant.statement.actions else { return vec![NOT_ACTION] };
    let whole = surplus.unused || surplus.not_resource || !surplus.resources.is_empty();
    let named = |pattern: &&str| {
        whole
            || surplus.actions.contains(pattern)
            || surplus.elsewhere.contains(pattern)
            || surplus.wildcards.contains(pattern)
            || wide.iter().any(|wide| names_action(pattern, &wide.action))
    };
    patterns.iter().map(String::as_str).filter(named).collect()
}
