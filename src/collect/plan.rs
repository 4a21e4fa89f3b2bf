use std::collections::BTreeMap;
use std::ops::AddAssign;

use futures_util::future::join_all;

use super::place::Place;
use super::regions::regions;
use super::run::{Entered, Environment, enter};
use super::settings::{AccountSource, CollectSettings};
use super::{activities, identity, state_machines};
use crate::aws::apis::STS_ASSUME_ROLE;
use crate::aws::{Api, Caller, Failure, SessionError};
use crate::model::{MachineKind, PartName, Snapshot};
use crate::types::{AccountId, Gap, Region};

/// What a collection would call, by what the lists of state machines and activities tell.
#[derive(Debug)]
pub struct Plan {
    pub regions: Vec<RegionPlan>,
    /// Accounts that cannot be entered.
    pub refused: Vec<(Option<AccountSource>, Failure)>,
}

/// Of one account and Region, or of what an account has once: Region `global`.
#[derive(Debug)]
pub struct RegionPlan {
    pub account_id: AccountId,
    pub region: Region,
    /// Absent for what an account has once.
    pub size: Option<Size>,
    /// Why the lists do not tell all.
    pub gap: Option<Gap>,
    /// By API's name.
    pub calls: Vec<(&'static Api, Calls)>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    pub machines: u64,
    /// Of them, those that are Express.
    pub express: u64,
    pub activities: u64,
}

/// How many calls of an API it takes, where none has to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calls {
    pub least: u64,
    /// Absent where it depends on what only the calls themselves tell.
    pub most: Option<u64>,
}

impl Calls {
    const fn exactly(calls: u64) -> Self {
        Self { least: calls, most: Some(calls) }
    }

    const fn at_most(calls: u64) -> Self {
        Self { least: 0, most: Some(calls) }
    }

    const fn at_least(calls: u64) -> Self {
        Self { least: calls, most: None }
    }
}

impl AddAssign for Calls {
    fn add_assign(&mut self, other: Self) {
        self.least += other.least;
        self.most = self.most.zip(other.most).map(|(one, two)| one + two);
    }
}

/// Items of a page of the lists of Step Functions.
const PAGE: u64 = 1_000;
/// State machines and activities that are asked for their tags one by one, of each kind.
const TAGGED: u64 = 2 * super::tags::ASKED as u64;

/// Calls of one API of CloudWatch, Service Quotas or CloudWatch Logs by which limits and usage are told.
const QUOTAS: u64 = 4;

/// Makes the lists, and reckons.
pub async fn plan(environment: &Environment<'_>) -> Result<Plan, SessionError> {
    let home = environment.session.home_region()?;
    let caller = Caller::new(environment.budget.clone(), home, environment.max_attempts, environment.cancel.clone());
    let mut sources: Vec<Option<&AccountSource>> = environment.settings.accounts.iter().map(Some).collect();
    if sources.is_empty() {
        sources.push(None);
    }
    let mut plan = Plan { regions: Vec::new(), refused: Vec::new() };
    for source in sources {
        match enter(environment, &caller, source).await {
            Ok(entered) => {
                let mut regions = of_account(environment, &caller, entered).await;
                // What an account has once comes first; an assumed role is part of it.
                let assumed = regions.first_mut().filter(|_| source.is_some());
                if let Some(once) = assumed {
                    once.calls.push((&STS_ASSUME_ROLE, Calls::exactly(1)));
                }
                plan.regions.extend(regions);
            }
            Err(failure) => plan.refused.push((source.cloned(), failure)),
        }
    }
    Ok(plan)
}

async fn of_account(environment: &Environment<'_>, caller: &Caller, entered: Entered) -> Vec<RegionPlan> {
    let Entered { session, account_id, principal } = entered;
    let caller = caller.on_behalf_of(Some(account_id.clone()), caller.region().clone());
    let place = Place { environment, session: &session, caller: &caller, principal: &principal };
    let mut global = environment.begin(account_id.clone(), Region::global());
    place.collect(&mut global, &identity::COLLECTOR).await;
    let here = regions(environment.settings, &global, &principal, caller.region());
    let sizes = join_all(here.into_iter().map(async |region| {
        let (size, gap) = size(&place, &account_id, &region).await;
        let calls = calls(environment.settings, Some(size));
        RegionPlan { account_id: account_id.clone(), region, size: Some(size), gap, calls }
    }));
    let calls = calls(environment.settings, None);
    let once = RegionPlan { account_id: account_id.clone(), region: Region::global(), size: None, gap: None, calls };
    std::iter::once(once).chain(sizes.await).collect()
}

