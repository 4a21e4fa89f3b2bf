use serde_json::{Value, json};

use crate::asl::{QueryLanguage, SecretFetch};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed,
};
use crate::model::{Details, LogLevel, MachineKind, PartName};
use crate::types::{Arn, Gap};

pub const CHECK: Check = Check {
    id: "secret-fetched-into-state",
    family: Family::Data,
    title: "A task fetches a secret into the execution's data",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html",
    ],
    page: include_str!("secret-fetched-into-state.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let copies = Copies::of(machine, machine.details()?);
    let fetches = definition.secrets_fetched.iter().filter(|fetch| !fetch.harmless);
    // What leaves no copy and stays in no state goes with the task.
    let told = fetches.filter(|fetch| fetch.kept_in_state || copies.any());
    let mut outcomes: Vec<Outcome> = told.map(|fetch| defect(machine, fetch, &copies).into()).collect();
    if outcomes.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

/// Where the answer of a task is written down whatever its state keeps of it: in the event that the task succeeded.
struct Copies<'a> {
    history: bool,
    log: Option<&'a str>,
}

impl<'a> Copies<'a> {
    fn of(machine: &MachineView<'_>, details: &'a Details) -> Self {
        let logging = &details.logging;
        let all = logging.level == LogLevel::All && logging.include_execution_data;
        let group = logging.destination.as_ref().filter(|_| all).map(Arn::resource);
        Self {
            history: machine.machine.kind == MachineKind::Standard,
            log: group.map(|group| group.strip_prefix("log-group:").unwrap_or(group)),
        }
    }

    fn any(&self) -> bool {
        self.history || self.log.is_some()
    }

    fn told(&self) -> Vec<String> {
        let history = self.history.then(|| "the execution history".to_owned());
        history.into_iter().chain(self.log.map(|group| format!("the log group {group}"))).collect()
    }
}

fn defect(machine: &MachineView<'_>, fetch: &SecretFetch, copies: &Copies<'_>) -> Defect {
    let (name, state, what) = (machine.name(), &fetch.state, fetch.integration.name());
    let members = listed(&fetch.members);
    let places = copies.told().join(" and ");
    let mut message = if fetch.kept_in_state {
        let by = fetch.kept_by.join(" and its ");
        let may = if fetch.certain { "keeps" } else { "may keep" };
        format!(
            "State {state} of {name} calls {what} and {may} the secret ({members}) in its {by}: later states carry it on."
        )
    } else {
        format!("State {state} of {name} calls {what} and keeps the secret ({members}) out of what later states see.")
    };
    if !places.is_empty() {
        let but = if fetch.kept_in_state { " It is written into" } else { " The task's answer is written into" };
        message = format!("{message}{but} {places} in clear.");
    }
    let remediation = format!(
        "Take {state} out, pass the secret's name on, and let what needs the value fetch it: a function from Secrets Manager \
         or Parameter Store, an HTTP task by its EventBridge connection.{}",
        if fetch.kept_in_state { " Until then keep the answer out of the state, as shown." } else { "" },
    );
    let severity = match (fetch.kept_in_state, copies.any()) {
        (true, true) => Severity::High,
        (true, false) => Severity::Medium,
        (false, _) => Severity::Low,
    };
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .at_state(state, &fetch.pointer)
        .evidence("call", what)
        .evidence("members", members)
        .evidence("kept_by", if fetch.kept_by.is_empty() { "nothing".to_owned() } else { fetch.kept_by.join(", ") });
    if !places.is_empty() {
        defect = defect.evidence("written_to", places);
    }
    if !fetch.certain {
        defect = defect.confidence(Confidence::Medium);
    }
    defect.change = change(machine, fetch).map(|fields| Change::Definition(json!({ state: fields })));
    defect
}

/// The fields of the state by which its output is its input again, and nothing is assigned.
fn change(machine: &MachineView<'_>, fetch: &SecretFetch) -> Option<Value> {
    let keeps = |what: &str| fetch.kept_by.iter().any(|by| by == what);
    let state = machine.definition().ok()?.states.iter().find(|state| state.pointer == fetch.pointer)?;
    let mut fields = match (keeps("output"), state.query_language) {
        (false, _) => json!({}),
        (true, QueryLanguage::JsonPath) => json!({ "ResultPath": null, "OutputPath": "$" }),
        (true, QueryLanguage::Jsonata) => json!({ "Output": "{% $states.input %}" }),
    };
    if keeps("variables") {
        fields["Assign"] = json!({});
    }
    (!fetch.kept_by.is_empty()).then_some(fields)
}
