use serde_json::Value;

/// One line of a condition: an operator, a key and the values, any of which may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// As written.
    pub operator: &'a str,
    /// As written; IAM compares keys without case.
    pub key: &'a str,
    pub values: Vec<String>,
}

/// The lines of a condition; all of them must hold.
pub fn entries(condition: Option<&Value>) -> Vec<Entry<'_>> {
    let operators = condition.and_then(Value::as_object).into_iter().flatten();
    let lines =
        operators.flat_map(|(operator, keys)| keys.as_object().into_iter().flatten().map(move |line| (operator, line)));
    lines.map(|(operator, (key, value))| Entry { operator, key, values: texts(value) }).collect()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

impl Entry<'_> {
    pub fn is_key(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }

    /// The operator without its set prefix and `IfExists`, in lower case.
    pub fn base(&self) -> String {
        let lower = self.operator.to_ascii_lowercase();
        let base = lower.rsplit(':').next().unwrap_or_default();
        base.strip_suffix("ifexists").unwrap_or(base).to_owned()
    }

    /// It holds where the request lacks the key.
    pub fn if_exists(&self) -> bool {
        self.operator.to_ascii_lowercase().ends_with("ifexists")
    }

    /// `ForAllValues` or `ForAnyValue`: made for keys with several values.
    pub fn over_a_set(&self) -> bool {
        self.operator.contains(':')
    }

    /// Holds only where the request has the key.
    pub fn requires(&self, key: &str) -> bool {
        self.base() == "null"
            && self.is_key(key)
            && !self.values.is_empty()
            && self.values.iter().all(|value| value.eq_ignore_ascii_case("false"))
    }
}
