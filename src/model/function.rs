use std::collections::BTreeMap;

use super::gap_within::GapWithin;
use crate::types::{Arn, Gap, Observed};

/// The execution roles of the Lambda functions that definitions name, by function ARN; a version or an alias by its own.
/// `Known` of nothing: there is no such function. Nothing else of a function is kept: its environment holds secrets.
pub type Functions = BTreeMap<Arn, Observed<Option<Arn>>>;

impl GapWithin for Functions {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(Observed::gap)
    }
}
