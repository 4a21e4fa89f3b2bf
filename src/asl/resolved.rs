use std::collections::BTreeMap;

use serde_json::Value;

use super::abs::Abs;
use super::evaluate::Sight;
use super::{QueryLanguage, Resolved, jsonata};

/// Bytes of a text that names no target and is still kept.
const LONGEST_TEXT: usize = 256;
/// Bytes of a text that names a target.
const LONGEST_TARGET: usize = 2_048;
/// Levels of arguments that are kept; what is deeper becomes a marker. Snapshots are read back at most 127 levels deep, and
/// each of these takes two of them.
const DEEPEST: usize = 24;
/// Bytes of an expression that is told as the source of a value.
const LONGEST_SOURCE: usize = 256;

impl Resolved {
    /// A field's value, with every expression in it. Long texts that are no `targets` are dropped to their length.
    pub(super) fn of(value: &Value, language: QueryLanguage, sight: &Sight<'_>, targets: fn(&str) -> bool) -> Self {
        Reader { language, sight, targets }.field("", value, 0)
    }

    /// What is known of a value, told as coming from `from`.
    pub(super) fn known(value: &Abs, from: &str) -> Self {
        match value {
            Abs::Const(value) => Self::Constant { value: (**value).clone(), from: source(from) },
            Abs::Text(pattern) => Self::Runtime { from: source(from), pattern: Some(pattern.to_string()) },
            Abs::Context(path) => Self::Context { from: format!("$$.{path}") },
            Abs::Object(fields) if !fields.open => {
                let field = |(key, value): (&String, &Abs)| (key.clone(), Self::known(value, &join(from, key)));
                Self::Object(fields.known.iter().map(field).collect())
            }
            Abs::Array(items) => {
                let item = |(index, item)| Self::known(item, &format!("{}[{index}]", source(from)));
                Self::Array(items.list.iter().enumerate().map(item).collect())
            }
            Abs::Object(_) | Abs::Unknown => Self::Runtime { from: source(from), pattern: None },
        }
    }

    /// The member `name`, whatever its letters' case; `None` where there is known to be none.
    pub fn member(&self, name: &str) -> Option<Self> {
        match self {
            Self::Object(map) => {
                let same = |(key, _): &(&String, &Self)| key.eq_ignore_ascii_case(name);
                map.get(name).or_else(|| map.iter().find(same).map(|(_, value)| value)).cloned()
            }
            Self::Static(value) => Some(Self::Static(member(value, name)?.clone())),
            Self::Constant { value, from } => {
                Some(Self::Constant { value: member(value, name)?.clone(), from: join(from, name) })
            }
            Self::Runtime { from, .. } => Some(Self::Runtime { from: join(from, name), pattern: None }),
            Self::Context { .. } | Self::Array(_) => None,
        }
    }

    /// The value, where it is known.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Static(value) | Self::Constant { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The text, where it is known to be this one.
    pub fn text(&self) -> Option<&str> {
        self.value()?.as_str()
    }

    /// `static`, `resolved` or `runtime`; what is known only in part is chosen at run time.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Static(_) => "static",
            Self::Constant { .. } | Self::Context { .. } => "resolved",
            Self::Runtime { .. } => "runtime",
            Self::Object(map) => worst(map.values()),
            Self::Array(items) => worst(items.iter()),
        }
    }

    /// The path or expression that it comes from; `None` for what is written there.
    pub fn from(&self) -> Option<&str> {
        match self {
            Self::Constant { from, .. } | Self::Runtime { from, .. } | Self::Context { from } => Some(from),
            Self::Static(_) | Self::Object(_) | Self::Array(_) => None,
        }
    }
}

fn worst<'a>(values: impl Iterator<Item = &'a Resolved>) -> &'static str {
    let kinds: Vec<_> = values.map(Resolved::kind).collect();
    ["runtime", "resolved"].into_iter().find(|kind| kinds.contains(kind)).unwrap_or("static")
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let map = value.as_object()?;
    map.get(name).or_else(|| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn join(from: &str, key: &str) -> String {
    let from = source(from);
    if from.ends_with('…') { from } else { source(&format!("{from}.{key}")) }
}

fn source(text: &str) -> String {
    if text.len() <= LONGEST_SOURCE {
        return text.to_owned();
    }
    let mut end = LONGEST_SOURCE;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

struct Reader<'a> {
    language: QueryLanguage,
    sight: &'a Sight<'a>,
    targets: fn(&str) -> bool,
}

impl Reader<'_> {
    fn field(&self, name: &str, value: &Value, depth: usize) -> Resolved {
        match value {
            Value::Object(_) | Value::Array(_) if depth == DEEPEST => Resolved::Static("[stepwarden:TREE]".into()),
            Value::Object(map) => {
                let mut fields = BTreeMap::new();
                for (key, value) in map {
                    let bare = key.strip_suffix(".$").filter(|_| self.language == QueryLanguage::JsonPath);
                    let (key, resolved) = match bare {
                        Some(bare) if map.contains_key(bare) => (bare, runtime(bare)),
                        Some(bare) => (bare, self.dynamic(bare, value)),
                        None => (key.as_str(), self.field(key, value, depth + 1)),
                    };
                    fields.insert(key.to_owned(), resolved);
                }
                Resolved::Object(fields)
            }
            Value::Array(items) => {
                Resolved::Array(items.iter().map(|item| self.field(name, item, depth + 1)).collect())
            }
            Value::String(text) if self.language == QueryLanguage::Jsonata => match jsonata::expression(text) {
                Some(_) => self.dynamic(name, value),
                None => Resolved::Static(self.kept(name, value.clone())),
            },
            value => Resolved::Static(self.kept(name, value.clone())),
        }
    }

    fn dynamic(&self, name: &str, value: &Value) -> Resolved {
        let Some(text) = value.as_str() else { return runtime(name) };
        let from = jsonata::expression(text).filter(|_| self.language == QueryLanguage::Jsonata).unwrap_or(text).trim();
        let known = self.sight.expression(text, self.language).unwrap_or(Abs::Unknown);
        self.pruned(name, Resolved::known(&known, from))
    }

    fn pruned(&self, name: &str, resolved: Resolved) -> Resolved {
        match resolved {
            Resolved::Constant { value, from } => Resolved::Constant { value: self.kept(name, value), from },
            Resolved::Object(map) => {
                let field = |(key, value): (String, Resolved)| {
                    let value = self.pruned(&key, value);
                    (key, value)
                };
                Resolved::Object(map.into_iter().map(field).collect())
            }
            Resolved::Array(items) => Resolved::Array(items.into_iter().map(|item| self.pruned(name, item)).collect()),
            other => other,
        }
    }

    /// Facts, not text: what is long and names no target becomes a marker with its length in bytes.
    fn kept(&self, name: &str, value: Value) -> Value {
        let most = if (self.targets)(name) { LONGEST_TARGET } else { LONGEST_TEXT };
        match value {
            Value::String(text) if text.len() > most => format!("[stepwarden:TEXT:{}]", text.len()).into(),
            Value::Array(items) => items.into_iter().map(|item| self.kept(name, item)).collect(),
            Value::Object(map) => {
                let field = |(key, value): (String, Value)| {
                    let value = self.kept(&key, value);
                    (key, value)
                };
                Value::Object(map.into_iter().map(field).collect())
            }
            value => value,
        }
    }
}

/// A field that is written in a way that has no value.
fn runtime(name: &str) -> Resolved {
    Resolved::Runtime { from: source(&format!("{name}.$")), pattern: None }
}
