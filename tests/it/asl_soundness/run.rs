//! A tiny interpreter of JSONPath machines that holds every claim against what it sees.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stepwarden::asl::Resolved;

/// One run. What is left open by the documentation is drawn too.
pub(super) struct Run<'a> {
    pub(super) claims: BTreeMap<&'a str, &'a Resolved>,
    pub(super) dice: Vec<u8>,
    pub(super) rolled: usize,
    pub(super) steps: usize,
    pub(super) faults: Vec<String>,
}

/// JSON values that a run keeps, at most: a state that doubles its input would fill the memory, and the service ends
/// such a run too.
const LARGEST: usize = 4096;

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        Value::String(text) => text.len() / 16,
        _ => 0,
    }
}

pub(super) type Variables = BTreeMap<String, Value>;

impl Run<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        self.rolled += 1;
        usize::from(self.dice[self.rolled % self.dice.len()].wrapping_add(u8::try_from(self.rolled % 251).unwrap_or(0)))
            % sides
    }

    pub(super) fn anything(&mut self) -> Value {
        let all =
            [json!("1"), json!({"a": "1", "b": {"a": "1"}}), json!({"a": "2", "b": {"a": "3"}}), json!({"b": "1"})];
        all[self.roll(all.len())].clone()
    }

    /// `None` where the run fails.
    pub(super) fn machine(
        &mut self,
        machine: &Value,
        at: &str,
        mut input: Value,
        mut variables: Variables,
    ) -> Option<Value> {
        let mut name = machine["StartAt"].as_str()?.to_owned();
        loop {
            self.steps += 1;
            let kept = std::iter::once(&input).chain(variables.values()).map(size).sum::<usize>();
            if self.steps > 200 || kept > LARGEST {
                return None;
            }
            let state = &machine["States"][&name];
            let pointer = format!("{at}/States/{name}");
            if state["Type"] == "Choice" {
                let present = path("$.a", &input, &variables).is_some();
                let rule = &state["Choices"][0];
                let (next, assign) =
                    if present { (&rule["Next"], &rule["Assign"]) } else { (&state["Default"], &state["Assign"]) };
                let old = variables.clone();
                assigned(assign, &input, &old, &mut variables)?;
                name = next.as_str()?.to_owned();
                continue;
            }
            let effective = selected(state.get("InputPath"), &input, &variables)?;
            let sent = state
                .get("Parameters")
                .map_or(Some(effective.clone()), |value| template(value, &effective, &variables));
            if state["Type"] == "Task"
                && let Some(claim) = self.claims.get(pointer.as_str()).copied()
                && let Some(fault) = contradiction(claim, &state["Parameters"], &effective, &variables)
            {
                self.faults.push(format!("{pointer}: {fault}"));
            }
            let raw = match state["Type"].as_str()? {
                "Pass" => state.get("Result").cloned().or(sent)?,
                "Parallel" => {
                    let branch = &state["Branches"][0];
                    json!([self.machine(branch, &format!("{pointer}/Branches/0"), sent?, variables.clone())?])
                }
                _ if state.get("Catch").is_some() && (sent.is_none() || self.roll(3) == 0) => {
                    let catcher = &state["Catch"][0];
                    let error = json!({"Error": "E", "Cause": "c"});
                    let old = variables.clone();
                    assigned(&catcher["Assign"], &error, &old, &mut variables)?;
                    input = placed(&input, catcher.get("ResultPath"), error)?;
                    name = catcher["Next"].as_str()?.to_owned();
                    continue;
                }
                // A field that is not there would fail the run; it goes on here, for more is seen.
                _ => self.anything(),
            };
            let result =
                state.get("ResultSelector").map_or(Some(raw.clone()), |value| template(value, &raw, &variables))?;
            let base = if self.roll(2) == 0 { &input } else { &effective };
            let base = if state.get("InputPath").is_some() { base } else { &input };
            let whole = placed(base, state.get("ResultPath"), result.clone())?;
            let sights = [&input, &effective, &raw, &result, &whole];
            let sight = sights[self.roll(sights.len())].clone();
            let old = variables.clone();
            assigned(&state["Assign"], &sight, &old, &mut variables)?;
            input = selected(state.get("OutputPath"), &whole, &old)?;
            match state.get("Next") {
                Some(next) => name = next.as_str()?.to_owned(),
                None => return Some(input),
            }
        }
    }
}

