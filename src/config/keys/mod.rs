//! Every setting, once: this table drives what is read from the file and the environment, what unknown keys are
//! compared with, and the example file.

mod aws;
mod checks;
mod collect;
mod data;
mod executions;
mod metrics;
mod results;
mod running;
mod schedule;
mod serve;
mod suppressions;
mod thresholds;

use std::sync::LazyLock;

use super::key::Key;

/// Every setting, in the order of the example file.
pub static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    [
        aws::KEYS,
        collect::KEYS,
        executions::KEYS,
        running::KEYS,
        data::KEYS,
        checks::KEYS,
        suppressions::ROUTING,
        suppressions::KEYS,
        running::CHECKS,
        thresholds::KEYS,
        results::KEYS,
        metrics::KEYS,
        schedule::KEYS,
        serve::KEYS,
    ]
    .concat()
});
