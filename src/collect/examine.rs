use futures_util::StreamExt;
use futures_util::future::join_all;

use super::identity;
use super::place::Place;
use super::probes::{Asker, PROBES, Permission, Probe};
use super::regions::regions;
use super::run::{Entered, Environment, enter};
use super::settings::AccountSource;
use crate::aws::apis::S3_LIST_BUCKETS;
use crate::aws::{Api, AwsClock, Caller, Failure, FailureKind, SessionError};
use crate::types::{AccountId, Arn, Region};

/// Probes in flight.
const AT_ONCE: usize = 8;

/// What a collection would meet: nothing of it is kept.
#[derive(Debug)]
pub struct Examination {
    /// Who asks, before any role is assumed.
    pub own: Result<(AccountId, Arn), Failure>,
    /// What AWS's clock said, and when.
    pub clock: AwsClock,
    pub accounts: Vec<ExaminedAccount>,
}

/// One account, as it is configured.
#[derive(Debug)]
pub struct ExaminedAccount {
    /// The role through which it is entered; absent for the credentials' own account.
    pub source: Option<AccountSource>,
    pub entered: Result<ExaminedRegions, Failure>,
}

/// What of an account answers.
#[derive(Debug)]
pub struct ExaminedRegions {
    pub account_id: AccountId,
    pub principal: Arn,
    /// Each Region, or why Step Functions does not answer there.
    pub regions: Vec<(Region, Result<(), Failure>)>,
    /// Of each API that the settings need, asked in the first Region that answers, or else the first that refuses.
    pub permissions: Vec<(&'static Api, Permission)>,
}

/// Asks who we are, then in each configured account each Region and each needed API, by one harmless call each.
pub async fn examine(environment: &Environment<'_>) -> Result<Examination, SessionError> {
    let home = environment.session.home_region()?;
    let caller = Caller::new(environment.budget.clone(), home, environment.max_attempts, environment.cancel.clone());
    let (clock, clients) = (AwsClock::default(), environment.session.clients(caller.region()));
    let own = identity::whoami(&caller, &clients, environment.door, &clock).await;
    let mut sources: Vec<Option<&AccountSource>> = environment.settings.accounts.iter().map(Some).collect();
    if sources.is_empty() && own.is_ok() {
        sources.push(None);
    }
    let account = async |source: Option<&AccountSource>| {
        let entered = match enter(environment, &caller, source).await {
            Ok(entered) => Ok(within(environment, &caller, entered).await),
            Err(failure) => Err(failure),
        };
        ExaminedAccount { source: source.cloned(), entered }
    };
    let mut accounts = Vec::new();
    for source in sources {
        accounts.push(account(source).await);
    }
    Ok(Examination { own, clock, accounts })
}

async fn within(environment: &Environment<'_>, caller: &Caller, entered: Entered) -> ExaminedRegions {
    let Entered { session, account_id, principal } = entered;
    let home = caller.on_behalf_of(Some(account_id.clone()), caller.region().clone());
    let place = Place { environment, session: &session, caller: &home, principal: &principal };
    let mut global = environment.begin(account_id.clone(), Region::global());
    place.collect(&mut global, &identity::COLLECTOR).await;
    let regions = regions(environment.settings, &global, &principal, home.region());
    let answers = regions.into_iter().map(async |region| {
        let clients = session.clients(&region);
        let caller = home.on_behalf_of(Some(account_id.clone()), region.clone());
        let asker = Asker::new(&caller, &clients, &account_id, &principal);
        (region, asker.machines().await)
    });
    let regions = join_all(answers).await;
    let refuses = |answer: &Result<(), Failure>| matches!(answer, Err(failure) if failure.kind == FailureKind::Denied);
    let answers = regions.iter().find(|(_, answer)| answer.is_ok());
    let first = answers.or_else(|| regions.iter().find(|(_, answer)| refuses(answer))).map(|(region, _)| region);
    let permissions = match first {
        None => Vec::new(),
        Some(region) => {
            let clients = session.clients(region);
            let caller = home.on_behalf_of(Some(account_id.clone()), region.clone());
            permissions(environment, Asker::new(&caller, &clients, &account_id, &principal)).await
        }
    };
    ExaminedRegions { account_id, principal, regions, permissions }
}

async fn permissions(environment: &Environment<'_>, mut asker: Asker<'_>) -> Vec<(&'static Api, Permission)> {
    let mut needed: Vec<_> = Environment::apis(environment.settings).map(|api| api.name).collect();
    needed.sort_unstable();
    needed.dedup();
    let probes = PROBES.iter().filter(|probe| needed.contains(&probe.api.name));
    if needed.contains(&S3_LIST_BUCKETS.name) {
        asker.bucket = asker.a_bucket().await;
    }
    let asker = &asker;
    let answers = futures_util::stream::iter(probes).map(async |probe: &'static Probe| {
        let permission = match (about_a_bucket(probe.api), &asker.bucket) {
            (true, Err(why)) => Permission::Unknown(why.clone()),
            _ => Permission::of(&(probe.ask)(asker).await),
        };
        (probe.api, permission)
    });
    let mut answers: Vec<_> = answers.buffer_unordered(AT_ONCE).collect().await;
    answers.sort_by_key(|(api, _)| api.name);
    answers
}

fn about_a_bucket(api: &Api) -> bool {
    api.name.starts_with("s3:") && *api != S3_LIST_BUCKETS
}
