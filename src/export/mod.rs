//! Floor 8: the report in the formats that people and programs read. One file or folder a format, each a pure function
//! of the [`Report`](crate::audit::Report) into a writer that the caller brings: whether that is a file, a terminal or
//! a socket, how wide it is and whether it shows colours is told, never asked.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod asff;
pub mod csv;
pub mod drawing;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod ocsf;
pub mod prometheus;
pub mod sarif;
pub mod settings;
pub mod terminal;
