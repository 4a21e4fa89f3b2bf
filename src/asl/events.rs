//! How many events the history of one execution can come to.

use std::collections::HashMap;

use super::{Definition, Edge, State};

/// Of a state that does nothing outside: entered and left.
const PLAIN: u64 = 2;
/// Of a task: entered, scheduled, started, submitted, ended, left.
const TASK: u64 = 6;
/// Of one more attempt of a task.
const ATTEMPT: u64 = 5;
/// Attempts of a retrier that names no number.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
const ATTEMPTS: u64 = 3;

impl Definition {
    /// No execution of it has more events than this in its history, redrives apart; none where it has a loop, an inline Map,
    /// or a state of a type that is not known: there nothing but its data decides.
    pub fn most_events(&self) -> Option<u64> {
        if self.has_cycle() {
            return None;
        }
        let states = self.states.iter().filter(|state| !self.is_child(state));
        let events = states.map(|state| Some(self.events(state)?.saturating_mul(self.repeats(state))));
        let all: Option<Vec<u64>> = events.collect();
        Some(all?.into_iter().fold(PLAIN, u64::saturating_add))
    }

    /// Some state may be entered again by what follows it, in one execution.
    pub fn has_cycle(&self) -> bool {
        let states: Vec<_> = self.states.iter().filter(|state| !self.is_child(state)).collect();
        let at: HashMap<_, _> =
            states.iter().enumerate().map(|(at, state)| ((scope(state), state.name.as_str()), at)).collect();
        let next = |state: &State| {
            let to = |edge: &Edge| at.get(&(scope(state), edge.to.as_str())).copied();
            state.edges.iter().filter_map(to).collect::<Vec<_>>()
        };
        let next: Vec<_> = states.iter().map(|state| next(state)).collect();
        let mut ways = vec![0_usize; states.len()];
        for to in next.iter().flatten() {
            ways[*to] += 1;
        }
        // Taken away are those that nothing left leads to: what remains leads to itself.
        let mut free: Vec<_> = (0..states.len()).filter(|state| ways[*state] == 0).collect();
        let mut taken = 0;
        while let Some(state) = free.pop() {
            taken += 1;
            for to in &next[state] {
                ways[*to] -= 1;
                free.extend((ways[*to] == 0).then_some(*to));
            }
        }
        taken < states.len()
    }

    /// It runs in an execution of its own.
    fn is_child(&self, state: &State) -> bool {
        self.distributed_maps.iter().any(|map| is_within(state, map.pointer.as_str()))
    }

    fn events(&self, state: &State) -> Option<u64> {
        match state.kind.as_str() {
            "Pass" | "Choice" | "Wait" | "Succeed" | "Fail" => Some(PLAIN),
            "Task" => Some(TASK.saturating_add(ATTEMPT.saturating_mul(attempts(state)))),
            "Parallel" => Some(2 * PLAIN),
            "Map" if self.distributed_maps.iter().any(|map| map.pointer == state.pointer) => {
                Some(TASK.saturating_add(ATTEMPT.saturating_mul(attempts(state))))
            }
            _ => None,
        }
    }

    /// How often the Parallel states around it may run it.
    fn repeats(&self, state: &State) -> u64 {
        let around =
            self.states.iter().filter(|outer| outer.kind == "Parallel" && is_within(state, outer.pointer.as_str()));
        around.fold(1, |times, outer| times.saturating_mul(1 + attempts(outer)))
    }
}

/// The pointer of the states among which it stands.
fn scope(state: &State) -> &str {
    state.pointer.as_str().rsplit_once('/').map_or("", |(scope, _)| scope)
}

/// Beyond the first.
fn attempts(state: &State) -> u64 {
    state.retry.iter().map(|retrier| retrier.max_attempts.unwrap_or(ATTEMPTS)).fold(0, u64::saturating_add)
}

fn is_within(state: &State, outer: &str) -> bool {
    state.pointer.as_str().strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Definition;

    fn most(states: &Value) -> Option<u64> {
        let first = states.as_object().unwrap().keys().next().unwrap();
        Definition::parse(&json!({"StartAt": first, "States": states})).unwrap().most_events()
    }

    #[test]
    fn what_goes_straight_on_is_bounded() {
        let task = json!({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "B",
            "Retry": [{"ErrorEquals": ["States.ALL"]}]});
        assert_eq!(most(&json!({"A": task, "B": {"Type": "Succeed"}})), Some(2 + 6 + 15 + 2));
        let branch = json!({"StartAt": "C", "States": {"C": {"Type": "Pass", "End": true}}});
        let parallel = json!({"Type": "Parallel", "Branches": [branch], "End": true,
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 9}]});
        assert_eq!(most(&json!({"A": parallel})), Some(2 + 4 + 20));
        assert!(
            most(&json!({"A": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true,
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 99_999_999}]}}))
            .is_some_and(|most| most > 25_000)
        );
    }

    #[test]
    fn loops_and_inline_maps_are_not() {
        let back = json!({"A": {"Type": "Wait", "Seconds": 5, "Next": "B"},
            "B": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "A"}], "Default": "C"},
            "C": {"Type": "Succeed"}});
        assert_eq!(most(&back), None);
        let caught = json!({"A": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]}, "B": {"Type": "Pass", "Next": "A"}});
        assert_eq!(most(&caught), None);
        let within = |mode: &str| {
            json!({"StartAt": "C", "States": {"C": {"Type": "Pass", "Next": "D"},
            "D": {"Type": "Succeed"}}, "ProcessorConfig": {"Mode": mode, "ExecutionType": "STANDARD"}})
        };
        assert_eq!(most(&json!({"A": {"Type": "Map", "ItemProcessor": within("INLINE"), "End": true}})), None);
        let distributed = json!({"A": {"Type": "Map", "ItemProcessor": within("DISTRIBUTED"), "End": true}});
        assert_eq!(most(&distributed), Some(2 + 6), "its items run in executions of their own");
    }
}
