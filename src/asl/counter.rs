//! Whether a Choice counts: it compares what the machine itself changes from turn to turn, so that the turns come to an
//! end whatever the world answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::machine::Node;
use super::reads::{Dollar, Reads};
use super::{QueryLanguage, jsonata};

/// A rule's condition, taken apart at its `And`, `Or` and `Not`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
}

/// One comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Test {
    /// Of both sides.
    pub(super) reads: Reads,
    /// It compares numbers.
    pub(super) numeric: bool,
    /// It asks for more or less.
    pub(super) ordered: bool,
    /// It asks whether a place is there or of a kind: the place and the kind, and the answer for which it holds.
    pub(super) asks: Option<(String, bool)>,
    /// Its answer, where that is always the same.
    pub(super) always: Option<bool>,
}

/// One rule of a Choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule<'a> {
    pub(super) next: &'a str,
    pub(super) condition: Condition,
}

/// The rules of a Choice in their order; none of another state.
pub(super) fn rules<'a>(choice: &Node<'a>) -> Vec<Rule<'a>> {
    if choice.kind != "Choice" {
        return Vec::new();
    }
    let rule = |rule: &'a Map<String, Value>| {
        Some(Rule { next: rule.get("Next")?.as_str()?, condition: condition(rule, choice.language) })
    };
    choice.objects("Choices").filter_map(|(_, one)| rule(one)).collect()
}

/// Documents are nested at most 127 levels deep, so this recursion is bounded.
fn condition(rule: &Map<String, Value>, language: QueryLanguage) -> Condition {
    let objects = |list: &Value| {
        let items = list.as_array().map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(Value::as_object).map(|rule| condition(rule, language)).collect()
    };
    match (rule.get("And"), rule.get("Or"), rule.get("Not")) {
        (Some(list), ..) => Condition::All(objects(list)),
        (None, Some(list), _) => Condition::Any(objects(list)),
        (None, None, Some(Value::Object(inner))) => Condition::Not(Box::new(condition(inner, language))),
        _ if language == QueryLanguage::Jsonata => {
            let text = rule.get("Condition").and_then(Value::as_str).and_then(jsonata::expression);
            let parsed = text.and_then(|text| jsonata::parse(text).ok());
            parsed.map_or_else(|| Condition::Test(Test::default()), |parsed| jsonata::condition(&parsed))
        }
        _ => Condition::Test(comparison(rule)),
    }
}

/// `Variable` beside what it is compared with: a literal, or what an operator's `…Path` names.
fn comparison(rule: &Map<String, Value>) -> Test {
    let mut test = Test::default();
    for (key, value) in rule {
        test.numeric |= key.starts_with("Numeric");
        test.ordered |= key.contains("LessThan") || key.contains("GreaterThan");
        let path = value.as_str().filter(|_| key == "Variable" || key.ends_with("Path"));
        let reads = path.and_then(|path| Reads::of(path, QueryLanguage::JsonPath, Dollar::Input));
        test.reads.absorb(reads.unwrap_or_default());
        if let (true, Some(place), Some(wanted)) =
            (key.starts_with("Is"), rule.get("Variable").and_then(Value::as_str), value.as_bool())
        {
            test.asks = Some((format!("{key} {place}"), wanted));
            // The context object names every execution and its machine.
            let there = ["$", "$$", "$$.Execution.Id", "$$.Execution.Input", "$$.StateMachine.Id", "$$.State.Name"];
            test.always = (key == "IsPresent" && there.contains(&place)).then_some(wanted);
        }
    }
    test
}

/// Where a Choice may lead: not by a rule that never holds, nor past one that always does.
pub(super) fn ways<'a>(choice: &Node<'a>) -> Vec<&'a str> {
    let mut answers = BTreeMap::new();
    let mut ways = Vec::new();
    for rule in rules(choice) {
        let always = settled(&rule.condition, &answers);
        ways.extend((always != Some(false)).then_some(rule.next));
        if always == Some(true) {
            return ways;
        }
        note(&rule.condition, false, &mut answers);
    }
    ways.extend(choice.text("Default"));
    ways
}

