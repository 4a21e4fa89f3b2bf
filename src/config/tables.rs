//! The two settings that are tables of tables: `accounts` and `budget.rates`.

use std::collections::BTreeMap;

use super::faults::{did_you_mean, join};
use super::value::{Complaint, Refusal, Shape, Value};
use crate::aws::settings::Rate;
use crate::collect::settings::AccountSource;
use crate::types::{AccountId, Arn};

/// `[[accounts]]`.
pub(super) fn accounts(value: &Value) -> Result<Vec<AccountSource>, Refusal> {
    let Shape::List(items) = &value.shape else { return Err(Refusal::Unexpected) };
    let mut complaints = Vec::new();
    let sources =
        items.iter().enumerate().filter_map(|(index, item)| account(format!("[{index}]"), item, &mut complaints));
    let sources = sources.collect();
    if complaints.is_empty() { Ok(sources) } else { Err(Refusal::Inside(complaints)) }
}

fn account(inside: String, item: &Value, complaints: &mut Vec<Complaint>) -> Option<AccountSource> {
    let mut fields = Fields::open(inside, item, &["name", "role_arn", "external_id"], true, complaints)?;
    let name = fields.read("name", "text", text);
    let role_arn = fields.read("role_arn", "a role ARN like arn:aws:iam::123456789012:role/stepwarden", role_arn);
    let external_id = fields.read("external_id", "text of 2 to 1224 characters", external_id);
    let role_arn = fields.required("role_arn", role_arn)?;
    Some(AccountSource { name, role_arn, external_id })
}

fn text(value: &Value) -> Option<String> {
    value.str().map(ToOwned::to_owned)
}

fn role_arn(value: &Value) -> Option<Arn> {
    let arn = Arn::parse(value.str()?).ok()?;
    let role = arn.service() == "iam" && arn.resource().starts_with("role/") && !arn.name().is_empty();
    (role && AccountId::parse(arn.account()).is_ok()).then_some(arn)
}

/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
fn external_id(value: &Value) -> Option<String> {
    text(value).filter(|id| (2..=1224).contains(&id.chars().count()))
}

/// `[budget.rates]`.
pub(super) fn rates(value: &Value) -> Result<BTreeMap<String, Rate>, Refusal> {
    let Shape::Table(entries) = &value.shape else { return Err(Refusal::Unexpected) };
    let mut complaints = Vec::new();
    let mut rates = BTreeMap::new();
    for (api, entry) in entries {
        let inside = format!(".{api:?}");
        if !names_an_api(api) {
            let message = Some("expected an API like states:DescribeStateMachine".to_owned());
            complaints.push(Complaint { inside, line: entry.line, message, suggestion: None });
        } else if let Some(rate) = rate(inside, entry, &mut complaints) {
            rates.insert(api.clone(), rate);
        }
    }
    if complaints.is_empty() { Ok(rates) } else { Err(Refusal::Inside(complaints)) }
}

fn names_an_api(text: &str) -> bool {
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.split_once(':').is_some_and(|(service, operation)| {
        !service.is_empty()
            && service.bytes().all(lower)
            && operation.starts_with(|first: char| first.is_ascii_uppercase())
            && operation.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn rate(inside: String, entry: &Value, complaints: &mut Vec<Complaint>) -> Option<Rate> {
    let finite = |value: &Value| value.float().filter(|number| number.is_finite());
    let mut fields = Fields::open(inside, entry, &["bucket", "refill_per_second"], false, complaints)?;
    let bucket = fields.read("bucket", "a number of at least 1", |value| finite(value).filter(|n| *n >= 1.0));
    let refill = fields.read("refill_per_second", "a number above 0", |value| finite(value).filter(|n| *n > 0.0));
    let bucket = fields.required("bucket", bucket);
    let refill_per_second = fields.required("refill_per_second", refill);
    Some(Rate { bucket: bucket?, refill_per_second: refill_per_second? })
}

/// A table whose fields are read one by one.
struct Fields<'a> {
    inside: String,
    /// Whether a complaint may not repeat what was written.
    private: bool,
    table: &'a Value,
    entries: &'a [(String, Value)],
    complaints: &'a mut Vec<Complaint>,
}

impl<'a> Fields<'a> {
    /// `None`, after a complaint, where `table` is none.
    fn open(
        inside: String,
        table: &'a Value,
        known: &[&str],
        private: bool,
        complaints: &'a mut Vec<Complaint>,
    ) -> Option<Self> {
        let Shape::Table(entries) = &table.shape else {
            let message = Some(format!("expected a table with {}{}", known.join(", "), table.got(true)));
            complaints.push(Complaint { inside, line: table.line, message, suggestion: None });
            return None;
        };
        for (name, value) in entries.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            let hint = did_you_mean(name, known.iter().copied());
            complaints.push(Complaint {
                inside: join(&inside, name),
                line: value.line,
                message: None,
                suggestion: hint.or_else(|| Some(format!("it has {}", known.join(", ")))),
            });
        }
        Some(Self { inside, private, table, entries, complaints })
    }

    fn field(&self, name: &str) -> Option<&'a Value> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// `None` where the field is absent, and, after a complaint, where it is wrong.
    fn read<T>(&mut self, name: &str, expected: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let value = self.field(name)?;
        let read = read(value);
        if read.is_none() {
            let message = Some(format!("expected {expected}{}", value.got(self.private)));
            let inside = format!("{}.{name}", self.inside);
            self.complaints.push(Complaint { inside, line: value.line, message, suggestion: None });
        }
        read
    }

    /// Complains where the field is absent.
    fn required<T>(&mut self, name: &str, read: Option<T>) -> Option<T> {
        if self.field(name).is_none() {
            let (inside, message) = (self.inside.clone(), Some(format!("{name} is missing")));
            self.complaints.push(Complaint { inside, line: self.table.line, message, suggestion: None });
        }
        read
    }
}
