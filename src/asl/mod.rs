//! Floor 1: Amazon States Language, the document and the questions one asks of it.
//!
//! A [`Document`] is read from text; a [`Definition`] is parsed from its value: the states and how they lead to one
//! another, the tasks with what they call and on what, and what is wrong. Values that a definition chooses itself are
//! followed through it (`flow`): what is the same on every path is a constant, the rest is chosen at run time.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod abs;
mod apply;
mod bound;
mod choice;
mod counter;
mod course;
mod definition;
mod document;
mod effect;
mod evaluate;
mod events;
mod facts;
mod flow;
mod gather;
mod handed;
mod intrinsic;
mod jsonata;
mod kept;
mod limits;
mod lint;
mod loops;
mod machine;
mod order;
mod path;
mod place;
mod problem;
mod reach;
mod reads;
mod resolved;
mod resource;
mod secrets;
mod start;
mod target;
mod task;
mod within;

pub use bound::Bound;
pub use choice::{Decision, Otherwise};
pub use course::Course;
pub use definition::{Catcher, Definition, DefinitionError, Edge, Limit, Pace, Retrier, State};
pub use document::Document;
pub use effect::Effect;
pub use facts::{DistributedMap, MapIo, SecretFetch};
pub use gather::{Gathers, How};
pub use handed::{Given, Handed};
pub use limits::{LONGEST_EXECUTION_SECONDS, MOST_HISTORY_EVENTS};
pub use loops::{Loop, LoopBound, LoopExit, LoopKind, Pause};
pub use machine::{EdgeKind, QueryLanguage};
pub use problem::{Problem, Sort};
pub use reach::{Dead, Unreached};
pub use resource::Pattern;
pub use start::Start;
pub use target::Target;
pub use task::{Integration, Resolved, Task};
pub use within::state_at;
