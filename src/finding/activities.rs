//! What the view knows of activities.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::{Evaluations, Outcome, Subject};
use super::view::{RegionView, View};
use crate::asl::Integration;
use crate::model::Activity;
use crate::types::{Arn, Gap};

/// One activity.
#[derive(Debug)]
pub struct ActivityView<'a> {
    pub arn: &'a Arn,
    pub activity: &'a Activity,
    pub region: &'a RegionView<'a>,
}

impl View<'_> {
    /// Asks `judge` about every activity, which concerns the machines whose definitions wait for it; a list that could not be read (whole) is spoken about as such.
    pub fn each_activity<F>(&self, out: &mut Evaluations, judge: F)
    where
        F: Fn(&ActivityView<'_>) -> Result<Outcome, Gap>,
    {
        for region in self.regions() {
            let list = region.snapshot.activities();
            let (activities, gap) = list.seen();
            if let Some(gap) = gap {
                out.push(region.activities_subject(), Outcome::InsufficientData(gap.clone()));
            }
            let mut waiting = region.waiting();
            for (arn, activity) in activities.copied().into_iter().flatten() {
                let machines = waiting.remove(arn.as_str()).unwrap_or_default();
                let subject = Subject { resource: arn.clone(), machines, ..region.subject() };
                out.judge(subject, judge(&ActivityView { arn, activity, region }));
            }
        }
    }
}

impl<'a> RegionView<'a> {
    /// A subject for the Region's activities as a whole.
    fn activities_subject(&self) -> Subject {
        let whole = self.subject();
        let arn = whole.resource.as_str().replace(":stateMachine:", ":activity:");
        Subject { resource: Arn::parse(arn).expect("the format is an ARN"), ..whole }
    }

    /// The machines whose definitions wait for each activity, by its ARN.
    fn waiting(&'a self) -> BTreeMap<&'a str, Vec<Arn>> {
        let mut waiting: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for machine in self.machines() {
            let tasks = machine.definition().map(|definition| definition.tasks.as_slice()).unwrap_or_default();
            let named = tasks.iter().filter_map(|task| match &task.integration {
                Integration::Activity { arn } => Some(arn.as_str()),
                _ => None,
            });
            for activity in named.collect::<BTreeSet<_>>() {
                waiting.entry(activity).or_default().push(machine.machine.arn.clone());
            }
        }
        waiting
    }
}
