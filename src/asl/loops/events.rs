//! How many events a state writes into the history of its execution.
//!
//! The numbers are those of histories recorded on AWS; the types of events are listed at
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>.
//!
//! | state | events |
//! | --- | --- |
//! | Pass, Choice, Wait, Succeed | 2: entered, exited |
//! | Fail | 1: entered |
//! | Task: a function by its ARN, an activity, a service | 5: entered, scheduled, started, succeeded, exited |
//! | Task: `.sync`, `.waitForTaskToken` | 6: submitted besides |
//! | Parallel | 4: entered, started, succeeded, exited; and those of its branches |
//! | Map | 4 likewise; 2 an item, and those of what it runs |
//! | Map, distributed | 6: the start and end of the Map Run besides; its children have histories of their own |
//! | one more attempt of a Retry | 3: scheduled, started, failed |

use crate::asl::Pattern;
use crate::asl::machine::{Machine, Node};

/// One more attempt of a task.
pub(super) const ATTEMPT: u64 = 3;

/// Of each state the least that it writes, once it succeeds: the shortest way through each branch, and one item of a Map.
pub(super) fn least(machine: &Machine<'_>) -> Vec<u64> {
    let mut least = vec![0; machine.nodes.len()];
    let mut within = vec![0; machine.scopes.len()];
    let mut scopes: Vec<Vec<usize>> = vec![Vec::new(); machine.scopes.len()];
    for (index, node) in machine.nodes.iter().enumerate() {
        scopes[node.scope].push(index);
    }
    // What a state runs comes after it: its scopes have higher numbers than its own.
    for scope in (0..machine.scopes.len()).rev() {
        for node in &scopes[scope] {
            least[*node] = of(machine, &machine.nodes[*node], &within);
        }
        within[scope] = shortest(machine, scope, &least);
    }
    least
}

fn of(machine: &Machine<'_>, node: &Node<'_>, within: &[u64]) -> u64 {
    let inner = || node.inner.iter().map(|scope| within[*scope]).sum::<u64>();
    let distributed = node.inner.iter().any(|scope| machine.scopes[*scope].distributed);
    match node.kind {
        "Fail" => 1,
        "Task" => match node.text("Resource").map(Pattern::of) {
            Some(Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken) => 6,
            _ => 5,
        },
        "Parallel" => 4 + inner(),
        "Map" if distributed => 6,
        "Map" => 6 + inner(),
        _ => 2,
    }
}

/// The fewest events from the start of a scope to one of its ends; 0 where it has none.
fn shortest(machine: &Machine<'_>, scope: usize, least: &[u64]) -> u64 {
    let mut best: std::collections::BTreeMap<usize, u64> = std::collections::BTreeMap::new();
    let mut waiting: std::collections::BTreeSet<_> =
        machine.start(scope).map(|start| (least[start], start)).into_iter().collect();
    while let Some((cost, node)) = waiting.pop_first() {
        if best.contains_key(&node) {
            continue;
        }
        best.insert(node, cost);
        if machine.nodes[node].ends() {
            return cost;
        }
        for (_, to) in machine.nodes[node].edges() {
            waiting.extend(machine.sibling(node, to).map(|next| (cost + least[next], next)));
        }
    }
    0
}
