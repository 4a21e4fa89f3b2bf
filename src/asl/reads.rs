//! What an expression reads and what a template writes, by the last name of each place: `n` of `$.a.n[0]`, of `$n` and of
//! `$states.input.n`. Names are enough to tell a counter, and they outlive the reshaping between states.

use std::collections::BTreeSet;

use serde_json::Value;

use super::intrinsic::{Call, Term};
use super::path::{Path, Root, Step};
use super::{QueryLanguage, jsonata};

/// What one expression reads. A literal reads nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Reads {
    /// The last name of each place.
    pub(super) names: BTreeSet<String>,
    /// Every name on the way there; `$` for what comes from the state's input.
    pub(super) keys: BTreeSet<String>,
    /// The last name of each place in what the execution itself was given, which no state changes.
    pub(super) given: BTreeSet<String>,
    /// What goes on by itself: the time (`$$.State.EnteredTime`, `$now()`, `$millis()`).
    pub(super) clock: bool,
    /// Drawn by lot, or the rest of a division: it may come round again.
    pub(super) wanders: bool,
    /// What a call answered.
    pub(super) outside: bool,
    /// More is done with it than handing it on.
    pub(super) computes: bool,
}

/// One field or variable that a state writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Write {
    pub(super) name: String,
    pub(super) reads: Reads,
}

impl Write {
    /// The new value is computed from the old: `n` of `States.MathAdd($.n, 1)`, of `$n + 1` and of `$.n[1:]`.
    pub(super) fn steps(&self) -> bool {
        self.reads.computes && !self.reads.wanders && self.reads.tells(&self.name)
    }
}

/// `States.MathAdd($.n, 0)`.
fn adds_nothing(call: &Call) -> bool {
    let zero = |term: &Term| matches!(term, Term::Literal(number) if number.as_f64() == Some(0.0));
    call.name == "MathAdd" && call.arguments.iter().any(zero)
}

/// What `$` of JSONPath is: the state's input, or what a call answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dollar {
    Input,
    Answer,
}

impl Reads {
    /// Of a path, a call of an intrinsic function or a `{% … %}`; `None` where the text is none.
    pub(super) fn of(text: &str, language: QueryLanguage, dollar: Dollar) -> Option<Self> {
        let mut reads = Self::default();
        match language {
            QueryLanguage::Jsonata => {
                let expression = jsonata::parse(jsonata::expression(text)?).ok()?;
                return Some(jsonata::reads(&expression));
            }
            QueryLanguage::JsonPath if text.starts_with("States.") => {
                let call = Call::parse(text).ok()?;
                reads.computes = !adds_nothing(&call);
                reads.call(&call, dollar);
            }
            QueryLanguage::JsonPath => reads.path(&Path::parse(text).ok()?, dollar),
        }
        Some(reads)
    }

    /// It reads a place of this name in the state's input, a variable, or what the execution was given.
    pub(super) fn tells(&self, name: &str) -> bool {
        self.names.contains(name) || self.given.contains(name)
    }

    /// Nothing but the field of this name of the state's input, as it is; `None` of what the execution was given.
    pub(super) fn is_field(&self, name: &str, root: Option<&str>) -> bool {
        let place = match root {
            Some(root) => [root.to_owned(), name.to_owned()].into(),
            None => BTreeSet::from([format!("$$.Execution.Input.{name}")]),
        };
        self.keys == place && !(self.clock || self.wanders || self.outside || self.computes)
    }

    /// Always the same value.
    pub(super) fn is_constant(&self) -> bool {
        *self == Self::default()
    }

    fn call(&mut self, call: &Call, dollar: Dollar) {
        self.wanders |= matches!(call.name.as_str(), "MathRandom" | "UUID");
        for term in &call.arguments {
            match term {
                Term::Path(path) => self.path(path, dollar),
                Term::Call(call) => self.call(call, dollar),
                Term::Text(_) | Term::Literal(_) => {}
            }
        }
    }

    fn path(&mut self, path: &Path, dollar: Dollar) {
        self.computes |= !path.is_reference();
        let keys = path.steps.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) | Step::Many => None,
        });
        match &path.root {
            Root::Context => self.context(&path.dotted().unwrap_or_default()),
            Root::Input if dollar == Dollar::Answer => self.outside = true,
            Root::Input => {
                self.keys.insert("$".to_owned());
                self.place(keys);
            }
            Root::Variable(name) => self.place(std::iter::once(name.as_str()).chain(keys)),
        }
    }

    /// A member of the context object; of these only the time changes from turn to turn by itself.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>.
    pub(super) fn context(&mut self, path: &str) {
        self.clock |= path == "State.EnteredTime";
        let given = path.strip_prefix("Execution.Input.").and_then(|place| place.rsplit('.').next());
        self.given.extend(given.map(str::to_owned));
        self.keys.insert(format!("$$.{path}"));
    }

    pub(super) fn place<'a>(&mut self, keys: impl Iterator<Item = &'a str>) {
        let keys: Vec<_> = keys.collect();
        self.names.extend(keys.last().map(|last| (*last).to_owned()));
        self.keys.extend(keys.into_iter().map(str::to_owned));
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.names.extend(other.names);
        self.keys.extend(other.keys);
        self.given.extend(other.given);
        self.clock |= other.clock;
        self.wanders |= other.wanders;
        self.outside |= other.outside;
        self.computes |= other.computes;
    }
}

/// Every field that a template makes, with what it is made of; `name` is where the whole is put.
pub(super) fn writes(template: &Value, name: &str, language: QueryLanguage, dollar: Dollar) -> Vec<Write> {
    let mut out = Vec::new();
    collect(template, name, language, dollar, &mut out);
    out.retain(|write| !write.name.is_empty());
    out
}

