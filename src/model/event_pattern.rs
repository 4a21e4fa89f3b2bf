use serde_json::{Map, Value};

/// Whether an event pattern matches something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatternMatch {
    No,
    /// It hangs on an operator or a field that this version does not know.
    Maybe,
    Yes,
}

use PatternMatch::{Maybe, No, Yes};

pub(super) const SOURCE: &str = "aws.states";
pub(super) const DETAIL_TYPE: &str = "Step Functions Execution Status Change";
const STATUSES: [&str; 6] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];
/// Fields of every event, and fields of `detail`, whose values differ from event to event: a pattern on them takes some.
const ENVELOPE: [&str; 5] = ["version", "id", "account", "time", "region"];
const DETAIL: [&str; 17] = [
    "executionArn",
    "stateMachineArn",
    "stateMachineVersionArn",
    "stateMachineAliasArn",
    "name",
    "startDate",
    "stopDate",
    "input",
    "output",
    "error",
    "cause",
    "inputDetails",
    "outputDetails",
    "redriveCount",
    "redriveDate",
    "redriveStatus",
    "redriveStatusReason",
];

/// Whether a rule with this pattern takes status events of Step Functions executions, at least some of them.
///
/// Events and operators: <https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>,
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>.
pub fn matches_states_events(pattern: &Value) -> PatternMatch {
    object(pattern, &|name, wanted| match name {
        "source" => value(wanted, SOURCE),
        "detail-type" => value(wanted, DETAIL_TYPE),
        "detail" => object(wanted, &detail),
        "resources" => any(wanted, &resource),
        name if ENVELOPE.contains(&name) => Yes,
        _ => Maybe,
    })
}

fn detail(name: &str, wanted: &Value) -> PatternMatch {
    match name {
        // A status that is none of these may be one that came later.
        "status" => STATUSES.iter().map(|status| value(wanted, status)).max().unwrap_or(Maybe).max(Maybe),
        name if DETAIL.contains(&name) => Yes,
        _ => Maybe,
    }
}

/// An event has the ARN of its execution as resource; which one is not known here.
fn resource(matcher: &Value) -> PatternMatch {
    match matcher {
        Value::String(arn) => said(arn.contains(":states:")),
        operator if operator.to_string().contains(":states:") => Yes,
        _ => Maybe,
    }
}

/// All fields of an object, and at least one of each `$or`. Patterns come from JSON texts, whose depth is bounded.
pub(super) fn object(pattern: &Value, field: &dyn Fn(&str, &Value) -> PatternMatch) -> PatternMatch {
    let Value::Object(fields) = pattern else { return Maybe };
    let one = |(name, wanted): (&String, &Value)| match wanted {
        Value::Array(either) if name == "$or" && !either.is_empty() => {
            either.iter().map(|pattern| object(pattern, field)).max().unwrap_or(Maybe)
        }
        wanted => field(name, wanted),
    };
    fields.iter().map(one).min().unwrap_or(Yes)
}

/// Whether one of a field's matchers takes `text`.
pub(super) fn value(matchers: &Value, text: &str) -> PatternMatch {
    let Value::Array(matchers) = matchers else { return Maybe };
    matchers.iter().map(|matcher| matches(matcher, text)).max().unwrap_or(Maybe)
}

