//! Where the secret members of a task's answer end up: the state's output, its variables, or nowhere.

use serde_json::Value;

use super::intrinsic::{Call, Term};
use super::machine::Node;
use super::path::{Path, Root, Step};
use super::{QueryLanguage, jsonata};

/// What keeps the secret in the execution's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kept {
    pub(super) output: bool,
    pub(super) variables: bool,
    /// Nothing but paths and whole values lead there: no function may have taken it out.
    pub(super) sure: bool,
}

/// Places of the secret in a value, by their keys.
type Places = Vec<Vec<String>>;

/// Functions whose value does not tell their arguments.
const HIDING: [&str; 4] = ["Hash", "ArrayLength", "ArrayContains", "UUID"];

/// `members` are those of the answer that hold a secret.
pub(super) fn kept(node: &Node<'_>, members: &[&str]) -> Kept {
    match node.language {
        QueryLanguage::Jsonata => in_jsonata(node, members),
        QueryLanguage::JsonPath => in_json_path(node, members),
    }
}

fn in_json_path(node: &Node<'_>, members: &[&str]) -> Kept {
    let mut follow = Follow { sure: true };
    let result: Places = members.iter().map(|member| vec![(*member).to_owned()]).collect();
    let selected = match node.json.get("ResultSelector") {
        Some(selector) => follow.template(selector, &result),
        None => result.clone(),
    };
    let placed = match node.json.get("ResultPath") {
        None => selected.clone(),
        Some(Value::Null) => Vec::new(),
        Some(path) => {
            let keys: Vec<String> = steps(path).into_iter().flatten().filter_map(key).collect();
            selected.iter().map(|place| [keys.clone(), place.clone()].concat()).collect()
        }
    };
    let output = match node.json.get("OutputPath") {
        None => placed.clone(),
        Some(Value::Null) => Vec::new(),
        Some(path) => steps(path).map_or_else(Vec::new, |steps| follow.under(&steps, &placed)),
    };
    // What `$` of an Assign is, the documentation leaves open: all readings are followed.
    let seen = [result, selected, placed].concat();
    let variables = node.json.get("Assign").is_some_and(|assign| !follow.template(assign, &seen).is_empty());
    Kept { output: !output.is_empty(), variables, sure: follow.sure }
}

/// The steps of a path into what enters it; `None` where it leads elsewhere.
fn steps(path: &Value) -> Option<Vec<Step>> {
    match Path::parse(path.as_str()?) {
        Ok(Path { root: Root::Input, steps }) => Some(steps),
        _ => None,
    }
}

fn key(step: Step) -> Option<String> {
    match step {
        Step::Key(key) => Some(key),
        Step::Index(_) | Step::Many => None,
    }
}

struct Follow {
    sure: bool,
}

impl Follow {
    /// Where the secret stands in what a template of JSONPath makes.
    fn template(&mut self, template: &Value, places: &Places) -> Places {
        let mut found = Places::new();
        match template {
            Value::Object(map) => {
                for (key, value) in map {
                    let (name, inner) = match (key.strip_suffix(".$"), value) {
                        (Some(name), Value::String(text)) => (name, self.expression(text, places)),
                        _ => (key.as_str(), self.template(value, places)),
                    };
                    found.extend(inner.into_iter().map(|place| [vec![name.to_owned()], place].concat()));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let inner = self.template(item, places);
                    found.extend(inner.into_iter().map(|place| [vec![index.to_string()], place].concat()));
                }
            }
            _ => {}
        }
        found
    }

    fn expression(&mut self, text: &str, places: &Places) -> Places {
        if let Ok(path) = Path::parse(text) {
            return if path.root == Root::Input { self.under(&path.steps, places) } else { Places::new() };
        }
        let may = match Call::parse(text) {
            Ok(call) => self.call(&call, places),
            Err(_) => text.contains("$."),
        };
        self.sure &= !may;
        if may { vec![Vec::new()] } else { Places::new() }
    }

    fn call(&mut self, call: &Call, places: &Places) -> bool {
        !HIDING.contains(&call.name.as_str())
            && call.arguments.iter().any(|term| match term {
                Term::Path(path) => path.root == Root::Input && !self.under(&path.steps, places).is_empty(),
                Term::Call(call) => self.call(call, places),
                Term::Text(_) | Term::Literal(_) => false,
            })
    }

    /// What is left of the places below a path; a path into a secret leads to a secret.
    fn under(&mut self, steps: &[Step], places: &Places) -> Places {
        let mut found = Places::new();
        for place in places {
            let same = |(step, key): (&Step, &String)| match step {
                Step::Key(name) => name == key,
                Step::Index(index) => key.parse() == Ok(*index) || key.parse::<usize>().is_err(),
                Step::Many => true,
            };
            if steps.iter().zip(place).all(same) {
                self.sure &= !steps.contains(&Step::Many);
                found.push(place.iter().skip(steps.len()).cloned().collect());
            }
        }
        found
    }
}

fn in_jsonata(node: &Node<'_>, members: &[&str]) -> Kept {
    let mut sure = true;
    let output = node.json.get("Output").is_none_or(|output| mentions(output, members, &mut sure));
    let variables = node.json.get("Assign").is_some_and(|assign| mentions(assign, members, &mut sure));
    Kept { output, variables, sure }
}

