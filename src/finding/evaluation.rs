use std::collections::BTreeSet;

use super::{Confidence, Severity};
use crate::access::Grant;
use crate::types::{AccountId, Arn, Gap, JsonPointer, Region};

/// One check's word about one resource and place.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    pub subject: Subject,
    pub outcome: Outcome,
}

/// What is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub account_id: AccountId,
    /// [`Region::GLOBAL`] for IAM.
    pub region: Region,
    pub resource: Arn,
    /// The state machines that the resource belongs to: the machine itself, or all that use the role or log group.
    pub machines: Vec<Arn>,
}

/// AWS Config's words.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Compliant,
    NonCompliant(Box<Defect>),
    InsufficientData(Gap),
}

/// What is wrong, where, and the exact change that mends it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Defect {
    /// One or two sentences: what is so here and why it matters here.
    pub message: String,
    /// Overrides the check's own.
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
    pub location: Location,
    /// Named facts, in reading order. Not part of the finding's id.
    pub evidence: Vec<(&'static str, String)>,
    /// What to do, in one sentence.
    pub remediation: String,
    /// The change itself, ready to apply.
    pub change: Option<Change>,
    /// What it speaks about, so that two checks that mean one defect can be told to: see [`about_grant`].
    pub about: BTreeSet<String>,
    /// How far what it speaks about spreads; raises the score.
    pub spread: Spread,
    /// Tells apart several defects of one check at one place (an action, a data type); part of the finding's id.
    pub discriminator: Option<String>,
}

/// How far data spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spread {
    /// The most principals that read any one copy.
    pub readers: usize,
    pub keeps: Keeps,
}

/// How long the data lives where it lives longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keeps {
    /// Not data, or not known.
    #[default]
    Unknown,
    Days(u32),
    Forever,
}

/// Where in the resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    pub state: Option<String>,
    pub pointer: Option<JsonPointer>,
    /// The statement's id, or its canonical hash where it has none.
    pub statement: Option<String>,
}

impl Location {
    /// In a few words for a person; empty where the resource as a whole is meant.
    pub fn words(&self) -> String {
        let state = self.state.as_ref().map(|name| format!("state {name}"));
        let pointer = self.pointer.as_ref().map(ToString::to_string);
        let statement = self.statement.as_ref().map(|id| format!("statement {id}"));
        let words: Vec<_> = [state, pointer, statement].into_iter().flatten().collect();
        words.join(" · ")
    }
}

/// A change that a person can paste.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Commands for a shell with the AWS CLI.
    Command(String),
    /// A policy document or statement.
    Policy(serde_json::Value),
    /// A piece of a state machine definition.
    Definition(serde_json::Value),
}

impl Defect {
    pub fn new(message: impl Into<String>, remediation: impl Into<String>) -> Self {
        Self { message: message.into(), remediation: remediation.into(), ..Self::default() }
    }

    #[must_use]
    pub fn evidence(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.evidence.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }

    #[must_use]
    pub fn change(mut self, change: Change) -> Self {
        self.change = Some(change);
        self
    }

    #[must_use]
    pub fn at_statement(mut self, statement: impl Into<String>) -> Self {
        self.location.statement = Some(statement.into());
        self
    }

    #[must_use]
    pub fn at_state(mut self, name: &str, pointer: &JsonPointer) -> Self {
        self.location.state = Some(name.to_owned());
        self.location.pointer = Some(pointer.clone());
        self
    }

    #[must_use]
    pub fn about(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.about.extend(keys);
        self
    }

    #[must_use]
    pub fn told_apart_by(mut self, discriminator: impl Into<String>) -> Self {
        self.discriminator = Some(discriminator.into());
        self
    }
}

/// One action that one statement of a role's policy allows, or that a role lacks (then without a statement).
pub fn about_grant(role: &Arn, grant: Option<&Grant<'_>>, action: &str) -> String {
    match grant {
        Some(grant) => about_statement(role, grant.policy, &grant.statement_id(), action),
        None => format!("{role} lacks {}", action.to_ascii_lowercase()),
    }
}

/// [`about_grant`] of a statement that is known by its policy and id.
pub fn about_statement(role: &Arn, policy: &str, statement: &str, action: &str) -> String {
    format!("{role} {policy} {statement} {}", action.to_ascii_lowercase())
}

/// The action in what [`about_grant`] or [`about_statement`] says, in lower case.
pub fn action_of(about: &str) -> Option<&str> {
    about.starts_with("arn:").then(|| about.rsplit_once(' ')).flatten().map(|(_, action)| action)
}

/// Under whose key a state machine or a log group stands.
pub fn about_key(resource: &Arn) -> String {
    format!("key of {resource}")
}

/// How long a log group keeps its events.
pub fn about_retention(group: &Arn) -> String {
    format!("retention of {group}")
}

/// A type of data that executions of a machine carry.
pub fn about_data(machine: &Arn, kind: &str) -> String {
    format!("{kind} in executions of {machine}")
}

/// The size of what a machine's states pass on.
pub fn about_payloads(machine: &Arn) -> String {
    format!("payloads of {machine}")
}

/// A text of a machine's definition, array indexes aside.
pub fn about_text(machine: &Arn, pointer: &JsonPointer) -> String {
    format!("text of {machine} at {}", pointer.array_normalised())
}

impl From<Defect> for Outcome {
    fn from(defect: Defect) -> Self {
        Self::NonCompliant(Box::new(defect))
    }
}

/// Where checks put what they say. A check speaks about every resource that it looks at.
#[derive(Debug, Default)]
pub struct Evaluations {
    items: Vec<Evaluation>,
}

impl Evaluations {
    pub fn push(&mut self, subject: Subject, outcome: impl Into<Outcome>) {
        self.items.push(Evaluation { subject, outcome: outcome.into() });
    }

    /// Records a verdict, or the gap that stood in its way.
    pub fn judge<T: Into<Outcome>>(&mut self, subject: Subject, verdict: Result<T, Gap>) {
        match verdict {
            Ok(outcome) => self.push(subject, outcome),
            Err(gap) => self.push(subject, Outcome::InsufficientData(gap)),
        }
    }

    pub fn into_items(self) -> Vec<Evaluation> {
        self.items
    }
}
