//! What is needed against what is granted, statement by statement.

mod excess;
mod missing;
mod narrow;
mod rest;

use serde::Serialize;
use serde_json::Value;

use super::Grants;
use super::need::{Needs, Undecided};
pub use excess::{Surplus, Wanted, Wide, surplus};
pub use missing::{Lack, Refusal, lacking};

/// How far a role is from what its machine needs.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Difference {
    pub excess: Vec<Excess>,
    pub missing: Vec<Missing>,
    pub wider: Vec<Wider>,
    /// Tasks whose needs are not known. Beside them nothing is called excess or wider.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<Undecided>,
}

/// A statement that grants what is not needed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Excess {
    /// As IAM writes it.
    pub statement: Value,
    pub why: String,
    /// What to put in its place, as a policy's `Statement`: one statement, a list of them, or null for none.
    pub narrowed: Value,
}

/// Something that is needed and not granted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missing {
    /// The statement to add.
    pub statement: Value,
    pub why: String,
    /// The first state that needs it; none where the machine itself does.
    pub state: Option<String>,
    /// All states that need it.
    pub states: Vec<String>,
    pub certainty: super::Certainty,
    /// The page that says so.
    pub source: &'static str,
    #[serde(skip)]
    pub actions: Vec<String>,
    #[serde(skip)]
    pub resources: Vec<String>,
    #[serde(skip)]
    pub refusal: Refusal,
}

/// A statement that grants what is needed, on more than it is needed on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wider {
    pub statement: Value,
    pub why: String,
    /// As of [`Excess`].
    pub narrowed: Value,
}

/// The execution role's needs against its grants. What other roles need (`Credentials`) is not held against it.
pub fn difference(needs: &Needs, grants: &Grants<'_>) -> Difference {
    let mut difference = Difference {
        missing: Missing::of(lacking(&needs.own, grants)),
        undecided: needs.undecided.clone(),
        ..Difference::default()
    };
    if !needs.undecided.is_empty() {
        return difference;
    }
    let wanted = Wanted::new(&needs.own, grants);
    for grant in grants.allowing() {
        let surplus = surplus(grant.statement, &wanted);
        let (statement, narrowed) = (grant.statement.to_document(), &surplus.narrowed);
        if surplus.is_excess() {
            let why = surplus.reasons().join("; ");
            difference.excess.push(Excess { statement: statement.clone(), why, narrowed: narrowed.clone() });
        }
        if !surplus.wide.is_empty() {
            let why = Wide::reasons(&surplus.wide).join("; ");
            difference.wider.push(Wider { statement, why, narrowed: narrowed.clone() });
        }
    }
    difference
}
