use std::collections::BTreeMap;

use crate::access::trust::{Guard, guard, lets_step_functions_in, trust_document};
use crate::access::{Grant, trust};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, Outcome, RoleView, Severity, View, listed, shell_quote,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "trust-policy-confused-deputy",
    family: Family::Access,
    title: "The role's trust policy lets Step Functions act for any account",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    ],
    page: include_str!("trust-policy-confused-deputy.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_role(out, judge);
}

fn judge(view: &RoleView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some(policy) = view.trust()? else { return Ok(Vec::new()) };
    let pin = view.pin();
    let open = policy.statements.iter().filter(|statement| lets_step_functions_in(statement));
    let open = open.map(|statement| (statement, guard(policy, statement, pin.account)));
    // Two statements that say the same are one.
    let open: BTreeMap<_, _> = open
        .filter(|(_, guard)| *guard != Guard::Own)
        .map(|(statement, guard)| {
            (Grant { policy: "trust", inline: true, statement }.statement_id(), (statement, guard))
        })
        .collect();
    if open.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    let document = trust_document(policy, pin, false);
    let defects = open.into_iter().map(|(id, (statement, guard))| {
        let conditions: Vec<_> = trust::entries(statement.condition.as_ref())
            .iter()
            .map(|line| format!("{} {}", line.operator, line.key))
            .collect();
        let defect = defect(view, &guard)
            .evidence("statement", id.as_str())
            .evidence("condition", if conditions.is_empty() { "none".to_owned() } else { listed(&conditions) })
            .at_statement(id)
            .change(Change::Command(format!(
                "aws iam update-assume-role-policy --role-name {} --policy-document {}",
                shell_quote(view.arn.name()),
                shell_quote(&document.to_string())
            )));
        defect.into()
    });
    Ok(defects.collect())
}

fn defect(view: &RoleView<'_>, guard: &Guard) -> Defect {
    let (role, pin) = (view.arn.name(), view.pin());
    let whose = match guard {
        Guard::Own | Guard::Open(None) => "any account, as it has no condition on the source".to_owned(),
        Guard::Open(Some(why)) => format!("any account, as {why}"),
        Guard::Accounts(accounts) => format!("account {}", listed(accounts)),
        Guard::Organization => "any account of the organization".to_owned(),
        Guard::Unclear(what) => {
            format!("other accounts, unless {what} keeps them out, which cannot be told from the policy")
        }
    };
    let message = format!(
        "Step Functions may assume {role} for the state machines of {whose}. Where one of those gets it to, it works with \
         this role's rights."
    );
    let mut remediation = vec![format!(
        "Replace the trust policy by the one below, which pins the source to the state machines of account {}{}.",
        pin.account,
        if pin.region == "*" { String::new() } else { format!(" in {}", pin.region) }
    )];
    if pin.region != "*" {
        remediation.push(format!(
            "Where state machines of Regions that are not scanned run as {role}, write * for the Region."
        ));
    }
    let defect = Defect::new(message, remediation.join(" "));
    match guard {
        Guard::Unclear(_) => defect.confidence(Confidence::Medium),
        Guard::Organization => defect.severity(Severity::Low),
        _ => defect,
    }
}
