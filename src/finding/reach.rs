//! Who reaches the account's machines: the access index, asked with what the view knows around a machine.

use super::{AccountView, Evaluations, MachineView, Outcome, View};
use crate::access::reach::{Access, Circle, Holder, Key, Reach, Target, Way};
use crate::asl::Definition;
use crate::model::{Encryption, Iam, LogLevel, MachineKind, Snapshot};
use crate::types::{Arn, Gap, GapReason, Observed};

/// Who reads the data of a machine's executions.
#[derive(Debug, Default)]
pub struct Readers<'r> {
    pub found: Vec<Reading<'r>>,
    /// Why there may be others, or more than was found.
    pub gap: Option<Gap>,
}

/// Principals that read by the same statements.
#[derive(Debug)]
pub struct Reading<'r> {
    pub holders: Vec<&'r Holder>,
    /// Never empty.
    pub accesses: Vec<Access<'r>>,
}

impl View<'_> {
    /// As [`View::each_machine`], with the account that the machine belongs to.
    pub fn each_machine_of_account<F>(&self, out: &mut Evaluations, judge: F)
    where
        F: Fn(&AccountView<'_>, &MachineView<'_>) -> Result<Option<Outcome>, Gap>,
    {
        for account in &self.accounts {
            for region in &account.regions {
                region.report_unread(out);
                for machine in region.machines() {
                    if let Some(verdict) = judge(account, &machine).transpose() {
                        out.judge(machine.subject(), verdict);
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

    /// Who reads the data of the machine's executions, by Step Functions, by the log group or by events.
    pub fn readers(&self, machine: &MachineView<'_>) -> Readers<'_> {
        let reach = self.reach();
        let mut readers = Readers { found: Vec::new(), gap: reach.gap().cloned() };
        let (ways, gap) = read_ways(machine);
        readers.gap = readers.gap.or(gap);
        let lock = match lock(machine) {
            Ok(lock) => lock,
            Err(gap) => {
                readers.gap.get_or_insert(gap);
                Lock::Unknown
            }
        };
        for circle in reach.circles() {
            let accesses = reach.accesses(circle, &machine.machine.arn, &ways);
            readers.found.extend(opened(reach, circle, accesses, &machine.machine.arn, &lock));
        }
        readers
    }
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
fn opened<'r>(
    reach: &'r Reach,
    circle: Circle<'r>,
    accesses: Vec<Access<'r>>,
    machine: &Arn,
    lock: &Lock<'_>,
) -> Vec<Reading<'r>> {
    // What events hold under a customer managed key is not documented.
    let open = |access: &&Access<'_>| !access.way.takes_the_key() && access.way != Way::EventCopy;
    let without_key: Vec<_> = match lock {
        Lock::None => accesses.clone(),
        _ => accesses.iter().filter(open).cloned().collect(),
    };
    let all = || circle.holders().iter().collect();
    let Lock::Key(key) = lock else { return reading(all(), without_key) };
    if !accesses.iter().any(|access| access.way.takes_the_key()) {
        return reading(all(), without_key);
    }
    let with_key: Vec<_> = accesses.into_iter().filter(|access| access.way != Way::EventCopy).collect();
    let mut by_key: [Vec<&Holder>; 3] = Default::default();
    for holder in circle.holders() {
        let at = match reach.decrypts(circle, holder, machine, key) {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        by_key[at].push(holder);
    }
    let [sure, perhaps, shut] = by_key;
    let unsure = |access: &Access<'r>| Access { sure: access.sure && !access.way.takes_the_key(), ..access.clone() };
    let lists = [(perhaps, with_key.iter().map(unsure).collect()), (sure, with_key), (shut, without_key)];
    lists.into_iter().flat_map(|(holders, accesses)| reading(holders, accesses)).collect()
}

fn reading<'r>(holders: Vec<&'r Holder>, accesses: Vec<Access<'r>>) -> Vec<Reading<'r>> {
    if holders.is_empty() || accesses.is_empty() { Vec::new() } else { vec![Reading { holders, accesses }] }
}

/// The ways to the data of a machine's executions that there are, and what of them is not known.
fn read_ways(machine: &MachineView<'_>) -> (Vec<Way>, Option<Gap>) {
    let mut ways = match machine.machine.kind {
        // A synchronous run gives back what its caller's own input brings: that is no reading of others' data.
        MachineKind::Express => Vec::new(),
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
    }
}

/// The activities that a definition names.
fn activities(definition: &Definition) -> Vec<&str> {
    let resources = definition.states.iter().filter_map(|state| state.resource.as_deref());
    resources.filter(|resource| resource.starts_with("arn:") && resource.contains(":activity:")).collect()
}
