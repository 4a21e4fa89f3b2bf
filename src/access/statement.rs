//! One statement against actions and resources that may be patterns themselves.

use super::overlap::{covers, overlaps, without_variables};
use crate::iam::{Selector, Statement, glob_matches};

/// Whether a statement may apply to some resource within `pattern`.
pub(super) fn meets(statement: &Statement, pattern: &str) -> bool {
    match &statement.resources {
        None => false,
        Some(Selector::Only(patterns)) => patterns.iter().any(|granted| overlaps(&whole(granted), pattern)),
        // What is left out may be all of it only where it is left out whole.
        Some(Selector::AllBut(patterns)) => {
            !patterns.iter().any(|except| !except.contains("${") && covers(except, pattern))
        }
    }
}

/// A granted resource as a plain pattern: an ARN that ends early covers all that follows.
fn whole(granted: &str) -> String {
    let plain = without_variables(granted);
    match plain.starts_with("arn:") && plain.split(':').count() < 6 {
        true => format!("{plain}:*"),
        false => plain,
    }
}

/// Whether a statement applies to every resource within `pattern`.
pub(super) fn holds(statement: &Statement, pattern: &str) -> bool {
    match &statement.resources {
        Some(Selector::Only(patterns)) => {
            patterns.iter().any(|denied| !denied.contains("${") && covers(denied, pattern))
        }
        _ => false,
    }
}

/// Whether a statement names the action at all; a need may be a pattern itself.
pub(super) fn names(statement: &Statement, action: &str) -> bool {
    match &statement.actions {
        Selector::Only(patterns) => patterns.iter().any(|pattern| names_action(pattern, action)),
        Selector::AllBut(patterns) => !patterns.iter().any(|pattern| glob_matches(pattern, action, true)),
    }
}

/// Whether a statement's action, which may be a pattern, names `action`, which may be one too.
pub fn names_action(pattern: &str, action: &str) -> bool {
    match action.contains('*') {
        true => overlaps(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase()),
        false => glob_matches(pattern, action, true),
    }
}

/// Whether a statement names all actions that fit `action`.
pub(super) fn names_all(statement: &Statement, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    match &statement.actions {
        Selector::Only(patterns) => patterns.iter().any(|pattern| covers(&pattern.to_ascii_lowercase(), &action)),
        Selector::AllBut(patterns) => !patterns.iter().any(|pattern| overlaps(&pattern.to_ascii_lowercase(), &action)),
    }
}
