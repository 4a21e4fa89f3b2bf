use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;

use super::collector::{Collector, Context, Scope};
use super::definitions::{hash, inspect};
use super::described::{encryption, logging};
use super::pages::{Page, all_pages, named};
use super::progress::Event;
use crate::aws::apis::{
    SFN_DESCRIBE_STATE_MACHINE as DESCRIBE, SFN_DESCRIBE_STATE_MACHINE_ALIAS as ALIAS,
    SFN_LIST_STATE_MACHINE_ALIASES as ALIASES, SFN_LIST_STATE_MACHINE_VERSIONS as VERSIONS,
};
use crate::aws::{Failure, FailureKind};
use crate::model::{Alias, PartName, PartValue, Published, Route, RunSettings, Version, Versions};
use crate::types::{Arn, Gap, GapReason, Observed};

/// Published versions with what the door sees in them, and aliases. AWS refills the lists at one call a second, so only so
/// many machines are asked about as are configured, the first by ARN: a report does not change with who was asked.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Versions,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[&VERSIONS, &ALIASES, &ALIAS, &DESCRIBE],
    run,
};

const PAGE: i32 = 1_000;

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::Versions.missing(gap),
        };
        let mut arns = machines.machines.iter().map(|machine| machine.arn.clone());
        let asked: Vec<_> = arns.by_ref().take(context.versions.machines).collect();
        let unasked = |arn: Arn| {
            let detail = "the versions of more state machines than collectors.versions_machines";
            let gap = context.locate(Gap::new(GapReason::NotSampled, detail)).about(arn.as_str());
            (arn, Observed::missing(gap))
        };
        let mut versions: Versions = arns.map(unasked).collect();
        context.tell(Event::Counted(asked.len()));
        let mut asked = asked.into_iter();
        // One is asked about first: where there is no such call, the others need not be.
        let first: Vec<_> = asked.by_ref().take(1).collect();
        for arn in first {
            match published(context, &arn).await {
                Err(failure) if failure.kind == FailureKind::Unsupported => {
                    return PartValue::Versions(Observed::missing(context.gap(&failure)));
                }
                answer => put(context, &mut versions, arn, answer),
            }
        }
        let ask = |arn: Arn| async move { (published(context, &arn).await, arn) };
        let mut answers = futures_util::stream::iter(asked).map(ask).buffer_unordered(context.concurrency);
        while let Some((answer, arn)) = answers.next().await {
            put(context, &mut versions, arn, answer);
        }
        PartValue::Versions(Observed::listed(versions, gap))
    }
    .boxed()
}

type Answer = Result<Observed<Published>, Failure>;

/// A machine that was deleted since is dropped.
fn put(context: &Context<'_>, versions: &mut Versions, arn: Arn, answer: Answer) {
    context.tell(Event::Advanced);
    match answer {
        Ok(published) => drop(versions.insert(arn, published)),
        Err(failure) if failure.kind == FailureKind::NotFound => {}
        Err(failure) => {
            let gap = context.gap(&failure).about(arn.as_str());
            versions.insert(arn, Observed::missing(gap));
        }
    }
}

/// One call for a machine that has no versions, for only versions can have aliases.
async fn published(context: &Context<'_>, machine: &Arn) -> Answer {
    let (listed, failure) = versions(context, machine).await;
    let failure = match failure {
        Some(failure) if listed.is_empty() => return Err(failure),
        failure => failure,
    };
    let aliases = if listed.is_empty() { Observed::known(Vec::new()) } else { aliases(context, machine).await };
    let routed: Vec<&Arn> =
        aliases.seen().0.into_iter().flatten().flat_map(|alias| &alias.routes).map(|route| &route.version).collect();
    let mut versions = Vec::with_capacity(listed.len());
    for (index, (arn, created_at)) in listed.into_iter().enumerate() {
        // What an alias starts is live, however old it is.
        let read = index < context.versions.per_machine || routed.contains(&&arn);
        versions.push(if read { describe(context, arn, created_at).await } else { unread(context, arn, created_at) });
    }
    let published = Published { versions, aliases };
    Ok(Observed::listed(published, failure.map(|failure| context.gap(&failure).about(machine.as_str()))))
}

/// Newest first, as AWS lists them.
async fn versions(context: &Context<'_>, machine: &Arn) -> (Vec<(Arn, Option<Timestamp>)>, Option<Failure>) {
    let client = context.clients.sfn();
    let (items, failure) = all_pages(&VERSIONS, |token| {
        let request = client.list_state_machine_versions().state_machine_arn(machine.as_str());
        let request = request.max_results(PAGE).set_next_token(token);
        async move {
            let answer = context.call(&VERSIONS, || request.clone().send()).await?;
            Ok(Page { items: answer.state_machine_versions, next: answer.next_token })
        }
    })
    .await;
    let items = items.into_iter().map(|item| {
        let created_at = Timestamp::from_second(item.creation_date.secs()).ok();
        Arn::parse(item.state_machine_version_arn).ok().map(|arn| (arn, created_at))
    });
    named(&VERSIONS, items, "stateMachineVersionArn", failure)
}

