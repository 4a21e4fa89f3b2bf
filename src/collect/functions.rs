use std::collections::BTreeSet;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};

use super::collector::{Collector, Context, Scope};
use super::progress::Event;
use crate::aws::apis::LAMBDA_GET_FUNCTION_CONFIGURATION as CONFIGURATION;
use crate::aws::{Failure, FailureKind};
use crate::model::{Functions, PartName, PartValue, StateMachines, function_arn, function_names};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The roles of the Lambda functions that this Region's definitions name: one call a function.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Functions,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[&CONFIGURATION],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::Functions.missing(gap),
        };
        let (own, foreign): (Vec<Arn>, Vec<Arn>) = named(machines).into_iter().partition(|arn| context.owns(arn));
        context.tell(Event::Counted(own.len()));
        let foreign_gap = |arn: &Arn| {
            let gap = Gap::new(GapReason::Unsupported, "the function belongs to another account or Region");
            context.locate(gap).about(arn.as_str())
        };
        let mut roles: Functions =
            foreign.into_iter().map(|arn| (arn.clone(), Observed::missing(foreign_gap(&arn)))).collect();
        let read = |arn| async move {
            let read = role(context, &arn).await;
            context.tell(Event::Advanced);
            (arn, read.into())
        };
        let answers: Vec<_> =
            futures_util::stream::iter(own).map(read).buffer_unordered(context.concurrency).collect().await;
        roles.extend(answers);
        PartValue::Functions(Observed::listed(roles, gap))
    }
    .boxed()
}

/// The functions that readable definitions name.
fn named(machines: &StateMachines) -> BTreeSet<Arn> {
    let of = |machine: &crate::model::StateMachine| {
        let definition = machines.definition(machine.details.seen().0?).ok()?;
        Some(function_names(definition).filter_map(|name| function_arn(&name, &machine.arn)).collect::<Vec<_>>())
    };
    machines.machines.iter().filter_map(of).flatten().collect()
}

/// The answer holds the function's environment too: all but the role is dropped unseen.
async fn role(context: &Context<'_>, arn: &Arn) -> Result<Option<Arn>, Gap> {
    let client = context.clients.lambda();
    let mut pieces = arn.resource().splitn(3, ':').skip(1);
    let (name, qualifier) = (pieces.next().unwrap_or_default(), pieces.next().map(str::to_owned));
    let request = client.get_function_configuration().function_name(name).set_qualifier(qualifier);
    let broken = || Failure {
        kind: FailureKind::Other,
        api: &CONFIGURATION,
        detail: format!("{} answered without a usable Role", CONFIGURATION.name),
    };
    let role = match context.call(&CONFIGURATION, || request.clone().send()).await {
        Err(failure) if failure.kind == FailureKind::NotFound => return Ok(None),
        answer => answer.and_then(|answer| answer.role.and_then(|role| Arn::parse(role).ok()).ok_or_else(broken)),
    };
    role.map(Some).map_err(|failure| context.gap(&failure).about(arn.as_str()))
}
