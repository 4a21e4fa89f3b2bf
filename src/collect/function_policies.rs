use std::collections::BTreeSet;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};

use super::collector::{Collector, Context, Scope, policy};
use super::progress::Event;
use crate::aws::apis::LAMBDA_GET_POLICY as POLICY;
use crate::aws::{Failure, FailureKind};
use crate::detect::Clean;
use crate::iam::Policy;
use crate::model::{FunctionPolicies, PartName, PartValue, StateMachines, function_arn, function_names};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The resource-based policies of the Lambda functions that this Region's definitions name.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::FunctionPolicies,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[&POLICY],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::FunctionPolicies.missing(gap),
        };
        let (own, foreign): (Vec<Arn>, Vec<Arn>) = functions(machines).into_iter().partition(|arn| context.owns(arn));
        context.tell(Event::Counted(own.len()));
        let foreign_gap = |arn: &Arn| {
            let gap = Gap::new(GapReason::Unsupported, "the function belongs to another account or Region");
            context.locate(gap).about(arn.as_str())
        };
        let mut policies: FunctionPolicies =
            foreign.into_iter().map(|arn| (arn.clone(), Observed::missing(foreign_gap(&arn)))).collect();
        let read = |arn| async move {
            let read = function_policy(context, &arn).await;
            context.tell(Event::Advanced);
            (arn, read.into())
        };
        let answers: Vec<_> =
            futures_util::stream::iter(own).map(read).buffer_unordered(context.concurrency).collect().await;
        policies.extend(answers);
        PartValue::FunctionPolicies(Observed::listed(policies, gap))
    }
    .boxed()
}

/// The functions that readable definitions name.
fn functions(machines: &StateMachines) -> BTreeSet<Arn> {
    let named = |machine: &crate::model::StateMachine| {
        let definition = machines.definition(machine.details.seen().0?).ok()?;
        Some(function_names(definition).filter_map(|name| function_arn(&name, &machine.arn)).collect::<Vec<_>>())
    };
    machines.machines.iter().filter_map(named).flatten().collect()
}

async fn function_policy(context: &Context<'_>, arn: &Arn) -> Result<Option<Clean<Policy>>, Gap> {
    let client = context.clients.lambda();
    let mut pieces = arn.resource().splitn(3, ':').skip(1);
    let (name, qualifier) = (pieces.next().unwrap_or_default(), pieces.next().map(str::to_owned));
    let request = client.get_policy().function_name(name).set_qualifier(qualifier);
    let broken = || Failure {
        kind: FailureKind::Other,
        api: &POLICY,
        detail: format!("{} answered without Policy", POLICY.name),
    };
    let text = match context.call(&POLICY, || request.clone().send()).await {
        Err(failure) if failure.kind == FailureKind::NotFound => return Ok(None),
        answer => answer.and_then(|answer| answer.policy.ok_or_else(broken)),
    };
    let text = text.map_err(|failure| context.gap(&failure).about(arn.as_str()))?;
    policy(context.door, &POLICY, &text).map(Some).map_err(|gap| context.locate(gap).about(arn.as_str()))
}
