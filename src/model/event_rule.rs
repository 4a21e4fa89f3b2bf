use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event_pattern::{PatternMatch, matches_states_events};
use super::status_event::{StatusEvent, taken};
use crate::detect::Clean;
use crate::types::{Arn, Observed};

/// Rules of the default event bus that can match what Step Functions publishes there, or that have a state machine as
/// target, by ARN.
pub type EventRules = BTreeMap<Arn, EventRule>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRule {
    pub name: String,
    pub state: RuleState,
    /// The event pattern; absent where the rule only follows a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Observed<Clean<Value>>>,
    /// The AWS service that made the rule for a customer, such as `states.amazonaws.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
    pub targets: Observed<Vec<EventTarget>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// Whatever CloudTrail events it takes.
    Enabled,
    Disabled,
    /// A state that this version does not know, or none in the answer.
    Unknown,
}

/// Where a rule sends what it matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTarget {
    /// What `RemoveTargets` takes.
    pub id: Clean<String>,
    pub arn: Arn,
    /// The role that EventBridge uses for the target; absent where the target's own policy lets EventBridge in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<Arn>,
    /// Whether it is given what executions take and give; absent in snapshots that did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes_data: Option<bool>,
}

impl EventRule {
    /// Whether it matches status events of executions, enabled or not. A pattern that could not be read may.
    pub fn matches_states_events(&self) -> PatternMatch {
        match &self.pattern {
            None => PatternMatch::No,
            Some(pattern) => match pattern.whole() {
                Ok(pattern) => matches_states_events(pattern.get()),
                Err(_) => PatternMatch::Maybe,
            },
        }
    }

    /// Whether it takes such an event of every execution of the machine.
    pub fn takes(&self, machine: &Arn, event: StatusEvent) -> PatternMatch {
        match &self.pattern {
            None => PatternMatch::No,
            Some(pattern) => match pattern.whole() {
                Ok(pattern) => taken(pattern.get(), machine, event),
                Err(_) => PatternMatch::Maybe,
            },
        }
    }

    /// Whether it starts state machines.
    pub fn has_machine_as_target(&self) -> bool {
        self.targets.seen().0.is_some_and(|targets| targets.iter().any(EventTarget::is_machine))
    }
}

impl EventTarget {
    /// A state machine, or a version or alias of one.
    pub fn is_machine(&self) -> bool {
        self.arn.service() == "states" && self.arn.resource().starts_with("stateMachine:")
    }
}
