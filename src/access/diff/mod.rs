//! What is needed against what is granted, statement by statement.

mod decide;
mod excess;
mod missing;
mod narrow;
mod rest;

use serde::Serialize;
use serde_json::Value;

use super::need::{Needs, Undecided};
use crate::iam::{Effect, Policy, Statement};

/// A role's policies.
#[derive(Debug, Clone, Copy)]
pub struct Granted<'a> {
    /// Inline and managed, all of them.
    pub identity: &'a [Policy],
    /// None where nothing bounds the role.
    pub boundary: Option<&'a [Policy]>,
}

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
}

/// A statement that grants what is needed, on more than it is needed on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wider {
    pub statement: Value,
    pub why: String,
    /// As of [`Excess`].
    pub narrowed: Value,
}

impl<'a> Granted<'a> {
    fn of(&self, effect: Effect) -> impl Iterator<Item = &'a Statement> + use<'a> {
        let all = self.identity.iter().flat_map(|policy| &policy.statements);
        all.filter(move |statement| statement.effect == effect)
    }

    fn denials(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        let bounds = self.boundary.unwrap_or_default().iter().flat_map(|policy| &policy.statements);
        self.of(Effect::Deny).chain(bounds.filter(|statement| statement.effect == Effect::Deny))
    }
}

/// The execution role's needs against its grants. What other roles need (`Credentials`) is not held against it.
pub fn difference(needs: &Needs, granted: Granted<'_>) -> Difference {
    let mut difference = Difference {
        missing: missing::missing(&needs.own, granted),
        undecided: needs.undecided.clone(),
        ..Difference::default()
    };
    if needs.undecided.is_empty() {
        for statement in granted.of(Effect::Allow) {
            excess::judge(statement, &needs.own, granted, &mut difference);
        }
    }
    difference
}
