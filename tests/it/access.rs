//! What definitions need and what is wrong with grants, as data: `tests/access/<topic>.json` is a list of
//!
//! ```json
//! {
//!   "name": "what is shown",
//!   "task": {"Resource": "…", "Parameters": {}}, "before": {"Type": "Pass"}, "definition": {"StartAt": "…"},
//!   "machine": {"arn": "…", "role": "…", "logging": "…", "tracing": true, "key": "…"},
//!   "derives": {"ACTION": "RESOURCE or a list of them"}, "conditions": {"ACTION": {}}, "others": {"ROLE": ["ACTION"]},
//!   "undecided": ["STATE"],
//!   "granted": [STATEMENT], "boundary": [STATEMENT],
//!   "excess": [[INDEX, NARROWED]], "missing": [["ACTION", "RESOURCE", "STATE"]], "wider": [[INDEX, NARROWED]]
//! }
//! ```
//!
//! `task` stands for a definition with one task named `Call`, with `before` in front of it. The machine is
//! `arn:aws:states:eu-west-1:123456789012:stateMachine:orders` where the case names none. `derives` is the whole policy.
//! INDEX is that of a granted statement; NARROWED is what stays of it, without `Sid` and `Effect`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use stepwarden::access::{Answer, Certainty, Grants, Machine, Need, Wanted, difference, needed, policy, surplus};
use stepwarden::asl::Definition;
use stepwarden::iam::Policy;
use stepwarden::types::Arn;

const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    task: Option<Map<String, Value>>,
    before: Option<Map<String, Value>>,
    definition: Option<Value>,
    machine: Option<Known>,
    derives: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    conditions: BTreeMap<String, Value>,
    others: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    undecided: Vec<String>,
    granted: Option<Vec<Value>>,
    boundary: Option<Vec<Value>>,
    #[serde(default)]
    excess: Vec<(usize, Value)>,
    #[serde(default)]
    missing: Vec<(String, String, Option<String>)>,
    #[serde(default)]
    wider: Vec<(usize, Value)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Known {
    arn: Option<String>,
    role: Option<String>,
    logging: Option<String>,
    tracing: bool,
    key: Option<String>,
}

fn arn(text: String) -> Arn {
    Arn::parse(text).expect("an ARN")
}

impl Case {
    fn definition(&self) -> Definition {
        let document = match (&self.definition, &self.task) {
            (Some(definition), None) => definition.clone(),
            (None, Some(task)) => {
                let mut call = task.clone();
                call.insert("Type".to_owned(), json!("Task"));
                call.insert("End".to_owned(), json!(true));
                let mut states = json!({ "Call": call });
                let mut start = "Call";
                if let Some(before) = &self.before {
                    let mut first = before.clone();
                    first.insert("Next".to_owned(), json!("Call"));
                    states["First"] = Value::Object(first);
                    start = "First";
                }
                let language = if task.contains_key("Arguments") { "JSONata" } else { "JSONPath" };
                json!({"StartAt": start, "States": states, "QueryLanguage": language})
            }
            _ => panic!("{}: a task or a definition", self.name),
        };
        Definition::parse(&document).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    fn machine(&self) -> Machine {
        let Some(known) = &self.machine else {
            return Machine { arn: Some(arn(MACHINE.to_owned())), ..Machine::default() };
        };
        Machine {
            arn: known.arn.clone().map(arn),
            kind: None,
            role: known.role.clone().map(arn),
            logging: known.logging.clone().map(arn),
            tracing: known.tracing,
            key: known.key.clone().map(arn),
        }
    }
}

fn list(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().expect("a text").to_owned()).collect(),
        one => BTreeSet::from([one.as_str().expect("a text").to_owned()]),
    }
}

/// Each action of a policy with all its resources, and the conditions that it stands under.
fn flat(policy: &Value) -> (BTreeMap<String, BTreeSet<String>>, BTreeMap<String, Vec<Value>>) {
    let (mut resources, mut conditions) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    for statement in policy["Statement"].as_array().expect("a list") {
        for action in list(&statement["Action"]) {
            resources.entry(action.clone()).or_default().extend(list(&statement["Resource"]));
            if let Some(condition) = statement.get("Condition") {
                conditions.entry(action).or_default().push(condition.clone());
            }
        }
    }
    (resources, conditions)
}