/// A condition's answer, where it hangs on nothing but what was asked before.
fn settled(condition: &Condition, answers: &BTreeMap<String, bool>) -> Option<bool> {
    match condition {
        Condition::Test(test) => test.always.or_else(|| {
            let (question, wanted) = test.asks.as_ref()?;
            Some(answers.get(question)? == wanted)
        }),
        Condition::Not(inner) => settled(inner, answers).map(|answer| !answer),
        Condition::All(inner) => among(inner, false, answers),
        Condition::Any(inner) => among(inner, true, answers),
    }
}

/// One that is `decisive` decides for all; each is asked where those before it were not.
fn among(conditions: &[Condition], decisive: bool, answers: &BTreeMap<String, bool>) -> Option<bool> {
    let (mut answers, mut all) = (answers.clone(), !conditions.is_empty());
    for condition in conditions {
        let answer = settled(condition, &answers);
        if answer == Some(decisive) {
            return answer;
        }
        all &= answer.is_some();
        note(condition, !decisive, &mut answers);
    }
    all.then_some(!decisive)
}

/// What a condition tells that held or did not.
fn note(condition: &Condition, held: bool, answers: &mut BTreeMap<String, bool>) {
    if let Condition::Test(Test { asks: Some((question, wanted)), .. }) = condition {
        answers.insert(question.clone(), *wanted == held);
    }
}

/// Whether a Choice leaves in the end, whatever else it compares: `leaves` tells of a state whether it is outside, and
/// `ends` of a comparison whether each of its answers comes up some day.
pub(super) fn must_leave(choice: &Node<'_>, leaves: &dyn Fn(&str) -> bool, ends: &dyn Fn(&Test) -> bool) -> bool {
    for rule in rules(choice) {
        match leaves(rule.next) {
            true if comes_to(&rule.condition, true, ends) => return true,
            // It goes before the rules below it.
            false if !comes_to(&rule.condition, false, ends) => return false,
            true | false => {}
        }
    }
    // Without a Default the execution fails where no rule matches.
    choice.text("Default").is_none_or(leaves)
}