fn matches(matcher: &Value, text: &str) -> PatternMatch {
    match matcher {
        Value::String(wanted) => said(wanted == text),
        Value::Object(operator) => operation(operator, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => No,
        Value::Array(_) => Maybe,
    }
}

fn operation(operator: &Map<String, Value>, text: &str) -> PatternMatch {
    let mut operators = operator.iter();
    let (Some((name, operand)), None) = (operators.next(), operators.next()) else { return Maybe };
    match (name.as_str(), operand) {
        ("exists", Value::Bool(exists)) => said(*exists),
        // These compare numbers and addresses; the text is neither.
        ("numeric" | "cidr", _) => No,
        ("anything-but", Value::Object(inner)) => {
            let mut inner = inner.iter();
            match (inner.next(), inner.next()) {
                (Some((name, operand)), None) => not(any(operand, &|wanted| text_operator(name, wanted, text))),
                _ => Maybe,
            }
        }
        ("anything-but", operand) => not(any(operand, &|wanted| matches(wanted, text))),
        (name, operand) => text_operator(name, operand, text),
    }
}

/// A value, or any of a list.
pub(super) fn any(operand: &Value, one: &dyn Fn(&Value) -> PatternMatch) -> PatternMatch {
    match operand {
        Value::Array(list) => list.iter().map(one).max().unwrap_or(Maybe),
        single => one(single),
    }
}

fn text_operator(name: &str, operand: &Value, text: &str) -> PatternMatch {
    let lower = text.to_lowercase();
    match (name, operand) {
        ("equals-ignore-case", Value::String(wanted)) => said(wanted.to_lowercase() == lower),
        ("wildcard", Value::String(wanted)) => wildcard(wanted, text),
        ("prefix", Value::String(wanted)) => said(text.starts_with(wanted.as_str())),
        ("suffix", Value::String(wanted)) => said(text.ends_with(wanted.as_str())),
        ("prefix" | "suffix", Value::Object(inner)) => match inner.get("equals-ignore-case") {
            Some(Value::String(wanted)) if inner.len() == 1 => {
                let wanted = wanted.to_lowercase();
                said(if name == "prefix" { lower.starts_with(&wanted) } else { lower.ends_with(&wanted) })
            }
            _ => Maybe,
        },
        _ => Maybe,
    }
}

/// `*` stands for any characters; nothing else is special but the backslash, which is left undecided.
pub(super) fn wildcard(wanted: &str, text: &str) -> PatternMatch {
    if wanted.contains('\\') {
        return Maybe;
    }
    let Some((head, rest)) = wanted.split_once('*') else { return said(wanted == text) };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut left) = text.strip_prefix(head).and_then(|left| left.strip_suffix(tail)) else { return No };
    for piece in middle.split('*') {
        match left.find(piece) {
            Some(at) => left = &left[at + piece.len()..],
            None => return No,
        }
    }
    Yes
}

pub(super) fn said(yes: bool) -> PatternMatch {
    if yes { Yes } else { No }
}

