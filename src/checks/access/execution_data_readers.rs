use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::access::reach::{Access, Holder, Source, Way};
use crate::finding::{
    AccountView, Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Party, Reaching,
    Severity, View, listed, settings, spelled_out,
};
use crate::model::{MachineKind, PartName};
use crate::types::{Arn, Gap};

pub const CHECK: Check = Check {
    id: "execution-data-readers",
    family: Family::Access,
    title: "More principals read the state machine's execution data than its policies name",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam, PartName::LogGroups, PartName::KmsKeys],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concept-create-iam-advanced.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
    ],
    page: include_str!("execution-data-readers.md"),
    run,
};

/// From so many principals on it is medium: nobody keeps so many in mind.
const MANY: usize = 10;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine_of_account(out, |account, machine| judge(&view.settings.expected_readers, account, machine));
}

fn judge(expected: &[String], account: &AccountView<'_>, machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let readers = account.readers(machine);
    let sorted = Sorted::of(&readers, machine.role_arn().ok(), expected);
    if !sorted.broad.is_empty() {
        return Ok(Some(defect(machine, &readers, &sorted).into()));
    }
    readers.gap.map_or(Ok(Some(Outcome::Compliant)), Err)
}

/// Readers by what they are.
#[derive(Default)]
struct Sorted<'r> {
    administrators: usize,
    /// Allowed by statements that name the machine, its log group or some pattern.
    named: BTreeSet<&'r Arn>,
    expected: usize,
    /// Allowed by statements that name none, under the first of these.
    broad: BTreeMap<&'r Source, BTreeSet<&'r Arn>>,
    ways: BTreeSet<Way>,
    sure: bool,
}

impl<'r> Sorted<'r> {
    fn of(readers: &Reaching<'r>, own: Option<&Arn>, expected: &[String]) -> Self {
        let mut sorted = Self::default();
        for Party { holders, accesses } in &readers.parties {
            let broad: Vec<&Access<'r>> = accesses.iter().filter(|access| access.broad).collect();
            let source = broad.iter().find_map(|access| access.by.first());
            for holder in
                holders.iter().copied().filter(|holder| Some(&holder.arn) != own && !holder.is_service_linked())
            {
                if holder.administrator {
                    sorted.administrators += 1;
                } else if settings::expected(expected, &holder.arn) {
                    sorted.expected += 1;
                } else if let Some(source) = source {
                    sorted.add(holder, source, &broad);
                } else {
                    sorted.named.insert(&holder.arn);
                }
            }
        }
        sorted
    }

    fn add(&mut self, holder: &'r Holder, source: &'r Source, accesses: &[&Access<'r>]) {
        self.broad.entry(source).or_default().insert(&holder.arn);
        self.ways.extend(accesses.iter().map(|access| access.way));
        self.sure |= accesses.iter().any(|access| access.sure);
    }

    /// The statements, those with most principals first.
    fn groups(&self) -> Vec<(&'r Source, &BTreeSet<&'r Arn>)> {
        let mut groups: Vec<_> = self.broad.iter().map(|(source, principals)| (*source, principals)).collect();
        groups.sort_by_key(|(source, principals)| (std::cmp::Reverse(principals.len()), *source));
        groups
    }
}

fn defect(machine: &MachineView<'_>, readers: &Reaching<'_>, sorted: &Sorted<'_>) -> Defect {
    let count: usize = sorted.broad.values().map(BTreeSet::len).sum();
    let groups = sorted.groups();
    let ways: Vec<_> = sorted.ways.iter().map(|way| way.what()).collect();
    let who = if count == 1 { "1 principal".to_owned() } else { format!("{count} principals") };
    let message = format!(
        "Besides administrators, {who} may read execution data of {} ({}) by statements that name no state machine: \
         {}.",
        machine.name(),
        ways.join(", "),
        spelled_out(&groups)
    );
    let remediation = format!(
        "Take these actions out of the statements that grant them on everything, and give those who need {} the statement \
         below; or encrypt the state machine under a customer managed key that the others may not use. Whoever is meant to \
         read all of it belongs in checks.execution-data-readers.expected.",
        machine.name()
    );
    let severity = if count >= MANY { Severity::Medium } else { Severity::Low };
    let principals = groups.iter().flat_map(|(_, principals)| principals.iter());
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .evidence("principals", listed(principals))
        .evidence("principals_count", count.to_string())
        .evidence("statements", listed(groups.iter().map(|(source, _)| statement(source))))
        .evidence("administrators", sorted.administrators.to_string())
        .evidence("expected", sorted.expected.to_string())
        .change(Change::Policy(narrowed(machine, &sorted.ways)));
    if !sorted.named.is_empty() {
        defect = defect.evidence("named_readers", listed(&sorted.named));
    }
    if let Some(gap) = &readers.gap {
        defect = defect.evidence("not_read", gap.to_string());
    }
    if !sorted.sure {
        defect = defect.confidence(Confidence::Medium);
    }
    defect
}

fn statement(source: &Source) -> String {
    format!("{} of {}", source.statement, source.policy)
}

/// What lets somebody read this machine's executions and no other's.
fn narrowed(machine: &MachineView<'_>, ways: &BTreeSet<Way>) -> serde_json::Value {
    let arn = &machine.machine.arn;
    let (partition, region, account) = (arn.partition(), arn.region(), arn.account());
    let statement =
        |actions: &[&str], resource: String| json!({ "Effect": "Allow", "Action": actions, "Resource": resource });
    let mut statements = Vec::new();
    if machine.machine.kind == MachineKind::Express {
        if ways.contains(&Way::SyncExecution) {
            statements.push(statement(&["states:StartSyncExecution"], arn.to_string()));
        }
        if let Some(group) = machine.log_destination().filter(|_| ways.iter().any(|way| *way != Way::SyncExecution)) {
            statements.push(statement(&["logs:FilterLogEvents", "logs:GetLogEvents"], format!("{group}:*")));
        }
    } else {
        let executions = format!("arn:{partition}:states:{region}:{account}:execution:{}:*", arn.name());
        statements.push(statement(&["states:DescribeExecution", "states:GetExecutionHistory"], executions));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}
