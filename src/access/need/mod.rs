//! What a definition needs: every action of every task, on which resources, why, and how sure that is.
//!
//! Each integration's own file or table says what AWS documents for it; [`needed`] walks the tasks of a definition and
//! adds what the machine itself needs (logging, tracing, its key, its Distributed Maps).

mod call;
mod machine;
mod optimised;
mod pass_role;
mod place;
mod sdk;
mod special;
mod tables;
mod target;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::asl::{Definition, Integration, Task};
use call::Call;
pub use machine::{Machine, log_write_needs, service_needs};
pub use place::Place;
use target::Target;

/// One action that a definition needs, and where.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Need {
    /// As IAM spells it: `lambda:InvokeFunction`.
    pub action: String,
    /// IAM patterns: where the action is needed. `*` stands for what the definition does not say.
    pub resources: Vec<String>,
    /// How the resource is chosen.
    pub choice: Choice,
    /// Other patterns under which a grant is as good as one on `resources`: the rule's other spelling, a version of the
    /// function.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// A `Condition` element that a grant can carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Value>,
    /// States that need it; none where the machine itself does.
    pub states: BTreeSet<String>,
    pub why: String,
    pub certainty: Certainty,
    /// The page that says so.
    pub source: &'static str,
}

/// How sure it is that a machine misses what it needs when it does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Without it the call is refused.
    Required,
    /// Without it the machine works worse: it notices the end of a job late, or cannot stop it.
    Recommended,
    /// Needed by what is chosen at run time or decided elsewhere: a query's text, a key policy, a bucket's encryption.
    Likely,
    /// Not needed by what the definition shows, but no excess either.
    Optional,
}

/// How the resource of a need is chosen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Choice {
    /// The definition names it, or the service makes it from what the definition names.
    Fixed,
    /// One of these, chosen at run time by this path or expression.
    Runtime { from: String },
    /// IAM has no resource for the action: `*` is all there is.
    Unscopable,
    /// The definition does not show it.
    Unseen,
}

/// What a definition needs, of whom.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Needs {
    /// Of the machine's execution role.
    pub own: Vec<Need>,
    /// Of roles that tasks assume (`Credentials`), by the role's ARN or the pattern that is known of it.
    pub others: BTreeMap<String, Vec<Need>>,
    /// Tasks whose needs are not known: nothing can be called excess beside them.
    pub undecided: Vec<Undecided>,
}

/// A task whose needs this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undecided {
    pub state: String,
    pub why: String,
}

/// Everything a machine needs by its definition and its settings.
pub fn needed(definition: &Definition, machine: &Machine) -> Needs {
    let place = Place::of(definition, machine);
    let mut needs = Needs::default();
    for task in &definition.tasks {
        add_task(task, &place, &mut needs);
    }
    special::distributed_map::add(definition, &place, &mut needs);
    machine::add(machine, &place, &mut needs);
    special::keys::add(&place, &mut needs.own);
    needs.settle();
    needs
}

/// What one task needs: of the execution role, or of the role that it assumes.
fn add_task(task: &Task, place: &Place, needs: &mut Needs) {
    if task.integration == Integration::Unknown {
        let why = "its Resource names no integration that is known".to_owned();
        needs.undecided.push(Undecided { state: task.state.clone(), why });
        return;
    }
    let assumed = special::credentials::role_of(task, place);
    let elsewhere = assumed.as_ref().map(|role| place.of_role(role));
    let call = Call { task, place: elsewhere.as_ref().unwrap_or(place) };
    let found = match &task.integration {
        Integration::Optimised { service, action } => match optimised::needs(&call, service, action) {
            Some(found) => found,
            None => sdk::guess(&call, service, action),
        },
        Integration::AwsSdk { service, action } => sdk::needs(&call, service, action),
        Integration::LambdaFunction { arn } => vec![tables::compute::bare_function(&call, arn)],
        Integration::Http => special::http::needs(&call),
        Integration::Activity { .. } | Integration::Unknown => Vec::new(),
    };
    match assumed {
        None => needs.own.extend(found),
        Some(role) => {
            needs.own.push(special::credentials::assume(task, &role));
            needs.others.entry(role.resources.join(" ")).or_default().extend(found);
        }
    }
}

impl Needs {
    /// One need per action and place, whoever asks: the strongest certainty wins, the states add up.
    fn settle(&mut self) {
        settle(&mut self.own);
        self.others.values_mut().for_each(settle);
    }
}

fn settle(needs: &mut Vec<Need>) {
    let mut merged: Vec<Need> = Vec::new();
    let mut places = BTreeMap::new();
    for need in needs.drain(..) {
        let condition = need.condition.as_ref().map(Value::to_string);
        match places.entry((need.action.to_ascii_lowercase(), need.resources.clone(), condition)) {
            Entry::Vacant(place) => {
                place.insert(merged.len());
                merged.push(need);
            }
            Entry::Occupied(place) => {
                let known = &mut merged[*place.get()];
                if need.certainty < known.certainty {
                    (known.certainty, known.choice, known.why, known.source) =
                        (need.certainty, need.choice, need.why, need.source);
                }
                known.states.extend(need.states);
                for also in need.also {
                    if !known.also.contains(&also) {
                        known.also.push(also);
                    }
                }
            }
        }
    }
    *needs = merged;
}

impl Need {
    /// `action` on `target` for the task of `call`.
    fn of(call: &Call<'_>, action: &str, target: Target, why: impl Into<String>, source: &'static str) -> Self {
        let states = BTreeSet::from([call.task.state.clone()]);
        Self::new(action, target, why, source).in_states(states)
    }

    fn new(action: &str, target: Target, why: impl Into<String>, source: &'static str) -> Self {
        Self {
            action: action.to_owned(),
            resources: target.resources,
            choice: target.choice,
            also: target.also,
            condition: None,
            states: BTreeSet::new(),
            why: why.into(),
            certainty: Certainty::Required,
            source,
        }
    }

    /// The needs of several machines as one: an action is needed once in one place.
    pub fn union(needs: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut all: Vec<Self> = needs.into_iter().collect();
        settle(&mut all);
        all
    }

    fn in_states(mut self, states: BTreeSet<String>) -> Self {
        self.states = states;
        self
    }

    fn certainty(mut self, certainty: Certainty) -> Self {
        self.certainty = certainty;
        self
    }

    fn condition(mut self, condition: Value) -> Self {
        self.condition = Some(condition);
        self
    }
}
