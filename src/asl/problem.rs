use serde::{Deserialize, Serialize};

use super::DefinitionError;
use super::place::Place;
use crate::types::JsonPointer;

/// What is wrong in a definition that is read all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub pointer: JsonPointer,
    pub message: String,
    #[serde(default, skip_serializing_if = "Sort::is_fault")]
    pub sort: Sort,
}

/// What a problem says of the definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// It breaks a rule of the language.
    #[default]
    Fault,
    /// A field, a function or a spelling that this version does not know, and AWS may.
    Unknown,
    /// A state that nothing leads to.
    Unreachable,
    /// It is right as far as it was followed.
    Unfollowed,
}

impl Sort {
    // The form that serde calls for.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_fault(&self) -> bool {
        *self == Self::Fault
    }
}

/// Problems in the order of the document, so many and no more.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
    left_out: bool,
}

impl Problems {
    /// A document that is wrong everywhere is told by its first faults.
    const MOST: usize = 200;

    pub(super) fn add(&mut self, pointer: &JsonPointer, message: impl Into<String>) {
        self.add_of(Sort::Fault, pointer, message);
    }

    pub(super) fn add_of(&mut self, sort: Sort, pointer: &JsonPointer, message: impl Into<String>) {
        if self.list.len() < Self::MOST {
            self.list.push(Problem { pointer: pointer.clone(), message: message.into(), sort });
        } else if !self.left_out {
            self.left_out = true;
            let message = format!("more than {} problems: the rest is left out", Self::MOST);
            self.list.push(Problem { pointer: JsonPointer::root(), message, sort: Sort::Unfollowed });
        }
    }

    pub(super) fn add_at(&mut self, place: &Place<'_>, message: impl Into<String>) {
        if !self.left_out {
            self.add(&place.pointer(), message);
        }
    }

    pub(super) fn into_list(self) -> Vec<Problem> {
        self.list
    }
}

impl From<DefinitionError> for Problem {
    fn from(error: DefinitionError) -> Self {
        Self { pointer: error.pointer, message: error.message, sort: Sort::Fault }
    }
}
