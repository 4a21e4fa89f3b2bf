use serde_json::{Value, json};

use super::{Loop, LoopBound, LoopKind, Pause};
use crate::asl::Definition;

fn loops(definition: &Value) -> Vec<Loop> {
    Definition::parse(definition).unwrap().loops
}

fn told(definition: &Value) -> Vec<(String, LoopBound)> {
    loops(definition).into_iter().map(|one| (one.states.join(" "), one.bound)).collect()
}

/// A loop of a Choice and what it goes back to; `In` stays, `Out` leaves.
fn around(language: &str, states: &Value, choices: &Value, default: &str) -> Vec<(String, LoopBound)> {
    let mut all = json!({
        "Test": {"Type": "Choice", "Choices": choices, "Default": default},
        "Out": {"Type": "Succeed"}
    });
    for (name, state) in states.as_object().unwrap() {
        all[name] = state.clone();
    }
    told(&json!({"StartAt": "In", "QueryLanguage": language, "States": all}))
}

fn bound(language: &str, states: &Value, choices: &Value, default: &str) -> LoopBound {
    around(language, states, choices, default)[0].1
}

const LAMBDA: &str = "arn:aws:lambda:eu-west-1:123456789012:function:f";

#[test]
fn what_a_loop_counts_itself_bounds_it() {
    let pass = |parameters: Value, path: &str| json!({"Type": "Pass", "Parameters": parameters, "ResultPath": path, "Next": "Test"});
    let task = |path: &str| json!({"Type": "Task", "Resource": LAMBDA, "ResultPath": path, "Next": "Test"});
    let more = |variable: &str| json!([{"Variable": variable, "NumericLessThan": 5, "Next": "In"}]);
    let status = json!([{"Variable": "$.r.status", "StringEquals": "DONE", "Next": "Out"}]);
    let add =
        |name: &str| json!({ name: format!("States.MathAdd({}, 1)", name.replace(".$", "").replacen("", "$.", 1)) });
    for (name, states, choices, default, expected) in [
        ("MathAdd", json!({"In": pass(add("n.$"), "$")}), more("$.n"), "Out", LoopBound::Counter),
        (
            "MathAdd, placed",
            json!({"In": pass(json!({"n.$": "States.MathAdd($.it.n, -1)"}), "$.it")}),
            more("$.it.n"),
            "Out",
            LoopBound::Counter,
        ),
        ("counted, but never compared", json!({"In": pass(add("n.$"), "$")}), status.clone(), "In", LoopBound::Data),
        (
            "a list is eaten up",
            json!({"In": pass(json!({"l.$": "$.l[1:]"}), "$")}),
            json!([{"Variable": "$.l[0]", "IsPresent": true, "Next": "In"}]),
            "Out",
            LoopBound::Counter,
        ),
        (
            "set anew in the loop",
            json!({"In": {"Type": "Pass", "Result": 0, "ResultPath": "$.n", "Next": "Add"}, "Add": pass(add("n.$"), "$")}),
            more("$.n"),
            "Out",
            LoopBound::Data,
        ),
        (
            "a flag",
            json!({"In": {"Type": "Pass", "Result": true, "ResultPath": "$.again", "Next": "Test"}}),
            json!([{"Variable": "$.again", "BooleanEquals": true, "Next": "Out"}]),
            "In",
            LoopBound::Counter,
        ),
        ("what a call answers", json!({"In": task("$.r")}), status.clone(), "In", LoopBound::Data),
        (
            "a number that a call answers",
            json!({"In": task("$.r")}),
            json!([{"Variable": "$.r.waiting", "NumericEquals": 0, "Next": "Out"}]),
            "In",
            LoopBound::Data,
        ),
        (
            "a function that iterates",
            json!({"In": task("$.iterator")}),
            json!([{"Variable": "$.iterator.continue", "BooleanEquals": true, "Next": "In"}]),
            "Out",
            LoopBound::Counter,
        ),
        (
            "a deadline",
            json!({"In": {"Type": "Wait", "Seconds": 60, "Next": "Test"}}),
            json!([{"Variable": "$$.State.EnteredTime", "TimestampGreaterThanPath": "$.deadline", "Next": "Out"}]),
            "In",
            LoopBound::Counter,
        ),
        (
            "asked of a variable",
            json!({"In": {"Type": "Wait", "Seconds": 1, "Assign": {"n.$": "States.MathAdd($n, 1)"}, "Next": "Test"}}),
            more("$n"),
            "Out",
            LoopBound::Counter,
        ),
    ] {
        assert_eq!(bound("JSONPath", &states, &choices, default), expected, "{name}");
    }
}