fn contradiction(claim: &Resolved, parameters: &Value, input: &Value, variables: &Variables) -> Option<String> {
    for (key, text) in parameters.as_object()? {
        let actual = expression(text.as_str()?, input, variables);
        let (Some(actual), Some(claimed)) = (actual, claim.member(key.trim_end_matches(".$"))) else { continue };
        if !agrees(&claimed, &actual) {
            return Some(format!("{key}: {claimed:?} is claimed, {actual} was seen"));
        }
    }
    None
}

fn agrees(claimed: &Resolved, actual: &Value) -> bool {
    match claimed {
        Resolved::Static(value) | Resolved::Constant { value, .. } => value == actual,
        Resolved::Runtime { pattern: Some(pattern), .. } => actual.as_str().is_some_and(|actual| glob(pattern, actual)),
        Resolved::Object(map) => {
            let same =
                |(key, claimed): (&String, &Resolved)| actual.get(key).is_some_and(|actual| agrees(claimed, actual));
            actual.as_object().is_some_and(|actual| actual.len() == map.len()) && map.iter().all(same)
        }
        Resolved::Array(items) => actual.as_array().is_some_and(|actual| {
            actual.len() == items.len() && items.iter().zip(actual).all(|(claimed, actual)| agrees(claimed, actual))
        }),
        _ => true,
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.is_char_boundary(at) && glob(after, &rest[at..]))),
    }
}

fn path(text: &str, input: &Value, variables: &Variables) -> Option<Value> {
    let (root, rest) = match text.strip_prefix("$").unwrap_or(text) {
        rest if rest.is_empty() || rest.starts_with(['.', '[']) => (input.clone(), rest),
        rest => (variables.get(&rest[..1])?.clone(), &rest[1..]),
    };
    let steps = rest.replace("[0]", ".0");
    steps.split('.').skip(1).try_fold(root, |value, step| match &value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?).cloned(),
        value => value.get(step).cloned(),
    })
}

fn expression(text: &str, input: &Value, variables: &Variables) -> Option<Value> {
    let written = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text {
        "States.Format('{}-x', $.a)" => Some(format!("{}-x", written(path("$.a", input, variables)?)).into()),
        "States.Format('{}', $u)" => Some(written(path("$u", input, variables)?).into()),
        "States.Array($.a, $v)" => Some(json!([path("$.a", input, variables)?, path("$v", input, variables)?])),
        text => path(text, input, variables),
    }
}

fn template(value: &Value, input: &Value, variables: &Variables) -> Option<Value> {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match key.strip_suffix(".$") {
                Some(key) => Some((key.to_owned(), expression(value.as_str()?, input, variables)?)),
                None => Some((key.clone(), template(value, input, variables)?)),
            })
            .collect(),
        value => Some(value.clone()),
    }
}

fn assigned(assign: &Value, input: &Value, old: &Variables, variables: &mut Variables) -> Option<()> {
    if assign.is_object() {
        let values = template(assign, input, old)?;
        variables.extend(values.as_object()?.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
    Some(())
}

fn selected(field: Option<&Value>, value: &Value, variables: &Variables) -> Option<Value> {
    match field {
        None => Some(value.clone()),
        Some(Value::Null) => Some(json!({})),
        Some(field) => path(field.as_str()?, value, variables),
    }
}

fn placed(base: &Value, place: Option<&Value>, result: Value) -> Option<Value> {
    let Some(place) = place else { return Some(result) };
    let Some(place) = place.as_str() else { return Some(base.clone()) };
    let mut whole = base.clone();
    let mut at = &mut whole;
    for key in place.split('.').skip(1) {
        at = at.as_object_mut()?.entry(key).or_insert_with(|| json!({}));
    }
    *at = result;
    Some(whole)
}
