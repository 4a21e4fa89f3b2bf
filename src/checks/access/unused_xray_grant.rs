use crate::access::Grant;
use crate::access::actions::{XRAY_PUT_SEGMENTS, XRAY_WRITE};
use crate::finding::{
    Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_grant, removal,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "unused-xray-grant",
    family: Family::Access,
    title: "The role may write X-Ray traces, but the state machine does not trace",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    ],
    page: include_str!("unused-xray-grant.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    if machine.details()?.tracing_enabled {
        return Ok(Some(Outcome::Compliant));
    }
    let Some((role, grants)) = machine.grants()? else { return Ok(None) };
    let Some((writers, sure)) = grants.on_everything(XRAY_PUT_SEGMENTS).allows() else {
        return Ok(Some(Outcome::Compliant));
    };
    let mut granted = Vec::new();
    let mut statements: Vec<Grant<'_>> = Vec::new();
    let mut about = Vec::new();
    for action in XRAY_WRITE {
        let Some((by, _)) = grants.on_everything(action).allows() else { continue };
        granted.push(action);
        about.extend(by.iter().map(|grant| about_grant(&role.principal.arn, Some(grant), action)));
        let new: Vec<_> = by.into_iter().filter(|grant| !statements.iter().any(|seen| seen.is(grant))).collect();
        statements.extend(new);
    }
    let places: Vec<_> = statements.iter().map(ToString::to_string).collect();
    let mut wildcards: Vec<_> = statements.iter().flat_map(|grant| grant.wildcards(&XRAY_WRITE)).collect();
    wildcards.dedup();

    let name = machine.name();
    let role_name = role.principal.arn.name();
    let condition = if sure { "" } else { " (subject to a condition)" };
    let how = match wildcards.as_slice() {
        [] => String::new(),
        some => format!(", by the wildcard {}, which allows more than that", some.join(", ")),
    };
    let message = format!(
        "Tracing of {name} is off, yet its role {role_name} may send X-Ray traces{condition}{how}. Step Functions \
         uses the grant only where a caller passes on a trace of its own; without it, those traces stop here."
    );
    let edit = match wildcards.as_slice() {
        [] => format!("Take {} out of {}", granted.join(", "), places.join(" and ")),
        some => format!(
            "Put the actions that the tasks need in place of {} in {}, without X-Ray's",
            some.join(", "),
            places.join(" and ")
        ),
    };
    let remediation = format!(
        "{edit}, unless something else that runs as {role_name} traces; or turn the state machine's tracing on."
    );
    let mut defect = Defect::new(message, remediation)
        .evidence("role", role.principal.arn.as_str())
        .evidence("granted", granted.join(", "))
        .evidence("statements", places.join("; "))
        .about(about);
    if !wildcards.is_empty() {
        defect = defect.evidence("wildcards", wildcards.join(", "));
    }
    if let Some(writer) = writers.first() {
        defect = defect.at_statement(writer.statement_id());
    }
    if !sure {
        defect = defect.confidence(Confidence::Medium);
    }
    defect.change = removal(role, grants, &statements, &XRAY_WRITE);
    Ok(Some(defect.into()))
}
