use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, Outcome, RegionView, Severity, Strain, View,
    about_throttled_transitions,
};
use crate::model::{PartName, Quota};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "state-transition-throttling",
    family: Family::Quota,
    title: "State transitions are throttled, or nearly so",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html",
    ],
    page: include_str!("state-transition-throttling.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        out.judge(region.subject(), judge(view, region));
    }
}

fn judge(view: &View<'_>, region: &RegionView<'_>) -> Result<Outcome, Gap> {
    let thresholds = view.settings.thresholds(CHECK.id);
    let Some(strain) = Strain::of(region, Quota::StateTransitions, thresholds)? else { return Ok(Outcome::Compliant) };
    let message = format!(
        "{}. All Standard executions of the Region share this rate: each of their states waits when it is used up, and \
         retries take their part of it.",
        strain.sentence()
    );
    let remediation = "Find the state machines that take most of it with the first command, and run short, frequent ones as \
                       Express, which has no such limit; or ask for a higher rate: find the quota's code with the second \
                       command, then request-service-quota-increase with it.";
    let name = region.name();
    let commands = format!(
        "aws cloudwatch list-metrics --region {name} --namespace AWS/States --metric-name ConsumedCapacity \
         --dimensions Name=ServiceMetric,Value=StateTransition Name=StateMachineArn\n\
         aws service-quotas list-service-quotas --region {name} --service-code states \
         --query 'Quotas[?starts_with(QuotaName,`StateTransition`)].[QuotaCode,QuotaName,Value]' --output text"
    );
    let defect = Defect::new(message, remediation).change(Change::Command(commands));
    Ok(strain.defect(defect, thresholds, Severity::Critical).about([about_throttled_transitions(region)]).into())
}
