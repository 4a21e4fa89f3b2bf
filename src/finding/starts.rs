//! What starts what in a Region, as far as definitions, rules and roles were read.

use std::collections::{BTreeMap, BTreeSet};

use super::invoked::Asked;
use super::{MachineView, RegionView};
use crate::access::Grants;
use crate::asl::Start;
use crate::graph::{Aim, Graph, How, Likelihood, Way, aim, event_edges};
use crate::iam::{Selector, glob_matches};
use crate::model::{EventRules, MachineKind, PatternMatch};
use crate::types::{Arn, Gap, Observed};

/// The machines of a Region and what starts what.
#[derive(Debug)]
pub struct StartGraph<'a> {
    pub graph: Graph<'a>,
    /// Machines whose starts were not read.
    pub(super) unread: BTreeMap<usize, Gap>,
    /// Machines that may start what is not in the graph: it is chosen at run time, or stands in what `gap` speaks about.
    pub(super) open: BTreeSet<usize>,
    /// What of the Region was not read and may start machines.
    pub gap: Option<Gap>,
}

/// Whether a machine's executions are known to start nothing that leads back to it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outlook {
    Known,
    /// It hangs on what is chosen at run time, or on what the Region's own gap speaks about.
    Open,
    Unread(Gap),
}

impl<'a> RegionView<'a> {
    pub fn starts(&'a self) -> StartGraph<'a> {
        let machines: Vec<_> = self.machines().collect();
        let graph = Graph::new(machines.iter().map(|machine| &machine.machine.arn));
        let mut starts = StartGraph { graph, unread: BTreeMap::new(), open: BTreeSet::new(), gap: None };
        let rules = self.event_rules();
        let mut asked = Asked::new();
        for machine in &machines {
            let Some(index) = starts.graph.index(&machine.machine.arn) else { continue };
            if let Err(gap) = starts.tasks(index, machine) {
                starts.unread.insert(index, gap);
            }
            starts.functions(index, machine, &mut asked);
            if machine.machine.kind != MachineKind::Express {
                starts.rules(index, machine, &rules);
            }
        }
        starts
    }
}

impl<'a> StartGraph<'a> {
    /// For each machine of the graph.
    pub fn outlooks(&self) -> Vec<Outlook> {
        let unread = self.graph.leading_to(self.unread.keys().copied());
        let open = self.graph.leading_to(self.open.iter().copied());
        let outlook = |(unread, open): (&Option<usize>, &Option<usize>)| match (unread, open) {
            (Some(unread), _) => Outlook::Unread(self.unread[unread].clone()),
            (None, Some(_)) => Outlook::Open,
            (None, None) => Outlook::Known,
        };
        unread.iter().zip(&open).map(outlook).collect()
    }

    fn tasks(&mut self, index: usize, machine: &MachineView<'a>) -> Result<(), Gap> {
        let own = &machine.machine.arn;
        for start in &machine.definition()?.starts {
            match aim(start, own) {
                Aim::Elsewhere => {}
                Aim::Machine(to, qualifier) => {
                    if self.graph.index(&to).is_none() && machine.region.snapshot.state_machines().gap().is_some() {
                        self.open.insert(index);
                    }
                    let likelihood = if qualifier.is_some() { Likelihood::Likely } else { Likelihood::Sure };
                    let how = How::Task { start, qualifier, chosen: false };
                    self.graph.add(own, &to, Way { how, likelihood, bound: start.bound });
                }
                Aim::Open(pattern) => self.chosen(index, machine, start, pattern.as_deref())?,
            }
        }
        Ok(())
    }

