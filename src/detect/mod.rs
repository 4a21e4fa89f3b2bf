//! Text and JSON to observations. Keeps no payload.
//!
//! [`Detectors`] inspect a document as it streams by. In this order: the value's shape decides what may run (identifiers,
//! masks, templates and ciphertext are out before any rule); its key, the key above and its siblings say what it would be,
//! by a vocabulary in many languages with its negations; formats and check digits decide.
//!
//! [`Door`] is the one way by which text from AWS enters what is kept: it is inspected, and its sensitive leaves are
//! replaced by typed markers, before anything is stored. [`Clean`] is the proof of having passed.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod base64;
mod concept;
mod confidence;
mod custom;
mod door;
mod engine;
mod fast_hash;
mod hash_key;
mod identifiers;
mod ids;
mod inspector;
mod judge;
mod key;
mod key_cache;
mod kind;
mod kinds;
mod leaf;
mod lexicon;
mod list;
mod marks;
mod named;
mod object;
mod path;
mod self_proving;
mod shape;
mod shield;
mod text;
mod tokens;
mod value;
mod walk;
mod words;

pub use concept::Shield;
pub use custom::{AllowSettings, DetectorSettings, Settings, SettingsError, SettingsFault, Validator};
pub use door::{Clean, Door, Inspected, is_marker_in};
pub use engine::{Detectors, Finding, Protection, Seen};
pub use hash_key::HashKey;
pub use kind::Kind;
pub use named::{Named, field_kind};
