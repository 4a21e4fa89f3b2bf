// The type of an address; nothing connects.
use core::net::IpAddr;

use serde_json::Value;

use super::arn_value::ArnTemplate;
use super::context::{Context, Keys, Lookup};
use super::operator::{Kind, Operator, Order, SetOperator};
use super::template::{Comparison, Template};
use super::tri::{Tri, over};
use super::values::{self, Block};

/// One operator over one key: all conditions of a statement must hold.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    operator: Operator,
    key: Box<str>,
    values: Values,
}

/// The policy's values, read as what the operator compares. `None` is a value that is not of that kind: it compares with
/// nothing. Variables stand only in what string and ARN operators compare.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-conditionelement>.
#[derive(Debug, Clone)]
enum Values {
    Text(Box<[Template]>, Comparison),
    Arn(Box<[ArnTemplate]>),
    Number(Order, Box<[Option<f64>]>),
    Date(Order, Box<[Option<i128>]>),
    Bool(Box<[Option<bool>]>),
    Ip(Box<[Option<Block>]>),
    /// Base64 compares as text.
    Binary(Box<[Box<str>]>),
    Null(Box<[Option<bool>]>),
}

/// The conditions of a statement. An operator that IAM does not have is refused where a policy is parsed; one in a statement
/// that was never parsed never holds.
pub(super) fn compile(condition: Option<&Value>, variables: bool) -> Box<[Condition]> {
    let mut conditions = Vec::new();
    for (name, keys) in condition.and_then(Value::as_object).into_iter().flatten() {
        let operator = Operator::parse(name);
        for (key, list) in keys.as_object().into_iter().flatten() {
            let never = Values::Null(Box::default());
            let values = operator.map_or(never, |operator| Values::new(operator.kind, &texts(list), variables));
            conditions.push(Condition {
                operator: operator.unwrap_or(Operator::NULL),
                key: key.as_str().into(),
                values,
            });
        }
    }
    conditions.into()
}

