//! What a rule takes of the status events of one machine's executions.

use serde_json::Value;

use super::PatternMatch;
use super::event_pattern::{DETAIL_TYPE, SOURCE, any, not, object, said, value, wildcard};
use crate::types::Arn;

use PatternMatch::{Maybe, No, Yes};

/// Statuses that executions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusEvent {
    /// Every execution begins, and those without an error succeed.
    Usual,
    /// They fail, time out or are stopped.
    Failure,
    Failed,
    TimedOut,
}

impl StatusEvent {
    fn statuses(self) -> &'static [&'static str] {
        match self {
            Self::Usual => &["RUNNING", "SUCCEEDED"],
            Self::Failure => &["FAILED", "TIMED_OUT", "ABORTED"],
            Self::Failed => &["FAILED"],
            Self::TimedOut => &["TIMED_OUT"],
        }
    }
}

/// Whether a rule with this pattern takes such an event of every execution of the machine. `Maybe`: it asks for a name, an
/// input or what else differs between executions. A name that is written out does not count: none comes twice.
///
/// Events: <https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>.
pub fn taken(pattern: &Value, machine: &Arn, event: StatusEvent) -> PatternMatch {
    let of = |status: &&str| one(pattern, machine, status);
    event.statuses().iter().map(of).max().unwrap_or(No)
}

fn one(pattern: &Value, machine: &Arn, status: &str) -> PatternMatch {
    let (partition, region, account) = (machine.partition(), machine.region(), machine.account());
    let executions = format!("arn:{partition}:states:{region}:{account}:execution:{}:", machine.name());
    let within_detail = |name: &str, wanted: &Value| match name {
        "status" => value(wanted, status),
        "stateMachineArn" => value(wanted, machine.as_str()),
        "executionArn" => beginning(wanted, &executions),
        "name" => beginning(wanted, ""),
        _ => present(wanted),
    };
    object(pattern, &|name, wanted| match name {
        "source" => value(wanted, SOURCE),
        "detail-type" => value(wanted, DETAIL_TYPE),
        "account" => value(wanted, account),
        "region" => value(wanted, region),
        "version" => value(wanted, "0"),
        "resources" => beginning(wanted, &executions),
        "detail" => object(wanted, &within_detail),
        _ => present(wanted),
    })
}

/// Of a field whose value is not known, only whether it is there.
fn present(matchers: &Value) -> PatternMatch {
    any(matchers, &|matcher| match matcher.get("exists") {
        Some(Value::Bool(exists)) => said(*exists),
        _ => Maybe,
    })
}

/// Of a text that begins with `head` and goes on with what is new with every execution.
fn beginning(matchers: &Value, head: &str) -> PatternMatch {
    any(matchers, &|matcher| begins(matcher, head))
}

fn begins(matcher: &Value, head: &str) -> PatternMatch {
    if matcher.is_string() {
        return No;
    }
    let mut operators = matcher.as_object().into_iter().flatten();
    let (Some((name, operand)), None) = (operators.next(), operators.next()) else { return Maybe };
    match (name.as_str(), operand) {
        ("exists", Value::Bool(exists)) => said(*exists),
        ("anything-but", Value::Object(_)) => not(begins(operand, head)),
        ("anything-but", operand) => not(beginning(operand, head)),
        ("prefix", Value::String(wanted)) if head.starts_with(wanted.as_str()) => Yes,
        ("prefix", Value::String(wanted)) => {
            if wanted.starts_with(head) {
                Maybe
            } else {
                No
            }
        }
        // Any text goes on like this one, as far as a pattern can tell.
        ("wildcard", Value::String(wanted)) => match wildcard(wanted, &format!("{head}\u{1}")) {
            Yes => Yes,
            No | Maybe => Maybe,
        },
        _ => Maybe,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Maybe, No, PatternMatch, StatusEvent, Yes, taken};
    use crate::types::Arn;

    #[test]
    fn what_a_rule_takes_of_a_machine() {
        let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders";
        let machine = Arn::parse(arn).unwrap();
        let detail = |detail: Value| json!({"source": ["aws.states"], "detail": detail});
        let cases: Vec<(Value, PatternMatch, PatternMatch)> = vec![
            (json!({"source": ["aws.states"]}), Yes, Yes),
            (json!({"source": ["aws.ec2"]}), No, No),
            (detail(json!({"status": ["FAILED"]})), No, Yes),
            (detail(json!({"status": ["SUCCEEDED"], "stateMachineArn": [arn]})), Yes, No),
            (detail(json!({"stateMachineArn": [format!("{arn}-other")]})), No, No),
            (
                detail(
                    json!({"stateMachineArn": [{"prefix": "arn:aws:states:eu-west-1:123456789012:stateMachine:ord"}]}),
                ),
                Yes,
                Yes,
            ),
            (detail(json!({"stateMachineArn": [{"anything-but": [arn]}]})), No, No),
            (detail(json!({"stateMachineArn": [{"suffix": ":billing"}]})), No, No),
            (detail(json!({"name": ["nightly"]})), No, No),
            (detail(json!({"name": [{"prefix": "nightly-"}]})), Maybe, Maybe),
            (detail(json!({"name": [{"anything-but": ["nightly"]}]})), Yes, Yes),
            (detail(json!({"name": [{"exists": true}]})), Yes, Yes),
            (detail(json!({"input": [{"wildcard": "*retry*"}]})), Maybe, Maybe),
            (detail(json!({"status": ["SUCCEEDED"], "input": [{"wildcard": "*retry*"}]})), Maybe, No),
            (
                detail(
                    json!({"executionArn": [{"prefix": "arn:aws:states:eu-west-1:123456789012:execution:orders:"}]}),
                ),
                Yes,
                Yes,
            ),
            (
                detail(json!({"executionArn": [{"prefix": "arn:aws:states:eu-west-1:123456789012:execution:bills:"}]})),
                No,
                No,
            ),
            (detail(json!({"executionArn": [{"wildcard": "*:execution:orders:*"}]})), Yes, Yes),
            (json!({"source": ["aws.states"], "resources": [{"prefix": "arn:aws:states:eu-west-1:1"}]}), Yes, Yes),
            (json!({"source": ["aws.states"], "region": ["us-east-1"]}), No, No),
            (json!({"source": ["aws.states"], "account": ["123456789012"], "version": ["0"]}), Yes, Yes),
            (json!({"source": ["aws.states"], "detail": {"$or": [{"status": ["FAILED"]}, {"name": ["x"]}]}}), No, Yes),
        ];
        for (pattern, usual, failure) in cases {
            let seen = (taken(&pattern, &machine, StatusEvent::Usual), taken(&pattern, &machine, StatusEvent::Failure));
            assert_eq!(seen, (usual, failure), "{pattern}");
        }
    }
}
