//! How values become settings, where that takes more than their kind.

use super::keys::KEYS;
use super::shapes::is_endpoint;
use super::value::{Refusal, Shape, Value};
use super::{Config, FILE_VARIABLE};
use crate::collect::settings::Regions;
use crate::export::settings::Format;
use crate::finding::Severity;
use crate::model::PartName;
use crate::send::settings::Receiver;
use crate::store::settings::Location;
use crate::types::{AccountId, Arn, Region};

pub(super) fn put<T>(setting: &mut T, read: Result<T, Refusal>) -> Result<(), Refusal> {
    *setting = read?;
    Ok(())
}

pub(super) fn collect(config: &mut Config, part: PartName, value: &Value) -> Result<(), Refusal> {
    if value.switch()? {
        config.collect.disabled.remove(&part);
    } else {
        config.collect.disabled.insert(part);
    }
    Ok(())
}

pub(super) fn ids(value: &Value) -> Result<Vec<String>, Refusal> {
    value.list("a check id", |id| Some(id.to_owned()))
}

pub(super) fn routing_tags(value: &Value) -> Result<Vec<String>, Refusal> {
    value.list("a tag key", |key| Some(key.to_owned()))
}

pub(super) fn types(value: &Value) -> Result<Vec<String>, Refusal> {
    value.list("a type", |name| Some(name.to_owned()))
}

pub(super) fn account_ids(value: &Value) -> Result<Vec<AccountId>, Refusal> {
    value.list("an account id", |id| AccountId::parse(id).ok())
}

pub(super) fn principals(value: &Value) -> Result<Vec<String>, Refusal> {
    let pattern = |text: &str| (text.starts_with("arn:") && text.contains(":iam:")).then(|| text.to_owned());
    value.list("an ARN of a role or user", pattern)
}

/// Keys that begin with `aws:` are AWS's own.
pub(super) fn tag_keys(value: &Value) -> Result<Vec<String>, Refusal> {
    let key = |text: &str| {
        let usable = (1..=128).contains(&text.chars().count()) && !text.starts_with("aws:");
        usable.then(|| text.to_owned())
    };
    value.list("a tag key", key)
}

pub(super) fn regions(value: &Value) -> Result<Regions, Refusal> {
    const ALL: &str = "all-enabled";
    let aws = |text: &str| Region::parse(text).ok().filter(|region| region.as_str() != Region::GLOBAL);
    let single = match &value.shape {
        Shape::List(items) if items.len() == 1 => items.first().and_then(Value::str),
        _ => value.str(),
    };
    if single == Some(ALL) {
        return Ok(Regions::AllEnabled);
    }
    let named = distinct(value.list("a Region like eu-west-1", aws)?);
    if named.is_empty() { Err(Refusal::Unexpected) } else { Ok(Regions::Named(named)) }
}

pub(super) fn formats(value: &Value) -> Result<Vec<Format>, Refusal> {
    value.list(&format!("one of {}", Format::listed()), |word| word.parse().ok()).map(distinct)
}

pub(super) fn receivers(value: &Value) -> Result<Vec<Receiver>, Refusal> {
    value.list("security-hub", |word| word.parse().ok()).map(distinct)
}

fn distinct<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for one in all {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

/// In lower case, without a port.
pub(super) fn hosts(value: &Value) -> Result<Vec<String>, Refusal> {
    let name = |text: &str| {
        let lawful = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        (lawful && !text.is_empty()).then(|| text.to_ascii_lowercase())
    };
    value.list("a host name", name)
}

/// A directory, unless it is the URL of a bucket.
pub(super) fn location(value: &Value) -> Result<Location, Refusal> {
    if value.str().is_some_and(|text| text.starts_with("s3:")) {
        value.word().map(Location::Bucket)
    } else {
        value.path().map(Location::Directory)
    }
}

/// One that calls can go to.
pub(super) fn region(value: &Value) -> Result<Region, Refusal> {
    let region = Region::parse(&value.text()?).ok();
    region.filter(|region| region.as_str() != Region::GLOBAL).ok_or(Refusal::Unexpected)
}

pub(super) fn account_id(value: &Value) -> Result<AccountId, Refusal> {
    AccountId::parse(&value.text()?).map_err(|_| Refusal::Unexpected)
}

pub(super) fn kms_key(value: &Value) -> Result<Arn, Refusal> {
    let key = Arn::parse(value.text()?).ok();
    key.filter(|arn| arn.service() == "kms" && arn.resource().starts_with("key/")).ok_or(Refusal::Unexpected)
}

pub(super) fn url(value: &Value) -> Result<String, Refusal> {
    value.text().ok().filter(|url| is_endpoint(url)).ok_or(Refusal::Unexpected)
}

pub(super) fn severity(value: &Value) -> Result<Option<Severity>, Refusal> {
    if value.str() == Some("none") { Ok(None) } else { value.word().map(Some) }
}

/// The name of an environment variable that is none of stepwarden's settings.
pub(super) fn variable(value: &Value) -> Result<String, Refusal> {
    let name = value.text()?;
    let shaped = !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let free = name != FILE_VARIABLE && KEYS.iter().all(|key| key.variable() != name);
    if shaped && free { Ok(name) } else { Err(Refusal::Unexpected) }
}
