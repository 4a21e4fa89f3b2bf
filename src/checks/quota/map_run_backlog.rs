use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, Outcome, RegionView, Severity, View, digits,
};
use crate::model::{PartName, quota};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "map-run-backlog",
    family: Family::Quota,
    title: "Map Runs wait because too many are open",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html",
    ],
    page: include_str!("map-run-backlog.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        out.judge(region.subject(), judge(region));
    }
}

fn judge(region: &RegionView<'_>) -> Result<Outcome, Gap> {
    let backlog = quota::map_run_backlog(region.snapshot)?;
    if backlog <= 0.0 {
        return Ok(Outcome::Compliant);
    }
    let name = region.name();
    let message = format!(
        "About {} Map Runs wait in {name} because the Region has as many open ones as AWS allows. A Map Run that waits does \
         not fail: its execution stands still, open and without an error, until others end.",
        digits(backlog)
    );
    let remediation = "Stop the Map Runs that hang, spread the starts of executions with a Distributed Map, or put more items in \
                       one Map Run. AWS does not raise this limit.";
    let commands = format!(
        "aws stepfunctions list-executions --region {name} --state-machine-arn '<STATE_MACHINE_ARN>' \
         --status-filter RUNNING --query 'executions[].executionArn' --output text\n\
         aws stepfunctions list-map-runs --region {name} --execution-arn '<EXECUTION_ARN>' \
         --query 'mapRuns[?!stopDate].mapRunArn' --output text"
    );
    let defect = Defect::new(message, remediation).change(Change::Command(commands));
    Ok(defect.evidence("backlog", digits(backlog)).into())
}
