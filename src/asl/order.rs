use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Definition, State};

impl Definition {
    /// The states as executions come to them: each machine, branch or processor from its start along what may come next, what
    /// a state runs right after it; at the end those that nothing leads to.
    pub fn in_order(&self) -> Vec<&State> {
        let mut scopes: BTreeMap<&str, Vec<&State>> = BTreeMap::new();
        for state in &self.states {
            scopes.entry(scope(state)).or_default().push(state);
        }
        let mut order = Vec::with_capacity(self.states.len());
        visit("", &scopes, &mut order);
        let seen: BTreeSet<_> = order.iter().map(|state| &state.pointer).collect();
        let rest: Vec<_> = self.states.iter().filter(|state| !seen.contains(&state.pointer)).collect();
        order.extend(rest);
        order
    }
}

/// The pointer of the machine, branch or processor that a state is of.
fn scope(state: &State) -> &str {
    state.pointer.as_str().rsplitn(3, '/').nth(2).unwrap_or_default()
}

/// Documents are nested at most 127 levels deep, so this recursion is bounded.
fn visit<'a>(scope: &str, scopes: &BTreeMap<&'a str, Vec<&'a State>>, order: &mut Vec<&'a State>) {
    let Some(states) = scopes.get(scope) else { return };
    let mut waiting: VecDeque<_> = states.iter().filter(|state| state.is_start).copied().collect();
    let mut met: BTreeSet<&str> = waiting.iter().map(|state| state.name.as_str()).collect();
    while let Some(state) = waiting.pop_front() {
        order.push(state);
        let at = format!("{}/", state.pointer);
        let inner = scopes.range(at.as_str()..).map(|(scope, _)| *scope).take_while(|scope| scope.starts_with(&at));
        for inner in inner.filter(|inner| !inner[at.len()..].contains("/States/")) {
            visit(inner, scopes, order);
        }
        for edge in &state.edges {
            let next = states.iter().find(|state| state.name == edge.to);
            waiting.extend(next.copied().filter(|next| met.insert(&next.name)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::asl::Definition;

    #[test]
    fn states_come_in_the_order_of_executions() {
        let end = |next: &str| json!({"Type": "Pass", "Next": next});
        let inner = json!({"StartAt": "Y", "States": {"X": {"Type": "Succeed"}, "Y": end("X")}});
        let definition = Definition::parse(&json!({"StartAt": "C", "States": {
            "A": {"Type": "Succeed"}, "B": {"Type": "Map", "Next": "A", "ItemProcessor": inner}, "C": end("B"), "D": end("A")
        }}))
        .unwrap();
        let names: Vec<_> = definition.in_order().iter().map(|state| state.name.as_str()).collect();
        assert_eq!(names, ["C", "B", "Y", "X", "A", "D"]);
    }
}