    /// A start of which the input says what it starts: those that the role's statements name. A statement about any
    /// machine says nothing of which is meant, nor does one about the machine itself that its Distributed Maps need.
    fn chosen(
        &mut self,
        index: usize,
        machine: &MachineView<'a>,
        start: &'a Start,
        pattern: Option<&str>,
    ) -> Result<(), Gap> {
        let own = &machine.machine.arn;
        let definition = machine.definition()?;
        let fits = |arn: &Arn| pattern.is_none_or(|pattern| glob_matches(pattern, arn.as_str(), false));
        let fitting: Vec<&'a Arn> = self.graph.machines().iter().copied().filter(|arn| fits(arn)).collect();
        if fitting.is_empty() {
            return Ok(());
        }
        let task = definition.tasks.iter().find(|task| task.pointer == start.pointer);
        if task.is_some_and(|task| task.credentials.is_some()) {
            self.open.insert(index);
            return Ok(());
        }
        let Some((_, grants)) = machine.grants()? else { return Ok(()) };
        let mut named = startable(grants, &fitting);
        let children = !definition.distributed_maps.is_empty() && named.machines.remove(own);
        if named.others || children {
            self.open.insert(index);
        }
        let only = named.machines.len() == 1 && !named.others && !children;
        let likelihood = if only { Likelihood::Likely } else { Likelihood::May };
        for to in named.machines {
            let how = How::Task { start, qualifier: None, chosen: true };
            self.graph.add(own, to, Way { how, likelihood, bound: start.bound });
        }
        Ok(())
    }

    /// Something of the Region that was not read may make the machine start others.
    pub(super) fn unknown(&mut self, index: usize, gap: &Gap) {
        self.open.insert(index);
        self.gap.get_or_insert_with(|| gap.clone());
    }

    fn rules(&mut self, index: usize, machine: &MachineView<'a>, rules: &Observed<&'a EventRules>) {
        let own = &machine.machine.arn;
        let (seen, mut gap) = rules.seen();
        if let Some(rules) = seen.copied() {
            for (to, way) in event_edges(rules, own) {
                self.graph.add(own, &to, way);
            }
            let unread = rules.values().filter(|rule| rule.matches_states_events() != PatternMatch::No);
            gap = gap.or_else(|| unread.filter_map(|rule| rule.targets.gap().or(rule.pattern.as_ref()?.gap())).next());
        }
        if let Some(gap) = gap {
            self.unknown(index, gap);
        }
    }
}

/// What statements that allow starts say of some machines.
#[derive(Debug)]
pub(super) struct Startable<'a> {
    /// Those that they name, and that nothing denies.
    pub(super) machines: BTreeSet<&'a Arn>,
    /// They allow any, or those of a pattern that leaves the name open.
    pub(super) others: bool,
    /// Those that are allowed by a statement about any, which speaks of Step Functions and not of all actions there are.
    pub(super) any: BTreeSet<&'a Arn>,
}

const START: [&str; 2] = ["states:StartExecution", "states:StartSyncExecution"];

/// Which of `machines` a role is let start.
pub(super) fn startable<'a>(grants: &Grants<'_>, machines: &[&'a Arn]) -> Startable<'a> {
    let mut found = Startable { machines: BTreeSet::new(), others: false, any: BTreeSet::new() };
    let mut meant = false;
    let left = |arn: &Arn| START.iter().any(|action| grants.on(arn.as_str(), action).allows().is_some());
    for grant in grants.allowing() {
        if !START.iter().any(|action| grant.statement.matches_action(action)) {
            continue;
        }
        let Some(Selector::Only(resources)) = &grant.statement.resources else {
            found.others = true;
            continue;
        };
        let speaks = speaks_of_states(&grant.statement.actions);
        for resource in resources {
            if names_none(resource) {
                found.others = true;
                meant |= speaks;
                continue;
            }
            let matching = machines.iter().filter(|arn| glob_matches(resource, arn.as_str(), false));
            found.machines.extend(matching.copied().filter(|arn| left(arn)));
        }
    }
    if meant {
        found.any = machines.iter().copied().filter(|arn| left(arn)).collect();
    }
    found
}

fn speaks_of_states(actions: &Selector) -> bool {
    let Selector::Only(patterns) = actions else { return false };
    patterns.iter().any(|pattern| pattern.to_ascii_lowercase().starts_with("states:"))
}

/// A pattern that fits machines whatever their names.
fn names_none(resource: &str) -> bool {
    let name = resource.rsplit(':').next().unwrap_or_default();
    name.chars().all(|c| matches!(c, '*' | '?')) || !resource.contains(":stateMachine:")
}
