use serde_json::{Value, json};

use super::{Otherwise, decisions};
use crate::asl::machine::Machine;

/// What is said of a Choice whose rules lead to `r0`, `r1` and so on, and whose default, if any, to `d`.
fn of(language: &str, rules: &[Value], default: bool) -> (Otherwise, String) {
    let next = |(index, rule): (usize, &Value)| {
        let mut rule = if rule.is_object() { rule.clone() } else { json!({ "Condition": rule }) };
        rule["Next"] = format!("r{index}").into();
        rule
    };
    let mut choice = json!({"Type": "Choice", "Choices": rules.iter().enumerate().map(next).collect::<Vec<_>>()});
    if default {
        choice["Default"] = "d".into();
    }
    let document = json!({"QueryLanguage": language, "StartAt": "C", "States": {"C": choice}});
    let said = decisions(&Machine::read(&document).unwrap());
    said.first().map_or((Otherwise::Default, String::new()), |one| (one.otherwise, one.never.join(" ")))
}

#[test]
fn rules_of_json_path() {
    let is = |value: bool| json!({"Variable": "$.a", "BooleanEquals": value});
    let number = |test: &str, mark: i64| json!({"Variable": "$.n", test: mark});
    let present = |value: bool| json!({"Variable": "$.a", "IsPresent": value});
    let text = |test: &str, mark: &str| json!({"Variable": "$.s", test: mark});
    for (rules, otherwise, never) in [
        (vec![is(true)], Otherwise::Fails, ""),
        (vec![is(true), is(false)], Otherwise::Covered, ""),
        (vec![is(true), json!({"Not": is(true)})], Otherwise::Covered, ""),
        (vec![present(true), present(false)], Otherwise::Covered, ""),
        (vec![present(true), json!({"Variable": "$.b", "IsPresent": false})], Otherwise::Fails, ""),
        (vec![number("NumericLessThan", 3), number("NumericGreaterThanEquals", 3)], Otherwise::Covered, ""),
        (vec![number("NumericLessThan", 3), number("NumericGreaterThan", 3)], Otherwise::Fails, ""),
        (vec![number("NumericLessThan", 3), number("NumericGreaterThan", 2)], Otherwise::Covered, ""),
        (vec![number("NumericLessThan", 3), number("NumericLessThan", 2)], Otherwise::Fails, "r1"),
        (vec![text("StringEquals", "a"), text("StringEquals", "b")], Otherwise::Fails, ""),
        (vec![text("StringEquals", "a"), text("StringMatches", "a")], Otherwise::Fails, "r1"),
        (vec![text("StringMatches", "a*"), text("StringMatches", "ab*")], Otherwise::Fails, ""),
        (vec![json!({"Or": [is(true), is(false)]}), present(true)], Otherwise::Covered, ""),
        (vec![json!({"And": [is(true), is(false)]})], Otherwise::Fails, "r0"),
        (
            vec![
                json!({"Variable": "$.t", "TimestampLessThan": "2020-01-01T00:00:00Z"}),
                json!({"Variable": "$.t", "TimestampGreaterThanEquals": "2020-01-01T00:00:00Z"}),
            ],
            Otherwise::Covered,
            "",
        ),
        (
            vec![
                json!({"Variable": "$.t", "TimestampLessThan": "2020-01-01T02:00:00Z"}),
                json!({"Variable": "$.t", "TimestampLessThan": "2020-01-01T01:00:00+02:00"}),
            ],
            Otherwise::Fails,
            "",
        ),
        (
            vec![
                json!({"Variable": "$.a", "NumericLessThanPath": "$.b"}),
                json!({"Variable": "$.a", "NumericGreaterThanEqualsPath": "$.b"}),
            ],
            Otherwise::Covered,
            "",
        ),
    ] {
        assert_eq!(of("JSONPath", &rules, false), (otherwise, never.to_owned()), "{rules:?}");
    }
}

/// A value of another type, or none, goes to the default, whatever the rules say of those that they compare with.
#[test]
fn a_default_is_dead_only_where_nothing_can_reach_it() {
    let is = |value: bool| json!({"Variable": "$.a", "BooleanEquals": value});
    let present = |value: bool| json!({"Variable": "$.a", "IsPresent": value});
    assert_eq!(of("JSONPath", &[is(true), is(false)], true), (Otherwise::Default, String::new()));
    assert_eq!(of("JSONPath", &[present(true), present(false)], true).1, "d");
    assert_eq!(of("JSONPath", &[is(true), json!({"Not": is(true)}), is(false)], true).1, "d r2");
    assert_eq!(of("JSONata", &["{% $a = 1 %}".into(), "{% $a != 1 %}".into()], true).1, "");
}

#[test]
fn conditions_of_jsonata() {
    for (rules, otherwise, never) in [
        (vec!["{% $a %}"], Otherwise::Fails, ""),
        (vec!["{% $a %}", "{% $not($a) %}"], Otherwise::Covered, ""),
        (vec!["{% $a = true %}", "{% $a = false %}"], Otherwise::Covered, ""),
        (vec!["{% $n > 3 %}", "{% 3 >= $n %}"], Otherwise::Covered, ""),
        (vec!["{% $n > 3 %}", "{% $n < 3 %}"], Otherwise::Fails, ""),
        (vec!["{% $exists($a.b) %}", "{% $not($exists($a.b)) %}"], Otherwise::Covered, ""),
        (vec!["{% $random() < 0.5 %}", "{% $random() >= 0.5 %}"], Otherwise::Fails, ""),
        (vec!["{% true %}", "{% $a %}"], Otherwise::Covered, "r1"),
        (vec!["{% $a = 'x' or $b %}", "{% $a = 'x' %}"], Otherwise::Fails, "r1"),
        (vec!["{% $count($states.input.l) > 0 %}", "{% $count($states.input.l) = 0 %}"], Otherwise::Fails, ""),
        (vec!["{% $ %%% %}", "{% $ %%% %}"], Otherwise::Fails, ""),
    ] {
        let rules: Vec<Value> = rules.into_iter().map(Value::from).collect();
        assert_eq!(of("JSONata", &rules, false), (otherwise, never.to_owned()), "{rules:?}");
    }
}

#[test]
fn more_than_can_be_tried_is_not_followed() {
    let rule = |index: usize| json!({"Variable": format!("$.a{index}"), "BooleanEquals": true});
    let rules: Vec<_> = (0..40).map(rule).collect();
    assert_eq!(of("JSONPath", &rules, false), (Otherwise::Unfollowed, String::new()));
}
