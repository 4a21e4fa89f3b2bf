//! What an execution has done when it comes to a state, and what is left to do.

use std::collections::{BTreeMap, BTreeSet};

use super::{Definition, State, Task, state_at};
use crate::types::JsonPointer;

/// The definition's states by where they stand, for questions about many of them.
#[derive(Debug)]
pub struct Course<'a> {
    tasks: BTreeMap<&'a str, &'a Task>,
    by_pointer: BTreeMap<&'a str, &'a State>,
    before: BTreeMap<(&'a str, &'a str), Vec<&'a State>>,
}

impl<'a> Course<'a> {
    pub fn of(definition: &'a Definition) -> Self {
        let by_pointer: BTreeMap<_, _> =
            definition.states.iter().map(|state| (state.pointer.as_str(), state)).collect();
        let mut before: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for state in &definition.states {
            for edge in &state.edges {
                before.entry((scope(state), edge.to.as_str())).or_default().push(state);
            }
        }
        let tasks = definition.tasks.iter().map(|task| (task.pointer.as_str(), task)).collect();
        Self { tasks, by_pointer, before }
    }

    /// The Map and Parallel states that a state stands in, the innermost first.
    pub fn around(&self, state: &State) -> Vec<&'a State> {
        let mut around = Vec::new();
        let mut at = state.pointer.clone();
        while let Some((rest, _)) = at.as_str().rsplit_once("/States/") {
            let Some((_, outer)) = state_at(&JsonPointer::written(rest)) else { break };
            let Some(state) = self.by_pointer.get(outer.as_str()) else { break };
            around.push(*state);
            at = outer;
        }
        around
    }

    /// Tasks that may have run when a state fails: before it, beside it in other branches, and, in a Map, for other items.
    pub fn before(&self, state: &'a State) -> Vec<&'a Task> {
        let mut places: BTreeSet<&str> = BTreeSet::new();
        let mut at = state;
        for outer in std::iter::once(None).chain(self.around(state).into_iter().map(Some)) {
            if let Some(outer) = outer {
                // All that it runs may have run in other branches, or for other items.
                let own = format!("{}/", scope(at));
                let elsewhere = |task: &&Task| outer.kind == "Map" || !task.pointer.as_str().starts_with(&own);
                let inner = self.inside(outer).filter(elsewhere);
                places.extend(inner.map(|task| task.pointer.as_str()));
                at = outer;
            }
            for earlier in spread(at, |state| self.earlier(state)) {
                places.insert(earlier.pointer.as_str());
                places.extend(self.inside(earlier).map(|task| task.pointer.as_str()));
            }
        }
        self.tasks(&places)
    }

    /// Tasks that would have come after it.
    pub fn after(&self, state: &'a State) -> Vec<&'a Task> {
        let mut places: BTreeSet<&str> = BTreeSet::new();
        for at in std::iter::once(state).chain(self.around(state)) {
            for later in spread(at, |state| self.later(state)) {
                places.insert(later.pointer.as_str());
                places.extend(self.inside(later).map(|task| task.pointer.as_str()));
            }
        }
        places.remove(state.pointer.as_str());
        self.tasks(&places)
    }

    fn tasks(&self, places: &BTreeSet<&str>) -> Vec<&'a Task> {
        places.iter().filter_map(|place| self.tasks.get(place).copied()).collect()
    }

    fn inside(&self, outer: &State) -> std::vec::IntoIter<&'a Task> {
        let head = format!("{}/", outer.pointer);
        let inside = self.tasks.range(head.as_str()..).take_while(|(at, _)| at.starts_with(&head));
        inside.map(|(_, task)| *task).collect::<Vec<_>>().into_iter()
    }

    fn earlier(&self, state: &'a State) -> Vec<&'a State> {
        self.before.get(&(scope(state), state.name.as_str())).cloned().unwrap_or_default()
    }

    fn later(&self, state: &'a State) -> Vec<&'a State> {
        let pointer = |to: &str| JsonPointer::written(scope(state)).join("States").join(to);
        let next = state.edges.iter().filter_map(|edge| self.by_pointer.get(pointer(&edge.to).as_str()));
        next.copied().collect()
    }
}

/// The pointer of the machine, branch or processor that a state is of.
fn scope(state: &State) -> &str {
    state.pointer.as_str().rsplitn(3, '/').nth(2).unwrap_or_default()
}

/// Those that are led to, the first itself only where something leads back to it.
fn spread<'a>(from: &'a State, next: impl Fn(&'a State) -> Vec<&'a State>) -> Vec<&'a State> {
    let (mut met, mut waiting, mut found) = (BTreeSet::new(), next(from), Vec::new());
    while let Some(state) = waiting.pop() {
        if met.insert(state.pointer.as_str()) {
            found.push(state);
            waiting.extend(next(state));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Course;
    use crate::asl::Definition;

    #[test]
    fn what_was_done_and_what_is_left() {
        let task = |next: &str| json!({"Type": "Task", "Resource": "r", "Next": next});
        let end = || json!({"Type": "Task", "Resource": "r", "End": true});
        let branch = |name: &str| json!({"StartAt": name, "States": {name: end()}});
        let definition = Definition::parse(&json!({"StartAt": "A", "States": {
            "A": task("Both"),
            "Both": {"Type": "Parallel", "Branches": [branch("B1"), branch("B2")], "Next": "Each"},
            "Each": {"Type": "Map", "ItemProcessor": {"StartAt": "I1", "States": {"I1": task("I2"), "I2": end()}}, "Next": "Z"},
            "Z": end()
        }}))
        .unwrap();
        let course = Course::of(&definition);
        let names =
            |tasks: Vec<&super::Task>| tasks.iter().map(|task| task.state.as_str()).collect::<Vec<_>>().join(" ");
        for (name, before, after) in [
            ("A", "", "B1 B2 I1 I2 Z"),
            ("B1", "A B2", "I1 I2 Z"),
            ("I1", "A B1 B2 I1 I2", "I2 Z"),
            ("Z", "A B1 B2 I1 I2", ""),
        ] {
            let state = definition.states.iter().find(|state| state.name == name).unwrap();
            assert_eq!(names(course.before(state)), before, "before {name}");
            assert_eq!(names(course.after(state)), after, "after {name}");
        }
    }
}
