//! Who reaches the account's machines: the access index, asked with what the view knows around a machine.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{AccountView, Evaluations, MachineView, Outcome, View};
use crate::access::reach::{Access, Circle, Holder, Key, Reach, Source, Target, Way};
use crate::asl::{Definition, Pattern, Task};
use crate::model::{Encryption, Iam, LogLevel, MachineKind, Snapshot};
use crate::types::{Arn, Gap, GapReason, Observed};

/// What principals can have over a state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// Over the data of its executions, wherever that is kept.
    Read,
    ReadDefinition,
    Start,
    Stop,
    Redrive,
    /// By its definition, or beside it.
    ActAsRole,
    /// Answer tasks that wait for a token.
    CompleteTasks,
}

impl Power {
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::ReadDefinition,
        Self::Start,
        Self::Stop,
        Self::Redrive,
        Self::ActAsRole,
        Self::CompleteTasks,
    ];
}

/// Who reaches a machine in certain ways.
#[derive(Debug, Default)]
pub struct Reaching<'r> {
    pub parties: Vec<Party<'r>>,
    /// Why there may be others, or more than was found.
    pub gap: Option<Gap>,
}

/// Principals that reach it by the same statements.
#[derive(Debug)]
pub struct Party<'r> {
    pub holders: Vec<&'r Holder>,
    /// Never empty.
    pub accesses: Vec<Access<'r>>,
}

impl View<'_> {
    /// As [`View::each_machine`], with the account that the machine belongs to.
    pub fn each_machine_of_account<F, O>(&self, out: &mut Evaluations, judge: F)
    where
        F: Fn(&AccountView<'_>, &MachineView<'_>) -> Result<O, Gap>,
        O: IntoIterator<Item = Outcome>,
    {
        for account in &self.accounts {
            for region in &account.regions {
                region.report_unread(out);
                for machine in region.machines() {
                    match judge(account, &machine) {
                        Ok(outcomes) => outcomes.into_iter().for_each(|outcome| out.push(machine.subject(), outcome)),
                        Err(gap) => out.push(machine.subject(), Outcome::InsufficientData(gap)),
                    }
                }
            }
        }
    }
}

