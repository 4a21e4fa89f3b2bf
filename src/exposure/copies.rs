use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::logged::{Kept, in_log};
use super::{Carried, Harm};
use crate::access::reach::Way;
use crate::asl::{Definition, DistributedMap};
use crate::model::{
    DataField, Details, Encryption, EventRule, EventRules, ExecutionData, LogGroup, LogLevel, MachineKind, RuleState,
    Sighting, Source, StateMachine,
};
use crate::types::{Arn, Gap, GapReason, Observed};

/// What is known around a machine.
#[derive(Debug)]
pub struct Facts<'a> {
    pub machine: &'a StateMachine,
    pub details: Result<&'a Details, Gap>,
    pub definition: Result<&'a Definition, Gap>,
    pub data: &'a ExecutionData,
    /// Why `data` is not all that there is.
    pub data_gap: Option<Gap>,
    /// The log group that the machine writes to, if any; `Ok(None)`: it does not exist.
    pub log_group: Option<Result<Option<&'a LogGroup>, Gap>>,
    pub event_rules: Observed<&'a EventRules>,
}

/// One place where the data stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataCopy {
    pub place: CopyPlace,
    /// The data was seen there; else that it is there follows from how things are configured.
    pub proven: bool,
    /// Types of which it holds some, what does most harm first.
    pub kinds: Vec<String>,
    /// `None`: not looked at.
    pub lock: Option<Result<Lock, Gap>>,
    pub masking: Masking,
    /// `None`: not looked at.
    pub until: Option<Result<Until, Gap>>,
    /// `None`: not looked at.
    pub readers: Option<Readers>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyPlace {
    /// The execution history that Step Functions keeps.
    History,
    LogGroup {
        arn: Arn,
        level: LogLevel,
        include_execution_data: bool,
        /// `INFREQUENT_ACCESS`, which only queries read.
        infrequent: bool,
    },
    /// What a rule of the default event bus sends on.
    EventRule {
        rule: Arn,
        /// As far as they were read.
        targets: Vec<Arn>,
    },
    /// Where a Distributed Map writes what its children took and gave.
    ResultBucket {
        /// Its name, or what is known of it with `*` for what is not; absent where only the execution knows.
        bucket: Option<String>,
        state: String,
    },
    /// What tasks send to a service.
    Service {
        /// Such as `lambda:invoke`.
        integration: String,
        states: BTreeSet<String>,
    },
}

/// Under whose key a copy stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lock {
    AwsOwned,
    /// The key as configured.
    Customer(String),
}

/// What a copy hides from those who read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Masking {
    /// There is no such thing in this kind of copy.
    NotOffered,
    Off,
    /// A data protection policy applies; it masks some types.
    On,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    Never,
    /// So many days, and when what was last seen is gone.
    At {
        days: u32,
        at: Timestamp,
    },
}

/// Principals of the account who read a copy, without service-linked roles and the machine's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readers {
    pub count: usize,
    /// Why there may be others.
    pub gap: Option<Gap>,
}

