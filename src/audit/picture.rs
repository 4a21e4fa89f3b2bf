use serde_json::Value;

use super::Report;
use crate::access::{difference, policy};
use crate::finding::{CheckSettings, MachineView, RegionView, View};
use crate::graph::states::Chart;
use crate::model::Snapshot;
use crate::types::{Gap, GapReason};

/// What a page shows of a machine beyond its findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub chart: Result<Chart, Gap>,
    pub policy: Result<PolicyPicture, Gap>,
}

/// What the machine's role is granted beside what the machine needs.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyPicture {
    pub granted: Vec<Granted>,
    /// The policy that this machine alone needs.
    pub needed: Value,
    /// What of it is not granted.
    pub missing: Vec<String>,
    /// False where tasks call what is not known.
    pub whole: bool,
}

/// One allowing statement of the role.
#[derive(Debug, Clone, PartialEq)]
pub struct Granted {
    /// As IAM writes it.
    pub document: Value,
    /// Why it is more than all machines of the role need; absent where it is not.
    pub why: Option<String>,
}

/// Adds the pictures to the machines of the report: they are not kept where no format shows them.
pub fn draw(report: &mut Report, snapshots: &[Snapshot], settings: &CheckSettings) {
    let view = View::new(snapshots, settings);
    for account in &view.accounts {
        let roles = account.roles();
        for machine in account.regions.iter().flat_map(RegionView::machines) {
            let own = report.machines.iter_mut().find(|one| one.arn == machine.machine.arn);
            let Some(own) = own else { continue };
            let role = machine.role_arn().ok();
            let role = roles.iter().find(|one| Some(one.arn) == role);
            let chart = machine.definition().map(Chart::of);
            own.picture = Some(Box::new(Picture { chart, policy: policies(&machine, role) }));
        }
    }
}

fn policies(machine: &MachineView<'_>, role: Option<&crate::finding::RoleView<'_>>) -> Result<PolicyPicture, Gap> {
    let needs = machine.needs()?;
    let unknown = || Gap::new(GapReason::Error, "its role was not found");
    let (_, grants) = machine.grants()?.ok_or_else(unknown)?;
    let beyond = role.ok_or_else(unknown)?.beyond_needs()?.unwrap_or_default();
    let known = if role.is_some_and(|role| role.users_known) { "" } else { "by the machines that could be read: " };
    let granted = grants.allowing().map(|grant| {
        let surplus = beyond.iter().find(|one| one.grant.statement == grant.statement).map(|one| &one.surplus);
        let why = surplus.map(|surplus| {
            let wide = crate::access::Wide::reasons(&surplus.wide);
            format!("{known}{}", surplus.reasons().into_iter().chain(wide).collect::<Vec<_>>().join("; "))
        });
        Granted { document: grant.statement.to_document(), why }
    });
    let granted = granted.collect();
    let missing = difference(&needs, grants).missing.into_iter().map(|one| one.why).collect();
    Ok(PolicyPicture { granted, needed: policy(&needs.own), missing, whole: needs.undecided.is_empty() })
}
