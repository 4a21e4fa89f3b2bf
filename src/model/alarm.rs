//! CloudWatch alarms, as far as they bear on executions that fail.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PatternMatch;
use crate::detect::Clean;
use crate::types::Arn;

/// Where Step Functions' metrics are.
pub const STATES_NAMESPACE: &str = "AWS/States";
/// The dimension that every metric of executions has.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
const MACHINE: &str = "StateMachineArn";

/// The alarms that look at a [`FailureMetric`], by ARN. Neither thresholds nor texts are kept.
pub type Alarms = BTreeMap<Arn, Alarm>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    pub name: Clean<String>,
    pub watches: Vec<Watch>,
    pub tells: Tells,
}

/// One metric that an alarm looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    pub metric: FailureMetric,
    pub of: WatchOf,
}

/// Metrics that rise where executions do not succeed.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureMetric {
    Failed,
    TimedOut,
    Aborted,
    Throttled,
}

/// Of which machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchOf {
    Machine(Arn),
    /// A query over all machines of the account and Region.
    All,
    /// Of one machine what a version or an alias started, or a query over some machines.
    Some,
    /// A metric that Step Functions does not publish, such as one without the dimension: it never has data.
    Nothing,
}

/// Whether anybody hears of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tells {
    /// It has an action, or a composite alarm that asks for it has.
    Yes,
    /// Its actions are switched off.
    SwitchedOff,
    /// It has none.
    NoAction,
}

impl FailureMetric {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ExecutionsFailed" => Self::Failed,
            "ExecutionsTimedOut" => Self::TimedOut,
            "ExecutionsAborted" => Self::Aborted,
            "ExecutionThrottled" => Self::Throttled,
            _ => return None,
        })
    }

    /// CloudWatch's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "ExecutionsFailed",
            Self::TimedOut => "ExecutionsTimedOut",
            Self::Aborted => "ExecutionsAborted",
            Self::Throttled => "ExecutionThrottled",
        }
    }
}

impl Alarm {
    /// Whether it looks at this metric of the machine. `Maybe`: only at some of its executions, or at some machines of which
    /// it may be one.
    pub fn watches(&self, metric: FailureMetric, machine: &Arn) -> PatternMatch {
        let of = |watch: &Watch| match &watch.of {
            WatchOf::All => PatternMatch::Yes,
            WatchOf::Machine(arn) if arn == machine => PatternMatch::Yes,
            WatchOf::Some => PatternMatch::Maybe,
            WatchOf::Machine(_) | WatchOf::Nothing => PatternMatch::No,
        };
        self.watches.iter().filter(|watch| watch.metric == metric).map(of).max().unwrap_or(PatternMatch::No)
    }
}

impl Watch {
    /// Of a metric with these dimensions; `None` where it is none of failures.
    pub fn of_metric<'d>(
        namespace: &str,
        name: &str,
        dimensions: impl IntoIterator<Item = (&'d str, &'d str)>,
    ) -> Option<Self> {
        if namespace != STATES_NAMESPACE {
            return None;
        }
        let metric = FailureMetric::named(name)?;
        let dimensions: BTreeMap<_, _> = dimensions.into_iter().collect();
        let of = match dimensions.get(MACHINE).map(|arn| Arn::parse((*arn).to_owned())) {
            Some(Ok(arn)) if dimensions.len() == 1 => WatchOf::Machine(arn),
            Some(_) => WatchOf::Some,
            None => WatchOf::Nothing,
        };
        Some(Self { metric, of })
    }

    /// Of an expression: a Metrics Insights query names its metrics itself, metric math only other queries.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html>.
    pub fn of_expression(expression: &str) -> Option<Self> {
        let words: Vec<&str> = expression.split_whitespace().collect();
        if !words.first()?.eq_ignore_ascii_case("SELECT") || !expression.contains(&format!("\"{STATES_NAMESPACE}\"")) {
            return None;
        }
        let (_, rest) = expression.split_once('(')?;
        let (name, rest) = rest.split_once(')')?;
        let metric = FailureMetric::named(name.trim().trim_matches('"'))?;
        let upper = rest.to_ascii_uppercase();
        let of = match upper.split_once(" WHERE ") {
            // A schema with another dimension besides is one of other metrics.
            None if schema_is_of_machines(rest) => WatchOf::All,
            None => WatchOf::Some,
            Some((before, _)) => {
                one_machine(&rest[before.len() + " WHERE ".len()..]).map_or(WatchOf::Some, WatchOf::Machine)
            }
        };
        Some(Self { metric, of })
    }
}

/// `FROM "AWS/States"`, or a schema with no dimension but the machine.
fn schema_is_of_machines(rest: &str) -> bool {
    let Some(start) = rest.to_ascii_uppercase().find("SCHEMA(") else { return true };
    let inner = rest[start + "SCHEMA(".len()..].split(')').next().unwrap_or_default();
    inner.split(',').skip(1).map(|name| name.trim().trim_matches('"')).eq([MACHINE])
}