impl CopyPlace {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::History => "history",
            Self::LogGroup { .. } => "log_group",
            Self::EventRule { .. } => "event_rule",
            Self::ResultBucket { .. } => "result_bucket",
            Self::Service { .. } => "service",
        }
    }

    /// By which ways principals read it, as far as that is asked.
    pub(super) fn ways(&self) -> Vec<Way> {
        match self {
            Self::History => vec![Way::History, Way::Execution, Way::ActivityTask],
            Self::LogGroup { include_execution_data: true, infrequent: true, .. } => vec![Way::LogQuery],
            Self::LogGroup { include_execution_data: true, .. } => vec![Way::LogEvents, Way::LogQuery, Way::LogExport],
            Self::LogGroup { .. } | Self::EventRule { .. } | Self::ResultBucket { .. } | Self::Service { .. } => {
                Vec::new()
            }
        }
    }

    /// What it is, with its name.
    pub fn told(&self) -> String {
        match self {
            Self::History => "execution history".to_owned(),
            Self::LogGroup { arn, .. } => {
                let name = arn.resource();
                format!("log group {}", name.strip_prefix("log-group:").unwrap_or(name))
            }
            Self::EventRule { rule, targets } if targets.is_empty() => format!("event rule {}", rule.name()),
            Self::EventRule { rule, targets } => {
                let targets: Vec<_> = targets.iter().map(|arn| format!("{}:{}", arn.service(), arn.name())).collect();
                format!("event rule {} to {}", rule.name(), targets.join(" and "))
            }
            Self::ResultBucket { bucket: Some(bucket), .. } => format!("result bucket {bucket}"),
            Self::ResultBucket { bucket: None, state } => format!("the result bucket of {state}"),
            Self::Service { integration, states } => {
                format!("{integration} (called by {})", states.iter().cloned().collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// Days that Step Functions keeps the history of an execution that has ended; Support can cut them to 30.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const HISTORY_DAYS: u32 = 90;

/// When what was last seen is gone where it is kept for so many days.
pub fn after(last: Timestamp, days: u32) -> Until {
    let at = last.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
    Until::At { days, at }
}

/// When the history of what was last seen is gone: an execution that runs long is kept longer.
pub fn history_until(last: Timestamp) -> Until {
    after(last, HISTORY_DAYS)
}

/// When the log events of what was last seen are gone.
pub fn logged_until(group: &LogGroup, last: Timestamp) -> Until {
    match group.retention_days {
        Some(days) => after(last, days),
        // A fixed, short retention that AWS does not tell with the group.
        None if group.class.as_deref() == Some("DELIVERY") => after(last, 2),
        None => Until::Never,
    }
}

/// The copies that hold any of what is carried.
pub(super) fn copies(facts: &Facts<'_>, carried: &[Carried], unread: &mut Vec<Gap>) -> Vec<DataCopy> {
    let mut copies = Vec::new();
    let standard = facts.machine.kind == MachineKind::Standard;
    copies.extend(standard.then(|| history(facts, carried)));
    match &facts.details {
        Ok(details) => copies.extend(log_group(facts, details, carried)),
        Err(gap) => unread.push(gap.clone()),
    }
    if standard {
        copies.extend(event_rules(facts, carried, unread));
    }
    match &facts.definition {
        Ok(definition) => {
            copies.extend(result_buckets(definition, carried));
            copies.extend(services(definition, carried));
        }
        Err(gap) if !unread.contains(gap) => unread.push(gap.clone()),
        Err(_) => {}
    }
    copies
}

/// A copy that holds what of `carried` stands at such places; `None` where that is nothing.
fn copy(place: CopyPlace, carried: &[Carried], held: impl Fn(&Sighting) -> bool) -> Option<(DataCopy, Timestamp)> {
    let held: Vec<_> = carried.iter().filter(|one| one.places.iter().any(&held)).collect();
    let last = held.iter().map(|one| one.last).max()?;
    let kinds = held.iter().map(|one| one.kind.clone()).collect();
    let (lock, masking, until, readers) = (None, Masking::NotOffered, None, None);
    Some((DataCopy { place, proven: false, kinds, lock, masking, until, readers }, last))
}

fn history(facts: &Facts<'_>, carried: &[Carried]) -> DataCopy {
    let lock = facts.details.clone().and_then(|details| match &details.encryption {
        Encryption::AwsOwned => Ok(Lock::AwsOwned),
        Encryption::Customer { kms_key_id } => Ok(Lock::Customer(kms_key_id.clone())),
        Encryption::Unknown { kind } => {
            let detail = format!("{kind} is an encryption type that this version does not know");
            Err(Gap::new(GapReason::Unsupported, detail).about(facts.machine.arn.as_str()))
        }
    });
    let last = carried.iter().map(|one| one.last).max().unwrap_or_default();
    DataCopy {
        place: CopyPlace::History,
        proven: matches!(facts.data.sample.source, Source::History | Source::Execution),
        kinds: carried.iter().map(|one| one.kind.clone()).collect(),
        lock: Some(lock),
        masking: Masking::NotOffered,
        until: Some(Ok(history_until(last))),
        readers: None,
    }
}

fn log_group(facts: &Facts<'_>, details: &Details, carried: &[Carried]) -> Option<DataCopy> {
    let logging = &details.logging;
    let arn = logging.destination.clone()?;
    let group = match facts.log_group.clone()? {
        Ok(None) => return None,
        Ok(Some(group)) => Ok(group),
        Err(gap) => Err(gap),
    };
    let proven = facts.data.sample.source == Source::Log;
    let infrequent = group.as_ref().is_ok_and(|group| group.class.as_deref() == Some("INFREQUENT_ACCESS"));
    let include_execution_data = logging.include_execution_data;
    let place = CopyPlace::LogGroup { arn, level: logging.level, include_execution_data, infrequent };
    let (copy, last) = copy(place, carried, |seen| proven || in_log(logging, &seen.place) == Kept::Yes)?;
    let lock = group.clone().map(|group| group.kms_key_id.clone().map_or(Lock::AwsOwned, Lock::Customer));
    let masked = group.as_ref().is_ok_and(|group| group.is_masked());
    Some(DataCopy {
        proven,
        lock: Some(lock),
        masking: if masked { Masking::On } else { Masking::Off },
        until: Some(group.map(|group| logged_until(group, last))),
        ..copy
    })
}

/// Fields of an execution that its status events repeat.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>.
fn in_events(seen: &Sighting) -> bool {
    use DataField::{Cause, Error, Input, Name, Output};
    seen.place.state.is_none() && matches!(seen.place.field, Name | Input | Output | Error | Cause)
}

fn event_rules(facts: &Facts<'_>, carried: &[Carried], unread: &mut Vec<Gap>) -> Vec<DataCopy> {
    let (rules, gap) = facts.event_rules.seen();
    if carried.iter().any(|one| one.places.iter().any(in_events)) {
        unread.extend(gap.cloned());
    }
    let taking = rules.into_iter().flat_map(|rules| rules.iter()).filter(|(_, rule)| takes(rule, &facts.machine.arn));
    let copy = |(arn, rule): (&Arn, &EventRule)| {
        let targets = rule.targets.seen().0.into_iter().flatten().map(|target| target.arn.clone()).collect();
        Some(copy(CopyPlace::EventRule { rule: arn.clone(), targets }, carried, in_events)?.0)
    };
    taking.filter_map(copy).collect()
}

/// Whether a rule takes every status event of the machine: one that asks for more than the machine takes some at most,
/// and which ones is not known here.
fn takes(rule: &EventRule, machine: &Arn) -> bool {
    let Some(Ok(pattern)) = rule.pattern.as_ref().map(Observed::whole) else { return false };
    let sure = rule.matches_states_events() == crate::model::PatternMatch::Yes;
    let pattern = pattern.get();
    let detail = pattern.get("detail").and_then(serde_json::Value::as_object);
    let only_machine = detail.is_none_or(|detail| detail.keys().all(|key| key == "stateMachineArn"));
    let this = detail.and_then(|detail| detail.get("stateMachineArn")).is_none_or(|wanted| {
        wanted.as_array().is_some_and(|arns| arns.iter().any(|arn| arn.as_str() == Some(machine.as_str())))
    });
    sure && rule.state == RuleState::Enabled && only_machine && this && pattern.get("resources").is_none()
}

fn result_buckets(definition: &Definition, carried: &[Carried]) -> Vec<DataCopy> {
    let copy = |map: &DistributedMap| {
        let writer = map.result_writer.as_ref().filter(|writer| writer.resource.is_some())?;
        let bucket = writer.arguments.member("Bucket");
        let bucket = bucket.as_ref().and_then(|bucket| bucket.text()).map(str::to_owned);
        let inside: BTreeSet<_> = definition
            .states
            .iter()
            .filter(|state| state.pointer.as_str().starts_with(&format!("{}/", map.pointer)))
            .map(|state| state.name.as_str())
            .collect();
        let place = CopyPlace::ResultBucket { bucket, state: map.state.clone() };
        let child = |seen: &Sighting| seen.place.state.as_deref().is_some_and(|state| inside.contains(state));
        Some(copy(place, carried, child)?.0)
    };
    definition.distributed_maps.iter().filter_map(copy).collect()
}

/// The services that get it: what was seen in a request was sent.
fn services(definition: &Definition, carried: &[Carried]) -> Vec<DataCopy> {
    let mut by_service: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let sent = |seen: &Sighting| seen.place.field == DataField::Parameters;
    for task in &definition.tasks {
        let here = |seen: &Sighting| sent(seen) && seen.place.state.as_deref() == Some(&task.state);
        if carried.iter().any(|one| one.places.iter().any(here)) {
            by_service.entry(task.integration.name()).or_default().insert(task.state.clone());
        }
    }
    let copy = |(integration, states): (String, BTreeSet<String>)| {
        let here =
            |seen: &Sighting| sent(seen) && seen.place.state.as_ref().is_some_and(|state| states.contains(state));
        let place = CopyPlace::Service { integration, states: states.clone() };
        let (copy, _) = copy(place, carried, here)?;
        Some(DataCopy { proven: true, ..copy })
    };
    by_service.into_iter().filter_map(copy).collect()
}

impl DataCopy {
    /// The worst of what it holds.
    pub fn harm(&self, carried: &[Carried]) -> Option<Harm> {
        carried.iter().filter(|one| self.kinds.contains(&one.kind)).map(|one| one.harm).max()
    }

    /// Where it is, under whose key, until when, and how many read it: for evidence.
    pub fn told(&self) -> String {
        let mut told = vec![self.place.told()];
        match &self.lock {
            Some(Ok(Lock::AwsOwned)) => told.push("under a key of AWS".to_owned()),
            Some(Ok(Lock::Customer(_))) => told.push("under a customer managed key".to_owned()),
            Some(Err(gap)) => told.push(format!("key not known ({})", gap.reason)),
            None => {}
        }
        match self.masking {
            _ if matches!(self.lock, Some(Err(_))) => {}
            Masking::NotOffered => {}
            Masking::Off => told.push("unmasked".to_owned()),
            Masking::On => told.push("under a data protection policy".to_owned()),
        }
        match &self.until {
            Some(Ok(Until::Never)) => told.push("for ever".to_owned()),
            Some(Ok(Until::At { at, .. })) => told.push(format!("until {}", at.strftime("%Y-%m-%d"))),
            Some(Err(gap)) => told.push(format!("how long is not known ({})", gap.reason)),
            None => {}
        }
        if let Some(readers) = &self.readers {
            told.push(readers.told());
        }
        told.join(", ")
    }
}

impl Readers {
    /// `3 principals read it`.
    pub fn told(&self) -> String {
        let at_least = if self.gap.is_some() { "at least " } else { "" };
        match self.count {
            0 => "no principal was found that reads it".to_owned(),
            1 => format!("{at_least}1 principal reads it"),
            count => format!("{at_least}{count} principals read it"),
        }
    }
}