/// Some expression of a JSONata template reaches one of `members` of `$states.result`.
fn mentions(template: &Value, members: &[&str], sure: &mut bool) -> bool {
    match template {
        Value::String(text) => jsonata::expression(text).is_some_and(|expression| {
            let may = reaches(expression, members);
            let plain = |c: char| c.is_alphanumeric() || "$._ ".contains(c);
            *sure &= !may || expression.trim().chars().all(plain);
            may
        }),
        // Each is looked at, so that `sure` speaks of all.
        Value::Array(items) => items.iter().filter(|item| mentions(item, members, sure)).count() > 0,
        Value::Object(map) => map.values().filter(|value| mentions(value, members, sure)).count() > 0,
        _ => false,
    }
}

fn reaches(expression: &str, members: &[&str]) -> bool {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    expression.split("$states").skip(1).map(str::trim_start).any(|rest| {
        let Some(rest) = rest.strip_prefix('.').map(str::trim_start) else { return true };
        if name(rest) != "result" {
            return !matches!(name(rest).as_str(), "input" | "context" | "errorOutput");
        }
        let member = rest["result".len()..].trim_start().strip_prefix('.').map(|rest| name(rest.trim_start()));
        member.is_none_or(|member| member.is_empty() || members.contains(&member.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::machine::Machine;
    use super::{Kept, kept};

    fn of(fields: &Value) -> Kept {
        let mut task = json!({"Type": "Task", "Resource": "r", "End": true});
        for (field, value) in fields.as_object().unwrap() {
            task[field] = value.clone();
        }
        let document = json!({"StartAt": "A", "States": {"A": task}});
        kept(&Machine::read(&document).unwrap().nodes[0], &["SecretString", "SecretBinary"])
    }

    #[test]
    fn the_secret_is_followed_through_the_fields() {
        for (fields, output, variables, sure) in [
            (json!({}), true, false, true),
            (json!({"ResultPath": null}), false, false, true),
            (json!({"ResultPath": "$.s"}), true, false, true),
            (json!({"OutputPath": "$.ARN"}), false, false, true),
            (json!({"OutputPath": "$.SecretString"}), true, false, true),
            (json!({"ResultPath": "$.s", "OutputPath": "$.s.ARN"}), false, false, true),
            (json!({"ResultPath": "$.s", "OutputPath": "$.other"}), false, false, true),
            (json!({"ResultPath": "$.s.t", "OutputPath": "$.s"}), true, false, true),
            (json!({"ResultSelector": {"pw.$": "$.SecretString"}, "OutputPath": "$.pw"}), true, false, true),
            (json!({"ResultSelector": {"a": {"pw.$": "$"}}, "OutputPath": "$.a.pw.ARN"}), false, false, true),
            (json!({"ResultSelector": {"v.$": "$.VersionId"}}), false, false, true),
            (json!({"ResultSelector": {"v.$": "States.Format('{}', $.VersionId)"}}), false, false, true),
            (json!({"ResultSelector": {"h.$": "States.Hash($.SecretString, 'SHA-256')"}}), false, false, true),
            (json!({"ResultSelector": {"h.$": "States.StringToJson($.SecretString)"}}), true, false, false),
            (json!({"ResultSelector": {"all.$": "$.*"}}), true, false, false),
            (json!({"ResultPath": null, "Assign": {"s.$": "$.SecretString"}}), false, true, true),
            (json!({"ResultPath": null, "Assign": {"s.$": "$.other"}}), false, false, true),
            (
                json!({"ResultSelector": {"pw.$": "$.SecretString"}, "ResultPath": "$.x", "OutputPath": "$.y",
                "Assign": {"s.$": "$.pw"}}),
                false,
                true,
                true,
            ),
            (
                json!({"ResultPath": "$.x", "OutputPath": "$.y", "Assign": {"s.$": "$.x.SecretString"}}),
                false,
                true,
                true,
            ),
        ] {
            assert_eq!(of(&fields), Kept { output, variables, sure }, "{fields}");
        }
    }

    #[test]
    fn expressions_of_jsonata_are_read_for_what_they_reach() {
        for (fields, output, variables, sure) in [
            (json!({}), true, false, true),
            (json!({"Output": "{% $states.input %}"}), false, false, true),
            (
                json!({"Output": {"v": "{% $states.result.VersionId %}", "s": "{% $states.result.SecretString %}"}}),
                true,
                false,
                true,
            ),
            (json!({"Output": {"p": "{% $parse($states.result.SecretString).user %}"}}), true, false, false),
            (json!({"Output": {"v": "{% $uppercase($states.result.VersionId) %}"}}), false, false, true),
            (json!({"Output": "{% $merge([$states.input, {'s': $states.result}]) %}"}), true, false, false),
            (json!({"Output": {}, "Assign": {"s": "{% $states.result %}"}}), false, true, true),
            (
                json!({"Output": {}, "Assign": {"s": "{% ( $r := $states.result; $r.SecretString ) %}"}}),
                false,
                true,
                false,
            ),
        ] {
            let mut fields = fields;
            fields["QueryLanguage"] = "JSONata".into();
            assert_eq!(of(&fields), Kept { output, variables, sure }, "{fields}");
        }
    }
}
