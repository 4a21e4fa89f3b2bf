use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::finding::{Evaluation, Outcome};
use crate::types::Arn;

/// Where verdicts were reached: only there can something be resolved, and only such machines have a risk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judged {
    checks: BTreeSet<&'static str>,
    /// Hashes of check and resource: there are many, and they are only asked for.
    resources: HashSet<u64>,
    machines: HashSet<Arn>,
}

impl Judged {
    pub(super) fn ran(&mut self, check: &'static str) {
        self.checks.insert(check);
    }

    pub(super) fn note(&mut self, check: &str, evaluation: &Evaluation) {
        if matches!(evaluation.outcome, Outcome::InsufficientData(_)) {
            return;
        }
        self.resources.insert(key(check, evaluation.subject.resource.as_str()));
        for machine in &evaluation.subject.machines {
            if !self.machines.contains(machine) {
                self.machines.insert(machine.clone());
            }
        }
    }

    pub(super) fn has_run(&self, check: &str) -> bool {
        self.checks.contains(check)
    }

    pub(super) fn resource(&self, check: &str, resource: &str) -> bool {
        self.resources.contains(&key(check, resource))
    }

    pub(super) fn machine(&self, machine: &Arn) -> bool {
        self.machines.contains(machine)
    }
}

fn key(check: &str, resource: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (check, resource).hash(&mut hasher);
    hasher.finish()
}
