use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::access::actions::{LOG_DELIVERY, LOG_WRITE};
use crate::access::{Grant, Grants, Rest};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RoleView, Severity, View,
    about_grant, listed, removal,
};
use crate::model::{PartName, Role};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "log-delivery-wildcard",
    family: Family::Access,
    title: "The role's log delivery permissions reach every log group",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html",
    ],
    page: include_str!("log-delivery-wildcard.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_role(out, judge);
}

/// What one statement grants on everything.
struct Found<'a> {
    grant: Grant<'a>,
    /// Of [`LOG_WRITE`]: these could be scoped.
    write: Vec<&'static str>,
    /// Of [`LOG_DELIVERY`]: these could not.
    delivery: Vec<&'static str>,
    sure: bool,
}

fn judge(view: &RoleView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some((role, grants)) = view.grants()? else { return Ok(Vec::new()) };
    let found = found(view, grants);
    if found.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    Ok(found.iter().map(|found| defect(view, role, grants, found).into()).collect())
}

/// By policy and statement id: two statements that say the same in one policy are one.
fn found<'a>(view: &RoleView<'_>, grants: &Grants<'a>) -> Vec<Found<'a>> {
    let mut found: BTreeMap<(&str, String), Found<'a>> = BTreeMap::new();
    let mut add = |resource: &str, action: &'static str| {
        let Some((by, sure)) = grants.on(resource, action).allows() else { return };
        for grant in by {
            let key = (grant.policy, grant.statement_id());
            let entry = found.entry(key).or_insert(Found { grant, write: vec![], delivery: vec![], sure: false });
            let actions = if LOG_WRITE.contains(&action) { &mut entry.write } else { &mut entry.delivery };
            if !actions.contains(&action) {
                actions.push(action);
            }
            entry.sure |= sure;
        }
    };
    for machine in &view.machines {
        let arn = &machine.machine.arn;
        let (partition, region, account) = (arn.partition(), arn.region(), arn.account());
        // A name that nobody chose: only a pattern for any log group matches it.
        let any = format!("arn:{partition}:logs:{region}:{account}:log-group:any-\u{2237}-group:log-stream:any-stream");
        for action in LOG_WRITE {
            add(&any, action);
        }
    }
    for action in LOG_DELIVERY {
        add("*", action);
    }
    found.into_values().collect()
}

fn defect(view: &RoleView<'_>, role: &Role, grants: &Grants<'_>, found: &Found<'_>) -> Defect {
    let Found { grant, write, delivery, sure } = found;
    let role_name = role.principal.arn.name();
    let all: Vec<_> = write.iter().chain(delivery).copied().collect();
    let wildcards = grant.wildcards(&all);
    let groups: BTreeSet<_> = view.machines.iter().filter_map(MachineView::log_destination).collect();
    let unused = groups.is_empty() && view.users_known;

    let mut message = vec![if write.is_empty() {
        format!("Role {role_name} may call {} on *, the only resource these accept, by {grant}.", delivery.join(", "))
    } else {
        format!("Role {role_name} may call {} on every log group by {grant}, which could name some.", write.join(", "))
    }];
    if !write.is_empty() && !delivery.is_empty() {
        message.push(format!("Its {} other log delivery actions cannot be scoped.", delivery.len()));
    }
    if !wildcards.is_empty() {
        message.push(format!("The statement says {}, which allows more than log delivery.", wildcards.join(", ")));
    }
    if unused {
        message.push(format!("No state machine that runs as {role_name} logs, so the grant is unused."));
    }

    let mut remediation = vec![match (unused, write.is_empty(), groups.is_empty()) {
        (true, ..) => format!("Take the log delivery actions out of {grant}."),
        (_, true, _) => "Nothing to narrow; take the actions out once no state machine of this role logs.".to_owned(),
        (_, _, true) => format!("Scope {} to the log groups that the machines write to.", write.join(" and ")),
        _ => format!("Replace {grant} by the statements below, which keep the log groups that its machines write to."),
    }];
    if !wildcards.is_empty() && !write.is_empty() {
        remediation.push("Add what else the machines' tasks need from the wildcard, action by action.".to_owned());
    }

    let mut defect = Defect::new(message.join(" "), remediation.join(" ") + view.caution())
        .severity(if write.is_empty() { Severity::Info } else { Severity::Medium })
        .evidence("policy", grant.policy)
        .evidence("on_everything", all.join(", "))
        .evidence("log_groups", if groups.is_empty() { "none known".to_owned() } else { listed(&groups) })
        .at_statement(grant.statement_id())
        .told_apart_by(grant.policy)
        .about(all.iter().map(|action| about_grant(&role.principal.arn, Some(grant), action)));
    if !wildcards.is_empty() {
        defect = defect.evidence("wildcards", wildcards.join(", "));
    }
    if !sure {
        defect = defect.confidence(Confidence::Medium);
    }
    defect.change = match (unused, write.is_empty() || groups.is_empty()) {
        (true, _) => removal(role, grants, &[*grant], &all),
        (false, true) => None,
        (false, false) => {
            let streams: Vec<_> = groups.iter().map(|arn| format!("{arn}:log-stream:*")).collect();
            Some(Change::Policy(json!({ "Version": "2012-10-17", "Statement": narrowed(found, &streams) })))
        }
    };
    defect
}

/// The statement with its log writing scoped to `streams`.
fn narrowed(found: &Found<'_>, streams: &[String]) -> Vec<Value> {
    let statement = found.grant.statement;
    let mut scoped = json!({ "Effect": "Allow", "Action": found.write, "Resource": streams });
    if let Some(condition) = &statement.condition {
        scoped["Condition"] = condition.clone();
    }
    let rest = match found.grant.without(&LOG_WRITE) {
        Rest::Nothing => None,
        Rest::Statement(rest) => Some(rest.to_document()),
        Rest::Unclear if found.delivery.is_empty() => None,
        Rest::Unclear => {
            let mut rest = scoped.clone();
            rest["Action"] = json!(found.delivery);
            rest["Resource"] = json!("*");
            Some(rest)
        }
    };
    rest.into_iter().chain([scoped]).collect()
}
