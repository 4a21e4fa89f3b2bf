use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::access::actions::LOG_WRITE;
use crate::access::scoping::{Place, arn_form, can_be_scoped};
use crate::access::trust::entries;
use crate::access::wildcard::{Reach, wildcards};
use crate::access::{Certainty, Choice, Grant, Grants, Need, Rest};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RoleView, Severity, View,
    about_grant, listed,
};
use crate::iam::{Selector, Statement};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "wildcard-resource",
    family: Family::Access,
    title: "The state machine's role is allowed on everything what could be scoped",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam, PartName::KmsKeys],
    yields_to: &[
        "cross-account-task-role",
        "excess-grant",
        "log-delivery-wildcard",
        "runtime-target-wildcard",
        "wildcard-action",
    ],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    ],
    page: include_str!("wildcard-resource.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_role(out, judge);
}

/// Findings of one statement that other checks may speak for, each as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Named,
    LogWrites,
    Wildcards,
}

/// What one statement allows on everything though it need not.
struct Found<'a> {
    grant: Grant<'a>,
    /// As written.
    actions: Vec<&'a str>,
    /// All of them are known to take an ARN, and no condition decides.
    sure: bool,
}

fn judge(view: &RoleView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some((_, grants)) = view.grants()? else { return Ok(Vec::new()) };
    let mut found = found(grants);
    if found.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    let needs = view.known_needs();
    // A message to a telephone has no topic to be named.
    let takes_all = |action: &str| {
        needs.iter().any(|need| need.choice == Choice::Unscopable && need.action.eq_ignore_ascii_case(action))
    };
    found.retain(|_, found| {
        found.actions.retain(|action| !takes_all(action));
        !found.actions.is_empty()
    });
    if found.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    Ok(found.iter().map(|((_, _, kind), found)| defect(view, *kind, found, &needs).into()).collect())
}

