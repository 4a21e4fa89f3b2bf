use super::collector::Context;
use super::place::Place;
use super::run::{Entered, Environment, enter};
use super::{iam, kms_keys, state_machines};
use crate::aws::{Caller, Failure, Session, SessionError};
use crate::model::{Iam, PartName, Snapshot, StateMachines};
use crate::types::{AccountId, Arn, Gap, Observed, Region};

/// One account, entered to read single things of it: through the request budget, and with no permission that a collection
/// does not need.
pub struct Live<'a> {
    environment: &'a Environment<'a>,
    session: Session,
    caller: Caller,
    principal: Arn,
    account_id: AccountId,
}

/// The account could not be entered.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    #[error("{0}")]
    Identity(Failure),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the credentials are of account {own}, not of {wanted}: take a profile or assume a role of that account")]
    Elsewhere { own: AccountId, wanted: AccountId },
}

impl std::fmt::Debug for Live<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Live({})", self.account_id)
    }
}

impl<'a> Live<'a> {
    /// Enters `account` through the role that is configured for it, or with the caller's own credentials. What an account
    /// has once is asked for in the Region `home`, or where the session is at home.
    pub async fn enter(
        environment: &'a Environment<'a>,
        account: &AccountId,
        home: Option<Region>,
    ) -> Result<Self, LiveError> {
        let home = home.map_or_else(|| environment.session.home_region(), Ok)?;
        let (budget, cancel) = (environment.budget.clone(), environment.cancel.clone());
        let caller = Caller::new(budget, home, environment.max_attempts, cancel);
        let mut sources = environment.settings.accounts.iter();
        let source = sources.find(|source| source.role_arn.account() == account.as_str());
        let entered = enter(environment, &caller, source).await.map_err(LiveError::Identity)?;
        let Entered { session, account_id, principal } = entered;
        if account_id != *account {
            return Err(LiveError::Elsewhere { own: account_id, wanted: account.clone() });
        }
        Ok(Self { environment, session, caller, principal, account_id })
    }

    /// A state machine, a version or an alias, with its definition. `None`: there is none.
    pub async fn machine(&self, arn: &Arn, region: &Region) -> Option<StateMachines> {
        let part = PartName::StateMachines;
        self.within(region, part, async |context| state_machines::one(context, arn).await).await
    }

    /// The account's IAM. One role would take five other actions, each to be granted and budgeted, and a call for every
    /// policy; this is a call for every thousand entities.
    pub async fn iam(&self) -> Observed<Iam> {
        self.within(&Region::global(), PartName::Iam, async |context| iam::read(context).await).await
    }

    /// The ARN of a key that a machine of this Region names. `None`: there is no such key.
    pub async fn key(&self, named: &str, region: &Region) -> Result<Option<Arn>, Gap> {
        self.within(region, PartName::KmsKeys, async |context| kms_keys::arn_of(context, named).await).await
    }

    async fn within<T>(&self, region: &Region, part: PartName, read: impl AsyncFnOnce(&Context<'_>) -> T) -> T {
        let Self { environment, session, caller, principal, account_id } = self;
        let snapshot = Snapshot::new(account_id.clone(), region.clone());
        Place { environment, session, caller, principal }.within(&snapshot, part, read).await
    }
}
