use serde::{Deserialize, Serialize};

use super::DefinitionError;
use super::place::Place;
use crate::types::JsonPointer;

/// What is wrong in a definition that is read all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub pointer: JsonPointer,
    pub message: String,
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
        if self.list.len() < Self::MOST {
            self.list.push(Problem { pointer: pointer.clone(), message: message.into() });
        } else if !self.left_out {
            self.left_out = true;
            let message = format!("more than {} problems: the rest is left out", Self::MOST);
            self.list.push(Problem { pointer: JsonPointer::root(), message });
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
        Self { pointer: error.pointer, message: error.message }
    }
}
