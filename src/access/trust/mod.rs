//! Trust policies: who may assume a role, and on which condition.

mod condition;
mod document;
mod guard;
mod outside;
mod principal;

pub use condition::{Entry, entries};
pub use document::{Pin, trust_document};
pub use guard::{Guard, guard};
pub use outside::{Outsider, outsiders};
pub use principal::{Principal, denied, lets_in, lets_step_functions_in, principals};
