use std::collections::BTreeMap;

use aws_sdk_sfn::operation::describe_state_machine::DescribeStateMachineOutput;
use aws_sdk_sfn::types::{IncludedData, StateMachineListItem, StateMachineType};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;

use super::collector::{Collector, Context, Scope};
use super::definitions::{Inspected, hash, inspect, not_one};
use super::described::{encryption, logging, status};
use super::pages::{Page, all_pages, named};
use super::progress::Event;
use crate::asl::Definition;
use crate::aws::apis::{SFN_DESCRIBE_STATE_MACHINE as DESCRIBE, SFN_LIST_STATE_MACHINES as LIST};
use crate::aws::{Failure, FailureKind};
use crate::detect::Clean;
use crate::model::{DefinitionRef, Details, MachineKind, PartName, PartValue, StateMachine, StateMachines};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The largest page that the service hands out.
const PAGE: i32 = 1000;

/// State machines with their definitions, roles, logging, tracing and encryption.
pub(super) static COLLECTOR: Collector =
    Collector { part: PartName::StateMachines, scope: Scope::Region, after: &[], apis: &[&LIST, &DESCRIBE], run };

/// Definitions by the hash of their text: many machines share one, and each is read once.
type Definitions = BTreeMap<String, Result<(Clean<Definition>, DefinitionRef), Gap>>;

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (items, failure) = list(context).await;
        context.tell(Event::Counted(items.len()));
        let mut definitions = Definitions::new();
        let mut machines = Vec::with_capacity(items.len());
        let describe = |item| describe(context, item);
        let mut answers = futures_util::stream::iter(items).map(describe).buffer_unordered(context.concurrency);
        while let Some(answer) = answers.next().await {
            context.tell(Event::Advanced);
            machines.extend(answer.map(|(listed, details)| machine(context, listed, details, &mut definitions)));
        }
        machines.sort_by(|a: &StateMachine, b| a.arn.cmp(&b.arn));
        let definitions = readable(definitions);
        let part = context.listed(machines, failure.as_ref());
        PartValue::StateMachines(match part {
            Observed::Known { value: machines } => Observed::known(StateMachines { machines, definitions }),
            Observed::Partial { value: machines, gap } => {
                Observed::Partial { value: StateMachines { machines, definitions }, gap }
            }
            Observed::Stale { gap, .. } | Observed::Missing { gap } => Observed::missing(gap),
        })
    }
    .boxed()
}

