//! A report of some owners or stacks alone.

use std::collections::BTreeSet;

use super::report::{MachineReport, Report};
use crate::types::Arn;

/// Whose findings are shown: those of everybody where both are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whose {
    pub owners: Vec<String>,
    pub stacks: Vec<String>,
}

impl Whose {
    fn is_everybody(&self) -> bool {
        self.owners.is_empty() && self.stacks.is_empty()
    }

    fn has(&self, machine: &MachineReport) -> bool {
        let named = |list: &[String], value: Option<&String>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|one| one.eq_ignore_ascii_case(value)))
        };
        named(&self.owners, machine.owner.as_ref()) && named(&self.stacks, machine.stack.as_ref())
    }
}

impl Report {
    /// Leaves the state machines of some owners and stacks, and the findings that bear on one of them. What is told of whole
    /// accounts and Regions stays: scores, coverage, quotas.
    pub fn narrow(&mut self, whose: &Whose) {
        if whose.is_everybody() {
            return;
        }
        self.machines.retain(|machine| whose.has(machine));
        let theirs: BTreeSet<&Arn> = self.machines.iter().map(|machine| &machine.arn).collect();
        self.findings.retain(|finding| finding.machines.iter().any(|machine| theirs.contains(machine)));
    }
}