fn texts(values: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match values {
        Value::Array(list) => list.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}

impl Values {
    fn new(kind: Kind, texts: &[String], variables: bool) -> Self {
        fn each<T>(texts: &[String], read: impl Fn(&str) -> T) -> Box<[T]> {
            texts.iter().map(|text| read(text)).collect()
        }
        let text = |wildcards, ignore_case| {
            Self::Text(each(texts, |text| Template::parse(text, variables)), Comparison { wildcards, ignore_case })
        };
        match kind {
            Kind::Equals => text(false, false),
            Kind::EqualsIgnoreCase => text(false, true),
            Kind::Like => text(true, false),
            Kind::Arn => Self::Arn(each(texts, |text| ArnTemplate::parse(text, variables))),
            Kind::Numeric(order) => Self::Number(order, each(texts, values::number)),
            Kind::Date(order) => Self::Date(order, each(texts, values::date)),
            Kind::Bool => Self::Bool(each(texts, values::boolean)),
            Kind::Ip => Self::Ip(each(texts, Block::parse)),
            Kind::Binary => Self::Binary(each(texts, |text| text.into())),
            Kind::Null => Self::Null(each(texts, values::boolean)),
        }
    }
}

impl Condition {
    pub(super) fn holds<'p>(&'p self, context: &Context, keys: &mut Keys<'p>) -> Tri {
        let found = context.look_up(&self.key);
        if found == Lookup::Unknown {
            keys.add(&self.key);
            return Tri::Unknown;
        }
        if let Values::Null(wanted) = &self.values {
            let absent = found == Lookup::Absent;
            return wanted.contains(&Some(absent)).into();
        }
        match (found, self.operator.set) {
            (Lookup::Values(values), Some(SetOperator::ForAllValues)) => {
                Tri::all(values.iter().map(|value| self.compare(value, context, keys)))
            }
            (Lookup::Values(values), Some(SetOperator::ForAnyValue)) => {
                Tri::any(values.iter().map(|value| self.compare(value, context, keys)))
            }
            // Several values need a set operator.
            (Lookup::Values([value]), None) => self.compare(value, context, keys),
            (Lookup::Values(_), None) => Tri::No,
            (_, set) => {
                let without_set = self.operator.negated && set.is_none();
                (self.operator.if_exists || set == Some(SetOperator::ForAllValues) || without_set).into()
            }
        }
    }

    fn compare<'p>(&'p self, value: &str, context: &Context, keys: &mut Keys<'p>) -> Tri {
        fn typed<T>(own: &[Option<T>], value: Option<&T>, negated: bool, same: impl Fn(&T, &T) -> bool) -> Tri {
            over(own.iter().map(|own| Some(same(value?, own.as_ref()?).into())), negated)
        }
        let negated = self.operator.negated;
        match &self.values {
            Values::Text(own, how) => over(own.iter().map(|own| own.matches(value, *how, context, keys)), negated),
            Values::Arn(own) => over(own.iter().map(|own| own.matches(value, context, keys)), negated),
            Values::Number(order, own) => {
                typed(own, values::number(value).as_ref(), negated, |value, own| order.holds(value, own))
            }
            Values::Date(order, own) => {
                typed(own, values::date(value).as_ref(), negated, |value, own| order.holds(value, own))
            }
            Values::Bool(own) | Values::Null(own) => {
                typed(own, values::boolean(value).as_ref(), negated, |value, own| value == own)
            }
            Values::Ip(own) => {
                let address = value.parse::<IpAddr>().ok();
                over(own.iter().map(|own| Some(own.as_ref()?.contains(address?).into())), negated)
            }
            Values::Binary(own) => over(own.iter().map(|own| Some((**own == *value).into())), negated),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::compile;
    use crate::iam::context::{Context, Keys};
    use crate::iam::tri::Tri;

    fn holds(condition: &Value, context: &Context) -> Tri {
        let conditions = compile(Some(condition), true);
        Tri::all(conditions.iter().map(|condition| condition.holds(context, &mut Keys::default())))
    }

    #[test]
    fn absent_empty_one_and_many() {
        let one = || Context::closed().with("aws:X", "a");
        let other = || Context::closed().with("aws:X", "b");
        let many = || Context::closed().with_all("aws:X", vec!["a".into(), "b".into()]);
        let none = || Context::closed().with_all("aws:X", Vec::new());
        // Columns: absent, a, b, none, a and b.
        for (operator, expected) in [
            ("StringEquals", ".Y..."),
            ("StringEqualsIfExists", "YY..."),
            ("StringNotEquals", "Y.Y.."),
            ("ForAnyValue:StringEquals", ".Y..Y"),
            ("ForAnyValue:StringEqualsIfExists", "YY..Y"),
            ("ForAllValues:StringEquals", "YY.Y."),
            ("ForAnyValue:StringNotEquals", "..Y.Y"),
            ("ForAllValues:StringNotEquals", "Y.YY."),
            ("forallvalues:stringlikeifexists", "YY.Y."),
        ] {
            let condition = json!({operator: {"AWS:x": "a"}});
            let answers = [Context::closed(), one(), other(), none(), many()]
                .map(|context| if holds(&condition, &context) == Tri::Yes { 'Y' } else { '.' });
            assert_eq!(answers.iter().collect::<String>(), expected, "{operator}");
        }
        assert_eq!(holds(&json!({"StringEquals": {"aws:X": "a"}}), &Context::open()), Tri::Unknown);
        assert_eq!(holds(&json!({"Null": {"aws:X": true}}), &Context::open()), Tri::Unknown);
        assert_eq!(holds(&json!({"Null": {"aws:X": "true"}}), &Context::closed()), Tri::Yes);
        assert_eq!(holds(&json!({"Null": {"aws:X": "true"}}), &one()), Tri::No);
        assert_eq!(holds(&json!({"Null": {"aws:X": "false"}}), &one()), Tri::Yes);
    }

    #[test]
    fn kinds_of_values() {
        for (operator, own, value, expected) in [
            ("NumericLessThan", json!([1, 10]), "5", Tri::Yes),
            ("NumericEquals", json!("1.5"), "1.50", Tri::Yes),
            ("NumericNotEquals", json!("x"), "5", Tri::No),
            ("NumericNotEquals", json!("5"), "x", Tri::No),
            ("DateLessThan", json!("2026-12-31T00:00:00Z"), "1780315200", Tri::Yes),
            ("Bool", json!(true), "True", Tri::Yes),
            ("Bool", json!("${aws:X}"), "true", Tri::No),
            ("IpAddress", json!(["10.0.0.0/8", "203.0.113.0/24"]), "203.0.113.9", Tri::Yes),
            ("NotIpAddress", json!("10.0.0.0/8"), "nowhere", Tri::No),
            ("BinaryEquals", json!("YQ=="), "YQ==", Tri::Yes),
            ("StringEqualsIgnoreCase", json!("PAY"), "pay", Tri::Yes),
            ("StringEquals", json!("a*"), "ab", Tri::No),
            ("StringLike", json!("a*"), "ab", Tri::Yes),
            ("StringEquals", json!("${aws:X}"), "x", Tri::Yes),
            ("StringNotEquals", json!(["${aws:none}", "b"]), "a", Tri::No),
            ("StringNotEquals", json!([]), "a", Tri::Yes),
            ("StringEquals", json!([]), "a", Tri::No),
            ("ArnLike", json!("arn:aws:s3:::*"), "arn:aws:s3:::a:b", Tri::Yes),
            ("ArnLike", json!("arn:aws:s3:*"), "arn:aws:s3:::a", Tri::No),
            ("ArnEquals", json!("arn:aws:iam::1:r*/a"), "arn:aws:iam::1:role/a", Tri::Yes),
            ("ArnNotLike", json!("arn:aws:iam::1:role/A"), "arn:aws:iam::1:role/a", Tri::Yes),
            ("ArnNotLike", json!("arn:aws:iam::1:role/A"), "a", Tri::No),
        ] {
            let context =
                Context::closed().with("k", value).with("aws:X", if operator == "Bool" { "true" } else { "x" });
            assert_eq!(holds(&json!({operator: {"k": own}}), &context), expected, "{operator} {own} {value}");
        }
    }
}
