//! States that no execution comes to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Catcher, Definition, EdgeKind, State};

/// States of one machine, branch or processor that hang together and that no execution comes to; what they run inside is
/// not listed.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreached<'a> {
    pub states: Vec<&'a State>,
    /// What seems to lead there; empty where nothing does.
    pub dead: Vec<Dead<'a>>,
}

/// A way that is never taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Dead<'a> {
    pub from: &'a State,
    pub kind: EdgeKind,
    pub to: &'a str,
}

/// Errors that `States.ALL` leaves out.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
const NOT_ALL: [&str; 2] = ["States.DataLimitExceeded", "States.Runtime"];
/// Names that `States.TaskFailed` does not stand for, which is a wildcard for all others. Source: the same page.
const NOT_TASK_FAILED: [&str; 5] =
    ["States.ALL", "States.Timeout", "States.HeartbeatTimeout", "States.DataLimitExceeded", "States.Runtime"];

impl Definition {
    pub fn unreached(&self) -> Vec<Unreached<'_>> {
        let mut scopes: BTreeMap<&str, Vec<&State>> = BTreeMap::new();
        for state in &self.states {
            scopes.entry(scope(state)).or_default().push(state);
        }
        let mut found: Vec<Unreached<'_>> = Vec::new();
        for states in scopes.into_values() {
            let within = |one: &Unreached<'_>| {
                let inside = |outer: &&State| states[0].pointer.as_str().starts_with(&format!("{}/", outer.pointer));
                one.states.iter().any(inside)
            };
            if !found.iter().any(within) {
                self.scope(&states, &mut found);
            }
        }
        found
    }

    fn scope<'a>(&'a self, states: &[&'a State], found: &mut Vec<Unreached<'a>>) {
        let by_name: BTreeMap<&str, &State> = states.iter().map(|state| (state.name.as_str(), *state)).collect();
        let Some(start) = states.iter().find(|state| state.is_start) else { return };
        let live: BTreeMap<&str, Vec<&str>> = by_name.iter().map(|(name, state)| (*name, self.live(state))).collect();
        let reached = spread(&start.name, &live);
        let dead: BTreeSet<&str> = by_name.keys().filter(|name| !reached.contains(*name)).copied().collect();
        if dead.is_empty() {
            return;
        }
        let (mut beside, mut led): (BTreeMap<&str, Vec<&str>>, BTreeSet<&str>) = Default::default();
        for from in &dead {
            for edge in by_name[from].edges.iter().filter(|edge| dead.contains(edge.to.as_str()) && edge.to != *from) {
                beside.entry(from).or_default().push(&edge.to);
                beside.entry(&edge.to).or_default().push(from);
            }
            led.extend(live[from].iter().filter(|to| *to != from));
        }
        let mut ways: BTreeMap<&str, Vec<Dead<'_>>> = BTreeMap::new();
        for from in states.iter().filter(|state| reached.contains(state.name.as_str())) {
            for edge in from.edges.iter().filter(|edge| dead.contains(edge.to.as_str())) {
                ways.entry(&edge.to).or_default().push(Dead { from, kind: edge.kind, to: &edge.to });
            }
        }
        let mut left = dead;
        while let Some(any) = left.first().copied() {
            let group = spread(any, &beside);
            left.retain(|name| !group.contains(name));
            // One that no other of them leads to, or else any, in the order of their names.
            let first = group.iter().find(|name| !led.contains(*name)).copied().unwrap_or(any);
            let names = std::iter::once(first).chain(group.iter().copied().filter(|name| *name != first));
            let dead = group.iter().filter_map(|name| ways.remove(name)).flatten().collect();
            found.push(Unreached { states: names.map(|name| by_name[name]).collect(), dead });
        }
    }

    /// The states that an execution may go to from one.
    fn live<'a>(&'a self, state: &'a State) -> Vec<&'a str> {
        let never = self.decisions.iter().find(|one| one.pointer == state.pointer).map(|one| one.never.as_slice());
        let mut heeded: Vec<&Catcher> = Vec::new();
        for (index, catcher) in state.catch.iter().enumerate() {
            if !shadowed(catcher, &state.catch[..index], state.kind == "Task") {
                heeded.push(catcher);
            }
        }
        let takes = |edge: &&super::Edge| match edge.kind {
            EdgeKind::Next => true,
            EdgeKind::Choice | EdgeKind::Default => !never.is_some_and(|never| never.contains(&edge.to)),
            EdgeKind::Catch => heeded.iter().any(|catcher| catcher.next == edge.to),
        };
        state.edges.iter().filter(takes).map(|edge| edge.to.as_str()).collect()
    }
}

