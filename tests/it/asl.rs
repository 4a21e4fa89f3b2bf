//! Definitions as data: `tests/asl/*.json` hold what `definition facts` is to say of each.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::binary::{Ran, Run};

/// Stands for a token in a case, so that none is in the repository.
const TOKEN: &str = "TOKEN_HERE";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default, rename = "why")]
    _why: String,
    #[serde(default)]
    definition: Value,
    /// Instead of a definition: a text as it is.
    text: Option<String>,
    /// Every target, by `state/field`.
    targets: Option<BTreeMap<String, Value>>,
    /// A part of the facts.
    #[serde(default)]
    facts: Value,
    /// The place of every problem.
    #[serde(default)]
    problems: Vec<String>,
    /// A part of the message; then there are no facts.
    refused: Option<String>,
}

fn facts_of(text: &str) -> Ran {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("it is written");
    Run::new(&["definition", "facts"]).argument(file.path()).run()
}

fn judge(file: &str, case: &Case) {
    let place = format!("{file}: {}", case.name);
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let text = case.text.clone().unwrap_or_else(|| case.definition.to_string()).replace(TOKEN, &token);
    let ran = facts_of(&text);
    assert!(!ran.stderr.contains("panicked") && !ran.stdout.contains(&token), "{place}\n{}", ran.stderr);
    if let Some(refused) = &case.refused {
        let ran = ran.expect(1);
        assert!(ran.stderr.contains(refused) && ran.stdout.is_empty(), "{place}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{place}: {}", ran.stderr);
        return;
    }
    let ran = ran.expect(0);
    let facts: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    if let Some(expected) = &case.targets {
        assert_eq!(&targets(&facts), expected, "{place}");
    }
    if let Err(why) = holds(&facts, &case.facts, "") {
        panic!("{place}: {why}");
    }
    let list = facts["problems"].as_array().expect("problems");
    let mut problems: Vec<_> = list.iter().map(|problem| problem["pointer"].as_str().expect("a pointer")).collect();
    let mut expected: Vec<_> = case.problems.iter().map(String::as_str).collect();
    problems.sort_unstable();
    expected.sort_unstable();
    assert_eq!(problems, expected, "{place}: {list:#?}");
}

fn targets(facts: &Value) -> BTreeMap<String, Value> {
    let mut targets = BTreeMap::new();
    for task in facts["tasks"].as_array().expect("tasks") {
        for target in task["targets"].as_array().expect("targets") {
            let (state, field) = (task["state"].as_str().expect("a name"), target["field"].as_str().expect("a name"));
            let told = json!({"kind": target["kind"], "value": target["value"], "from": target["from"]});
            targets.insert(format!("{state}/{field}"), told);
        }
    }
    targets
}

/// What is expected of an object is part of it; lists are as long as expected.
fn holds(actual: &Value, expected: &Value, at: &str) -> Result<(), String> {
    match (actual, expected) {
        (_, Value::Null) if at.is_empty() => Ok(()),
        (Value::Object(actual), Value::Object(expected)) => expected.iter().try_for_each(|(key, expected)| {
            let at = format!("{at}/{key}");
            holds(actual.get(key).ok_or_else(|| format!("{at} is missing"))?, expected, &at)
        }),
        (Value::Array(actual), Value::Array(expected)) if actual.len() == expected.len() => {
            let pairs = actual.iter().zip(expected).enumerate();
            pairs.into_iter().try_for_each(|(index, (a, b))| holds(a, b, &format!("{at}/{index}")))
        }
        (actual, expected) if actual == expected => Ok(()),
        (actual, expected) => Err(format!("{at}: {actual} instead of {expected}")),
    }
}

#[test]
fn definitions_are_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/asl");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the cases") {
        let path = entry.expect("an entry").path();
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a file");
        let cases: Vec<Case> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        count += cases.len();
        for case in &cases {
            judge(&file, case);
        }
    }
    assert!(count > 40, "{count} cases");
}

#[test]
fn a_definition_on_standard_input() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_stepwarden"));
    command.args(["definition", "facts", "-"]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let definition = br#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#;
    child.stdin.take().expect("its input").write_all(definition).expect("it reads");
    let output = child.wait_with_output().expect("the binary ends");
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("\"Succeed\": 1"));
}

/// Large, deep and circular definitions take bounded time.
#[test]
fn hostile_definitions() {
    let chain = |count: usize, state: &dyn Fn(usize) -> Value| {
        let states: serde_json::Map<_, _> = (0..count).map(|index| (format!("s{index}"), state(index))).collect();
        json!({"StartAt": "s0", "States": states}).to_string()
    };
    let next = |index: usize| format!("s{}", index + 1);
    let doubling = |index: usize| json!({"Type": "Pass", "Next": next(index), "Assign": {"x.$": "States.Format('{}{}', $x, $x)", "y": "a"}, "Parameters": {"a.$": "$", "b.$": "$"}});
    let nesting = |index: usize| json!({"Type": "Pass", "Next": next(index), "Parameters": {"a.$": "$"}, "Assign": {"v.$": "States.Array($v)"}});
    let variables = |index: usize| json!({"Type": "Pass", "Next": next(index), "Assign": {format!("v{index}"): "a"}});
    let place = format!("${}", ".a".repeat(50_000));
    let many = vec![json!({"Variable": "$.a", "IsNull": true, "Next": "s0"}); 10_000];
    let large: Vec<_> = (0..50_000).map(|index| json!({"a": index})).collect();
    let mut maps = json!({"StartAt": "s", "States": {"s": {"Type": "Succeed"}}});
    for depth in 0..30 {
        let name = format!("m{depth}");
        maps = json!({"StartAt": name, "States": {name: {"Type": "Parallel", "Branches": [maps], "End": true}}});
    }
    for text in [
        chain(8_000, &doubling),
        chain(8_000, &nesting),
        chain(8_000, &variables),
        chain(2, &|_| json!({"Type": "Pass", "ResultPath": place, "Result": 1, "End": true})),
        chain(1, &|_| json!({"Type": "Choice", "Choices": many, "Default": "s0"})),
        chain(3, &|index| json!({"Type": "Pass", "Result": large, "Next": next(index)})),
        chain(
            1,
            &|_| json!({"Type": "Pass", "QueryLanguage": "JSONata", "Output": format!("{{% {} %}}", "(".repeat(500_000))}),
        ),
        chain(
            1,
            &|_| json!({"Type": "Pass", "QueryLanguage": "JSONata", "Output": format!("{{% 1{} %}}", "+1".repeat(250_000))}),
        ),
        chain(1, &|_| json!({"Type": "Pass", "Parameters": {"a.$": "States.Array(".repeat(80_000)}})),
        chain(1, &|_| json!({"Type": "Pass", "InputPath": format!("$.a{}", "[?(".repeat(300_000))})),
        maps.to_string(),
    ] {
        let started = std::time::Instant::now();
        let ran = facts_of(&text).expect(0);
        assert!(ran.stderr.is_empty(), "{}", ran.stderr);
        let seconds = started.elapsed().as_secs();
        assert!(seconds < 60, "{seconds} s for {} …", &text[..200]);
    }
    for (text, words) in [("[".repeat(1_000_000), "127 levels"), ("{\"a\":".repeat(200_000), "127 levels")] {
        let ran = facts_of(&text).expect(1);
        assert!(ran.stderr.contains(words) && ran.stderr.len() < 10_000, "{}", ran.stderr);
    }
}
