//! Floor 7: evaluations to a report. Pure: the same snapshots give the same report.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod engine;
mod flow;
mod fold;
mod history;
mod identity;
mod judged;
mod links;
mod machines;
mod narrow;
mod picture;
mod quotas;
mod report;
mod score;
pub mod settings;
mod suppress;

pub use crate::model::CollectorRun;
pub use crate::types::ApiUsage;
pub use engine::{RunFacts, audit};
pub use flow::{Flow, HandedOn, SeenAt};
pub use history::{LastState, Seen};
pub use judged::Judged;
pub use narrow::Whose;
pub use picture::{BeyondNeed, Granted, Lacking, Picture, PolicyPicture, draw};
pub use report::{
    ChangeSince, Coverage, Finding, Inspected, Inventory, MachineReport, Passed, QuotaReport, Report, Resolved, Score,
    Status, Suppression, SuppressionUse, Throttled, TrendPoint,
};
pub use score::{Band, EXPLANATION as SCORE_EXPLANATION};
pub use settings::{Accepted, Baseline, CheckSelection, ExitSettings, SuppressionSettings};