/// One machine, version or alias with its definition, as DescribeStateMachine answers for it. `None`: there is none.
pub(super) async fn one(context: &Context<'_>, arn: &Arn) -> Option<StateMachines> {
    let unlisted = Listed { arn: arn.clone(), kind: MachineKind::Unknown, created_at: None };
    let (mut listed, (answer, encrypted)) = describe(context, unlisted).await?;
    if let Ok(answer) = &answer {
        listed.kind = kind(&answer.r#type);
        listed.created_at = Timestamp::from_second(answer.creation_date.secs()).ok();
    }
    let mut definitions = Definitions::new();
    let machine = machine(context, listed, (answer, encrypted), &mut definitions);
    Some(StateMachines { machines: vec![machine], definitions: readable(definitions) })
}

fn readable(definitions: Definitions) -> BTreeMap<String, Clean<Definition>> {
    definitions.into_iter().filter_map(|(hash, read)| Some((hash, read.ok()?.0))).collect()
}

struct Listed {
    arn: Arn,
    kind: MachineKind,
    created_at: Option<Timestamp>,
}

/// How many there are, of which kinds, and why there may be others.
pub(super) async fn kinds(context: &Context<'_>) -> (Vec<MachineKind>, Option<Gap>) {
    let (listed, failure) = list(context).await;
    (listed.into_iter().map(|machine| machine.kind).collect(), failure.map(|failure| context.gap(&failure)))
}

async fn list(context: &Context<'_>) -> (Vec<Listed>, Option<Failure>) {
    let client = context.clients.sfn();
    let (items, failure) = all_pages(&LIST, |token| {
        let request = client.list_state_machines().max_results(PAGE).set_next_token(token);
        async move {
            let answer = context.call(&LIST, || request.clone().send()).await?;
            Ok(Page { items: answer.state_machines.into_iter().map(listed).collect(), next: answer.next_token })
        }
    })
    .await;
    named(&LIST, items, "stateMachineArn", failure)
}

fn listed(item: StateMachineListItem) -> Option<Listed> {
    let kind = kind(&item.r#type);
    let created_at = Timestamp::from_second(item.creation_date.secs()).ok();
    Arn::parse(item.state_machine_arn).ok().map(|arn| Listed { arn, kind, created_at })
}

fn kind(word: &StateMachineType) -> MachineKind {
    match word {
        StateMachineType::Standard => MachineKind::Standard,
        StateMachineType::Express => MachineKind::Express,
        _ => MachineKind::Unknown,
    }
}

type Described = Result<Box<DescribeStateMachineOutput>, Failure>;

/// `None` where the machine was deleted since it was listed.
///
/// A definition under a key that the auditor may not use is left out by asking for the metadata alone.
async fn describe(context: &Context<'_>, listed: Listed) -> Option<(Listed, (Described, Option<Gap>))> {
    let client = context.clients.sfn();
    let request = client.describe_state_machine().state_machine_arn(listed.arn.as_str());
    let full = context.call(&DESCRIBE, || request.clone().send()).await;
    match full {
        Ok(answer) if answer.state_machine_arn.is_empty() => {
            let detail = format!("{} answered without stateMachineArn", DESCRIBE.name);
            Some((listed, (Err(Failure { kind: FailureKind::Other, api: &DESCRIBE, detail }), None)))
        }
        Ok(answer) => Some((listed, (Ok(Box::new(answer)), None))),
        Err(failure) if failure.kind == FailureKind::NotFound => None,
        Err(failure) if failure.kind == FailureKind::Encrypted => {
            let request = request.included_data(IncludedData::MetadataOnly);
            let metadata = context.call(&DESCRIBE, || request.clone().send()).await.map(Box::new);
            let encrypted = context.gap(&failure).about(listed.arn.as_str());
            Some((listed, (metadata, Some(encrypted))))
        }
        Err(failure) => Some((listed, (Err(failure), None))),
    }
}

fn machine(
    context: &Context<'_>,
    listed: Listed,
    (answer, encrypted): (Described, Option<Gap>),
    definitions: &mut Definitions,
) -> StateMachine {
    let Listed { arn, kind, created_at } = listed;
    let details = match answer {
        Ok(answer) => Observed::known(details(context, &arn, *answer, encrypted, definitions)),
        Err(failure) => Observed::missing(context.gap(&failure).about(arn.as_str())),
    };
    StateMachine { arn, kind, created_at, details }
}

fn details(
    context: &Context<'_>,
    arn: &Arn,
    answer: DescribeStateMachineOutput,
    encrypted: Option<Gap>,
    definitions: &mut Definitions,
) -> Details {
    let lacks = |field: &str| {
        let detail = format!("{} answered without a usable {field}", DESCRIBE.name);
        context.locate(Gap { api: DESCRIBE.name.to_owned(), ..Gap::new(GapReason::Error, detail) }).about(arn.as_str())
    };
    let definition = match encrypted {
        Some(gap) => Err(gap),
        None if answer.definition.is_empty() => Err(lacks("definition")),
        None => {
            definition(context, &answer.definition, definitions).map_err(|gap| context.locate(gap).about(arn.as_str()))
        }
    };
    let description = answer.description.filter(|text| !text.is_empty()).map(|text| context.door.text(&text));
    let (description, description_observations) =
        description.map_or((None, Vec::new()), |seen| (Some(seen.clean), seen.observations));
    Details {
        status: answer.status.as_ref().map(status),
        role_arn: Arn::parse(answer.role_arn).map_err(|_| lacks("roleArn")).into(),
        logging: logging(answer.logging_configuration),
        tracing_enabled: answer.tracing_configuration.is_some_and(|tracing| tracing.enabled),
        encryption: encryption(context, answer.encryption_configuration),
        definition: definition.into(),
        description,
        description_observations,
    }
}

/// Parses, inspects and redacts a definition, unless its text was met before.
fn definition(context: &Context<'_>, text: &str, definitions: &mut Definitions) -> Result<DefinitionRef, Gap> {
    let read = definitions.entry(hash(text)).or_insert_with_key(|sha256| {
        let Inspected { clean, duplicates, reference } = inspect(context, text, sha256.clone())?;
        let parse = |value: &_| Definition::parse(value).map(|definition| definition.with_duplicates(duplicates));
        let definition = clean.read(parse).map_err(|error| not_one(&error))?;
        Ok((definition, reference))
    });
    read.as_ref().map(|(_, reference)| reference.clone()).map_err(Gap::clone)
}
