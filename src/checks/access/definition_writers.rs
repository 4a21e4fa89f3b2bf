use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::access::reach::{Access, Gain, Holder, Powers, Source, Way};
use crate::finding::{
    AccountView, Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Party, RegionView,
    Severity, View, about_statement, listed, settings, spelled_out,
};
use crate::model::PartName;
use crate::types::{Arn, Gap};

pub const CHECK: Check = Check {
    id: "definition-writers",
    family: Family::Access,
    title: "Principals can do by the state machine's role what they may not do themselves",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam, PartName::KmsKeys],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html",
    ],
    page: include_str!("definition-writers.md"),
    run,
};

/// How many of the gained actions a message spells out.
const SPELLED_OUT: usize = 3;

fn run(view: &View<'_>, out: &mut Evaluations) {
    for account in &view.accounts {
        let iam = account.iam();
        let powers = iam.seen().0.map(|iam| Powers::new(iam, account.account_id.as_str()));
        let machines = || account.regions.iter().flat_map(RegionView::machines);
        let roles: BTreeSet<_> = machines().filter_map(|machine| machine.role_arn().ok()).collect();
        for region in &account.regions {
            region.report_unread(out);
            for machine in region.machines() {
                let verdict = judge(&view.settings.expected_writers, account, &machine, powers.as_ref(), &roles);
                if let Some(verdict) = verdict.transpose() {
                    out.judge(machine.subject(), verdict);
                }
            }
        }
    }
}

fn judge(
    expected: &[String],
    account: &AccountView<'_>,
    machine: &MachineView<'_>,
    powers: Option<&Powers<'_>>,
    roles: &BTreeSet<&Arn>,
) -> Result<Option<Outcome>, Gap> {
    let Some((role, grants)) = machine.grants()? else { return Ok(None) };
    let Some(powers) = powers else { return Err(Gap::not_collected("iam")) };
    let writers = account.writers(machine);
    let own = &role.principal.arn;
    let mut found = Found::default();
    for Party { holders, accesses } in &writers.parties {
        let others = |holder: &&&Holder| {
            !holder.administrator
                && holder.arn != *own
                && !holder.is_service_linked()
                && !settings::expected(expected, &holder.arn)
        };
        for holder in holders.iter().filter(others) {
            let Some(gain) = powers.gain(&holder.arn, own, grants)? else { continue };
            found.add(holder, accesses, gain, roles.contains(&holder.arn));
        }
    }
    if !found.writers.is_empty() {
        return Ok(Some(defect(machine, own, &found).into()));
    }
    writers.gap.map_or(Ok(Some(Outcome::Compliant)), Err)
}

/// Those who gain by the machine's role.
#[derive(Default)]
struct Found<'r> {
    /// By the first statement that lets them.
    writers: BTreeMap<&'r Source, BTreeSet<&'r Arn>>,
    ways: BTreeSet<Way>,
    gained: BTreeSet<String>,
    everything: bool,
    /// By some statement that names no machine in particular.
    broad: bool,
    sure: bool,
    about: BTreeSet<String>,
}

impl<'r> Found<'r> {
    /// A statement that names the machine or its role is meant, so whoever it lets is counted only where that gives
    /// everything. Of execution roles, other checks speak too.
    fn add(&mut self, holder: &'r Holder, accesses: &[Access<'r>], gain: Gain, executes: bool) {
        let counted = || accesses.iter().filter(|access| access.broad || gain == Gain::Everything);
        let Some(source) = counted().find_map(|access| access.by.first()) else { return };
        self.writers.entry(source).or_default().insert(&holder.arn);
        for access in counted() {
            self.ways.insert(access.way);
            self.sure |= access.sure;
            self.broad |= access.broad;
            // A role may be passed to other services too: that is not said here.
            for action in access.way.actions().filter(|action| executes && action.starts_with("states:")) {
                let keys = access
                    .by
                    .iter()
                    .map(|source| about_statement(&holder.arn, &source.policy, &source.statement, action));
                self.about.extend(keys);
            }
        }
        match gain {
            Gain::Everything => self.everything = true,
            Gain::Actions(actions) => self.gained.extend(actions),
        }
    }
}

fn defect(machine: &MachineView<'_>, role: &Arn, found: &Found<'_>) -> Defect {
    let mut groups: Vec<_> = found.writers.iter().map(|(source, principals)| (*source, principals)).collect();
    groups.sort_by_key(|(source, principals)| (std::cmp::Reverse(principals.len()), *source));
    let count: usize = groups.iter().map(|(_, principals)| principals.len()).sum();
    let who = if count == 1 { "1 principal".to_owned() } else { format!("{count} principals") };
    let ways: Vec<_> = found.ways.iter().map(|way| way.what()).collect();
    let gain = if found.everything {
        "everything, as an administrator".to_owned()
    } else {
        listed(found.gained.iter().take(SPELLED_OUT))
    };
    let name = machine.name();
    let message = format!(
        "Besides administrators, {who} can act as role {} of {name} ({}) and so may do what their own policies do not \
         allow: {gain}. They can by {}.",
        role.name(),
        ways.join(", "),
        spelled_out(&groups)
    );
    let remediation = if found.broad {
        format!(
            "Take these actions out of the statements that grant them on everything, and give whoever deploys {name} the \
             statements below; or narrow {}. Whoever is meant to change every state machine belongs in \
             checks.definition-writers.expected.",
            role.name()
        )
    } else {
        format!(
            "Narrow {} to what the tasks of {name} need: as long as it is an administrator, whoever deploys {name} is one. \
             Whoever may be belongs in checks.definition-writers.expected.",
            role.name()
        )
    };
    let principals = groups.iter().flat_map(|(_, principals)| principals.iter());
    let statements = groups.iter().map(|(source, _)| format!("{} of {}", source.statement, source.policy));
    let severity = if found.everything { Severity::High } else { Severity::Medium };
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .evidence("role", role.to_string())
        .evidence("principals", listed(principals))
        .evidence("principals_count", count.to_string())
        .evidence("statements", listed(statements))
        .evidence("gained", gain)
        .about(found.about.iter().cloned());
    defect.change = found.broad.then(|| Change::Policy(narrowed(machine, role, &found.ways)));
    if !found.sure {
        defect = defect.confidence(Confidence::Medium);
    }
    defect
}

/// What lets somebody deploy this machine and no other.
fn narrowed(machine: &MachineView<'_>, role: &Arn, ways: &BTreeSet<Way>) -> Value {
    let arn = machine.machine.arn.as_str();
    let mut statements = vec![json!({ "Effect": "Allow", "Action": "states:UpdateStateMachine", "Resource": arn })];
    if ways.iter().any(|way| *way != Way::Update) {
        statements.push(json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": role.as_str(),
            "Condition": { "StringEquals": { "iam:PassedToService": "states.amazonaws.com" } } }));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}
