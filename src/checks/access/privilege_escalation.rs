use std::collections::BTreeMap;

use serde_json::json;

use crate::access::escalation::{Account, Escalation, Kind, Reach, Standing, Wins, standing};
use crate::access::{Grant, Grants};
use crate::finding::{
    AccountView, Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RegionView, RoleView,
    Severity, View, about_grant, listed, removal,
};
use crate::model::{PartName, Role};
use crate::types::{AccountId, Arn, Gap};

pub const CHECK: Check = Check {
    id: "privilege-escalation",
    family: Family::Access,
    title: "The state machine's role can become an administrator",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &["definition-writers"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://pathfinding.cloud",
        "https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/",
        "https://bishopfox.com/blog/privilege-escalation-in-aws",
    ],
    page: include_str!("privilege-escalation.md"),
    run,
};

/// By account: who there is.
type Accounts<'a> = BTreeMap<&'a AccountId, Account<'a>>;

fn run(view: &View<'_>, out: &mut Evaluations) {
    let accounts: Accounts<'_> =
        view.accounts.iter().filter_map(|account| Some((account.account_id, everybody(account)?))).collect();
    view.each_role(out, |role| judge(role, &accounts));
}

/// `None` where nobody can be asked about: its IAM was not read.
fn everybody<'a>(account: &'a AccountView<'a>) -> Option<Account<'a>> {
    let iam = account.regions.first()?.iam().ok()?;
    let machines = account.regions.iter().flat_map(RegionView::machines);
    let machines = machines.filter_map(|machine| Some((&machine.machine.arn, machine.role_arn().ok()?)));
    Some(Account::new(iam, machines.collect()))
}

fn judge(view: &RoleView<'_>, accounts: &Accounts<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some((role, grants)) = view.grants()? else { return Ok(Vec::new()) };
    let account = accounts.get(&view.machines[0].region.snapshot.account_id);
    let account = account.ok_or_else(|| Gap::not_collected("iam"))?;
    match standing(&role.principal, account)? {
        Standing::Administrator(grant, sure) => Ok(vec![administrator(view, &grant, sure).into()]),
        Standing::Ways(ways, unread) => {
            let found = by_statement(ways);
            match unread {
                Some(gap) if found.is_empty() => Err(gap),
                _ if found.is_empty() => Ok(vec![Outcome::Compliant]),
                _ => Ok(found.values().map(|ways| defect(view, role, grants, ways).into()).collect()),
            }
        }
    }
}

/// The ways that one statement opens, the worst first: it is mended once.
fn by_statement(ways: Vec<Escalation<'_>>) -> BTreeMap<(&str, String), Vec<Escalation<'_>>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for way in ways {
        let grant = way.steps[0].grants[0];
        found.entry((grant.policy, grant.statement_id())).or_default().push(way);
    }
    for ways in found.values_mut() {
        ways.sort_by(|a, b| (severity(b), b.sure, &b.reach).cmp(&(severity(a), a.sure, &a.reach)));
    }
    found
}

fn severity(way: &Escalation<'_>) -> Severity {
    match (way.way.wins, &way.reach) {
        (Wins::OldRights, _) | (_, Reach::Anybody | Reach::Others(_)) => Severity::Medium,
        _ => CHECK.severity,
    }
}

/// What runs as whom, what older versions of a policy say, and who comes to be an administrator, is not known.
fn confidence(way: &Escalation<'_>) -> Confidence {
    match way.way.wins {
        Wins::OldRights => Confidence::Low,
        Wins::Running(_) | Wins::Machine => Confidence::Medium,
        _ if way.reach == Reach::Anybody => Confidence::Medium,
        _ if way.sure => Confidence::High,
        _ => Confidence::Medium,
    }
}

fn administrator(view: &RoleView<'_>, grant: &Grant<'_>, sure: bool) -> Defect {
    let machines = listed(view.machines.iter().map(MachineView::name));
    let message = format!(
        "Role {} is an administrator: {grant} allows every action on every resource. Who gets {machines} to misuse it \
         has the whole account.",
        view.arn.name()
    );
    let remediation = format!("Replace the policy {} by one of what the tasks of {machines} call.", grant.policy);
    Defect::new(message, remediation)
        .confidence(if sure { Confidence::High } else { Confidence::Medium })
        .evidence("policy", grant.policy)
        .evidence("actions", "*")
        .about([about_grant(view.arn, Some(grant), "*")])
        .at_statement(grant.statement_id())
        .told_apart_by(grant.policy)
}

