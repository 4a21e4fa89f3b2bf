use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::access::reach::{Access, Source, Way};
use crate::access::trust::{Outsider, Principal, outsiders};
use crate::finding::{
    AccountView, Change, Check, Confidence, Defect, Evaluations, Family, Outcome, RegionView, Severity, Subject, View,
    listed, shell_quote,
};
use crate::model::{PartName, Role};
use crate::types::{Arn, Gap, Region};

pub const CHECK: Check = Check {
    id: "execution-data-external-readers",
    family: Family::Access,
    title: "Execution data can be read from outside the account",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam, PartName::LogGroups, PartName::KmsKeys],
    yields_to: &[],
    since: "0.1.0",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"],
    page: include_str!("execution-data-external-readers.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for account in &view.accounts {
        let own = |id: &str| id == account.account_id.as_str() || view.settings.trusts(id);
        for region in &account.regions {
            region.report_unread(out);
            if let Some(gap) = account.iam().gap() {
                out.push(region.subject(), Outcome::InsufficientData(gap.clone()));
            }
        }
        judge_roles(account, &own, out);
    }
}

/// What a role reads.
#[derive(Default)]
struct Reads<'r> {
    machines: BTreeSet<&'r Arn>,
    sources: BTreeSet<&'r Source>,
    ways: BTreeSet<Way>,
    sure: bool,
    administrator: bool,
}

/// Roles that outsiders may assume.
fn judge_roles(account: &AccountView<'_>, own: &dyn Fn(&str) -> bool, out: &mut Evaluations) {
    let iam = account.iam();
    let Some(iam) = iam.seen().0 else { return };
    let mut open: BTreeMap<&Arn, Vec<Outsider<'_>>> = BTreeMap::new();
    for (arn, role) in &iam.roles {
        match let_in(role, own) {
            Ok(outside) if outside.is_empty() => {}
            Ok(outside) => {
                open.insert(arn, outside);
            }
            Err(gap) => out.push(subject(account, arn, &Reads::default()), Outcome::InsufficientData(gap)),
        }
    }
    if open.is_empty() {
        return;
    }
    // A machine that is not listed may be read too.
    let unlisted = account.regions.iter().find_map(|region| region.snapshot.state_machines().gap().cloned());
    let (mut reads, mut gap) = (BTreeMap::<&Arn, Reads<'_>>::new(), unlisted);
    for machine in account.regions.iter().flat_map(RegionView::machines) {
        let readers = account.readers(&machine);
        gap = gap.or(readers.gap);
        for party in readers.parties {
            // To call a named machine and take its answer is what an Express machine is given to others for.
            let meant = |access: &&Access<'_>| access.way == Way::SyncExecution && !access.broad;
            let accesses: Vec<_> = party.accesses.iter().filter(|access| !meant(access)).collect();
            if accesses.is_empty() {
                continue;
            }
            for holder in party.holders.iter().filter(|holder| open.contains_key(&holder.arn)) {
                let reads = reads.entry(&holder.arn).or_default();
                reads.machines.insert(&machine.machine.arn);
                reads.sources.extend(accesses.iter().flat_map(|access| access.by.iter().copied()));
                reads.ways.extend(accesses.iter().map(|access| access.way));
                reads.sure |= accesses.iter().any(|access| access.sure);
                reads.administrator = holder.administrator;
            }
        }
    }
    for (arn, outside) in open {
        match reads.get(arn) {
            Some(reads) => out.push(subject(account, arn, reads), through_role(arn, &outside, reads)),
            None => {
                let verdict = gap.clone().map_or(Ok(Outcome::Compliant), Err);
                out.judge(subject(account, arn, &Reads::default()), verdict);
            }
        }
    }
}

fn let_in<'a>(role: &'a Role, own: &dyn Fn(&str) -> bool) -> Result<Vec<Outsider<'a>>, Gap> {
    Ok(outsiders(role.trust.whole().map_err(Gap::clone)?.get(), own))
}

fn subject(account: &AccountView<'_>, role: &Arn, reads: &Reads<'_>) -> Subject {
    Subject {
        account_id: account.account_id.clone(),
        region: Region::global(),
        resource: role.clone(),
        machines: reads.machines.iter().map(|machine| (*machine).clone()).collect(),
    }
}

fn severity(outsider: &Outsider<'_>) -> Severity {
    match outsider.who {
        Principal::Everyone | Principal::AllBut if outsider.sure => Severity::High,
        Principal::Federated(provider) if provider.contains(":saml-provider/") => Severity::Low,
        _ => Severity::Medium,
    }
}

fn meaning(outsider: &Outsider<'_>) -> String {
    match outsider.who {
        who @ Principal::Account(_) => format!("{who} (whoever it chooses)"),
        who @ Principal::Federated(_) => format!("identities of {who}"),
        who => who.to_string(),
    }
}

fn through_role(arn: &Arn, outside: &[Outsider<'_>], reads: &Reads<'_>) -> Defect {
    let names: Vec<_> = reads.machines.iter().map(|machine| machine.name()).collect();
    let ways: Vec<_> = reads.ways.iter().map(|way| way.what()).collect();
    let message = format!(
        "From outside the account, {} may assume role {} and read execution data ({}) of {}.",
        listed(outside.iter().map(meaning)),
        arn.name(),
        ways.join(", "),
        listed(names),
    );
    let remediation = if reads.administrator {
        format!(
            "Let only those administer the account whom its owners name: take the others out of the trust policy of {}, or \
             name their accounts in checks.trusted_accounts.",
            arn.name()
        )
    } else {
        format!(
            "Where {} is not for execution data, deny it to the role with the policy below; where it is, allow it on named \
             state machines only and name the account in checks.trusted_accounts.",
            arn.name()
        )
    };
    let worst = outside.iter().map(severity).max().unwrap_or(CHECK.severity);
    let mut defect = Defect::new(message, remediation)
        .severity(worst)
        .evidence("principals", listed(outside.iter().map(|outsider| outsider.who)))
        .evidence("state_machines", reads.machines.len().to_string())
        .evidence("statements", listed(reads.sources.iter().map(|one| format!("{} of {}", one.statement, one.policy))));
    if !reads.administrator {
        defect = defect.change(Change::Command(denial(arn, &reads.ways)));
    }
    if !reads.sure || !outside.iter().any(|outsider| outsider.sure) {
        defect = defect.confidence(Confidence::Medium);
    }
    defect
}

/// Denies the role the ways that it has.
fn denial(role: &Arn, ways: &BTreeSet<Way>) -> String {
    let actions: BTreeSet<_> = ways.iter().flat_map(|way| way.actions()).collect();
    let statement = json!({ "Sid": "NoExecutionData", "Effect": "Deny", "Action": actions, "Resource": "*" });
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    format!(
        "aws iam put-role-policy --role-name {} --policy-name NoExecutionData --policy-document {}",
        shell_quote(role.name()),
        shell_quote(&document.to_string())
    )
}