fn collect(template: &Value, name: &str, language: QueryLanguage, dollar: Dollar, out: &mut Vec<Write>) {
    // What cannot be read may be anything, as an answer is.
    let unreadable = || Reads { outside: true, ..Reads::default() };
    let mut write = |reads| out.push(Write { name: name.to_owned(), reads });
    match template {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                match (language, key.strip_suffix(".$"), value) {
                    (QueryLanguage::JsonPath, Some(key), Value::String(text)) => {
                        let reads = Reads::of(text, language, dollar).unwrap_or_else(unreadable);
                        if let Ok(call) = Call::parse(text) {
                            merged(&call, dollar, out);
                        }
                        out.push(Write { name: key.to_owned(), reads });
                    }
                    _ => collect(value, key, language, dollar, out),
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                collect(item, name, language, dollar, out);
            }
        }
        Value::String(text) if language == QueryLanguage::Jsonata && jsonata::expression(text).is_some() => {
            let parsed = jsonata::expression(text).and_then(|text| jsonata::parse(text).ok());
            write(parsed.as_ref().map_or_else(unreadable, jsonata::reads));
            out.extend(parsed.as_ref().map(jsonata::writes).unwrap_or_default());
        }
        _ => write(Reads::default()),
    }
}

/// The fields that calls put together: `n` of `States.StringToJson(States.Format('\{"n":{}\}', $.n))`.
fn merged(call: &Call, dollar: Dollar, out: &mut Vec<Write>) {
    match (call.name.as_str(), call.arguments.as_slice()) {
        ("Format", [Term::Text(text), value]) => {
            let name = text.strip_prefix(r#"\{""#).and_then(|text| text.strip_suffix(r#"":{}\}"#));
            let mut reads = Reads::default();
            match value {
                Term::Call(call) => {
                    reads.computes = !adds_nothing(call);
                    reads.call(call, dollar);
                }
                Term::Path(path) => reads.path(path, dollar),
                Term::Text(_) | Term::Literal(_) => {}
            }
            out.extend(name.map(|name| Write { name: name.to_owned(), reads }));
        }
        ("JsonMerge" | "StringToJson" | "JsonToString", arguments) => {
            for argument in arguments {
                if let Term::Call(call) = argument {
                    merged(call, dollar, out);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Dollar, Reads, writes};
    use crate::asl::QueryLanguage::{self, JsonPath, Jsonata};

    fn of(text: &str, language: QueryLanguage) -> (String, bool, bool) {
        let reads = Reads::of(text, language, Dollar::Input).unwrap();
        (reads.names.into_iter().collect::<Vec<_>>().join(" "), reads.computes, reads.clock)
    }

    #[test]
    fn what_expressions_read() {
        for (text, language, names, computes, clock) in [
            ("$.a.n", JsonPath, "n", false, false),
            ("$.a.n[0]", JsonPath, "n", false, false),
            ("$n", JsonPath, "n", false, false),
            ("$.list[1:]", JsonPath, "list", true, false),
            ("States.MathAdd($.it.n, 1)", JsonPath, "n", true, false),
            ("States.MathAdd($n, States.ArrayLength($.list))", JsonPath, "list n", true, false),
            ("$$.State.EnteredTime", JsonPath, "", false, true),
            ("$$.Execution.StartTime", JsonPath, "", false, false),
            ("{% $n + 1 %}", Jsonata, "n", true, false),
            ("{% $n %}", Jsonata, "n", false, false),
            ("{% $states.input.it.n - 1 %}", Jsonata, "n", true, false),
            ("{% $states.input.list[0] %}", Jsonata, "list", false, false),
            ("{% $list[[1..9]] %}", Jsonata, "list", true, false),
            ("{% $count($list) %}", Jsonata, "list", true, false),
            ("{% $millis() - $toMillis($states.context.Execution.StartTime) %}", Jsonata, "", true, true),
            ("{% $states.context.State.EnteredTime %}", Jsonata, "", false, true),
        ] {
            assert_eq!(of(text, language), (names.to_owned(), computes, clock), "{text}");
        }
        assert!(Reads::of("{% $states.result.Payload.n %}", Jsonata, Dollar::Input).unwrap().outside);
        assert!(Reads::of("$.Payload.n", JsonPath, Dollar::Answer).unwrap().outside);
    }

    #[test]
    fn what_templates_write() {
        let steps = |template: Value, language| {
            let writes = writes(&template, "", language, Dollar::Input);
            let steps: Vec<_> = writes.iter().filter(|write| write.steps()).map(|write| write.name.clone()).collect();
            let constant: Vec<_> =
                writes.iter().filter(|write| write.reads.is_constant()).map(|write| write.name.clone()).collect();
            (steps.join(" "), constant.join(" "))
        };
        for (template, language, step, constant) in [
            (json!({"n.$": "States.MathAdd($.n, 1)", "x.$": "$.x", "y": 1}), JsonPath, "n", "y"),
            (json!({"it": {"n.$": "States.MathAdd($.it.n, 1)"}, "list": []}), JsonPath, "n", "list"),
            (json!({"n.$": "$.n"}), JsonPath, "", ""),
            (json!({"n": "{% $n + 1 %}", "m": 1}), Jsonata, "n", "m"),
            (json!("{% $merge([$states.input, {'n': $states.input.n + 1, 'm': 0}]) %}"), Jsonata, "n", "m"),
            (json!({"a": "{% ( $n := $states.input.n + 1; {'n': $n} ) %}"}), Jsonata, "n", ""),
        ] {
            assert_eq!(steps(template.clone(), language), (step.to_owned(), constant.to_owned()), "{template}");
        }
    }
}