/// Without what only repeats the statement: `Effect` and `Sid`, and lists of one.
fn plain(mut statement: Value) -> Value {
    if let Value::Array(list) = statement {
        return Value::Array(list.into_iter().map(plain).collect());
    }
    if let Value::Object(fields) = &mut statement {
        fields.remove("Effect");
        fields.remove("Sid");
        for name in ["Action", "Resource"] {
            if let Some(Value::Array(items)) = fields.get(name).cloned()
                && let [one] = &items[..]
            {
                fields.insert(name.to_owned(), one.clone());
            }
        }
    }
    statement
}

fn policies(statements: &[Value]) -> Vec<Policy> {
    let parse = |statement: &Value| {
        let mut statement = statement.clone();
        statement.as_object_mut().expect("a statement").entry("Effect").or_insert(json!("Allow"));
        Policy::parse(&json!({"Version": "2012-10-17", "Statement": statement})).expect("a policy")
    };
    statements.iter().map(parse).collect()
}

/// One policy with the statements of all.
fn joined(policies: &[Policy]) -> Policy {
    let statements = policies.iter().flat_map(|policy| policy.statements.clone()).collect();
    Policy { statements, ..policies[0].clone() }
}

fn check_derived(case: &Case) {
    let needs = needed(&case.definition(), &case.machine());
    let undecided: Vec<_> = needs.undecided.iter().map(|task| task.state.clone()).collect();
    assert_eq!(undecided, case.undecided, "{}", case.name);
    let document = policy(&needs.own);
    let (derived, conditions) = flat(&document);
    if let Some(expected) = &case.derives {
        let expected: BTreeMap<_, _> = expected.iter().map(|(action, places)| (action.clone(), list(places))).collect();
        assert_eq!(derived, expected, "{}", case.name);
    }
    for (action, expected) in &case.conditions {
        let found = conditions.get(action).unwrap_or_else(|| panic!("{}: no condition on {action}", case.name));
        assert!(found.contains(expected), "{}: {found:?}", case.name);
    }
    if let Some(expected) = &case.others {
        let found: BTreeMap<String, Vec<String>> = needs
            .others
            .iter()
            .map(|(role, needs)| (role.clone(), needs.iter().map(|need| need.action.clone()).collect()))
            .collect();
        assert_eq!(&found, expected, "{}", case.name);
    }
    assert!(needs.own.iter().all(|need| need.source.starts_with("https://")), "{}", case.name);
    // A role with exactly the derived policy has nothing to change.
    let derived: Vec<_> = document["Statement"].as_array().expect("a list").clone();
    let derived = policies(&derived);
    let difference = difference(&needs, &Grants::of_documents(&derived, None));
    assert_eq!(difference.excess, [], "{}", case.name);
    assert_eq!(difference.missing, [], "{}", case.name);
    assert_eq!(difference.wider, [], "{}", case.name);
}

