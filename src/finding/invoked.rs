//! What the functions that definitions call may start, by their roles.

use std::collections::BTreeMap;

use super::starts::{StartGraph, Startable, startable};
use super::{MachineView, RegionView};
use crate::asl::Bound;
use crate::graph::{How, Likelihood, Way};
use crate::model::{FunctionCall, function_arn, function_calls};
use crate::types::{Arn, Gap, GapReason};

/// What roles of functions may start, asked once each.
pub(super) type Asked<'a> = BTreeMap<&'a Arn, Result<Option<Startable<'a>>, Gap>>;

impl<'a> RegionView<'a> {
    /// The role of a function that a definition of this Region names, by the ARN that [`function_arn`] gives. `None`: there
    /// is no such function.
    pub fn function_role(&self, function: &Arn) -> Result<Option<&'a Arn>, Gap> {
        let unasked = || Gap::not_collected("the function's role").about(function.as_str());
        super::around::item(&self.snapshot.functions(), function, unasked).map(Option::as_ref)
    }

    /// `None` where IAM has no such role.
    fn startable_by(&self, role: &Arn, machines: &[&'a Arn]) -> Result<Option<Startable<'a>>, Gap> {
        if !self.iam()?.roles.contains_key(role) {
            return Ok(None);
        }
        Ok(Some(startable(self.grants.of_role(role)?, machines)))
    }
}

impl<'a> StartGraph<'a> {
    /// A role whose statements name a machine was given that right for it. One that may start any machine may start the one
    /// that calls the function, where the statement speaks of Step Functions at all.
    pub(super) fn functions(&mut self, index: usize, machine: &MachineView<'a>, asked: &mut Asked<'a>) {
        let Ok(definition) = machine.definition() else { return };
        let (own, region) = (&machine.machine.arn, machine.region);
        for call in function_calls(definition).filter(FunctionCall::is_located) {
            let Some(function) = function_arn(&call.named(), own) else { continue };
            let role = match region.function_role(&function) {
                Ok(Some(role)) => role,
                Ok(None) => continue,
                Err(gap) => {
                    self.unread_function(index, region, gap);
                    continue;
                }
            };
            let machines: Vec<_> = self.graph.machines().to_vec();
            let found = asked.entry(role).or_insert_with(|| region.startable_by(role, &machines));
            let mut ways: Vec<(&Arn, Likelihood)> = Vec::new();
            match found {
                Ok(None) => {}
                Ok(Some(found)) => {
                    ways.extend(found.machines.iter().map(|arn| (*arn, Likelihood::Likely)));
                    if found.any.contains(own) && !found.machines.contains(own) {
                        ways.push((own, Likelihood::May));
                    }
                }
                Err(gap) => {
                    let gap = gap.clone();
                    self.unknown(index, &gap);
                }
            }
            for (to, likelihood) in ways {
                let how = How::Function { task: call.task, function: function.clone(), role };
                self.graph.add(own, to, Way { how, likelihood, bound: Bound::None });
            }
        }
    }

    /// Of a part that was not read the Region speaks once; a function of another account is nobody's to read.
    fn unread_function(&mut self, index: usize, region: &RegionView<'_>, gap: Gap) {
        match region.snapshot.functions().seen().0 {
            None => self.unknown(index, &gap),
            Some(_) if gap.reason == GapReason::Unsupported => _ = self.open.insert(index),
            Some(_) => _ = self.unread.entry(index).or_insert(gap),
        }
    }
}
