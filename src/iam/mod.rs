//! Floor 1: IAM policy documents: parse, match, evaluate.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod action;
mod arn_value;
mod compiled;
mod condition;
mod context;
mod evaluate;
mod glob;
mod operator;
mod parse;
mod policy;
mod principal;
mod request;
mod resource;
mod strict_json;
mod table;
mod template;
mod tri;
mod values;

pub use compiled::{Applies, Compiled};
pub use context::Context;
pub use evaluate::{Decision, Policies, Verdict};
pub use glob::glob_matches;
pub use parse::{PolicyError, PolicyKind};
pub use policy::{Effect, Policy, Selector, Statement, Version};
pub use request::Request;
pub use resource::Resources;
pub use strict_json::read as read_json;
pub use table::{AccessLevel, Action, ActionResource, ResourceType, Service, Table, table};
