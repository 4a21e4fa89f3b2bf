//! What is known of a value before anything has run.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

/// An upper bound of the values that an expression can have on the paths seen so far. Every operation may lose
/// knowledge; none may invent any.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Abs {
    /// Anything.
    Unknown,
    /// A text of this form, `*` standing for any text.
    Text(Arc<str>),
    /// This value and no other.
    Const(Arc<Value>),
    /// This member of the context object, such as `StateMachine.Id`.
    Context(Arc<str>),
    /// An object, known in part.
    Object(Arc<Fields>),
    /// An array of known length.
    Array(Arc<Items>),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Fields {
    pub(super) known: BTreeMap<String, Abs>,
    /// There may be fields beside the known ones.
    pub(super) open: bool,
    depth: u8,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Items {
    pub(super) list: Vec<Abs>,
    depth: u8,
}

/// Work that one definition may cost: bounds time and memory whatever the definition says.
#[derive(Debug)]
pub(super) struct Budget(Cell<usize>);

impl Budget {
    /// Some fifty times what the largest real definitions need.
    const WORK: usize = 1_500_000;
    /// Nodes and bytes of the largest constant that is carried on.
    const LARGEST: usize = 16 * 1024;
    /// Levels of the deepest value that is carried on, twice where it is known in part.
    const DEEPEST: u8 = 16;

    pub(super) fn new() -> Self {
        Self(Cell::new(Self::WORK))
    }

    pub(super) fn spend(&self, work: usize) {
        self.0.set(self.0.get().saturating_sub(work));
    }

    /// Entries of a map that is copied and stays.
    pub(super) fn keep(&self, entries: usize) {
        self.spend(4 * entries);
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// Nodes, and bytes of texts and keys by the sixteen.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.len() / 16,
        Value::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Object(map) => 1 + map.iter().map(|(key, value)| key.len() / 16 + weight(value)).sum::<usize>(),
        _ => 1,
    }
}

/// At most `levels` levels of arrays and objects.
fn is_shallow(value: &Value, levels: u8) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_shallow(item, levels - 1)),
        Value::Object(map) => levels > 0 && map.values().all(|value| is_shallow(value, levels - 1)),
        _ => true,
    }
}

impl Fields {
    pub(super) fn open() -> Self {
        Self { open: true, ..Self::default() }
    }
}

impl Abs {
    /// A value, unless it is too large to be carried on.
    pub(super) fn constant(value: Value, budget: &Budget) -> Self {
        let weight = weight(&value);
        budget.spend(weight);
        let fits = weight <= Budget::LARGEST && is_shallow(&value, Budget::DEEPEST);
        if fits && !budget.is_spent() { Self::Const(Arc::new(value)) } else { Self::Unknown }
    }

    pub(super) fn null() -> Self {
        Self::Const(Arc::new(Value::Null))
    }

    pub(super) fn empty_object() -> Self {
        Self::Const(Arc::new(Value::Object(Map::new())))
    }

    /// An object of which some fields are known, as a constant where all are.
    pub(super) fn object(known: BTreeMap<String, Abs>, open: bool, budget: &Budget) -> Self {
        budget.spend(1 + known.len());
        if budget.is_spent() {
            return Self::Unknown;
        }
        if !open && known.values().all(|value| matches!(value, Self::Const(_))) {
            let value = |(key, value): (String, Abs)| Some((key, value.value()?.clone()));
            let whole: Option<Map<_, _>> = known.into_iter().map(value).collect();
            return whole.map_or(Self::Unknown, |map| Self::constant(Value::Object(map), budget));
        }
        let depth = deepest(known.values());
        if depth > Budget::DEEPEST { Self::Unknown } else { Self::Object(Arc::new(Fields { known, open, depth })) }
    }

