/// A condition operator, taken apart.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) kind: Kind,
    pub(super) negated: bool,
    pub(super) if_exists: bool,
    pub(super) set: Option<SetOperator>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Equals,
    EqualsIgnoreCase,
    Like,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What the values of a key must do together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SetOperator {
    ForAllValues,
    ForAnyValue,
}

impl Order {
    pub(super) fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl Operator {
    pub(super) const NULL: Self = Self { kind: Kind::Null, negated: false, if_exists: false, set: None };

    /// `None` for an operator that IAM does not have. Names compare without case.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (set, text) = match text.split_once(':') {
            Some(("forallvalues", rest)) => (Some(SetOperator::ForAllValues), rest),
            Some(("foranyvalue", rest)) => (Some(SetOperator::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, text.as_str()),
        };
        let (if_exists, text) = match text.strip_suffix("ifexists") {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (kind, negated) = kind(text)?;
        Some(Self { kind, negated, if_exists, set })
    }
}

fn kind(text: &str) -> Option<(Kind, bool)> {
    use Order::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    Some(match text {
        "stringequals" => (Kind::Equals, false),
        "stringnotequals" => (Kind::Equals, true),
        "stringequalsignorecase" => (Kind::EqualsIgnoreCase, false),
        "stringnotequalsignorecase" => (Kind::EqualsIgnoreCase, true),
        "stringlike" => (Kind::Like, false),
        "stringnotlike" => (Kind::Like, true),
        "numericequals" => (Kind::Numeric(Equal), false),
        "numericnotequals" => (Kind::Numeric(Equal), true),
        "numericlessthan" => (Kind::Numeric(Less), false),
        "numericlessthanequals" => (Kind::Numeric(LessOrEqual), false),
        "numericgreaterthan" => (Kind::Numeric(Greater), false),
        "numericgreaterthanequals" => (Kind::Numeric(GreaterOrEqual), false),
        "dateequals" => (Kind::Date(Equal), false),
        "datenotequals" => (Kind::Date(Equal), true),
        "datelessthan" => (Kind::Date(Less), false),
        "datelessthanequals" => (Kind::Date(LessOrEqual), false),
        "dategreaterthan" => (Kind::Date(Greater), false),
        "dategreaterthanequals" => (Kind::Date(GreaterOrEqual), false),
        "bool" => (Kind::Bool, false),
        "binaryequals" => (Kind::Binary, false),
        "ipaddress" => (Kind::Ip, false),
        "notipaddress" => (Kind::Ip, true),
        "arnequals" | "arnlike" => (Kind::Arn, false),
        "arnnotequals" | "arnnotlike" => (Kind::Arn, true),
        "null" => (Kind::Null, false),
        _ => return None,
    })
}
