use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::Timestamp;

use super::granted::AccountGrants;
use super::{CheckSettings, Evaluations, Outcome, Subject};
use crate::access::Grants;
use crate::access::reach::Reach;
use crate::access::trust::Pin;
use crate::asl::Definition;
use crate::iam::Policy;
use crate::model::{Details, Iam, LogGroup, LogLevel, QuotaStatus, Role, Snapshot, StateMachine};
use crate::types::{AccountId, Arn, Gap, GapReason, Region};

/// All that a check can see. There is no clock: `as_of` is the newest `observed_at` of the snapshots.
#[derive(Debug)]
pub struct View<'a> {
    pub accounts: Vec<AccountView<'a>>,
    pub as_of: Timestamp,
    pub settings: &'a CheckSettings,
}

/// One account: its IAM and its Regions.
#[derive(Debug)]
pub struct AccountView<'a> {
    pub account_id: &'a AccountId,
    pub partition: &'a str,
    pub(super) global: Option<&'a Snapshot>,
    grants: Rc<AccountGrants<'a>>,
    pub regions: Vec<RegionView<'a>>,
    pub(super) reach: OnceCell<Reach>,
}

/// One Region of an account.
#[derive(Debug)]
pub struct RegionView<'a> {
    pub snapshot: &'a Snapshot,
    pub quotas: Vec<QuotaStatus>,
    partition: &'a str,
    pub(super) global: Option<&'a Snapshot>,
    /// The account's, shared by its Regions.
    pub(super) grants: Rc<AccountGrants<'a>>,
}

/// One state machine with what surrounds it.
#[derive(Debug, Clone, Copy)]
pub struct MachineView<'a> {
    pub machine: &'a StateMachine,
    pub region: &'a RegionView<'a>,
}

/// One log group that machines write to.
#[derive(Debug)]
pub struct LogGroupView<'a> {
    pub arn: &'a Arn,
    /// `None`: it does not exist.
    pub group: Result<Option<&'a LogGroup>, Gap>,
    pub machines: Vec<MachineView<'a>>,
    pub region: &'a RegionView<'a>,
}

/// One execution role with the machines that run as it, in whatever Region of the account.
#[derive(Debug)]
pub struct RoleView<'a> {
    pub arn: &'a Arn,
    /// Never empty.
    pub machines: Vec<MachineView<'a>>,
    /// Every machine of the account's scanned Regions was read, so none but `machines` runs as this role there.
    pub users_known: bool,
    /// The lists of the account's machines are whole.
    pub users_listed: bool,
}

impl<'a> View<'a> {
    pub fn new(snapshots: &'a [Snapshot], settings: &'a CheckSettings) -> Self {
        let mut accounts: BTreeMap<&AccountId, AccountView<'a>> = BTreeMap::new();
        for snapshot in snapshots.iter().filter(|snapshot| snapshot.region == Region::global()) {
            let view = AccountView {
                account_id: &snapshot.account_id,
                partition: partition(snapshot),
                global: Some(snapshot),
                grants: Rc::new(AccountGrants::of(snapshot, snapshots)),
                regions: Vec::new(),
                reach: OnceCell::new(),
            };
            accounts.insert(&snapshot.account_id, view);
        }
        for snapshot in snapshots.iter().filter(|snapshot| snapshot.region != Region::global()) {
            let account = accounts.entry(&snapshot.account_id).or_insert_with(|| AccountView {
                account_id: &snapshot.account_id,
                partition: "aws",
                global: None,
                grants: Rc::default(),
                regions: Vec::new(),
                reach: OnceCell::new(),
            });
            let quotas = QuotaStatus::of(snapshot);
            let region = RegionView {
                snapshot,
                quotas,
                partition: account.partition,
                global: account.global,
                grants: Rc::clone(&account.grants),
            };
            account.regions.push(region);
        }
        let ages = snapshots.iter().flat_map(Snapshot::ages).map(|(_, observed_at, _)| observed_at);
        let as_of = ages.max().unwrap_or(Timestamp::UNIX_EPOCH);
        Self { accounts: accounts.into_values().collect(), as_of, settings }
    }

