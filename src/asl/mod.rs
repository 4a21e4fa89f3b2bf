//! Floor 1: Amazon States Language, the document and the questions one asks of it.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod definition;
mod resource;
mod task;

pub use definition::{Definition, DefinitionError, Limit, State};
pub use resource::Pattern;
pub use task::{Integration, Resolved, Task};
