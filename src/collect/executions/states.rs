use std::collections::HashMap;
use std::sync::Arc;

/// At which state an event of an execution stands.
///
/// Events of entering and leaving name their state; of the others, the event before says it, or, where no event is named,
/// the state that was entered last.
#[derive(Debug, Default)]
pub(super) struct States {
    by_event: HashMap<i64, Arc<str>>,
    last: Option<Arc<str>>,
}

/// What an event says about its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'e> {
    pub(super) id: i64,
    /// 0 where there is none.
    pub(super) previous: i64,
    /// Its type, such as `TaskScheduled`.
    pub(super) kind: &'e str,
}

impl States {
    /// The state of an event, whose name in `named` has passed the door; `None`: the execution as a whole.
    pub(super) fn of(&mut self, step: Step<'_>, named: Option<String>) -> Option<Arc<str>> {
        if step.kind.starts_with("Execution") {
            return None;
        }
        let state = match named {
            Some(name) => {
                let name: Arc<str> = name.into();
                self.last = Some(name.clone());
                Some(name)
            }
            None => self.by_event.get(&step.previous).or(self.last.as_ref()).cloned(),
        };
        self.by_event.extend(state.clone().map(|state| (step.id, state)));
        state
    }
}

#[cfg(test)]
mod tests {
    use super::{States, Step};

    #[test]
    fn events_of_branches_belong_to_the_state_before_them() {
        let mut states = States::default();
        let mut at = |id, previous, kind: &str, named: Option<&str>| {
            states.of(Step { id, previous, kind }, named.map(str::to_owned)).map(|state| state.to_string())
        };
        assert_eq!(at(1, 0, "ExecutionStarted", None), None);
        at(2, 0, "ParallelStateEntered", Some("Both"));
        at(4, 3, "TaskStateEntered", Some("Left"));
        at(5, 3, "TaskStateEntered", Some("Right"));
        assert_eq!(at(6, 4, "TaskScheduled", None).as_deref(), Some("Left"));
        assert_eq!(at(7, 5, "TaskScheduled", None).as_deref(), Some("Right"));
        assert_eq!(at(8, 6, "TaskSucceeded", None).as_deref(), Some("Left"));
        assert_eq!(at(9, 0, "TaskSucceeded", None).as_deref(), Some("Right"), "nothing says before which it was");
        assert_eq!(at(10, 8, "ExecutionFailed", None), None);
    }
}