async fn aliases(context: &Context<'_>, machine: &Arn) -> Observed<Vec<Alias>> {
    let client = context.clients.sfn();
    let (items, failure) = all_pages(&ALIASES, |token| {
        let request = client.list_state_machine_aliases().state_machine_arn(machine.as_str());
        let request = request.max_results(PAGE).set_next_token(token);
        async move {
            let answer = context.call(&ALIASES, || request.clone().send()).await?;
            Ok(Page { items: answer.state_machine_aliases, next: answer.next_token })
        }
    })
    .await;
    let items = items.into_iter().map(|item| Arn::parse(item.state_machine_alias_arn).ok());
    let (arns, mut failure) = named(&ALIASES, items, "stateMachineAliasArn", failure);
    let mut aliases = Vec::with_capacity(arns.len());
    for arn in arns {
        match routes(context, &arn).await {
            Ok((routes, updated_at)) => aliases.push(Alias { arn, routes, updated_at }),
            Err(gone) if gone.kind == FailureKind::NotFound => {}
            Err(unread) => failure = Some(unread),
        }
    }
    Observed::listed(aliases, failure.map(|failure| context.gap(&failure).about(machine.as_str())))
}

/// Where an alias leads, and since when.
async fn routes(context: &Context<'_>, alias: &Arn) -> Result<(Vec<Route>, Option<Timestamp>), Failure> {
    let client = context.clients.sfn();
    let request = client.describe_state_machine_alias().state_machine_alias_arn(alias.as_str());
    let answer = context.call(&ALIAS, || request.clone().send()).await?;
    let unusable = || Failure {
        kind: FailureKind::Other,
        api: &ALIAS,
        detail: format!("{} answered without a usable routingConfiguration", ALIAS.name),
    };
    let route = |item: aws_sdk_sfn::types::RoutingConfigurationListItem| {
        let version = Arn::parse(item.state_machine_version_arn).ok()?;
        Some(Route { version, weight: u8::try_from(item.weight).ok()? })
    };
    let routes = answer.routing_configuration.filter(|routes| !routes.is_empty()).ok_or_else(unusable)?;
    let routes = routes.into_iter().map(route).collect::<Option<_>>().ok_or_else(unusable)?;
    let updated_at = answer.update_date.or(answer.creation_date).map(|time| Timestamp::from_second(time.secs()));
    Ok((routes, updated_at.and_then(Result::ok)))
}

fn unread(context: &Context<'_>, arn: Arn, created_at: Option<Timestamp>) -> Version {
    let gap = Gap::new(GapReason::NotSampled, "an older version than the newest collectors.versions_per_machine");
    let gap = context.locate(gap).about(arn.as_str());
    Version {
        arn,
        created_at,
        definition: Observed::missing(gap.clone()),
        description_observations: Vec::new(),
        settings: Observed::missing(gap),
    }
}

async fn describe(context: &Context<'_>, arn: Arn, created_at: Option<Timestamp>) -> Version {
    let client = context.clients.sfn();
    let request = client.describe_state_machine().state_machine_arn(arn.as_str());
    let answer = context.call(&DESCRIBE, || request.clone().send()).await;
    let answer = match answer {
        Ok(answer) if answer.state_machine_arn.is_empty() => {
            let detail = format!("{} answered without stateMachineArn", DESCRIBE.name);
            Err(context.gap(&Failure { kind: FailureKind::Other, api: &DESCRIBE, detail }))
        }
        answer => answer.map_err(|failure| context.gap(&failure)),
    };
    let answer = match answer.map_err(|gap| gap.about(arn.as_str())) {
        Ok(answer) => answer,
        Err(gap) => {
            let (definition, settings) = (Observed::missing(gap.clone()), Observed::missing(gap));
            return Version { arn, created_at, definition, description_observations: Vec::new(), settings };
        }
    };
    let read = inspect(context, &answer.definition, hash(&answer.definition));
    let definition = read.map(|read| read.reference).map_err(|gap| context.locate(gap).about(arn.as_str())).into();
    let description_observations =
        answer.description.map_or_else(Vec::new, |text| context.door.text(&text).observations);
    let lacks = || {
        let detail = format!("{} answered without roleArn", DESCRIBE.name);
        context.gap(&Failure { kind: FailureKind::Other, api: &DESCRIBE, detail }).about(arn.as_str())
    };
    let settings = Observed::known(RunSettings {
        role_arn: Arn::parse(answer.role_arn).map_err(|_| lacks()).into(),
        logging: logging(answer.logging_configuration),
        tracing_enabled: answer.tracing_configuration.is_some_and(|tracing| tracing.enabled),
        encryption: encryption(context, answer.encryption_configuration),
    });
    Version { arn, created_at, definition, description_observations, settings }
}