/// Errors that earlier catchers take all of.
fn shadowed(catcher: &Catcher, before: &[Catcher], of_task: bool) -> bool {
    let taken = |error: &String| {
        before.iter().any(|one| {
            let has = |wildcard: &str| one.errors.iter().any(|taken| taken == wildcard);
            let all = has("States.ALL") && !NOT_ALL.contains(&error.as_str());
            let failed = of_task && has("States.TaskFailed") && !NOT_TASK_FAILED.contains(&error.as_str());
            all || failed || one.errors.contains(error)
        })
    };
    !catcher.errors.is_empty() && catcher.errors.iter().all(taken)
}

/// The pointer of the machine, branch or processor that a state is of.
fn scope(state: &State) -> &str {
    state.pointer.as_str().rsplitn(3, '/').nth(2).unwrap_or_default()
}

/// Those that are led to from one, itself among them.
fn spread<'a>(from: &'a str, next: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let (mut waiting, mut met) = (vec![from], BTreeSet::from([from]));
    while let Some(name) = waiting.pop() {
        let to = next.get(name).into_iter().flatten().copied();
        waiting.extend(to.filter(|to| met.insert(to)));
    }
    met
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::asl::Definition;

    fn of(states: &Value) -> Vec<String> {
        let definition = Definition::parse(&json!({"StartAt": "A", "States": states})).unwrap();
        let told = |one: super::Unreached<'_>| {
            let names: Vec<_> = one.states.iter().map(|state| state.name.as_str()).collect();
            let dead: Vec<_> = one.dead.iter().map(|dead| dead.from.name.as_str()).collect();
            format!("{} by {}", names.join(" "), dead.join(" "))
        };
        definition.unreached().into_iter().map(told).collect()
    }

    #[test]
    fn groups_are_told_by_their_first_state() {
        let pass = |next: &str| json!({"Type": "Pass", "Next": next});
        let end = || json!({"Type": "Succeed"});
        assert_eq!(of(&json!({"A": pass("B"), "B": end()})), [""; 0]);
        let states = json!({"A": end(), "B": pass("Z"), "C": pass("B"), "Z": end(), "Y": end()});
        assert_eq!(of(&states), ["C B Z by ", "Y by "]);
        assert_eq!(of(&json!({"A": end(), "B": pass("C"), "C": pass("B")})), ["B C by "]);
    }

    #[test]
    fn ways_that_are_never_taken_lead_nowhere() {
        let end = || json!({"Type": "Succeed"});
        let is = |value: bool, next: &str| json!({"Variable": "$.a", "IsPresent": value, "Next": next});
        let choice = |rules: Value| json!({"Type": "Choice", "Choices": rules, "Default": "D"});
        let states = json!({"A": choice(json!([is(true, "B"), is(false, "C")])), "B": end(), "C": end(), "D": end()});
        assert_eq!(of(&states), ["D by A"]);
        let catch = |errors: &[&str], next: &str| json!({"ErrorEquals": errors, "Next": next});
        let task = |catch: Value| json!({"Type": "Task", "Resource": "r", "Catch": catch, "End": true});
        let states = json!({"A": task(json!([catch(&["E"], "B"), catch(&["E"], "C"), catch(&["States.ALL"], "D")])),
            "B": end(), "C": end(), "D": end()});
        assert_eq!(of(&states), ["C by A"]);
        let runtime = json!([catch(&["States.ALL"], "B"), catch(&["States.Runtime"], "C")]);
        assert_eq!(of(&json!({"A": task(runtime), "B": end(), "C": end()})), [""; 0]);
    }

    #[test]
    fn what_an_unreached_map_runs_is_not_told_again() {
        let inner = json!({"StartAt": "I", "States": {"I": {"Type": "Succeed"}, "J": {"Type": "Succeed"}}});
        let map = json!({"Type": "Map", "ItemProcessor": inner, "End": true});
        assert_eq!(of(&json!({"A": {"Type": "Succeed"}, "M": map.clone()})), ["M by "]);
        assert_eq!(of(&json!({"A": map})), ["J by "]);
    }
}
