//! Floor 0: words that everyone shares. No SDK, no clock, no IO.

mod api_usage;
mod arn;
mod gap;
mod ids;
mod observation;
mod observed;
mod pointer;
mod text;

pub use api_usage::ApiUsage;
pub use arn::{Arn, ArnError};
pub use gap::{Gap, GapReason};
pub use ids::{AccountId, IdError, Region};
pub use observation::{Data, Observation};
pub use observed::Observed;
pub use pointer::JsonPointer;
pub use text::{cut, shown, visible};