    pub(super) fn array(items: Vec<Abs>, budget: &Budget) -> Self {
        budget.spend(1 + items.len());
        if budget.is_spent() {
            return Self::Unknown;
        }
        if items.iter().all(|item| matches!(item, Self::Const(_))) {
            let whole: Option<Vec<_>> = items.iter().map(|item| item.value().cloned()).collect();
            return whole.map_or(Self::Unknown, |items| Self::constant(Value::Array(items), budget));
        }
        let depth = deepest(items.iter());
        if depth > Budget::DEEPEST { Self::Unknown } else { Self::Array(Arc::new(Items { list: items, depth })) }
    }

    /// A text known in part; all `*` knows nothing.
    pub(super) fn text(pattern: &str) -> Self {
        let mut short = String::with_capacity(pattern.len());
        for c in pattern.chars() {
            if c != '*' || !short.ends_with('*') {
                short.push(c);
            }
        }
        if short == "*" || short.len() > 2048 { Self::Unknown } else { Self::Text(short.into()) }
    }

    pub(super) fn value(&self) -> Option<&Value> {
        if let Self::Const(value) = self { Some(value) } else { None }
    }

    /// Its fields, one level deep; `None` where it may be no object.
    pub(super) fn fields(&self, budget: &Budget) -> Option<Fields> {
        match self {
            Self::Object(fields) => {
                budget.keep(fields.known.len());
                if budget.is_spent() {
                    return None;
                }
                Some((**fields).clone())
            }
            Self::Const(value) => {
                let map = value.as_object()?;
                let field = |(key, value): (&String, &Value)| (key.clone(), Self::constant(value.clone(), budget));
                Some(Fields { known: map.iter().map(field).collect(), ..Fields::default() })
            }
            _ => None,
        }
    }

    /// Its items, one level deep; `None` where it may be no array, or one of unknown length.
    pub(super) fn items(&self, budget: &Budget) -> Option<Vec<Abs>> {
        match self {
            Self::Array(items) => {
                budget.spend(items.list.len());
                Some(items.list.clone())
            }
            Self::Const(value) => {
                Some(value.as_array()?.iter().map(|value| Self::constant(value.clone(), budget)).collect())
            }
            _ => None,
        }
    }

    /// The member `key`; what is not there is not known.
    pub(super) fn member(&self, key: &str, budget: &Budget) -> Self {
        match self {
            Self::Object(fields) => fields.known.get(key).cloned().unwrap_or(Self::Unknown),
            Self::Const(value) => value.get(key).map_or(Self::Unknown, |value| Self::constant(value.clone(), budget)),
            _ => Self::Unknown,
        }
    }

    pub(super) fn item(&self, index: usize, budget: &Budget) -> Self {
        match self {
            Self::Array(items) => items.list.get(index).cloned().unwrap_or(Self::Unknown),
            Self::Const(value) => value.get(index).map_or(Self::Unknown, |value| Self::constant(value.clone(), budget)),
            _ => Self::Unknown,
        }
    }

    /// This with `value` at the keys of `path`, made where they are missing. Had it been no object there, the state
    /// would have failed.
    pub(super) fn with(&self, path: &[String], value: Self, budget: &Budget) -> Self {
        let Some((key, rest)) = path.split_first() else { return value };
        let mut fields = self.fields(budget).unwrap_or_else(Fields::open);
        let inner = match (fields.known.get(key), fields.open) {
            (Some(inner), _) => inner.clone(),
            (None, true) => Self::Unknown,
            (None, false) => Self::empty_object(),
        };
        fields.known.insert(key.clone(), inner.with(rest, value, budget));
        Self::object(fields.known, fields.open, budget)
    }