/// By policy, statement id and kind: two statements that say the same in one policy are one.
fn found<'a>(grants: &Grants<'a>) -> BTreeMap<(&'a str, String, Kind), Found<'a>> {
    let mut found: BTreeMap<_, Found<'a>> = BTreeMap::new();
    let mut add = |grant: Grant<'a>, kind, action: &'a str, sure| {
        let entry = found.entry((grant.policy, grant.statement_id(), kind));
        let entry = entry.or_insert(Found { grant, actions: Vec::new(), sure: true });
        if !entry.actions.contains(&action) {
            entry.actions.push(action);
            entry.sure &= sure;
        }
    };
    for grant in grants.allowing().filter(|grant| grant.statement.reaches_everything()) {
        let Selector::Only(actions) = &grant.statement.actions else { continue };
        for action in actions.iter().filter(|action| !action.contains(['*', '?'])) {
            let scopable = can_be_scoped(action);
            if scopable == Some(false) || narrowed_by_condition(grant.statement, action) {
                continue;
            }
            let Some((by, sure)) = grants.on_everything(action).allows() else { continue };
            if by.iter().any(|one| one.is(&grant)) {
                let log_write = LOG_WRITE.iter().any(|one| one.eq_ignore_ascii_case(action));
                let kind = if log_write { Kind::LogWrites } else { Kind::Named };
                add(grant, kind, action, sure && scopable == Some(true));
            }
        }
    }
    for wildcard in wildcards(grants).into_iter().filter(|wildcard| wildcard.everywhere) {
        let scopable =
            |(pattern, reach): &(&str, Reach)| *reach > Reach::Writes || can_be_scoped(pattern) != Some(false);
        if wildcard.opens.iter().any(scopable) {
            add(wildcard.grant, Kind::Wildcards, wildcard.pattern, wildcard.sure);
        }
    }
    found
}

/// A condition that names the endpoint does for this action what a resource does for others.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html>.
fn narrowed_by_condition(statement: &Statement, action: &str) -> bool {
    action.eq_ignore_ascii_case("states:InvokeHTTPEndpoint")
        && entries(statement.condition.as_ref())
            .iter()
            .any(|line| line.is_key("states:HTTPEndpoint") && !line.if_exists() && !line.base().contains("not"))
}

/// The condition takes resources by their tags, cluster or encryption context.
fn narrowed_by_attribute(statement: &Statement) -> bool {
    entries(statement.condition.as_ref()).iter().any(|line| {
        let key = line.key.to_ascii_lowercase();
        let attribute =
            key.contains(":resourcetag/") || key.starts_with("kms:encryptioncontext:") || key == "ecs:cluster";
        attribute && !line.if_exists() && !line.base().contains("not") && line.base() != "null"
    })
}

fn defect(view: &RoleView<'_>, kind: Kind, found: &Found<'_>, needs: &[Need]) -> Defect {
    let Found { grant, actions, sure } = found;
    let role = view.arn.name();
    let machines = listed(view.machines.iter().map(MachineView::name));
    let all = listed(actions);
    let but =
        if matches!(grant.statement.resources, Some(Selector::AllBut(_))) { " but those it excludes" } else { "" };
    let message = match kind {
        Kind::Wildcards => format!(
            "Role {role} is allowed {all} on every resource{but} by {grant}, though what a task calls can be granted on an ARN."
        ),
        _ => format!(
            "Role {role} is allowed {all} on every resource{but} by {grant}, though this can be granted on ARNs. Who gets \
             {machines} to misuse it reaches the resources of all others."
        ),
    };
    let remediation = match kind {
        Kind::Wildcards => {
            format!("Name the actions that the tasks of {machines} need, each on the resources they use.")
        }
        _ => format!(
            "Replace {grant} by the statements below, which name what the tasks of {machines} show that they use. Fill in \
             what stands in angle brackets, and add what else uses the role."
        ),
    };
    let id = grant.statement_id();
    let apart = match kind {
        Kind::Named => grant.policy.to_owned(),
        Kind::LogWrites => format!("{} log writes", grant.policy),
        Kind::Wildcards => format!("{} wildcards", grant.policy),
    };
    let mut defect = Defect::new(message, remediation)
        .evidence("policy", grant.policy)
        .evidence("actions", actions.join(", "))
        .about(actions.iter().map(|action| about_grant(view.arn, Some(grant), action)))
        .at_statement(id)
        .told_apart_by(apart);
    if narrowed_by_attribute(grant.statement) {
        defect = defect.severity(Severity::Low);
    }
    if !sure {
        defect = defect.confidence(Confidence::Medium);
    }
    if kind != Kind::Wildcards {
        defect.change = narrowed(view, found, needs);
    }
    defect
}

/// The statement without the actions, and statements for the resources that the tasks need them on; where that is not
/// known, for each form of ARN that they take.
fn narrowed(view: &RoleView<'_>, found: &Found<'_>, needs: &[Need]) -> Option<Change> {
    let Found { grant, actions, .. } = found;
    let rest = match grant.without(actions) {
        Rest::Nothing => None,
        Rest::Statement(rest) => Some(rest.to_document()),
        Rest::Unclear => return None,
    };
    let pin = view.pin();
    let place = Place { partition: pin.partition, region: pin.region, account: pin.account };
    let mut places: BTreeMap<BTreeSet<String>, BTreeSet<&str>> = BTreeMap::new();
    for action in actions {
        let mut resources = needed_on(action, needs);
        if resources.is_empty() {
            resources.insert(arn_form(action, place).unwrap_or_else(|| "<ARN>".to_owned()));
        }
        places.entry(resources).or_default().insert(action);
    }
    let scoped = places.into_iter().map(|(resources, actions)| {
        let resources = if resources.len() == 1 { json!(resources.first()) } else { json!(resources) };
        let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
        if let Some(condition) = &grant.statement.condition {
            statement["Condition"] = condition.clone();
        }
        statement
    });
    let statements: Vec<Value> = rest.into_iter().chain(scoped).collect();
    Some(Change::Policy(json!({ "Version": "2012-10-17", "Statement": statements })))
}

/// Where the role's state machines need the action, as far as they show it.
fn needed_on(action: &str, needs: &[Need]) -> BTreeSet<String> {
    let same = |need: &&Need| need.action.eq_ignore_ascii_case(action) && need.certainty != Certainty::Optional;
    needs.iter().filter(same).flat_map(|need| need.resources.iter().filter(|one| *one != "*").cloned()).collect()
}
