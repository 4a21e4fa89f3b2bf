//! Text and JSON to observations. Keeps no payload.
//!
//! [`Door`] is the one way by which text from AWS enters what is kept: it is inspected, and its sensitive leaves are
//! replaced by typed markers, before anything is stored. [`Clean`] is the proof of having passed.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod door;
mod identifiers;
mod self_proving;

pub use door::{Clean, Door, HashKey, Inspected, is_marker_in};
