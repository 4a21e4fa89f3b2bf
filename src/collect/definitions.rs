//! The text of a definition, through the door.

use sha2::{Digest, Sha256};

use super::collector::Context;
use crate::asl::Document;
use crate::detect::Clean;
use crate::model::DefinitionRef;
use crate::types::{Gap, GapReason, JsonPointer};

/// A document without its secrets, and what is kept of its text.
pub(super) struct Inspected {
    pub(super) clean: Clean<serde_json::Value>,
    pub(super) duplicates: Vec<JsonPointer>,
    pub(super) reference: DefinitionRef,
}

/// SHA-256, in hex digits.
pub(super) fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn not_one(why: &dyn std::fmt::Display) -> Gap {
    Gap::new(GapReason::Error, format!("the definition is not valid: {why}"))
}

/// Keys are text too: what an error or a problem quotes of them passes the door.
pub(super) fn inspect(context: &Context<'_>, text: &str, sha256: String) -> Result<Inspected, Gap> {
    let clean = |text: &str| context.door.text(text).clean.into_inner();
    let document = Document::read(text).map_err(|error| not_one(&clean(&error.to_string())))?;
    let duplicates = document.duplicates.iter().map(|at| JsonPointer::written(clean(at.as_str()))).collect();
    let inspected = context.door.json(document.value);
    let reference = DefinitionRef { sha256, bytes: text.len(), observations: inspected.observations };
    Ok(Inspected { clean: inspected.clean, duplicates, reference })
}
