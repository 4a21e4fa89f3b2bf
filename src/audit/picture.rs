use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::Report;
use super::flow::{Flow, flows};
use crate::access::{Surplus, Wide, difference, policy};
use crate::finding::{CheckSettings, Compared, MachineView, RegionView, RoleView, View};
use crate::graph::states::Chart;
use crate::model::Snapshot;
use crate::types::{Arn, Gap, GapReason};

/// What a page shows of a machine beyond its findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub chart: Result<Chart, Gap>,
    /// Empty where the definition was not read.
    pub flows: Vec<Flow>,
    pub policy: Result<PolicyPicture, Gap>,
}

/// What the machine's role is granted beside what the machine needs.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyPicture {
    pub granted: Vec<Granted>,
    /// The policy that this machine alone needs.
    pub needed: Value,
    /// What of it is not granted.
    pub missing: Vec<Lacking>,
    /// False where tasks call what is not known.
    pub whole: bool,
}

/// One allowing statement of the role.
#[derive(Debug, Clone, PartialEq)]
pub struct Granted {
    /// As IAM writes it.
    pub document: Value,
    /// What is more in it than all machines of the role need; absent where nothing is.
    pub beyond: Option<BeyondNeed>,
}

/// What a statement grants beyond need.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BeyondNeed {
    pub why: String,
    /// Nothing of the statement is needed.
    pub whole: bool,
    /// Actions as written.
    pub actions: BTreeSet<String>,
    /// Resources as written.
    pub resources: BTreeSet<String>,
    /// All its resources together are more than what is needed.
    pub wide: bool,
}

/// A statement that would grant what is needed and is not granted.
#[derive(Debug, Clone, PartialEq)]
pub struct Lacking {
    /// As IAM writes it.
    pub document: Value,
    pub why: String,
}

/// Adds the pictures to the machines of the report: they are not kept where no format shows them.
pub fn draw(report: &mut Report, snapshots: &[Snapshot], settings: &CheckSettings) {
    let view = View::new(snapshots, settings);
    let mut reports: HashMap<Arn, _> = report.machines.iter_mut().map(|one| (one.arn.clone(), one)).collect();
    for account in &view.accounts {
        let granted: OfRoles<'_> = account.roles().iter().map(|role| (role.arn, granted(role))).collect();
        for machine in account.regions.iter().flat_map(RegionView::machines) {
            let Some(own) = reports.get_mut(&machine.machine.arn) else { continue };
            let definition = machine.definition();
            let chart = definition.clone().map(Chart::of);
            let flows = match (&definition, &chart) {
                (Ok(definition), Ok(chart)) => flows(definition, chart, own.exposure.as_ref()),
                _ => Vec::new(),
            };
            let policy = policies(&machine, &granted);
            own.picture = Some(Box::new(Picture { chart, flows, policy }));
        }
    }
}

type OfRoles<'a> = HashMap<&'a Arn, Result<Vec<Granted>, Gap>>;

fn policies(machine: &MachineView<'_>, roles: &OfRoles<'_>) -> Result<PolicyPicture, Gap> {
    let needs = machine.needs()?;
    let (_, grants) = machine.grants()?.ok_or_else(unknown)?;
    let granted = roles.get(machine.role_arn()?).cloned().ok_or_else(unknown)??;
    let missing = difference(&needs, grants).missing.into_iter();
    let missing = missing.map(|one| Lacking { document: one.statement, why: one.why }).collect();
    Ok(PolicyPicture { granted, needed: policy(&needs.own), missing, whole: needs.undecided.is_empty() })
}

fn unknown() -> Gap {
    Gap::new(GapReason::Error, "its role was not found")
}

fn granted(role: &RoleView<'_>) -> Result<Vec<Granted>, Gap> {
    let known = if role.users_known { "" } else { "by the machines that could be read: " };
    let statements = role.beyond_by_statement()?.ok_or_else(unknown)?;
    let of = |(grant, beyond): Compared<'_>| Granted {
        document: grant.statement.to_document(),
        beyond: beyond.map(|beyond| beyond_need(&beyond.surplus, known)),
    };
    Ok(statements.into_iter().map(of).collect())
}

fn beyond_need(surplus: &Surplus<'_>, known: &str) -> BeyondNeed {
    let reasons = surplus.reasons().into_iter().chain(Wide::reasons(&surplus.wide));
    let actions = surplus.actions.iter().chain(&surplus.elsewhere).chain(&surplus.wildcards);
    BeyondNeed {
        why: format!("{known}{}", reasons.collect::<Vec<_>>().join("; ")),
        whole: surplus.unused || surplus.not_action,
        actions: actions.map(ToString::to_string).collect(),
        resources: surplus.resources.iter().map(ToString::to_string).collect(),
        wide: surplus.not_resource || !surplus.wide.is_empty(),
    }
}
