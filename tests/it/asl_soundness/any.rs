//! Small random machines, and random JSON in their words.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

const STATES: usize = 6;

/// A path, a text, or a format of one: what a template's field may hold.
fn term() -> impl Strategy<Value = (bool, Value)> {
    let path = prop_oneof![
        Just("$"),
        Just("$.a"),
        Just("$.b"),
        Just("$.a.b"),
        Just("$u"),
        Just("$v"),
        Just("$v.a"),
        Just("$[0]"),
        Just("States.Format('{}-x', $.a)"),
        Just("States.Format('{}', $u)"),
        Just("States.Array($.a, $v)"),
    ];
    prop_oneof![
        prop_oneof![Just("1"), Just("2")].prop_map(|text| (false, json!(text))),
        path.prop_map(|path| (true, json!(path))),
    ]
}

fn any_template() -> impl Strategy<Value = Value> {
    proptest::collection::vec((prop_oneof![Just("a"), Just("b")], term()), 1..3).prop_map(|fields| {
        let mut map = Map::new();
        for (key, (dynamic, value)) in fields {
            map.remove(key);
            map.remove(&format!("{key}.$"));
            map.insert(if dynamic { format!("{key}.$") } else { key.to_owned() }, value);
        }
        Value::Object(map)
    })
}

fn assign() -> impl Strategy<Value = Value> {
    let name = prop_oneof![Just("u"), Just("v")];
    (name, term()).prop_map(|(name, (dynamic, value))| {
        let key = if dynamic { format!("{name}.$") } else { name.to_owned() };
        json!({ key: value })
    })
}

fn state(inner: bool) -> BoxedStrategy<Value> {
    let target = || (0..STATES).prop_map(|index| format!("s{index}"));
    let place = || prop_oneof![Just(json!("$")), Just(json!("$.a")), Just(json!("$.b.a")), Just(Value::Null)];
    let selected = || prop_oneof![Just(json!("$.a")), Just(json!("$.b")), Just(Value::Null)];
    let fields = (
        proptest::option::of(any_template()),
        proptest::option::of(prop_oneof![Just(json!("1")), Just(json!({"a": "1", "b": {"a": "2"}}))]),
        proptest::option::of(place()),
        proptest::option::weighted(0.2, selected()),
        proptest::option::weighted(0.3, selected()),
        proptest::option::of(assign()),
    );
    let catch = (target(), proptest::option::of(place()), proptest::option::of(assign()));
    let plain = (prop_oneof![Just("Pass"), Just("Task")], fields, proptest::option::of(catch), target(), any::<bool>());
    let plain = plain.prop_map(|(kind, (parameters, result, place, output, input, assign), catch, next, ends)| {
        let mut state = Map::new();
        state.insert("Type".into(), kind.into());
        let mut set = |name: &str, value: Option<Value>| value.map(|value| state.insert(name.into(), value));
        set("ResultPath", place);
        set("OutputPath", output);
        set("InputPath", input);
        set("Assign", assign);
        if kind == "Task" {
            set("Resource", Some("arn:aws:states:::aws-sdk:s3:getObject".into()));
            set("ResultSelector", result.map(|result| json!({"a": result, "b.$": "$.b"})));
            set(
                "Parameters",
                Some(json!({"Bucket.$": "$.a", "Key.$": "$v", "CopySource.$": "$.b.a", "Prefix.$": "$u"})),
            );
            set(
                "Catch",
                catch.map(|(next, place, assign)| {
                    let mut catcher = json!({"ErrorEquals": ["States.ALL"], "Next": next});
                    if let Some(place) = place {
                        catcher["ResultPath"] = place;
                    }
                    if let Some(assign) = assign {
                        catcher["Assign"] = assign;
                    }
                    json!([catcher])
                }),
            );
        } else {
            set("Parameters", parameters);
            set("Result", result);
        }
        let end = if ends { ("End", json!(true)) } else { ("Next", json!(next)) };
        set(end.0, Some(end.1));
        Value::Object(state)
    });
    let choice = (target(), target(), proptest::option::of(assign()), proptest::option::of(assign()));
    let choice = choice.prop_map(|(next, default, assign, own)| {
        let mut rule = json!({"Variable": "$.a", "IsPresent": true, "Next": next});
        if let Some(assign) = assign {
            rule["Assign"] = assign;
        }
        let mut state = json!({"Type": "Choice", "Choices": [rule], "Default": default});
        if let Some(own) = own {
            state["Assign"] = own;
        }
        state
    });
    if inner {
        return prop_oneof![3 => plain, 1 => choice].boxed();
    }
    let parallel = (machine(true), target(), proptest::option::of(any_template()), proptest::option::of(place()));
    let parallel = parallel.prop_map(|(branch, next, parameters, place)| {
        let mut state = json!({"Type": "Parallel", "Branches": [branch], "Next": next});
        if let Some(parameters) = parameters {
            state["Parameters"] = parameters;
        }
        if let Some(place) = place {
            state["ResultPath"] = place;
        }
        state
    });
    prop_oneof![6 => plain, 2 => choice, 1 => parallel].boxed()
}

pub(super) fn machine(inner: bool) -> BoxedStrategy<Value> {
    let states = proptest::collection::vec(state(inner), STATES);
    states
        .prop_map(|states| {
            let named = states.into_iter().enumerate().map(|(index, state)| (format!("s{index}"), state));
            json!({"StartAt": "s0", "States": named.collect::<Map<_, _>>()})
        })
        .boxed()
}

pub(super) fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("StartAt"),
        Just("States"),
        Just("Type"),
        Just("Task"),
        Just("Pass"),
        Just("Map"),
        Just("Parallel"),
        Just("Choice"),
        Just("Branches"),
        Just("ItemProcessor"),
        Just("Parameters"),
        Just("Arguments"),
        Just("Assign"),
        Just("Output"),
        Just("QueryLanguage"),
        Just("JSONata"),
        Just("Resource"),
        Just("ResultPath"),
        Just("Catch"),
        Just("Choices"),
        Just("Next"),
        Just("s"),
        Just("a.$"),
        Just("$.a[0]"),
        Just("$$.Map.Item.Value"),
        Just("States.Format('{}', $.a)"),
        Just("{% $a & 'b' %}"),
        Just("arn:aws:states:::aws-sdk:sfn:startExecution.sync:2"),
        Just("ProcessorConfig"),
        Just("Mode"),
        Just("DISTRIBUTED"),
        Just("ItemReader"),
        Just("ResultWriter"),
        Just("Credentials"),
        Just("RoleArn"),
        Just("StateMachineArn"),
        Just("MaxConcurrency"),
    ];
    let word = || word.clone().prop_map(str::to_owned);
    let leaf = prop_oneof![4 => word().prop_map(Value::from), 1 => "\\PC{0,12}".prop_map(Value::from), 1 => any::<i64>().prop_map(Value::from), 1 => Just(Value::Null), 1 => any::<bool>().prop_map(Value::from)];
    let keys = word();
    leaf.prop_recursive(6, 80, 6, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            4 => proptest::collection::btree_map(keys.clone(), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}