fn check_difference(case: &Case, granted: &[Value]) {
    let identity = policies(granted);
    let boundary = case.boundary.as_deref().map(policies);
    let boundary = boundary.as_ref().map(|policies| joined(policies));
    let needs = needed(&case.definition(), &case.machine());
    let difference = difference(&needs, &Grants::of_documents(&identity, boundary.as_ref()));
    let index = |statement: &Value| {
        let is = |policy: &Policy| &policy.statements[0].to_document() == statement;
        identity.iter().position(is).expect("a granted statement")
    };
    let excess: Vec<_> =
        difference.excess.iter().map(|found| (index(&found.statement), plain(found.narrowed.clone()))).collect();
    assert_eq!(excess, case.excess, "{}: excess", case.name);
    let wider: Vec<_> =
        difference.wider.iter().map(|found| (index(&found.statement), plain(found.narrowed.clone()))).collect();
    assert_eq!(wider, case.wider, "{}: wider", case.name);
    let missing: BTreeSet<_> = difference
        .missing
        .iter()
        .flat_map(|found| {
            let each = |action: String| {
                let place = |resource: String| (action.clone(), resource, found.state.clone());
                list(&found.statement["Resource"]).into_iter().map(place).collect::<Vec<_>>()
            };
            list(&found.statement["Action"]).into_iter().flat_map(each).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(missing, case.missing.iter().cloned().collect(), "{}: missing", case.name);
    assert!(difference.excess.iter().all(|found| !found.why.is_empty()), "{}", case.name);
}

/// All cases of the folder.
fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/access");
    let read = |entry: std::io::Result<std::fs::DirEntry>| -> Vec<Case> {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    std::fs::read_dir(folder).expect("the cases").flat_map(read).collect()
}

#[test]
fn cases() {
    let (mut names, mut failed) = (BTreeSet::new(), Vec::new());
    for case in all() {
        assert!(names.insert(case.name.clone()), "two cases are named {}", case.name);
        // Each says what is wrong with it; all are run.
        let ran = std::panic::catch_unwind(|| match &case.granted {
            None => check_derived(&case),
            Some(granted) => check_difference(&case, granted),
        });
        failed.extend(ran.is_err().then(|| case.name.clone()));
    }
    assert_eq!(failed, [""; 0]);
    assert!(names.len() >= 40, "{}", names.len());
}

/// A statement that has to do with the needs: some of their actions, whole or by a wildcard, beside others, on their
/// resources or on more.
fn statement(needs: &[Need], dice: &[u8]) -> Value {
    // One that stands for every action there is names none.
    let named: Vec<_> = needs.iter().filter(|need| need.action.contains(':')).collect();
    let need = |die: u8| named[usize::from(die) % named.len()];
    let action = |die: u8| {
        let action = &need(die).action;
        let (service, name) = action.split_once(':').expect("an action");
        match die % 5 {
            0 => format!("{service}:*"),
            1 => format!("{service}:{}*", &name[..name.len().min(3)]),
            2 => action.to_uppercase(),
            3 => "ec2:StartInstances".to_owned(),
            _ => action.clone(),
        }
    };
    let resource = |die: u8| {
        let resource = need(die).resources[0].clone();
        let cut = resource.len() * usize::from(die % 7) / 7;
        match die % 3 {
            0 => "*".to_owned(),
            // Not inside of the service's name, where IAM has no wildcards.
            1 if cut > 30 && resource.is_char_boundary(cut) => format!("{}*", &resource[..cut]),
            _ => resource,
        }
    };
    json!({"Effect": "Allow", "Action": [action(dice[0]), need(dice[1]).action, action(dice[2])],
        "Resource": [resource(dice[3]), resource(dice[4])]})
}

proptest! {
    /// What the narrowed statements take away is not needed: each need that was granted still is. And there is nothing
    /// left to cut.
    #[test]
    fn a_narrowed_role_still_does_its_work(
        which in any::<prop::sample::Index>(),
        dice in prop::collection::vec(prop::collection::vec(any::<u8>(), 5), 1..4),
    ) {
        let cases = all();
        let case = which.get(&cases);
        let needs: Vec<_> = needed(&case.definition(), &case.machine()).own;
        prop_assume!(needs.iter().any(|need| need.action.contains(':')));
        let statements: Vec<_> = dice.iter().map(|dice| statement(&needs, dice)).collect();
        let before = policies(&statements);
        let granted_before = Grants::of_documents(&before, None);
        let wanted_before = Wanted::new(&needs, &granted_before);
        let narrowed = before.iter().flat_map(|policy| {
            let surplus = surplus(&policy.statements[0], &wanted_before);
            match surplus.narrowed {
                Value::Null if surplus.is_excess() => Vec::new(),
                Value::Null => vec![policy.statements[0].to_document()],
                Value::Array(list) => list,
                one => vec![one],
            }
        });
        let after = policies(&narrowed.collect::<Vec<_>>());
        let (before, after) = (&granted_before, Grants::of_documents(&after, None));
        let granted = |answer: Answer<'_>| answer.allows().is_some();
        for need in needs.iter().filter(|need| need.certainty < Certainty::Optional) {
            for resource in &need.resources {
                let lost = granted(before.on(resource, &need.action)) && !granted(after.on(resource, &need.action));
                prop_assert!(!lost, "{}: {} on {resource} of {after:?}", case.name, need.action);
            }
        }
        let wanted = Wanted::new(&needs, &after);
        for grant in after.statements() {
            let surplus = surplus(grant.statement, &wanted);
            prop_assert!(!surplus.is_excess(), "{}: {surplus:?} of {:?}", case.name, grant.statement);
        }
    }
}