/// The machine of `StateMachineArn = 'ARN'`, where nothing else is asked for.
fn one_machine(filter: &str) -> Option<Arn> {
    let filter = filter.trim_start();
    let filter = filter.strip_prefix(MACHINE).or_else(|| filter.strip_prefix(&format!("\"{MACHINE}\"")))?;
    let (arn, rest) = filter.trim_start().strip_prefix('=')?.trim_start().strip_prefix('\'')?.split_once('\'')?;
    let next = rest.split_whitespace().next().unwrap_or("GROUP");
    let ends = ["GROUP", "ORDER", "LIMIT"].iter().any(|word| next.eq_ignore_ascii_case(word));
    Arn::parse(arn.to_owned()).ok().filter(|_| ends)
}

/// The alarms that a composite alarm's rule asks for, unless it asks that they be quiet.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>.
pub fn asked_for_by(rule: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = rule;
    while let Some(at) = rest.find("ALARM(") {
        let (before, after) = (&rest[..at], &rest[at + "ALARM(".len()..]);
        let negated = before.trim_end().trim_end_matches('(').trim_end().ends_with("NOT");
        let Some((name, next)) = operand(after) else { break };
        if !negated {
            found.push(name);
        }
        rest = next;
    }
    found
}

/// A name up to its parenthesis: quoted where it holds others.
fn operand(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    match text.strip_prefix('"') {
        Some(quoted) => {
            let (name, rest) = quoted.split_once('"')?;
            Some((name.to_owned(), rest))
        }
        None => {
            let (name, rest) = text.split_once(')')?;
            Some((name.trim().to_owned(), rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Alarm, FailureMetric, Tells, Watch, WatchOf, asked_for_by};
    use crate::detect::{Door, HashKey};
    use crate::model::PatternMatch;
    use crate::types::Arn;

    const ORDERS: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders";

    #[test]
    fn expressions() {
        let machine = || WatchOf::Machine(Arn::parse(ORDERS).unwrap());
        for (expression, expected) in [
            ("SELECT SUM(ExecutionsFailed) FROM SCHEMA(\"AWS/States\", StateMachineArn)", Some(WatchOf::All)),
            ("select sum(\"ExecutionsFailed\") from \"AWS/States\" group by StateMachineArn", Some(WatchOf::All)),
            (
                "SELECT SUM(ExecutionsFailed) FROM SCHEMA(\"AWS/States\", StateMachineArn) WHERE StateMachineArn = 'ORDERS'",
                Some(machine()),
            ),
            (
                "SELECT SUM(ExecutionsFailed) FROM \"AWS/States\" WHERE StateMachineArn='ORDERS' GROUP BY StateMachineArn",
                Some(machine()),
            ),
            ("SELECT SUM(ExecutionsFailed) FROM \"AWS/States\" WHERE StateMachineArn != 'ORDERS'", Some(WatchOf::Some)),
            (
                "SELECT SUM(ExecutionsFailed) FROM \"AWS/States\" WHERE StateMachineArn = 'ORDERS' AND Alias = 'live'",
                Some(WatchOf::Some),
            ),
            ("SELECT SUM(ExecutionsFailed) FROM \"AWS/States\" WHERE tag.team = 'pay'", Some(WatchOf::Some)),
            ("SELECT SUM(ExecutionsFailed) FROM SCHEMA(\"AWS/States\", StateMachineArn, Alias)", Some(WatchOf::Some)),
            ("SELECT SUM(ExecutionsStarted) FROM \"AWS/States\"", None),
            ("SELECT SUM(ExecutionsFailed) FROM \"My/States\"", None),
            ("m1 / m2 * 100", None),
            ("", None),
        ] {
            let watch = Watch::of_expression(&expression.replace("ORDERS", ORDERS));
            assert_eq!(watch.map(|watch| watch.of), expected, "{expression}");
        }
    }

    #[test]
    fn metrics() {
        let of = |dimensions: &[(&'static str, &'static str)]| {
            let alarm = Alarm {
                name: Door::new(HashKey::new(*b"alarm")).text("a").clean,
                watches: Watch::of_metric("AWS/States", "ExecutionsFailed", dimensions.iter().copied())
                    .into_iter()
                    .collect(),
                tells: Tells::Yes,
            };
            alarm.watches(FailureMetric::Failed, &Arn::parse(ORDERS).unwrap())
        };
        assert_eq!(of(&[("StateMachineArn", ORDERS)]), PatternMatch::Yes);
        assert_eq!(of(&[("StateMachineArn", ORDERS), ("Alias", "live")]), PatternMatch::Maybe);
        assert_eq!(
            of(&[("StateMachineArn", "arn:aws:states:eu-west-1:123456789012:stateMachine:other")]),
            PatternMatch::No
        );
        assert_eq!(of(&[]), PatternMatch::No);
    }

    #[test]
    fn rules_of_composite_alarms() {
        for (rule, expected) in [
            ("ALARM(a)", vec!["a"]),
            ("ALARM(\"a b\") OR ALARM(c)", vec!["a b", "c"]),
            ("(ALARM(a) OR INSUFFICIENT_DATA(b)) AND NOT ALARM(deploying)", vec!["a"]),
            ("ALARM(a) AND NOT (ALARM(b))", vec!["a"]),
            ("OK(a)", vec![]),
            ("TRUE", vec![]),
            ("ALARM(a", vec![]),
        ] {
            assert_eq!(asked_for_by(rule), expected, "{rule}");
        }
    }
}
