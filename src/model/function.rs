use std::collections::BTreeMap;

use crate::types::{Arn, Observed};

/// The execution roles of the Lambda functions that definitions name, by function ARN; a version or an alias by its own.
/// `Known` of nothing: there is no such function. Nothing else of a function is kept: its environment holds secrets.
pub type Functions = BTreeMap<Arn, Observed<Option<Arn>>>;