async fn size(place: &Place<'_>, account_id: &AccountId, region: &Region) -> (Size, Option<Gap>) {
    let nothing = Snapshot::new(account_id.clone(), region.clone());
    let (kinds, gap) = place.within(&nothing, PartName::StateMachines, state_machines::kinds).await;
    let express = kinds.iter().filter(|kind| **kind == MachineKind::Express).count();
    let (activities, unlisted) = match place.environment.settings.leaves_out(PartName::Activities) {
        true => (0, None),
        false => place.within(&nothing, PartName::Activities, activities::count).await,
    };
    let size = Size { machines: kinds.len() as u64, express: express as u64, activities: activities as u64 };
    (size, gap.or(unlisted))
}

/// The calls of all collectors that the settings leave on: of those of a Region, or, without a size, of an account.
fn calls(settings: &CollectSettings, size: Option<Size>) -> Vec<(&'static Api, Calls)> {
    let needed: Vec<_> = Environment::apis(settings).map(|api| api.name).collect();
    let mut sums: BTreeMap<&str, (&'static Api, Calls)> = BTreeMap::new();
    for collector in super::run::collectors(settings) {
        for api in collector.apis.iter().filter(|api| needed.contains(&api.name)) {
            let Some(calls) = of(collector.part, api, size, settings) else { continue };
            sums.entry(api.name).and_modify(|(_, sum)| *sum += calls).or_insert((api, calls));
        }
    }
    sums.into_values().filter(|(_, calls)| calls.most != Some(0)).collect()
}

fn of(part: PartName, api: &Api, size: Option<Size>, settings: &CollectSettings) -> Option<Calls> {
    match size {
        None => once(part, api, settings),
        Some(size) => regional(part, api, size, settings),
    }
}

/// What an account has once.
fn once(part: PartName, api: &Api, settings: &CollectSettings) -> Option<Calls> {
    Some(match (part, api.name) {
        (PartName::Identity, "sts:GetCallerIdentity") => Calls::exactly(1),
        // Further pages hold fifty Regions or a thousand roles, users and policies each.
        (PartName::Identity | PartName::Iam, _) => Calls::at_least(1),
        (PartName::LastAccessed, _) if !settings.leaves_out(PartName::Iam) => Calls::at_least(0),
        _ => return None,
    })
}

fn regional(part: PartName, api: &Api, size: Size, settings: &CollectSettings) -> Option<Calls> {
    let Size { machines, express, activities } = size;
    let pages = |items: u64| items.div_ceil(PAGE).max(1);
    let any = u64::from(machines > 0);
    let versioned = machines.min(settings.versions.machines as u64);
    Some(match (part, api.name) {
        (PartName::StateMachines, "states:ListStateMachines") => Calls::exactly(pages(machines)),
        (PartName::StateMachines, _) => Calls::exactly(machines),
        (PartName::Activities, "states:ListActivities") => Calls::exactly(pages(activities)),
        (PartName::Activities, _) => Calls::exactly(activities.min(settings.activities as u64)),
        (PartName::Tags, "states:ListTagsForResource") => Calls::at_most(TAGGED.min(machines + activities)),
        (PartName::Versions, "states:ListStateMachineVersions" | "states:ListStateMachineAliases") => {
            Calls::at_most(versioned)
        }
        (PartName::Versions, _) if versioned == 0 => Calls::exactly(0),
        (PartName::Xray, _) => Calls::exactly(1),
        (PartName::Alarms, _) => Calls::at_least(any),
        // Further pages hold a hundred resources or rules each.
        (PartName::Tags | PartName::EventRules, "tag:GetResources" | "events:ListRules") => Calls::at_least(1),
        (PartName::Executions, "logs:FilterLogEvents") if express == 0 => Calls::exactly(0),
        (PartName::Executions, _) => Calls::at_most(any * settings.executions.calls),
        (PartName::Running, "states:ListExecutions") => {
            Calls { least: (machines - express).min(settings.running.calls), most: Some(settings.running.calls) }
        }
        (PartName::Running, _) if machines == express => Calls::exactly(0),
        (PartName::Running, _) => Calls::at_most(settings.running.calls),
        (PartName::Quotas, "states:ListStateMachines") => Calls::at_most(pages(machines)),
        (PartName::Quotas, "states:ListActivities") => Calls::at_most(pages(activities)),
        (PartName::Quotas, _) => Calls::at_most(QUOTAS),
        (PartName::StartRates, _) => Calls::at_most(3 * any),
        (PartName::LastStarts, _) => Calls::at_most(any),
        (PartName::Identity | PartName::Iam | PartName::LastAccessed, _) => return None,
        // As many as definitions and settings name log groups, keys, buckets, tables and functions; as rules that may matter;
        // or as it takes to find out who uses a quota up.
        _ => Calls::at_least(0),
    })
}