impl AccountView<'_> {
    /// The account's IAM, half-read lists included.
    pub fn iam(&self) -> Observed<&Iam> {
        self.global.map_or_else(|| Observed::missing(Gap::not_collected("iam")), Snapshot::iam)
    }

    /// Who reaches the account's machines. Made when it is first asked for.
    pub fn reach(&self) -> &Reach {
        self.reach.get_or_init(|| {
            let machines: Vec<_> = self.regions.iter().flat_map(super::RegionView::machines).collect();
            let targets: Vec<_> = machines.iter().map(target).collect();
            Reach::new(self.account_id.as_str(), self.partition, &self.iam(), &targets)
        })
    }

    /// Who has a power over the machine. Empty, without a gap, where the machine offers nothing of it.
    pub fn holders(&self, machine: &MachineView<'_>, power: Power) -> Reaching<'_> {
        let standard = machine.machine.kind != MachineKind::Express;
        let ways: &[Way] = match power {
            Power::Read => return self.readers(machine),
            Power::ActAsRole => return self.writers(machine),
            Power::ReadDefinition => &[Way::Definition],
            Power::Start => &[Way::Start],
            Power::Stop if standard => &[Way::Stop],
            Power::Redrive if standard => &[Way::Redrive],
            Power::Stop | Power::Redrive => return Reaching::default(),
            Power::CompleteTasks => match machine.definition() {
                Ok(definition) if definition.tasks.iter().any(completed_by_others) => &[Way::Complete],
                Ok(_) => return Reaching::default(),
                Err(gap) => return Reaching { parties: Vec::new(), gap: Some(gap) },
            },
        };
        self.reaching(machine, ways, None)
    }

    /// Who reads the data of the machine's executions, by Step Functions, by the log group or by events.
    pub fn readers(&self, machine: &MachineView<'_>) -> Reaching<'_> {
        let (ways, gap) = read_ways(machine);
        self.reaching(machine, &ways, gap)
    }

    /// Who acts as the machine's role, by the machine or beside it.
    pub fn writers(&self, machine: &MachineView<'_>) -> Reaching<'_> {
        self.reaching(machine, &Way::ACTS_AS_ROLE, None)
    }

    /// Who reaches the machine by these ways, as far as keys and the principals' policies tell.
    pub(super) fn by_ways(&self, machine: &MachineView<'_>, ways: &[Way]) -> Reaching<'_> {
        self.reaching(machine, ways, None)
    }

    fn reaching(&self, machine: &MachineView<'_>, ways: &[Way], gap: Option<Gap>) -> Reaching<'_> {
        let reach = self.reach();
        let mut gap = reach.gap().cloned().or(gap);
        let lock = lock(machine).unwrap_or_else(|unread| {
            gap.get_or_insert(unread);
            Lock::Unknown
        });
        let arn = &machine.machine.arn;
        let Some(spot) = reach.spot(arn) else { return Reaching { parties: Vec::new(), gap } };
        let parties = reach.circles().flat_map(|circle| {
            let accesses = reach.accesses(circle, spot, ways);
            if accesses.is_empty() { Vec::new() } else { unlocked(reach, circle, accesses, arn, &lock) }
        });
        Reaching { parties: parties.collect(), gap }
    }
}

/// How many statements and how many principals of each a message spells out.
const SPELLED_OUT: usize = 3;

/// `ReadOnlyAccess (auditor, build); the inline policy deploy (ci)`: who is let by which statements, and how many more.
pub fn spelled_out(groups: &[(&Source, &BTreeSet<&Arn>)]) -> String {
    let more = |count: usize, what: &str| match count.saturating_sub(SPELLED_OUT) {
        0 => String::new(),
        more => format!("{what}{more} more"),
    };
    let told = |(source, principals): &(&Source, &BTreeSet<&Arn>)| {
        let names: Vec<_> = principals.iter().take(SPELLED_OUT).map(|arn| arn.name()).collect();
        format!("{source} ({}{})", names.join(", "), more(principals.len(), " and "))
    };
    let told: Vec<_> = groups.iter().take(SPELLED_OUT).map(told).collect();
    let rest = more(groups.len(), "; and by ");
    let statements = if rest.is_empty() { "" } else { " statements" };
    format!("{}{rest}{statements}", told.join("; "))
}

/// What of a machine's data a key keeps.
enum Lock<'a> {
    None,
    Key(Box<Key<'a>>),
    /// Who may use the key, or whether there is one, is not known.
    Unknown,
}

fn lock<'a>(machine: &MachineView<'a>) -> Result<Lock<'a>, Gap> {
    match &machine.details()?.encryption {
        Encryption::AwsOwned => Ok(Lock::None),
        Encryption::Customer { kms_key_id } => match machine.region.key(kms_key_id)? {
            Some((arn, key)) => Ok(Lock::Key(Box::new(Key::of(arn, key)?))),
            None => Err(Gap::new(GapReason::Unsupported, "AWS knows no such key").about(kms_key_id.as_str())),
        },
        Encryption::Unknown { kind } => {
            Err(Gap::new(GapReason::Unsupported, format!("who may use a key of the kind {kind} is not known")))
        }
    }
}

/// Splits the principals of a circle by what the machine's key leaves them.
fn unlocked<'r>(
    reach: &'r Reach,
    circle: Circle<'r>,
    mut accesses: Vec<Access<'r>>,
    machine: &Arn,
    lock: &Lock<'_>,
) -> Vec<Party<'r>> {
    let all = || circle.holders().iter().collect();
    if !matches!(lock, Lock::None) {
        // What events hold under a customer managed key is not documented.
        accesses.retain(|access| access.way != Way::EventCopy);
    }
    let what = accesses.iter().find_map(|access| access.way.key_use());
    let without_key = || accesses.iter().filter(|access| access.way.key_use().is_none()).cloned().collect();
    let (what, key) = match (lock, what) {
        (Lock::None, _) | (_, None) => return party(all(), accesses),
        (Lock::Unknown, Some(_)) => return party(all(), without_key()),
        (Lock::Key(key), Some(what)) => (what, key),
    };
    let mut by_key: [Vec<&Holder>; 3] = Default::default();
    for holder in circle.holders() {
        let at = match reach.uses_key(circle, holder, machine, key, what) {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        by_key[at].push(holder);
    }
    let [sure, perhaps, shut] = by_key;
    let unsure = |access: &Access<'r>| Access { sure: access.sure && access.way.key_use().is_none(), ..access.clone() };
    let lists = [(perhaps, accesses.iter().map(unsure).collect()), (shut, without_key()), (sure, accesses)];
    lists.into_iter().flat_map(|(holders, accesses)| party(holders, accesses)).collect()
}

fn party<'r>(holders: Vec<&'r Holder>, accesses: Vec<Access<'r>>) -> Vec<Party<'r>> {
    if holders.is_empty() || accesses.is_empty() { Vec::new() } else { vec![Party { holders, accesses }] }
}

/// The ways to the data of a machine's executions that there are, and what of them is not known.
fn read_ways(machine: &MachineView<'_>) -> (Vec<Way>, Option<Gap>) {
    let mut ways = match machine.machine.kind {
        MachineKind::Express => vec![Way::SyncExecution],
        _ => vec![Way::History, Way::Execution, Way::ActivityTask, Way::EventCopy],
    };
    let mut gap = machine.definition().err();
    match data_group(machine).map(|group| machine.region.log_group(group)) {
        None | Some(Ok(None)) => {}
        Some(Ok(Some(group))) => {
            ways.push(Way::LogQuery);
            // Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
            if group.class.as_deref() != Some("INFREQUENT_ACCESS") {
                ways.extend([Way::LogEvents, Way::LogExport]);
            }
        }
        Some(Err(unread)) => {
            gap.get_or_insert(unread);
        }
    }
    (ways, gap)
}

/// The log group to which the machine writes what its executions take and give.
fn data_group<'a>(machine: &MachineView<'a>) -> Option<&'a Arn> {
    let logging = &machine.machine.details.whole().ok()?.logging;
    let with_data = logging.include_execution_data && logging.level != LogLevel::Off;
    logging.destination.as_ref().filter(|_| with_data)
}

fn target<'a>(machine: &MachineView<'a>) -> Target<'a> {
    Target {
        machine: &machine.machine.arn,
        role: machine.role_arn().ok(),
        group: data_group(machine),
        activities: machine.definition().map(activities).unwrap_or_default(),
        map_labels: machine.definition().map(map_labels).unwrap_or_default(),
    }
}

fn completed_by_others(task: &Task) -> bool {
    matches!(task.pattern, Pattern::WaitForTaskToken | Pattern::Activity)
}

fn map_labels(definition: &Definition) -> Vec<&str> {
    definition.distributed_maps.iter().map(|map| map.label.as_deref().unwrap_or("*")).collect()
}

/// The activities that a definition names.
fn activities(definition: &Definition) -> Vec<&str> {
    let resources = definition.states.iter().filter_map(|state| state.resource.as_deref());
    resources.filter(|resource| resource.starts_with("arn:") && resource.contains(":activity:")).collect()
}