    /// What holds of both; and whether that is less than what `self` says.
    pub(super) fn join(&self, other: &Self, budget: &Budget) -> (Self, bool) {
        budget.spend(1);
        let same = match (self, other) {
            (Self::Unknown, _) => true,
            (Self::Const(a), Self::Const(b)) => Arc::ptr_eq(a, b) || equal(a, b, budget),
            (Self::Object(a), Self::Object(b)) => Arc::ptr_eq(a, b),
            (Self::Array(a), Self::Array(b)) => Arc::ptr_eq(a, b),
            (Self::Text(a), Self::Text(b)) | (Self::Context(a), Self::Context(b)) => a == b,
            _ => false,
        };
        if same {
            return (self.clone(), false);
        }
        if budget.is_spent() {
            return (Self::Unknown, true);
        }
        if let (Some(mut a), Some(b)) = (self.fields(budget), other.fields(budget)) {
            let before = a.known.len();
            let mut changed = b.open && !a.open;
            a.open |= b.open;
            a.known.retain(|key, _| b.known.contains_key(key));
            if a.known.len() < before || a.known.len() < b.known.len() {
                changed |= a.known.len() < before || !a.open;
                a.open = true;
            }
            for (key, value) in &mut a.known {
                let (joined, less) = value.join(&b.known[key], budget);
                changed |= less;
                *value = joined;
            }
            return (Self::object(a.known, a.open, budget), changed);
        }
        if let (Some(a), Some(b)) = (self.items(budget), other.items(budget))
            && a.len() == b.len()
        {
            let (items, less): (Vec<_>, Vec<_>) = a.iter().zip(&b).map(|(a, b)| a.join(b, budget)).unzip();
            return (Self::array(items, budget), less.contains(&true));
        }
        (Self::Unknown, true)
    }

    pub(super) fn joined(&self, other: &Self, budget: &Budget) -> Self {
        self.join(other, budget).0
    }
}

/// Levels of what is known in part; constants are bounded by themselves.
fn deepest<'a>(values: impl Iterator<Item = &'a Abs>) -> u8 {
    let depth = |value: &Abs| match value {
        Abs::Object(fields) => fields.depth,
        Abs::Array(items) => items.depth,
        _ => 0,
    };
    1 + values.map(depth).max().unwrap_or(0)
}

fn equal(a: &Value, b: &Value, budget: &Budget) -> bool {
    budget.spend(weight(a));
    a == b
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Abs, Budget};

    #[test]
    fn joins_keep_what_both_say() {
        let budget = Budget::new();
        let constant = |value| Abs::constant(value, &budget);
        let (a, b) = (
            constant(json!({"x": 1, "y": {"z": "a"}, "l": [1, 2]})),
            constant(json!({"x": 1, "y": {"z": "b"}, "l": [1, 3]})),
        );
        let (joined, less) = a.join(&b, &budget);
        assert!(less);
        assert_eq!(joined.member("x", &budget), constant(json!(1)));
        assert_eq!(joined.member("y", &budget).member("z", &budget), Abs::Unknown);
        assert_eq!(joined.member("l", &budget).item(0, &budget), constant(json!(1)));
        assert_eq!(joined.member("l", &budget).item(1, &budget), Abs::Unknown);
        assert_eq!(joined.join(&b, &budget), (joined.clone(), false));
        assert_eq!(joined.join(&a, &budget), (joined.clone(), false));
    }

    #[test]
    fn a_field_that_one_side_lacks_is_not_known() {
        let budget = Budget::new();
        let (a, b) = (Abs::constant(json!({"x": 1}), &budget), Abs::constant(json!({}), &budget));
        for joined in [a.joined(&b, &budget), b.joined(&a, &budget)] {
            let fields = joined.fields(&budget).unwrap();
            assert!(fields.open && fields.known.is_empty());
        }
    }

    #[test]
    fn a_field_set_in_something_unknown_is_known() {
        let budget = Budget::new();
        let path = ["a".to_owned(), "b".to_owned()];
        let set = Abs::Unknown.with(&path, Abs::constant(json!("c"), &budget), &budget);
        assert_eq!(set.member("a", &budget).member("b", &budget), Abs::constant(json!("c"), &budget));
        assert_eq!(set.member("d", &budget), Abs::Unknown);
        let over = set.with(&path[..1], Abs::Unknown, &budget);
        assert_eq!(over.member("a", &budget).member("b", &budget), Abs::Unknown);
    }

    #[test]
    fn a_spent_budget_knows_nothing() {
        let budget = Budget::new();
        budget.spend(usize::MAX);
        assert_eq!(Abs::constant(json!("a"), &budget), Abs::Unknown);
    }
}
