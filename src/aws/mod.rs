//! Floor 1: clients, assumed roles, the request budget, error classification.

mod answer;
mod api;
mod assume;
mod budget;
mod caller;
mod clock;
mod error;
mod http;
mod push;
mod session;
pub mod settings;
mod sign;
mod signed;

pub use api::{APIS, Api, apis};
pub use budget::Budget;
pub use caller::Caller;
pub use clock::AwsClock;
pub use error::{BY_RESOURCE, Failure, FailureKind, OF_NOTHING};
pub use push::Pusher;
pub use session::{Clients, Session, SessionError};
pub use settings::{AwsSettings, BudgetSettings, Rate};
pub use sign::Draft;
pub use signed::{Signed, SignedError};