#[test]
fn jsonata_counts_too() {
    let wait = |assign: Value| json!({"In": {"Type": "Wait", "Seconds": 1, "Assign": assign, "Next": "Test"}});
    let when = |condition: &str| json!([{"Condition": condition, "Next": "Out"}]);
    let merge = "{% $merge([$states.input, {'n': $states.input.n + 1}]) %}";
    let task = |fields: Value| {
        let mut task = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "f"}, "Next": "Test"});
        task.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "In": task })
    };
    for (name, states, choices, expected) in [
        ("a variable", wait(json!({"n": "{% $n + 1 %}"})), when("{% $n >= 5 %}"), LoopBound::Counter),
        ("downwards", wait(json!({"n": "{% $n - 1 %}"})), when("{% $n = 0 or $done %}"), LoopBound::Counter),
        ("both must hold", wait(json!({"n": "{% $n - 1 %}"})), when("{% $n = 0 and $done %}"), LoopBound::Data),
        (
            "in the output",
            json!({"In": {"Type": "Pass", "Output": merge, "Next": "Test"}}),
            when("{% $states.input.n > 5 %}"),
            LoopBound::Counter,
        ),
        (
            "by way of another",
            wait(json!({"n": "{% $n + 1 %}", "over": "{% $n > 5 %}"})),
            when("{% $over %}"),
            LoopBound::Counter,
        ),
        ("the time", wait(json!({})), when("{% $millis() > $deadline %}"), LoopBound::Counter),
        ("a list", wait(json!({"l": "{% $l[[1..99]] %}"})), when("{% $count($l) = 0 %}"), LoopBound::Counter),
        (
            "an answer",
            task(json!({"Assign": {"status": "{% $states.result.Payload.status %}"}})),
            when("{% $status = 'DONE' %}"),
            LoopBound::Data,
        ),
        ("an answer as input", task(json!({})), when("{% $states.input.Payload.done %}"), LoopBound::Data),
        ("a copy is no count", wait(json!({"n": "{% $n %}"})), when("{% $n >= 5 %}"), LoopBound::Data),
    ] {
        assert_eq!(bound("JSONata", &states, &choices, "In"), expected, "{name}");
    }
}

#[test]
fn a_poll_within_a_counted_loop_is_a_loop_of_its_own() {
    let task = |next: &str| json!({"Type": "Task", "Resource": LAMBDA, "ResultPath": "$.r", "Next": next});
    let definition = json!({"StartAt": "Submit", "States": {
        "Submit": task("Pause"),
        "Pause": {"Type": "Wait", "Seconds": 30, "Next": "Get"},
        "Get": task("Done?"),
        "Done?": {"Type": "Choice", "Default": "Pause", "Choices": [
            {"Variable": "$.r.status", "StringEquals": "SUCCEEDED", "Next": "Out"},
            {"Variable": "$.r.status", "StringEquals": "FAILED", "Next": "Add"}]},
        "Add": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Again?"},
        "Again?": {"Type": "Choice", "Default": "Submit", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 3, "Next": "Out"}]},
        "Out": {"Type": "Succeed"}
    }});
    assert_eq!(
        told(&definition),
        [("Pause Get Done?".to_owned(), LoopBound::Counter), ("Pause Get Done?".to_owned(), LoopBound::Data)]
    );
    let poll = loops(&definition).pop().unwrap();
    assert_eq!((poll.events_per_turn, poll.pause), (9, Pause::Seconds(30)));
    assert_eq!(poll.exits.len(), 2);
}

