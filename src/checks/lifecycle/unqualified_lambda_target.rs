use serde_json::{Value, json};

use crate::asl::{Definition, Integration, Pattern, QueryLanguage, Resolved};
use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View};
use crate::model::{FunctionCall, LATEST, MachineKind, PartName, function_arn, function_calls};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "unqualified-lambda-target",
    family: Family::Lifecycle,
    title: "A task calls a Lambda function without a version or alias",
    severity: Severity::Info,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-cd-aliasing-versioning.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html",
    ],
    page: include_str!("unqualified-lambda-target.md"),
    run,
};

const PLACEHOLDER: &str = "<VERSION_OR_ALIAS>";

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let called = |call: &FunctionCall<'_>| function_arn(&call.named(), &machine.machine.arn).is_some();
    let calls: Vec<_> = function_calls(definition).filter(called).collect();
    let unqualified = calls.iter().filter(|call| call.qualifier.as_deref().is_none_or(|one| one == LATEST));
    let mut outcomes: Vec<Outcome> = unqualified.map(|call| defect(machine, definition, call).into()).collect();
    if outcomes.is_empty() && !calls.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

fn defect(machine: &MachineView<'_>, definition: &Definition, call: &FunctionCall<'_>) -> Defect {
    let FunctionCall { task, function, qualifier } = call;
    let state = &task.state;
    let what = match qualifier {
        Some(_) => format!("{LATEST} of {function}"),
        None => format!("{function} without a version or alias"),
    };
    let mut message = format!(
        "State {state} of {} calls {what}: what is deployed at that moment runs. An execution that a deployment falls into \
         runs old code and new, and an earlier version of the state machine does not bring back the function's.",
        machine.name(),
    );
    let waits = waits(machine, definition);
    if waits {
        message
            .push_str(" Its executions wait for answers from outside, which gives deployments time to fall into them.");
    }
    let name = function.rsplit(':').next().unwrap_or(function);
    let remediation = format!(
        "Publish versions of {name}, let an alias point at the one to run, and name the alias, or a version, in the state; \
         allow the role that calls it lambda:InvokeFunction on the alias, or on function:{name}:* where the state names \
         versions, so that executions under way may still call the version before."
    );
    let mut defect = Defect::new(message, remediation)
        .at_state(state, &task.pointer)
        .evidence("function", function)
        .evidence("resource", &task.resource);
    if waits {
        defect = defect.severity(Severity::Low);
    }
    defect.change = change(definition, call).map(|fields| Change::Definition(json!({ state: fields })));
    defect
}

/// A Standard machine that waits for somebody outside is open for longer than it takes to deploy.
fn waits(machine: &MachineView<'_>, definition: &Definition) -> bool {
    let mut patterns = definition.tasks.iter().map(|task| task.pattern);
    machine.machine.kind == MachineKind::Standard && patterns.any(Pattern::waits_for_a_caller)
}

/// The fields of the state that name the function; none where it is named elsewhere as the newest version.
fn change(definition: &Definition, call: &FunctionCall<'_>) -> Option<Value> {
    let FunctionCall { task, function, qualifier } = call;
    if let Integration::LambdaFunction { .. } = task.integration {
        return Some(json!({ "Resource": format!("{function}:{PLACEHOLDER}") }));
    }
    let state = definition.states.iter().find(|state| state.pointer == task.pointer)?;
    let field = match state.query_language {
        QueryLanguage::JsonPath => "Parameters",
        QueryLanguage::Jsonata => "Arguments",
    };
    match task.arguments.member("FunctionName")? {
        Resolved::Static(_) => Some(json!({ field: { "FunctionName": format!("{function}:{PLACEHOLDER}") } })),
        _ if qualifier.is_none() => Some(json!({ field: { "Qualifier": PLACEHOLDER } })),
        _ => None,
    }
}
