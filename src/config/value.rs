//! What was written under a key, and how settings are read from it.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::Kind;

/// A value and the line of its file; 0 in the environment. No `Debug`: it may hold an external id.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) shape: Shape,
    pub(super) line: usize,
}

#[derive(Clone)]
pub(super) enum Shape {
    Text(String),
    Integer(i64),
    Float(f64),
    Switch(bool),
    List(Vec<Value>),
    Table(Vec<(String, Value)>),
    /// A date.
    Other,
}

/// Why a key did not take its value.
pub(super) enum Refusal {
    /// It is not what [`super::key::Key::expected`] says.
    Unexpected,
    /// Parts of it are wrong.
    Inside(Vec<Complaint>),
}

/// One wrong part of a value.
pub(super) struct Complaint {
    /// What follows the key: `[1]`, `[0].role_arn`.
    pub(super) inside: String,
    pub(super) line: usize,
    /// `None` for an unknown key.
    pub(super) message: Option<String>,
    pub(super) suggestion: Option<String>,
}

impl Value {
    /// `line_of` counts the lines before a byte offset.
    pub(super) fn of(written: &Spanned<DeValue<'_>>, line: usize, line_of: &dyn Fn(usize) -> usize) -> Self {
        let shape = match written.get_ref() {
            DeValue::String(text) => Shape::Text(text.clone().into_owned()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Shape::Integer(number),
                Err(_) => number.as_str().parse().map_or(Shape::Other, Shape::Float),
            },
            DeValue::Float(number) => number.as_str().parse().map_or(Shape::Other, Shape::Float),
            DeValue::Boolean(on) => Shape::Switch(*on),
            DeValue::Datetime(_) => Shape::Other,
            DeValue::Array(items) => {
                let item = |item: &Spanned<DeValue<'_>>| Self::of(item, line_of(item.span().start), line_of);
                Shape::List(items.iter().map(item).collect())
            }
            DeValue::Table(table) => Shape::Table(Self::fields(table, line_of)),
        };
        Self { shape, line }
    }

    /// What stands in no file.
    pub(super) fn unplaced(shape: Shape) -> Self {
        Self { shape, line: 0 }
    }

    pub(super) fn plain(text: String) -> Self {
        Self::unplaced(Shape::Text(text))
    }

    /// The text of an environment variable: quotes, and the brackets of a list, may be left out.
    pub(super) fn of_variable(kind: Kind, text: &str) -> Self {
        let plain = |text: &str| Self::plain(text.to_owned());
        let toml = |text: &str| match DeValue::parse(text.trim()) {
            Ok(value) => Self::of(&value, 0, &|_| 0),
            Err(_) => plain(text),
        };
        let perhaps_quoted = |text: &str| if text.starts_with(['"', '\'']) { toml(text) } else { plain(text) };
        match kind {
            Kind::Text | Kind::Private => perhaps_quoted(text),
            Kind::Number | Kind::Switch | Kind::Table => toml(text),
            Kind::Words if text.trim_start().starts_with('[') => toml(text),
            Kind::Words => {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                Self::unplaced(Shape::List(words.map(perhaps_quoted).collect()))
            }
        }
    }

    fn fields(table: &DeTable<'_>, line_of: &dyn Fn(usize) -> usize) -> Vec<(String, Self)> {
        let field = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let name: &Spanned<std::borrow::Cow<'_, str>> = name;
            (name.get_ref().clone().into_owned(), Self::of(value, line_of(name.span().start), line_of))
        };
        table.iter().map(field).collect()
    }

    /// The value as a message repeats it.
    fn shown(&self) -> String {
        const LONGEST: usize = 40;
        match &self.shape {
            Shape::Text(text) if text.chars().count() > LONGEST => {
                format!("{:?}...", text.chars().take(LONGEST).collect::<String>())
            }
            Shape::Text(text) => format!("{text:?}"),
            Shape::Integer(number) => number.to_string(),
            Shape::Float(number) => number.to_string(),
            Shape::Switch(on) => on.to_string(),
            Shape::List(items) if items.is_empty() => "an empty list".to_owned(),
            Shape::List(_) | Shape::Table(_) | Shape::Other => self.kind().to_owned(),
        }
    }

    /// The end of a sentence about what was expected. Private values are not repeated.
    pub(super) fn got(&self, private: bool) -> String {
        match &self.shape {
            Shape::Text(_) if private => String::new(),
            _ if private => format!(", got {}", self.kind()),
            _ => format!(", got {}", self.shown()),
        }
    }

    /// What kind of value it is: all that a message says of what may be secret.
    fn kind(&self) -> &'static str {
        match &self.shape {
            Shape::Text(_) => "text",
            Shape::Integer(_) | Shape::Float(_) => "a number",
            Shape::Switch(_) => "true or false",
            Shape::List(_) => "a list",
            Shape::Table(_) => "a table",
            Shape::Other => "something else",
        }
    }

    pub(super) fn str(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    pub(super) fn float(&self) -> Option<f64> {
        match self.shape {
            Shape::Float(number) => Some(number),
            // A setting has few digits.
            #[expect(clippy::cast_precision_loss)]
            Shape::Integer(number) => Some(number as f64),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Result<String, Refusal> {
        self.str().map(ToOwned::to_owned).ok_or(Refusal::Unexpected)
    }

    pub(super) fn path(&self) -> Result<PathBuf, Refusal> {
        self.text().map(PathBuf::from)
    }

    pub(super) fn switch(&self) -> Result<bool, Refusal> {
        match self.shape {
            Shape::Switch(on) => Ok(on),
            _ => Err(Refusal::Unexpected),
        }
    }

    /// One of an enumeration's words.
    pub(super) fn word<T: FromStr>(&self) -> Result<T, Refusal> {
        self.str().and_then(|text| text.parse().ok()).ok_or(Refusal::Unexpected)
    }

    pub(super) fn whole<T: TryFrom<i64>>(&self, range: RangeInclusive<i64>) -> Result<T, Refusal> {
        match self.shape {
            Shape::Integer(number) if range.contains(&number) => T::try_from(number).map_err(|_| Refusal::Unexpected),
            _ => Err(Refusal::Unexpected),
        }
    }

    /// A number above 0 and at most 1.
    pub(super) fn share(&self) -> Result<f64, Refusal> {
        self.float().filter(|share| *share > 0.0 && *share <= 1.0).ok_or(Refusal::Unexpected)
    }

    /// Below a thousandth, a scan of a small account would take days.
    pub(super) fn budget_share(&self) -> Result<f64, Refusal> {
        self.float().filter(|share| (0.001..=1.0).contains(share)).ok_or(Refusal::Unexpected)
    }

    /// A list of texts that `read` understands; `expected` says what each has to be.
    pub(super) fn list<T>(&self, expected: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Refusal> {
        let Shape::List(items) = &self.shape else { return Err(Refusal::Unexpected) };
        let (mut all, mut complaints) = (Vec::new(), Vec::new());
        for (index, item) in items.iter().enumerate() {
            match item.str().and_then(&read) {
                Some(one) => all.push(one),
                None => complaints.push(Complaint {
                    inside: format!("[{index}]"),
                    line: item.line,
                    message: Some(format!("expected {expected}{}", item.got(false))),
                    suggestion: None,
                }),
            }
        }
        if complaints.is_empty() { Ok(all) } else { Err(Refusal::Inside(complaints)) }
    }
}
