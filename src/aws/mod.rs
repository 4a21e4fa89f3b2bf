//! Floor 1: clients, assumed roles, the request budget, error classification.

mod answer;
mod api;
mod assume;
mod budget;
mod caller;
mod error;
mod http;
mod session;
pub mod settings;
mod signed;

pub use api::{APIS, Api, apis};
pub use budget::Budget;
pub use caller::Caller;
pub use error::{Failure, FailureKind};
pub use session::{Clients, Session, SessionError};
pub use settings::{AwsSettings, BudgetSettings, Rate};
pub use signed::{Signed, SignedError};
