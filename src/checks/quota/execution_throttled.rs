use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, Outcome, RegionView, Severity, View,
    about_throttled_transitions, digits,
};
use crate::model::{PartName, Throttling};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "execution-throttled",
    family: Family::Quota,
    title: "Running executions are throttled",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::Quotas],
    yields_to: &["state-transition-throttling"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
    ],
    page: include_str!("execution-throttled.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        out.judge(region.subject(), judge(region));
    }
}

fn judge(region: &RegionView<'_>) -> Result<Outcome, Gap> {
    let throttled = Throttling::of_executions(region.snapshot)?;
    if throttled <= 0.0 {
        return Ok(Outcome::Compliant);
    }
    let name = region.name();
    let message = format!(
        "{name} throttled {} states and retries of Standard executions in the 3 hours before the scan. They waited before \
         they were entered, so that executions take longer and heartbeats and timeouts run out.",
        digits(throttled)
    );
    let remediation = "Find the state machines that are throttled with the command, and give them fewer states, fewer parallel \
                       branches or a lower MaxConcurrency; run short, frequent ones as Express.";
    let commands = format!(
        "aws cloudwatch list-metrics --region {name} --namespace AWS/States --metric-name ExecutionThrottled \
         --dimensions Name=StateMachineArn"
    );
    let defect = Defect::new(message, remediation).change(Change::Command(commands));
    Ok(defect.evidence("throttled", digits(throttled)).about([about_throttled_transitions(region)]).into())
}
