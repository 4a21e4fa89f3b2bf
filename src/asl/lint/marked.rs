//! What passed the door may hold markers where secrets stood: of these places nothing is said.

use serde_json::Value;

use crate::asl::machine::Machine;
use crate::asl::problem::Problem;

const MARK: &str = "[stepwarden:";

/// A name was replaced, and two names may have become one.
pub(super) fn names(machine: &Machine<'_>) -> bool {
    machine.nodes.iter().any(|node| node.name.contains(MARK))
}

/// Leaves out problems of texts that are not what AWS has.
pub(in crate::asl) fn sift(document: &Value, mut problems: Vec<Problem>) -> Vec<Problem> {
    let text = |problem: &Problem| document.pointer(problem.pointer.as_str()).and_then(Value::as_str);
    problems.retain(|problem| {
        !problem.pointer.as_str().contains(MARK) && text(problem).is_none_or(|text| !text.contains(MARK))
    });
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::asl::Definition;

    #[test]
    fn what_the_door_replaced_is_no_problem() {
        let marker = "[stepwarden:GITHUB_TOKEN:40]";
        let definition = Definition::parse(&json!({"StartAt": marker, "States": {
            "A": {"Type": "Wait", "Seconds": marker, "Next": "B"},
            "B": {"Type": "Task", "Resource": "r", "Parameters": {"a.$": marker}, "Next": marker},
            (format!("{marker}'")): {"Type": "Succeed"}
        }}))
        .unwrap();
        assert_eq!(definition.problems, []);
    }
}