pub(super) fn not(answer: PatternMatch) -> PatternMatch {
    match answer {
        Yes => No,
        Maybe => Maybe,
        No => Yes,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Maybe, No, PatternMatch, Yes, matches_states_events};

    #[test]
    fn sources() {
        let cases: Vec<(Value, PatternMatch)> = vec![
            (json!(["aws.states"]), Yes),
            (json!(["aws.ec2", "aws.states"]), Yes),
            (json!(["aws.ec2"]), No),
            (json!([]), Maybe),
            (json!("aws.states"), Maybe),
            (json!([null, 7]), No),
            (json!([{"prefix": "aws."}]), Yes),
            (json!([{"prefix": ""}]), Yes),
            (json!([{"prefix": "aws.e"}]), No),
            (json!([{"prefix": {"equals-ignore-case": "AWS.S"}}]), Yes),
            (json!([{"suffix": "states"}]), Yes),
            (json!([{"suffix": {"equals-ignore-case": "EC2"}}]), No),
            (json!([{"equals-ignore-case": "AWS.States"}]), Yes),
            (json!([{"anything-but": "aws.states"}]), No),
            (json!([{"anything-but": "aws.ec2"}]), Yes),
            (json!([{"anything-but": ["aws.ec2", "aws.states"]}]), No),
            (json!([{"anything-but": ["aws.ec2", 7]}]), Yes),
            (json!([{"anything-but": {"prefix": "aws."}}]), No),
            (json!([{"anything-but": {"prefix": ["com.", "aws."]}}]), No),
            (json!([{"anything-but": {"suffix": ["ec2", "s3"]}}]), Yes),
            (json!([{"anything-but": {"wildcard": "*.ec2"}}]), Yes),
            (json!([{"anything-but": {"equals-ignore-case": ["AWS.STATES"]}}]), No),
            (json!([{"anything-but": {"quantum": "aws"}}]), Maybe),
            (json!([{"anything-but": {"prefix": "a", "suffix": "b"}}]), Maybe),
            (json!([{"wildcard": "aws.*"}]), Yes),
            (json!([{"wildcard": "*"}]), Yes),
            (json!([{"wildcard": "a*s*t*s"}]), Yes),
            (json!([{"wildcard": "aws.st*ates*s"}]), No),
            (json!([{"wildcard": "aws.state?"}]), No),
            (json!([{"wildcard": "aws\\*"}]), Maybe),
            (json!([{"exists": true}]), Yes),
            (json!([{"exists": false}]), No),
            (json!([{"numeric": [">", 0]}]), No),
            (json!([{"cidr": "10.0.0.0/8"}]), No),
            (json!([{"quantum": "aws.states"}]), Maybe),
            (json!([{"quantum": 1}, "aws.states"]), Yes),
            (json!([["aws.states"]]), Maybe),
        ];
        for (source, expected) in cases {
            assert_eq!(matches_states_events(&json!({ "source": source })), expected, "{source}");
        }
    }

    #[test]
    fn whole_patterns() {
        let status = "Step Functions Execution Status Change";
        let cases: Vec<(Value, PatternMatch)> = vec![
            (json!({}), Yes),
            (json!({"account": ["123456789012"]}), Yes),
            (json!({"resources": ["arn:aws:s3:::in"]}), No),
            (json!({"resources": [{"prefix": "arn:aws:states:eu-west-1:1:execution:orders:"}]}), Yes),
            (json!({"source": ["aws.states"], "resources": [{"suffix": ":nightly"}]}), Maybe),
            (json!({"source": ["aws.states"], "detail-type": [status], "detail": {"status": ["FAILED"]}}), Yes),
            (json!({"source": ["aws.states"], "detail-type": ["AWS API Call via CloudTrail"]}), No),
            (json!({"detail-type": [{"prefix": "Step Functions "}]}), Yes),
            (json!({"source": ["aws.states"], "detail": {"status": ["DREAMING"]}}), Maybe),
            (json!({"source": ["aws.states"], "detail": {"stateMachineArn": [{"wildcard": "*:orders"}]}}), Yes),
            (json!({"source": ["aws.states"], "detail": {"instance-id": ["i-1"]}}), Maybe),
            (json!({"source": ["aws.ec2"], "detail": {"instance-id": ["i-1"]}}), No),
            (json!({"detail": {"instance-id": ["i-1"]}}), Maybe),
            (json!({"source": ["aws.states"], "colour": ["red"]}), Maybe),
            (json!({"$or": [{"source": ["aws.ec2"]}, {"source": ["aws.states"]}]}), Yes),
            (json!({"$or": [{"source": ["aws.ec2"]}, {"source": ["aws.s3"]}]}), No),
            (json!({"$or": [{"source": ["aws.ec2"]}, {"detail": {"x": [1]}}]}), Maybe),
            (json!({"source": ["aws.ec2"], "$or": [{"detail-type": [status]}, {"account": ["1"]}]}), No),
            (json!({"source": ["aws.states"], "detail": {"$or": [{"status": ["FAILED"]}, {"x": [1]}]}}), Yes),
            (json!({"$or": "either"}), Maybe),
            (json!({"source": ["aws.states"], "detail": [1]}), Maybe),
            (json!([]), Maybe),
            (json!(null), Maybe),
        ];
        for (pattern, expected) in cases {
            assert_eq!(matches_states_events(&pattern), expected, "{pattern}");
        }
    }

    proptest! {
        /// An operator is undone by its `anything-but`.
        #[test]
        fn anything_but_is_the_opposite(operator in "prefix|suffix|wildcard|equals-ignore-case", operand in "[aws.states*]{0,12}") {
            let of = |matcher: Value| matches_states_events(&json!({ "source": [matcher] }));
            let (plain, but) = (of(json!({operator.as_str(): operand})), of(json!({"anything-but": {operator: operand}})));
            prop_assert!((plain, but) == (Yes, No) || (plain, but) == (No, Yes), "{plain:?} {but:?}");
        }
    }
}