/// Whether a condition certainly is `wanted` once the comparisons that end have come to their end.
fn comes_to(condition: &Condition, wanted: bool, ends: &dyn Fn(&Test) -> bool) -> bool {
    let mut each = |inner: &Condition| comes_to(inner, wanted, ends);
    match condition {
        Condition::Test(test) => ends(test),
        Condition::Not(inner) => comes_to(inner, !wanted, ends),
        Condition::All(inner) if wanted => !inner.is_empty() && inner.iter().all(&mut each),
        Condition::Any(inner) if !wanted => !inner.is_empty() && inner.iter().all(&mut each),
        Condition::All(inner) | Condition::Any(inner) => inner.iter().any(&mut each),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{must_leave, ways};
    use crate::asl::machine::Machine;

    fn leaves(language: &str, choices: &Value, default: Option<&str>) -> bool {
        let mut choice = json!({"Type": "Choice", "QueryLanguage": language, "Choices": choices});
        if let Some(default) = default {
            choice["Default"] = default.into();
        }
        let document = json!({"StartAt": "C", "States": {"C": choice}});
        let machine = Machine::read(&document).unwrap();
        must_leave(&machine.nodes[0], &|to| to == "Out", &|test| test.reads.names.contains("n"))
    }

    #[test]
    fn a_choice_that_counts_leaves_in_the_end() {
        let n = json!({"Variable": "$.n", "NumericGreaterThan": 3});
        let done = json!({"Variable": "$.done", "BooleanEquals": true});
        let to = |mut condition: Value, next: &str| {
            condition["Next"] = next.into();
            condition
        };
        for (name, choices, default, expected) in [
            ("counts", json!([to(n.clone(), "Out")]), Some("In"), true),
            ("asks", json!([to(done.clone(), "Out")]), Some("In"), false),
            ("the other way round", json!([to(json!({"Not": n}), "In")]), Some("Out"), true),
            ("both must hold", json!([to(json!({"And": [n, done]}), "Out")]), Some("In"), false),
            ("either will do", json!([to(json!({"Or": [n, done]}), "Out")]), Some("In"), true),
            ("goes on while both hold", json!([to(json!({"And": [n, done]}), "In")]), Some("Out"), true),
            ("goes on while either holds", json!([to(json!({"Or": [n, done]}), "In")]), Some("Out"), false),
            ("asks first", json!([to(done.clone(), "In"), to(n.clone(), "Out")]), Some("In"), false),
            ("asks first, to leave", json!([to(done.clone(), "Out"), to(n.clone(), "Out")]), Some("In"), true),
            ("no rule matches", json!([to(n.clone(), "In")]), None, true),
            ("asks, or no rule matches", json!([to(done.clone(), "In")]), None, false),
        ] {
            assert_eq!(leaves("JSONPath", &choices, default), expected, "{name}");
        }
    }

    #[test]
    fn a_choice_leads_where_its_rules_may() {
        let asks = |place: &str, answer: bool| json!({"Variable": place, "IsPresent": answer});
        let to = |mut condition: Value, next: &str| {
            condition["Next"] = next.into();
            condition
        };
        let id = "$$.Execution.Id";
        for (name, language, choices, expected) in [
            ("may fail", "JSONPath", json!([to(asks("$.a", true), "A")]), "A D"),
            ("always", "JSONPath", json!([to(asks(id, true), "A")]), "A"),
            ("never", "JSONPath", json!([to(asks(id, false), "A")]), "D"),
            ("either", "JSONPath", json!([to(json!({"Or": [asks("$.a", true), asks("$.a", false)]}), "A")]), "A"),
            ("two places", "JSONPath", json!([to(json!({"Or": [asks("$.a", true), asks("$.b", false)]}), "A")]), "A D"),
            ("both", "JSONPath", json!([to(json!({"And": [asks("$.a", true), asks("$.a", false)]}), "A")]), "D"),
            ("not both", "JSONPath", json!([to(json!({"Not": asks(id, false)}), "A")]), "A"),
            ("rules", "JSONPath", json!([to(asks("$.a", true), "A"), to(asks("$.a", false), "B")]), "A B"),
            ("true", "JSONata", json!([{"Condition": "{% true %}", "Next": "A"}]), "A"),
            ("a number", "JSONata", json!([{"Condition": "{% 1 = 1 %}", "Next": "A"}]), "A"),
            ("or true", "JSONata", json!([{"Condition": "{% $a or true %}", "Next": "A"}]), "A"),
            ("false", "JSONata", json!([{"Condition": "{% false %}", "Next": "A"}]), "D"),
            ("a variable", "JSONata", json!([{"Condition": "{% $a %}", "Next": "A"}]), "A D"),
        ] {
            let choice = json!({"Type": "Choice", "QueryLanguage": language, "Choices": choices, "Default": "D"});
            let document = json!({"StartAt": "C", "States": {"C": choice}});
            assert_eq!(ways(&Machine::read(&document).unwrap().nodes[0]).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn conditions_of_jsonata_are_taken_apart() {
        for (condition, expected) in [
            ("{% $n >= 3 %}", true),
            ("{% $done %}", false),
            ("{% $done or $n >= 3 %}", true),
            ("{% $done and $n >= 3 %}", false),
            ("{% $not($n < 3) %}", true),
            ("{% ($states.input.it.n = $max) %}", true),
        ] {
            let choices = json!([{"Condition": condition, "Next": "Out"}]);
            assert_eq!(leaves("JSONata", &choices, Some("In")), expected, "{condition}");
        }
    }
}
