//! The settings that are tables of tables: `accounts`, `budget.rates`, `detect.detectors`, `detect.allow` and
//! `suppressions`.

use std::collections::BTreeMap;

use super::faults::{did_you_mean, join};
use super::shapes::{EXTERNAL_ID, ROLE_ARN, is_external_id, role_arn};
use super::value::{Complaint, Refusal, Shape, Value};
use crate::audit::Suppression;
use crate::audit::settings::SuppressionSettings;
use crate::aws::settings::Rate;
use crate::collect::settings::AccountSource;
use crate::detect::{AllowSettings, DetectorSettings, Validator};
use crate::types::Data;

/// `[[accounts]]`.
pub(super) fn accounts(value: &Value) -> Result<Vec<AccountSource>, Refusal> {
    each(value, account)
}

/// `[[detect.detectors]]`; whether they can be compiled is seen where all settings are.
pub(super) fn detectors(value: &Value) -> Result<Vec<DetectorSettings>, Refusal> {
    each(value, detector)
}

/// `[[detect.allow]]`.
pub(super) fn allow(value: &Value) -> Result<Vec<AllowSettings>, Refusal> {
    each(value, allowed)
}

/// Every table of a list, or all that is wrong with them.
fn each<T>(value: &Value, read: impl Fn(String, &Value, &mut Vec<Complaint>) -> Option<T>) -> Result<Vec<T>, Refusal> {
    let Shape::List(items) = &value.shape else { return Err(Refusal::Unexpected) };
    let mut complaints = Vec::new();
    let items = items.iter().enumerate();
    let all = items.filter_map(|(index, item)| read(format!("[{index}]"), item, &mut complaints)).collect();
    if complaints.is_empty() { Ok(all) } else { Err(Refusal::Inside(complaints)) }
}

/// `[[suppressions]]`; whether their checks are known is seen where all settings are.
pub(super) fn suppressions(value: &Value) -> Result<Vec<SuppressionSettings>, Refusal> {
    each(value, suppression)
}

fn suppression(inside: String, item: &Value, complaints: &mut Vec<Complaint>) -> Option<SuppressionSettings> {
    let selectors = SuppressionSettings::default().selectors().map(|(name, _)| name);
    let known: Vec<_> = selectors.into_iter().chain(["reason", "owner", "expires"]).collect();
    let mut fields = Fields::open(inside, item, &known, false, complaints)?;
    let mut list = |name| fields.read(name, "a list of texts", texts).unwrap_or_default();
    let mut rule = SuppressionSettings {
        checks: list("checks"),
        accounts: list("accounts"),
        regions: list("regions"),
        resources: list("resources"),
        tags: list("tags"),
        states: list("states"),
        pointers: list("pointers"),
        statements: list("statements"),
        actions: list("actions"),
        suppression: Suppression::default(),
    };
    let reason = fields.read("reason", "text", text);
    let reason = fields.required("reason", reason);
    let owner = fields.read("owner", "text", text);
    let expires = fields.read("expires", "a day like \"2027-01-31\"", |value| value.str()?.parse().ok());
    fields.some_of(&selectors);
    rule.suppression = Suppression { reason: reason?, owner, expires };
    Some(rule)
}

fn detector(inside: String, item: &Value, complaints: &mut Vec<Complaint>) -> Option<DetectorSettings> {
    const KNOWN: [&str; 6] = ["id", "pattern", "data", "keywords", "validator", "confidence"];
    let mut fields = Fields::open(inside, item, &KNOWN, true, complaints)?;
    let id = fields.read("id", "text", text);
    let pattern = fields.read("pattern", "a regular expression", text);
    let data = fields.read("data", "pii, health, financial or secret", data);
    let keywords = fields.read("keywords", "a list of texts", texts);
    let validator = fields.read("validator", "luhn or mod97", validator);
    let confidence = fields.read("confidence", "a number from 0 to 1", Value::float);
    let (id, pattern) = (fields.required("id", id), fields.required("pattern", pattern));
    let (data, keywords) = (data.unwrap_or(Data::Pii), keywords.unwrap_or_default());
    Some(DetectorSettings { id: id?, pattern: pattern?, data, keywords, validator, confidence })
}

fn allowed(inside: String, item: &Value, complaints: &mut Vec<Complaint>) -> Option<AllowSettings> {
    let mut fields = Fields::open(inside, item, &["types", "pattern", "pointer"], true, complaints)?;
    let types = fields.read("types", "a list of types", texts).unwrap_or_default();
    let pattern = fields.read("pattern", "a regular expression", text);
    let pointer = fields.read("pointer", "a regular expression", text);
    Some(AllowSettings { types, pattern, pointer })
}

fn data(value: &Value) -> Option<Data> {
    Some(match value.str()? {
        "pii" => Data::Pii,
        "health" => Data::Health,
        "financial" => Data::Financial,
        "secret" => Data::Secret,
        _ => return None,
    })
}

fn validator(value: &Value) -> Option<Validator> {
    Some(match value.str()? {
        "luhn" => Validator::Luhn,
        "mod97" => Validator::Mod97,
        _ => return None,
    })
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match &value.shape {
        Shape::List(items) => items.iter().map(text).collect(),
        _ => None,
    }
}

fn account(inside: String, item: &Value, complaints: &mut Vec<Complaint>) -> Option<AccountSource> {
    let mut fields = Fields::open(inside, item, &["name", "role_arn", "external_id"], true, complaints)?;
    let name = fields.read("name", "text", text);
    let role_arn = fields.read("role_arn", ROLE_ARN, |value| role_arn(value.str()?));
    let external_id = fields.read("external_id", EXTERNAL_ID, |value| text(value).filter(|id| is_external_id(id)));
    let role_arn = fields.required("role_arn", role_arn)?;
    Some(AccountSource { name, role_arn, external_id })
}

fn text(value: &Value) -> Option<String> {
    value.str().map(ToOwned::to_owned)
}

/// `[budget.rates]`; whether its APIs are known is seen where all settings are.
pub(super) fn rates(value: &Value) -> Result<BTreeMap<String, Rate>, Refusal> {
    let Shape::Table(entries) = &value.shape else { return Err(Refusal::Unexpected) };
    let mut complaints = Vec::new();
    let mut rates = BTreeMap::new();
    for (api, entry) in entries {
        let inside = format!(".{api:?}");
        if let Some(rate) = rate(inside, entry, &mut complaints) {
            rates.insert(api.clone(), rate);
        }
    }
    if complaints.is_empty() { Ok(rates) } else { Err(Refusal::Inside(complaints)) }
}

fn rate(inside: String, entry: &Value, complaints: &mut Vec<Complaint>) -> Option<Rate> {
    // Wide enough for any account, and narrow enough that a wait between calls stays one.
    let within = |least: f64| move |value: &Value| value.float().filter(|number| (least..=100_000.0).contains(number));
    let mut fields = Fields::open(inside, entry, &["bucket", "refill_per_second"], false, complaints)?;
    let bucket = fields.read("bucket", "a number from 1 to 100000", within(1.0));
    let refill = fields.read("refill_per_second", "a number from 0.01 to 100000", within(0.01));
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

    /// Complains where none of the lists has an item.
    fn some_of(&mut self, names: &[&str]) {
        let is_empty = |value: &Value| matches!(&value.shape, Shape::List(items) if items.is_empty());
        if !names.iter().any(|name| self.field(name).is_some_and(|value| !is_empty(value))) {
            let message = Some(format!("expected at least one of {}", names.join(", ")));
            let inside = self.inside.clone();
            self.complaints.push(Complaint { inside, line: self.table.line, message, suggestion: None });
        }
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