    pub fn regions(&self) -> impl Iterator<Item = &RegionView<'a>> {
        self.accounts.iter().flat_map(|account| &account.regions)
    }

    /// Asks `judge` about every machine; a list that could not be read (whole) is spoken about as such. `judge` answers
    /// with one thing or with several, and with nothing where the check does not apply.
    pub fn each_machine<F, O>(&self, out: &mut Evaluations, judge: F)
    where
        F: Fn(&MachineView<'_>) -> Result<O, Gap>,
        O: IntoIterator<Item = Outcome>,
    {
        for region in self.regions() {
            region.report_unread(out);
            for machine in region.machines() {
                match judge(&machine) {
                    Ok(outcomes) => outcomes.into_iter().for_each(|outcome| out.push(machine.subject(), outcome)),
                    Err(gap) => out.push(machine.subject(), Outcome::InsufficientData(gap)),
                }
            }
        }
    }

    /// Asks `judge` about every log group that a readable machine writes to, and speaks about the machines whose
    /// logging could not be read.
    pub fn each_log_group<F>(&self, out: &mut Evaluations, judge: F)
    where
        F: Fn(&LogGroupView<'_>) -> Result<Option<Outcome>, Gap>,
    {
        for region in self.regions() {
            region.report_unread(out);
            region.report_undescribed(out);
            for group in region.log_groups() {
                if let Some(verdict) = judge(&group).transpose() {
                    out.judge(group.subject(), verdict);
                }
            }
        }
    }

    /// Asks `judge` about every role that a readable machine runs as, and speaks about the machines whose role could
    /// not be read. `judge` may say several things about one role, or nothing.
    pub fn each_role<F>(&self, out: &mut Evaluations, judge: F)
    where
        F: Fn(&RoleView<'_>) -> Result<Vec<Outcome>, Gap>,
    {
        for account in &self.accounts {
            for region in &account.regions {
                region.report_unread(out);
                for machine in region.machines() {
                    if let Err(gap) = machine.role_arn() {
                        out.push(machine.subject(), Outcome::InsufficientData(gap));
                    }
                }
            }
            for role in account.roles() {
                match judge(&role) {
                    Ok(outcomes) => outcomes.into_iter().for_each(|outcome| out.push(role.subject(), outcome)),
                    Err(gap) => out.push(role.subject(), Outcome::InsufficientData(gap)),
                }
            }
        }
    }
}

fn partition(snapshot: &Snapshot) -> &str {
    match snapshot.identity().seen().0 {
        Some(identity) => &identity.partition,
        None => "aws",
    }
}

impl<'a> AccountView<'a> {
    /// The execution roles of the account's machines.
    pub fn roles(&'a self) -> Vec<RoleView<'a>> {
        let mut users: BTreeMap<&Arn, Vec<MachineView<'a>>> = BTreeMap::new();
        let (mut users_known, mut users_listed) = (true, true);
        for region in &self.regions {
            users_listed &= region.snapshot.state_machines().gap().is_none();
            for machine in region.machines() {
                match machine.role_arn() {
                    Ok(arn) => users.entry(arn).or_default().push(machine),
                    Err(_) => users_known = false,
                }
            }
        }
        users_known &= users_listed;
        users.into_iter().map(|(arn, machines)| RoleView { arn, machines, users_known, users_listed }).collect()
    }
}

impl<'a> RoleView<'a> {
    pub fn subject(&self) -> Subject {
        Subject {
            account_id: self.machines[0].region.snapshot.account_id.clone(),
            region: Region::global(),
            resource: self.arn.clone(),
            machines: self.machines.iter().map(|machine| machine.machine.arn.clone()).collect(),
        }
    }

    /// What a remediation has to say where a machine that was not described may run as the role too.
    pub fn caution(&self) -> &'static str {
        if self.users_known {
            return "";
        }
        " Some state machines could not be read: look first whether they run as this role."
    }

    /// What the role's policies say; `None` where IAM has no such role.
    pub fn grants(&self) -> Result<Option<(&'a Role, &'a Grants<'a>)>, Gap> {
        self.machines[0].grants()
    }

    /// Who may assume the role; `None` where IAM has no such role.
    pub fn trust(&self) -> Result<Option<&'a Policy>, Gap> {
        let Some(role) = self.machines[0].role()? else { return Ok(None) };
        Ok(Some(role.trust.whole().map_err(Gap::clone)?.get()))
    }

    /// What Step Functions has to be pinned to for the role's machines: one Region only where no other is known of.
    pub fn pin(&self) -> Pin<'_> {
        let arn = &self.machines[0].machine.arn;
        let region = arn.region();
        let one = self.users_known && self.machines.iter().all(|machine| machine.machine.arn.region() == region);
        Pin { partition: arn.partition(), region: if one { region } else { "*" }, account: arn.account() }
    }
}

