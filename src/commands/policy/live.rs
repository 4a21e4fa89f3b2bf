use std::sync::Arc;

use anyhow::{Context, anyhow};

use crate::access::{Grants, Machine, ManagedPolicies};
use crate::asl::Definition;
use crate::aws::Budget;
use crate::cli::{AccessArgs, CommonArgs};
use crate::collect::{Environment, Live, Silent};
use crate::commands::configure;
use crate::commands::gather::{Asked, Eyes, ask};
use crate::commands::outcome::{Stopped, UsageError};
use crate::detect::HashKey;
use crate::model::{Details, Encryption, Iam, LogLevel, MachineKind};
use crate::store::random_key;
use crate::types::{AccountId, Arn, Gap, Observed, Region};

/// What the command line says, and what it leaves to AWS.
pub(super) struct Question {
    pub(super) said: Machine,
    pub(super) definition: Option<Definition>,
    /// The machine is to be described; then its ARN is said.
    pub(super) describe: bool,
    /// The role's policies are to be read.
    pub(super) role: bool,
}

/// What was said, with what was read beside it.
pub(super) struct Answer {
    pub(super) machine: Machine,
    pub(super) definition: Option<Definition>,
    pub(super) role: Option<LiveRole>,
}

/// A role, and the IAM that its policies stand in.
pub(super) struct LiveRole {
    arn: Arn,
    iam: Observed<Iam>,
}

impl LiveRole {
    pub(super) fn grants<'a>(&'a self, managed: &mut ManagedPolicies<'a>) -> anyhow::Result<Grants<'a>> {
        let mut grants = || -> anyhow::Result<Grants<'a>> {
            let iam = self.iam.whole().map_err(told)?;
            let unknown = || anyhow!("IAM has none of this name in account {}", self.arn.account());
            let role = iam.roles.get(&self.arn).ok_or_else(unknown)?;
            Grants::of(role, iam, managed).map_err(|gap| told(&gap))
        };
        grants().with_context(|| format!("the role {}", self.arn))
    }
}

/// Whose account it is, and the Region where the machine is known.
struct Place {
    account: AccountId,
    region: Option<Region>,
}

impl Question {
    fn place(&self) -> Result<Place, UsageError> {
        let wrong = |flag: &str, why: &dyn std::fmt::Display| UsageError(format!("{flag}: {why}"));
        let account = |flag: &str, arn: &Arn| AccountId::parse(arn.account()).map_err(|error| wrong(flag, &error));
        let role = |arn| account("--execution-role-arn", arn);
        let Some(arn) = &self.said.arn else {
            let arn = self.said.role.as_ref().ok_or_else(|| UsageError("no live role is named".to_owned()))?;
            return Ok(Place { account: role(arn)?, region: None });
        };
        let flag = "--state-machine-arn";
        let own = account(flag, arn)?;
        let region = Region::parse(arn.region()).ok().filter(|region| *region != Region::global());
        let region = region.ok_or_else(|| wrong(flag, &"a Region looks like eu-west-1"))?;
        if let Some(arn) = &self.said.role
            && role(arn)? != own
        {
            return Err(wrong("--execution-role-arn", &"the role is of another account than the state machine"));
        }
        Ok(Place { account: own, region: Some(region) })
    }
}

/// Asks AWS, as configured and as the flags say.
pub(super) fn read(question: Question, access: &AccessArgs, common: &CommonArgs) -> anyhow::Result<Answer> {
    let place = question.place()?;
    let mut config = configure::load(common)?;
    configure::apply_access(&mut config, access.clone())?;
    // The hashes of what the door saw are not shown here.
    let eyes = Eyes::new(HashKey::new(random_key()));
    let budget = Arc::new(Budget::new(config.aws.budget.clone()));
    let asked = ask(&config, &budget, &eyes, &Silent, async |environment| {
        Box::pin(answer(environment, question, &place)).await
    })?;
    match asked {
        Asked { answer: Err(_), signal: Some(code), .. } => Err(Stopped(code).into()),
        Asked { answer, .. } => answer,
    }
}

async fn answer(environment: &Environment<'_>, question: Question, place: &Place) -> anyhow::Result<Answer> {
    let Question { said, definition, describe, role } = question;
    let live = Live::enter(environment, &place.account, place.region.clone()).await?;
    let mut answer = Answer { machine: said, definition, role: None };
    if let (true, Some(arn), Some(region)) = (describe, answer.machine.arn.clone(), &place.region) {
        let named = || format!("the state machine {arn}");
        answer = described(&live, &arn, region, answer).await.with_context(named)?;
    }
    if role {
        let arn = answer.machine.role.as_ref().context("DescribeStateMachine told no role")?;
        answer.role = Some(LiveRole { arn: arn.clone(), iam: live.iam().await });
    }
    Ok(answer)
}

/// What is said stays; what is not is as the machine is.
async fn described(live: &Live<'_>, arn: &Arn, region: &Region, said: Answer) -> anyhow::Result<Answer> {
    let read = live.machine(arn, region).await;
    let machines = read.ok_or_else(|| anyhow!("AWS knows none of this name in {region}"))?;
    let machine = machines.machines.first().context("it was not read")?;
    let details = machine.details.whole().map_err(told)?;
    let definition = match said.definition {
        Some(definition) => definition,
        None => machines.definition(details).map_err(|gap| told(&gap))?.clone(),
    };
    let Machine { arn, kind, role, logging, tracing, key } = said.machine;
    let key = match key {
        Some(key) => Some(key),
        None => key_of(live, details, region).await?,
    };
    let role = match role {
        Some(role) => role,
        None => details.role_arn.whole().map_err(told)?.clone(),
    };
    let logs = (details.logging.level != LogLevel::Off).then_some(details.logging.destination.as_ref()).flatten();
    let machine = Machine {
        arn,
        kind: kind.or(Some(machine.kind).filter(|kind| *kind != MachineKind::Unknown)),
        role: Some(role),
        logging: logging.or_else(|| logs.cloned()),
        tracing: tracing || details.tracing_enabled,
        key,
    };
    Ok(Answer { machine, definition: Some(definition), role: None })
}

/// The machine's customer managed key.
async fn key_of(live: &Live<'_>, details: &Details, region: &Region) -> anyhow::Result<Option<Arn>> {
    let otherwise = "its KMS key is not known; --kms-key can name it";
    match &details.encryption {
        Encryption::AwsOwned => Ok(None),
        Encryption::Unknown { kind } => Err(anyhow!("encryption of the kind {kind}")).context(otherwise),
        Encryption::Customer { kms_key_id } => {
            let key = live.key(kms_key_id, region).await.map_err(|gap| told(&gap)).context(otherwise)?;
            let gone = || anyhow!("AWS knows no key {kms_key_id}");
            key.ok_or_else(gone).context(otherwise).map(Some)
        }
    }
}

/// Reason, what failed, and the IAM action that would open it.
fn told(gap: &Gap) -> anyhow::Error {
    anyhow!("{gap}")
}