#[test]
fn ways_out() {
    let task = |fields: Value| {
        let mut task = json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:receiveMessage.waitForTaskToken"});
        task.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        task
    };
    let catch = |to: &str| json!([{"ErrorEquals": ["States.ALL"], "Next": to}]);
    let of = |states: Value| told(&json!({"StartAt": "A", "States": states}));
    let end = json!({"Type": "Succeed"});
    for (name, states, expected) in [
        ("nowhere", json!({"A": task(json!({"Next": "A"}))}), LoopBound::None),
        ("by a fault", json!({"A": task(json!({"Next": "A", "Catch": catch("Z")})), "Z": end}), LoopBound::Fault),
        ("by success", json!({"A": task(json!({"Next": "Z", "Catch": catch("A")})), "Z": end}), LoopBound::Data),
        (
            "never, once round",
            json!({"A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "A"}]}}),
            LoopBound::None,
        ),
    ] {
        assert_eq!(of(states), [("A".to_owned(), expected)], "{name}");
    }
    let heart = json!({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "Next": "A"}}});
    let work = json!({"StartAt": "W", "States": {"W": {"Type": "Fail"}}});
    let both = |branches: Value| of(json!({"A": {"Type": "Parallel", "Branches": branches, "End": true}}));
    assert_eq!(both(json!([heart, work])), [("A".to_owned(), LoopBound::Fault)]);
    assert_eq!(both(json!([heart])), [("A".to_owned(), LoopBound::None)]);
    assert!(of(json!({"A": end, "X": {"Type": "Pass", "Next": "X"}})).is_empty(), "nothing leads there");
}

#[test]
fn retries_without_end() {
    let of = |retrier: Value| {
        let task = json!({"Type": "Task", "Resource": LAMBDA, "End": true, "Retry": [retrier]});
        loops(&json!({"StartAt": "A", "States": {"A": task}}))
    };
    let all = |fields: Value| {
        let mut retrier = json!({"ErrorEquals": ["States.ALL"]});
        retrier.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        of(retrier)
    };
    assert!(all(json!({})).is_empty() && all(json!({"MaxAttempts": 100})).is_empty());
    for (fields, pause) in [
        (json!({"MaxAttempts": 99_999_999}), Pause::Growing),
        (json!({"MaxAttempts": 99_999_999, "BackoffRate": 1.0, "IntervalSeconds": 10}), Pause::Seconds(10)),
        (json!({"MaxAttempts": 9_000, "MaxDelaySeconds": 60}), Pause::Seconds(60)),
    ] {
        let found = all(fields);
        assert_eq!((found[0].kind, found[0].pause, found[0].events_per_turn), (LoopKind::Retry, pause, 3));
    }
}

#[test]
fn events_and_pauses_of_a_turn() {
    let inner = |end: Value| json!({"StartAt": "I", "States": {"I": end}});
    let job = json!({"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "End": true});
    let pass = json!({"Type": "Pass", "End": true});
    let turn = |state: Value| {
        let mut state = state;
        state["Next"] = "C".into();
        let choice =
            json!({"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "Z"}], "Default": "A"});
        let one =
            loops(&json!({"StartAt": "A", "States": {"A": state, "C": choice, "Z": {"Type": "Succeed"}}})).remove(0);
        (one.events_per_turn - 2, one.pause)
    };
    for (state, events, pause) in [
        (json!({"Type": "Wait", "Timestamp": "2025-01-01T00:00:00Z"}), 2, Pause::None),
        (json!({"Type": "Wait", "TimestampPath": "$.t"}), 2, Pause::AtRunTime),
        (json!({"Type": "Wait", "SecondsPath": "$.t"}), 2, Pause::AtRunTime),
        (json!({"Type": "Task", "Resource": LAMBDA}), 5, Pause::None),
        (job.clone(), 6, Pause::AtRunTime),
        (json!({"Type": "Parallel", "Branches": [inner(pass.clone()), inner(job)]}), 12, Pause::AtRunTime),
        (json!({"Type": "Map", "ItemProcessor": inner(pass.clone())}), 8, Pause::AtRunTime),
        (
            json!({"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "I", "States": {"I": pass}}}),
            6,
            Pause::AtRunTime,
        ),
    ] {
        let mut plain = state.clone();
        plain.as_object_mut().unwrap().remove("End");
        assert_eq!(turn(plain), (events, pause), "{state}");
    }
}

/// What is hostile costs little and gets no verdict.
#[test]
fn large_definitions_come_to_an_end() {
    let mut states = json!({"Z": {"Type": "Succeed"}});
    for index in 0..3_000 {
        let choices = json!([
            {"Variable": "$.a", "IsNull": true, "Next": format!("S{}", (index + 1) % 3_000)},
            {"Variable": "$.b", "IsNull": true, "Next": format!("S{}", (index * 7 + 3) % 3_000)}]);
        states[format!("S{index}")] = json!({"Type": "Choice", "Choices": choices, "Default": "Z"});
    }
    let found = loops(&json!({"StartAt": "S0", "States": states}));
    assert_eq!(found.iter().map(|one| one.bound).collect::<Vec<_>>(), [LoopBound::Unknown]);
}
