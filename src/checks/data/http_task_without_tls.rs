use serde_json::json;

use crate::asl::{Integration, QueryLanguage, Resolved, Task};
use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View};
use crate::model::PartName;
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "http-task-without-tls",
    family: Family::Data,
    title: "An HTTP task calls an endpoint without TLS",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_protect_data_transit_encrypt.html",
    ],
    page: include_str!("http-task-without-tls.md"),
    run,
};

/// How a task's endpoint begins.
enum Scheme {
    Plain,
    Tls,
    /// It is chosen at run time, or is not what AWS has.
    Open,
}

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let (mut outcomes, mut tasks, mut open) = (Vec::new(), 0, None);
    for task in definition.tasks.iter().filter(|task| task.integration == Integration::Http) {
        tasks += 1;
        match scheme(task) {
            Scheme::Plain => outcomes.push(defect(machine, task).into()),
            Scheme::Tls => {}
            Scheme::Open => {
                let detail = format!("which endpoint {} calls is chosen at run time", task.state);
                open.get_or_insert_with(|| {
                    Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str())
                });
            }
        }
    }
    match open {
        Some(gap) => outcomes.push(Outcome::InsufficientData(gap)),
        None if tasks > 0 && outcomes.is_empty() => outcomes.push(Outcome::Compliant),
        None => {}
    }
    Ok(outcomes)
}

fn scheme(task: &Task) -> Scheme {
    let endpoint = task.arguments.member("ApiEndpoint");
    let known = match &endpoint {
        Some(Resolved::Runtime { pattern: Some(pattern), .. }) => Some(pattern.as_str()),
        Some(endpoint) => endpoint.text(),
        // AWS wants one; without it there is no request.
        None => return Scheme::Tls,
    };
    let begins = |scheme: &str| {
        known.is_some_and(|known| {
            known.trim_start().get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        })
    };
    match (begins("http://"), begins("https://")) {
        (true, _) => Scheme::Plain,
        (_, true) => Scheme::Tls,
        _ => Scheme::Open,
    }
}

fn defect(machine: &MachineView<'_>, task: &Task) -> Defect {
    let message = format!(
        "State {} of {} calls an http:// endpoint: where AWS lets it through, the request, the credentials that the connection \
         adds and the answer cross the network in clear.",
        task.state,
        machine.name(),
    );
    let jsonata = machine.definition().is_ok_and(|definition| {
        let own = |state: &&crate::asl::State| state.pointer == task.pointer;
        definition.states.iter().find(own).is_some_and(|state| state.query_language == QueryLanguage::Jsonata)
    });
    let field = if jsonata { "Arguments" } else { "Parameters" };
    let endpoint = task.arguments.member("ApiEndpoint");
    Defect::new(message, "Call the endpoint by https://, and revoke credentials that have gone to it in clear.")
        .at_state(&task.state, &task.pointer)
        .evidence("scheme", "http")
        .evidence("endpoint", endpoint.as_ref().map_or("static", Resolved::kind))
        .change(Change::Definition(json!({ &task.state: { field: { "ApiEndpoint": "https://<host>/<path>" } } })))
}