fn kind_of(way: &Escalation<'_>) -> &'static str {
    match way.way.wins {
        Wins::Rights(Kind::User) | Wins::Identity(Kind::User) | Wins::New(Kind::User) => "user",
        Wins::Rights(Kind::Group) | Wins::Identity(Kind::Group) | Wins::New(Kind::Group) => "group",
        _ => "role",
    }
}

fn names(arns: &[&Arn]) -> String {
    listed(arns.iter().map(|arn| arn.name()))
}

fn powerful(arns: &[&Arn]) -> String {
    let each = if arns.len() > 1 { "each of them" } else { "which is" };
    format!("{}, {each} an administrator or able to become one", names(arns))
}

/// What the way comes to, after "can".
fn consequence(way: &Escalation<'_>) -> String {
    let kind = kind_of(way);
    match (way.way.wins, &way.reach) {
        (Wins::Unbound, _) => "take off its permissions boundary and make itself an administrator".to_owned(),
        (Wins::OldRights, Reach::Itself) => {
            "bring back older versions of a policy of its own, which may allow more".to_owned()
        }
        (Wins::OldRights, _) => "bring back older versions of others' policies, which may allow more".to_owned(),
        (_, Reach::Itself) => "make itself an administrator".to_owned(),
        (_, Reach::New) => format!("make a new {kind} that is an administrator"),
        (_, Reach::AllOthers) => format!("make an administrator of every {kind}"),
        (_, Reach::Others(others)) => format!("make an administrator of {}", names(others)),
        (Wins::Passed(service), Reach::Powerful(roles)) => format!("act through {service} as {}", powerful(roles)),
        (Wins::Passed(service), _) => format!(
            "act through {service} as every role that lets it in, also those to come (none that was read is \
             an administrator and lets it in)"
        ),
        (Wins::Running(service), Reach::Powerful(roles)) => {
            format!("change what runs in {service}, which may run as {}", powerful(roles))
        }
        (Wins::Machine, Reach::Powerful(machines)) => {
            format!("change and start {}, which runs as an administrator or as one able to become it", names(machines))
        }
        (Wins::Identity(Kind::Group), Reach::Powerful(groups)) => format!("put any user into {}", powerful(groups)),
        (_, Reach::Powerful(others)) => format!("act as {kind} {}", powerful(others)),
        (_, Reach::Anybody) => {
            format!(
                "act as every {kind} that lets it, also those to come (none that was read is an administrator and lets it in)"
            )
        }
    }
}

fn defect(view: &RoleView<'_>, role: &Role, grants: &Grants<'_>, ways: &[Escalation<'_>]) -> Defect {
    let worst = &ways[0];
    let decided = &worst.steps[0].grants;
    let grant = &decided[0];
    let actions: Vec<_> = worst.steps.iter().map(|step| step.action).collect();
    let machines = listed(view.machines.iter().map(MachineView::name));
    let message = format!(
        "Role {} can {}, by {} ({grant}). So can who gets {machines} to misuse it.",
        view.arn.name(),
        consequence(worst),
        actions.join(" with ")
    );
    let decisive: Vec<_> = {
        let mut actions: Vec<_> = ways.iter().map(|way| way.steps[0].action).collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    };
    let passing = decisive == ["iam:PassRole"];
    let remediation = match passing {
        true => format!("Let {grant} name the role that the tasks of {machines} pass, and the service that takes it."),
        false => format!(
            "Take {} out of {grant}, or name there only what the tasks of {machines} change.",
            listed(decisive.iter().copied())
        ),
    };
    let mut defect = Defect::new(message, remediation)
        .severity(severity(worst))
        .confidence(confidence(worst))
        .evidence("policy", grant.policy)
        .evidence("actions", actions.join(", "))
        .evidence("published", worst.way.source)
        .about(
            ways.iter()
                .flat_map(|way| &way.steps)
                .flat_map(|step| step.grants.iter().map(|grant| about_grant(view.arn, Some(grant), step.action))),
        )
        .at_statement(grant.statement_id())
        .told_apart_by(grant.policy);
    if let Reach::Powerful(names) | Reach::Others(names) = &worst.reach {
        defect = defect.evidence("leads to", listed(names));
    }
    let others: Vec<_> = ways[1..].iter().map(|way| way.way.id).collect();
    if !others.is_empty() {
        defect = defect.evidence("other ways", others.join(", "));
    }
    defect.change = match passing {
        true => Some(narrowed_pass(view, worst)),
        false => removal(role, grants, decided, &decisive),
    };
    defect
}

/// `iam:PassRole` for one role and one service.
fn narrowed_pass(view: &RoleView<'_>, way: &Escalation<'_>) -> Change {
    let service = match way.way.wins {
        Wins::Passed(service) => service,
        _ => "<SERVICE>",
    };
    let role = format!("arn:{}:iam::{}:role/<ROLE>", view.arn.partition(), view.arn.account());
    let statement = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": role,
        "Condition": { "StringEquals": { "iam:PassedToService": service } } });
    Change::Policy(json!({ "Version": "2012-10-17", "Statement": [statement] }))
}
