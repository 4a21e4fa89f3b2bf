use serde_json::json;

use crate::access::Answer;
use crate::access::actions::XRAY_WRITE;
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_grant,
};
use crate::model::PartName;
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "missing-xray-grant",
    family: Family::Access,
    title: "The state machine traces, but its role may not write X-Ray traces",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
    ],
    page: include_str!("missing-xray-grant.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    if !machine.details()?.tracing_enabled {
        return Ok(None);
    }
    let Some((role, grants)) = machine.grants()? else { return Ok(None) };
    let (mut missing, mut conditional) = (Vec::new(), Vec::new());
    for action in XRAY_WRITE {
        match grants.on_everything(action) {
            Answer::Granted(_) => {}
            Answer::Depends(_) => conditional.push(action),
            Answer::OutOfBounds | Answer::Denied(_) | Answer::NotGranted => missing.push(action),
        }
    }
    let role_arn = &role.principal.arn;
    if missing.is_empty() && !conditional.is_empty() {
        let detail = format!("a condition decides at run time whether the role has {}", conditional.join(", "));
        return Err(Gap::new(GapReason::Unsupported, detail).about(role_arn.as_str()));
    }
    if missing.is_empty() {
        return Ok(Some(Outcome::Compliant));
    }
    let (name, role_name) = (machine.name(), role_arn.name());
    let message = format!(
        "Tracing of {name} is on, but its role {role_name} lacks {} on *: traces of its executions are missing or \
         incomplete, and nothing says so.",
        missing.join(", ")
    );
    let remediation = format!(
        "Add the statement to a policy of {role_name}. X-Ray's actions do not support resources, so * is the narrowest \
         there is. Where a Deny or a permissions boundary takes the action away, mend that one."
    );
    let statement = json!({ "Sid": "XRayTracing", "Effect": "Allow", "Action": missing, "Resource": "*" });
    let defect = Defect::new(message, remediation)
        .evidence("role", role_arn.as_str())
        .evidence("missing", missing.join(", "))
        .about(missing.iter().map(|action| about_grant(role_arn, None, action)))
        .change(Change::Policy(json!({ "Version": "2012-10-17", "Statement": [statement] })));
    Ok(Some(defect.into()))
}
