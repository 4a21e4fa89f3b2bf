use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::asl::{Integration, Retrier, State, Task};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed, span,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "retry-without-backoff",
    family: Family::Lifecycle,
    title: "A Retry presses on, waits for ever, or leaves out what passes by itself",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html",
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/retry-backoff.html",
    ],
    page: include_str!("retry-without-backoff.md"),
    run,
};

/// Attempts from which steady ones press on what is overloaded; fewer are over soon.
const MANY: u64 = 3;
/// A pause of this long is one for what is overloaded too.
const LONG_SECONDS: u64 = 30;
/// Attempts whose pauses grow without a bound.
const VERY_MANY: u64 = 10;
/// A pause that nobody means.
const NEVER_SECONDS: u64 = 24 * 60 * 60;

/// Lambda's faults that pass by themselves, as AWS lists them.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html>.
const TRANSIENT: [&str; 4] = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
];

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let retrying = definition.states.iter().filter(|state| !state.retry.is_empty());
    let paced = retrying.clone().filter_map(|state| Some((state, state.retry.iter().find_map(fault)?)));
    let paced: Vec<_> = paced.collect();
    let lambdas: Vec<_> = definition.tasks.iter().filter(|task| is_lambda(task)).collect();
    let states: BTreeMap<_, _> = definition.states.iter().map(|state| (&state.pointer, state)).collect();
    let bare = lambdas.iter().filter_map(|task| states.get(&task.pointer).copied());
    let bare: Vec<_> = bare.filter(|state| leaves_out(state)).collect();
    let mut outcomes: Vec<Outcome> = Vec::new();
    if !paced.is_empty() {
        outcomes.push(pressing(machine, &paced).into());
    }
    if !bare.is_empty() {
        outcomes.push(leaving_out(machine, &bare).into());
    }
    if outcomes.is_empty() && (retrying.count() > 0 || !lambdas.is_empty()) {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

/// What is wrong with the pauses of a retrier; defaults are 1 second, 3 attempts and a rate of 2.
fn fault(retrier: &Retrier) -> Option<String> {
    let pace = &retrier.pace;
    if pace.at_run_time {
        return None;
    }
    let interval = pace.interval_seconds.unwrap_or(1);
    let attempts = retrier.max_attempts.unwrap_or(3);
    let rate = pace.backoff_hundredths.unwrap_or(200);
    if rate <= 100 {
        let presses = attempts >= MANY && interval < LONG_SECONDS && !pace.jitter;
        return presses.then(|| format!("{attempts} attempts {} apart, each like the one before", span(interval)));
    }
    if pace.max_delay_seconds.is_some() || attempts < VERY_MANY {
        return None;
    }
    let last = last_pause(interval, rate, attempts);
    (last >= NEVER_SECONDS)
        .then(|| format!("{attempts} attempts, the last of them {} after the one before", span(last)))
}

/// At most a century, so that it can be told.
fn last_pause(interval: u64, rate: u64, attempts: u64) -> u64 {
    const CENTURY: u64 = 100 * 365 * NEVER_SECONDS;
    let mut pause = interval.saturating_mul(100);
    for _ in 1..attempts {
        if pause >= CENTURY * 100 {
            return CENTURY;
        }
        pause = pause.saturating_mul(rate) / 100;
    }
    pause / 100
}

fn is_lambda(task: &Task) -> bool {
    match &task.integration {
        Integration::LambdaFunction { .. } => true,
        Integration::Optimised { service, action } => service == "lambda" && action == "invoke",
        _ => false,
    }
}

/// It handles errors and tries none of Lambda's own again. A state that handles none is `no-error-handling`'s to tell.
fn leaves_out(state: &State) -> bool {
    let takes = |error: &String| {
        matches!(error.as_str(), "States.ALL" | "States.TaskFailed") || TRANSIENT.contains(&error.as_str())
    };
    let tried = state.retry.iter().any(|one| one.max_attempts != Some(0) && one.errors.iter().any(takes));
    let handles = !state.retry.is_empty() || !state.catch.is_empty();
    handles && !tried
}

fn pressing(machine: &MachineView<'_>, states: &[(&State, String)]) -> Defect {
    let name = machine.name();
    let names = || states.iter().map(|(state, _)| &state.name);
    let (first, why) = &states[0];
    let also = match states.len() {
        1 => String::new(),
        2 => " So does another.".to_owned(),
        all => format!(" So do {} others.", all - 1),
    };
    let message = format!(
        "State {} of {name} retries without a backoff that fits: {why}. What is overloaded gets no time to recover, or an \
         execution waits for longer than anybody does.{also}",
        first.name,
    );
    let remediation = "Let the pauses grow (BackoffRate 2) up to a bound (MaxDelaySeconds), with JitterStrategy FULL so that \
                       executions which failed together do not come back together.";
    Defect::new(message, remediation)
        .told_apart_by("pace")
        .evidence("states", listed(names()))
        .evidence("first", why.as_str())
        .change(Change::Definition(json!({ &first.name: { "Retry": mended(first) } })))
}

/// All retriers of the state, those with a fault made better.
fn mended(state: &State) -> Vec<Value> {
    let of = |retrier: &Retrier| match fault(retrier) {
        None => written(retrier),
        Some(_) => json!({
            "ErrorEquals": retrier.errors, "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 6, "MaxDelaySeconds": 60,
            "JitterStrategy": "FULL"
        }),
    };
    state.retry.iter().map(of).collect()
}

/// One for Lambda's own faults before those of the state.
fn with_lambdas(state: &State) -> Vec<Value> {
    let own = json!({ "ErrorEquals": TRANSIENT, "IntervalSeconds": 2, "MaxAttempts": 6, "BackoffRate": 2 });
    std::iter::once(own).chain(state.retry.iter().map(written)).collect()
}

/// As the definition has it; what an expression chooses there is for the reader to carry over.
fn written(retrier: &Retrier) -> Value {
    let pace = &retrier.pace;
    if pace.at_run_time {
        return json!({ "ErrorEquals": retrier.errors, "<as it is>": "<as it is>" });
    }
    let mut fields = json!({ "ErrorEquals": retrier.errors });
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields[name] = value;
        }
    };
    put("IntervalSeconds", pace.interval_seconds.map(Value::from));
    put("MaxAttempts", retrier.max_attempts.map(Value::from));
    #[expect(clippy::cast_precision_loss, reason = "a rate of hundredths")]
    put("BackoffRate", pace.backoff_hundredths.map(|rate| Value::from(rate as f64 / 100.0)));
    put("MaxDelaySeconds", pace.max_delay_seconds.map(Value::from));
    put("JitterStrategy", pace.jitter.then(|| Value::from("FULL")));
    fields
}

fn leaving_out(machine: &MachineView<'_>, states: &[&State]) -> Defect {
    let name = machine.name();
    let names = listed(states.iter().map(|state| &state.name));
    let message = format!(
        "Tasks of {name} call Lambda functions and try none of Lambda's own faults again: {names}. These pass within seconds, \
         and here each takes the way of a real failure.",
    );
    let remediation = "Put a retrier for Lambda's own errors before the others, as AWS advises.";
    Defect::new(message, remediation)
        .severity(Severity::Info)
        .told_apart_by("lambda")
        .evidence("states", names)
        .change(Change::Definition(json!({ &states[0].name: { "Retry": with_lambdas(states[0]) } })))
}