impl<'a> RegionView<'a> {
    pub fn name(&self) -> &'a str {
        self.snapshot.region.as_str()
    }

    pub(super) fn partition(&self) -> &'a str {
        self.partition
    }

    /// The machines that were seen, whether or not the list was whole.
    pub fn machines(&'a self) -> impl Iterator<Item = MachineView<'a>> {
        let seen = self.snapshot.state_machines().seen().0.map(|list| list.machines.iter());
        seen.into_iter().flatten().map(|machine| MachineView { machine, region: self })
    }

    /// A subject for what concerns the Region as a whole.
    pub fn subject(&self) -> Subject {
        let Snapshot { account_id, region, .. } = self.snapshot;
        let arn = format!("arn:{}:states:{region}:{account_id}:stateMachine:*", self.partition);
        Subject {
            account_id: account_id.clone(),
            region: region.clone(),
            resource: Arn::parse(arn).expect("the format is an ARN"),
            machines: Vec::new(),
        }
    }

    /// The machine list was not read whole: every check over machines says so once.
    pub fn report_unread(&self, out: &mut Evaluations) {
        if let Some(gap) = self.snapshot.state_machines().gap() {
            out.push(self.subject(), Outcome::InsufficientData(gap.clone()));
        }
    }

    /// Machines whose description was not read: what they write to or run as is unknown.
    pub fn report_undescribed(&'a self, out: &mut Evaluations) {
        for machine in self.machines() {
            if let Err(gap) = machine.details() {
                out.push(machine.subject(), Outcome::InsufficientData(gap));
            }
        }
    }

    /// The IAM of the account.
    pub fn iam(&self) -> Result<&'a Iam, Gap> {
        match self.global.map(Snapshot::iam) {
            Some(iam) => iam.whole().copied().map_err(Gap::clone),
            None => Err(Gap::not_collected("iam")),
        }
    }

    pub fn log_groups(&'a self) -> Vec<LogGroupView<'a>> {
        let mut writers: BTreeMap<&Arn, Vec<MachineView<'a>>> = BTreeMap::new();
        for machine in self.machines() {
            if let Some(destination) = machine.log_destination() {
                writers.entry(destination).or_default().push(machine);
            }
        }
        let view = |(arn, machines)| LogGroupView { arn, group: self.log_group(arn), machines, region: self };
        writers.into_iter().map(view).collect()
    }

    /// `None`: AWS says that it does not exist.
    pub fn log_group(&self, arn: &Arn) -> Result<Option<&'a LogGroup>, Gap> {
        let groups = self.snapshot.log_groups();
        let (Some(groups), gap) = groups.seen() else {
            return Err(groups.gap().cloned().unwrap_or_else(|| Gap::not_collected("log_groups")));
        };
        match groups.get(arn) {
            Some(group) => group.whole().map(Option::as_ref).map_err(Gap::clone),
            None => Err(gap.cloned().unwrap_or_else(|| Gap::not_collected("the log group").about(arn.as_str()))),
        }
    }
}

impl<'a> MachineView<'a> {
    pub fn subject(&self) -> Subject {
        let Snapshot { account_id, region, .. } = self.region.snapshot;
        Subject {
            account_id: account_id.clone(),
            region: region.clone(),
            resource: self.machine.arn.clone(),
            machines: vec![self.machine.arn.clone()],
        }
    }

    pub fn name(&self) -> &'a str {
        self.machine.arn.name()
    }

    pub fn details(&self) -> Result<&'a Details, Gap> {
        self.machine.details.whole().map_err(Gap::clone)
    }

    pub fn definition(&self) -> Result<&'a Definition, Gap> {
        let details = self.details()?;
        let list = self.region.snapshot.state_machines();
        let Some(list) = list.seen().0 else {
            return Err(Gap::not_collected("state_machines"));
        };
        list.definition(details)
    }

    pub fn role_arn(&self) -> Result<&'a Arn, Gap> {
        self.details()?.role_arn.whole().map_err(Gap::clone)
    }

    /// The execution role; `None` where IAM has no such role.
    pub fn role(&self) -> Result<Option<&'a Role>, Gap> {
        let arn = self.role_arn()?;
        if arn.account() != self.region.snapshot.account_id.as_str() {
            let gap = Gap::new(GapReason::Unsupported, "the execution role belongs to another account");
            return Err(gap.about(arn.as_str()));
        }
        Ok(self.region.iam()?.roles.get(arn))
    }

    /// The execution role and what its policies say; `None` where IAM has no such role.
    pub fn grants(&self) -> Result<Option<(&'a Role, &'a Grants<'a>)>, Gap> {
        let Some(role) = self.role()? else { return Ok(None) };
        Ok(Some((role, self.region.grants.of_role(&role.principal.arn)?)))
    }

    /// The log group that the machine writes to, where it is known to log.
    pub fn log_destination(&self) -> Option<&'a Arn> {
        let logging = &self.machine.details.whole().ok()?.logging;
        logging.destination.as_ref().filter(|_| logging.level != LogLevel::Off)
    }
}

impl LogGroupView<'_> {
    pub fn subject(&self) -> Subject {
        let Snapshot { account_id, region, .. } = self.region.snapshot;
        Subject {
            account_id: account_id.clone(),
            region: region.clone(),
            resource: self.arn.clone(),
            machines: self.machines.iter().map(|machine| machine.machine.arn.clone()).collect(),
        }
    }

    /// Its name, as the AWS CLI takes it.
    pub fn name(&self) -> &str {
        self.arn.resource().strip_prefix("log-group:").unwrap_or(self.arn.resource())
    }
}
