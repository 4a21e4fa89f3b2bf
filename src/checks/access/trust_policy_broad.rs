use std::collections::BTreeMap;

use crate::access::Grant;
use crate::access::trust::{Principal, denied, entries, lets_in, trust_document};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RoleView, Severity, View, listed,
    shell_quote,
};
use crate::iam::{Policy, Statement};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "trust-policy-broad",
    family: Family::Access,
    title: "More than Step Functions may assume the state machine's role",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    ],
    page: include_str!("trust-policy-broad.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_role(out, judge);
}

/// Somebody besides Step Functions whom a statement lets in.
struct Extra<'a> {
    who: Principal<'a>,
    severity: Severity,
    sure: bool,
}

fn judge(view: &RoleView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some(policy) = view.trust()? else { return Ok(Vec::new()) };
    // Two statements that say the same are one.
    let found: BTreeMap<_, _> = policy
        .statements
        .iter()
        .map(|statement| (statement, extras(policy, statement, view.pin().account)))
        .filter(|(_, extras)| !extras.is_empty())
        .map(|(statement, extras)| {
            (Grant { policy: "trust", inline: true, statement }.statement_id(), (statement, extras))
        })
        .collect();
    if found.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    let document = trust_document(policy, view.pin(), true);
    let command = format!(
        "aws iam update-assume-role-policy --role-name {} --policy-document {}",
        shell_quote(view.arn.name()),
        shell_quote(&document.to_string())
    );
    let defects = found.into_iter().map(|(id, (statement, extras))| {
        defect(view, statement, &extras).at_statement(id).change(Change::Command(command.clone())).into()
    });
    Ok(defects.collect())
}

fn extras<'a>(policy: &Policy, statement: &'a Statement, own: &str) -> Vec<Extra<'a>> {
    let mut extras = Vec::new();
    for who in lets_in(statement) {
        let taken_back = denied(policy, &who);
        if who.is_step_functions() || taken_back == Some(true) {
            continue;
        }
        let Some(severity) = severity(&who, statement, own) else { continue };
        extras.push(Extra { who, severity, sure: taken_back.is_none() });
    }
    extras.sort_by_key(|extra| (std::cmp::Reverse(extra.severity), extra.who));
    extras
}

/// What a principal is worth; nothing where nobody can be it.
fn severity(who: &Principal<'_>, statement: &Statement, own: &str) -> Option<Severity> {
    let own_one = who.account() == Some(own);
    Some(match who {
        Principal::Deleted(_) => return None,
        Principal::Everyone | Principal::AllBut if narrows(statement) => Severity::Medium,
        Principal::Everyone | Principal::AllBut => Severity::High,
        Principal::Account(_) | Principal::Arn(_) if !own_one && asks_external_id(statement) => Severity::Low,
        Principal::Account(_) if !own_one => Severity::High,
        Principal::Account(_) | Principal::Federated(_) | Principal::CanonicalUser(_) => Severity::Medium,
        Principal::Arn(_) if !own_one => Severity::Medium,
        Principal::Arn(_) | Principal::Service(_) => Severity::Low,
    })
}

/// The condition names the callers by something that they cannot choose.
fn narrows(statement: &Statement) -> bool {
    const CALLER: [&str; 7] = [
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:userid",
    ];
    entries(statement.condition.as_ref()).iter().any(|line| {
        CALLER.iter().any(|key| line.is_key(key))
            && !line.base().contains("not")
            && line.base() != "null"
            && !line.if_exists()
            && !line.operator.to_ascii_lowercase().starts_with("forallvalues")
            && !line.values.iter().any(|value| value.chars().all(|c| "*?:".contains(c)))
    })
}

/// The condition asks for an external id, which who is let in has to know.
fn asks_external_id(statement: &Statement) -> bool {
    entries(statement.condition.as_ref()).iter().any(|line| {
        line.is_key("sts:ExternalId")
            && matches!(line.base().as_str(), "stringequals" | "stringequalsignorecase" | "stringlike")
            && !line.if_exists()
            && !line.over_a_set()
            && !line.values.iter().any(|value| value.chars().all(|c| "*?".contains(c)))
    })
}

fn meaning(extra: &Extra<'_>, own: &str) -> String {
    let who = extra.who;
    match who {
        Principal::Account(id) if id == own => {
            format!("{who} (its own: whoever of it is granted sts:AssumeRole)")
        }
        Principal::Account(_) => format!("{who} (whoever it chooses)"),
        Principal::Arn(_) if who.account() != Some(own) => format!("{who} of another account"),
        Principal::Federated(_) => format!("identities of {who}"),
        _ => who.to_string(),
    }
}

fn defect(view: &RoleView<'_>, statement: &Statement, extras: &[Extra<'_>]) -> Defect {
    let (role, own) = (view.arn.name(), view.pin().account);
    let who: Vec<_> = extras.iter().map(|extra| meaning(extra, own)).collect();
    let machines = listed(view.machines.iter().map(MachineView::name));
    let condition: Vec<_> =
        entries(statement.condition.as_ref()).iter().map(|line| format!("{} {}", line.operator, line.key)).collect();
    let subject_to = match condition.is_empty() {
        true => String::new(),
        false => format!(", subject to {}", listed(&condition)),
    };
    let message = format!(
        "Besides Step Functions, {} may assume {role}{subject_to}, and then do all that {machines} may do, outside of \
         any execution.",
        listed(&who)
    );
    let remediation = format!(
        "Give whatever else needs {role} a role of its own, then replace the trust policy by the one below, which lets in \
         Step Functions alone."
    );
    let worst = extras.iter().map(|extra| extra.severity).max().unwrap_or(CHECK.severity);
    let names: Vec<_> = extras.iter().map(|extra| extra.who.to_string()).collect();
    let mut defect = Defect::new(message, remediation).severity(worst).evidence("principals", names.join(", "));
    if !condition.is_empty() {
        defect = defect.evidence("condition", listed(&condition));
    }
    // What a condition lets through is known for an external id alone.
    let settled = condition.is_empty() || (condition.len() == 1 && asks_external_id(statement));
    if !settled || extras.iter().all(|extra| !extra.sure) {
        defect = defect.confidence(Confidence::Medium);
    }
    defect
}
