use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RegionView, Severity, Subject, View,
    about_retention, of_traces, shell_quote, those,
};
use crate::model::{LogGroup, PartName, SPANS};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "trace-retention",
    family: Family::Logging,
    title: "Traces of state machines are kept for ever",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Xray, PartName::LogGroups],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html",
        "https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSegmentDestination.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
    ],
    page: include_str!("trace-retention.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        of_traces(region, out, judge);
    }
}

fn judge(region: &RegionView<'_>, machines: &[MachineView<'_>]) -> Vec<(Subject, Result<Outcome, Gap>)> {
    match region.has_transaction_search() {
        Err(gap) => vec![(region.traces_subject(machines), Err(gap))],
        // X-Ray keeps a trace for 30 days, and nobody can change that.
        Ok(false) => vec![(region.traces_subject(machines), Ok(Outcome::Compliant))],
        Ok(true) => {
            let verdict = region.spans().map(|group| group.map(|group| of_spans(region, machines, group)));
            verdict.transpose().map(|verdict| (region.spans_subject(machines), verdict)).into_iter().collect()
        }
    }
}

fn of_spans(region: &RegionView<'_>, machines: &[MachineView<'_>], group: &LogGroup) -> Outcome {
    if group.retention_days.is_some() {
        return Outcome::Compliant;
    }
    let message = format!(
        "Transaction Search of {} puts the spans of {} into the log group {SPANS}, which has no retention: traces stay for \
         ever, where X-Ray itself drops them after 30 days.",
        region.name(),
        those(machines),
    );
    let remediation = format!("Set a retention on {SPANS}; 30 days are what X-Ray keeps.");
    let command = format!(
        "aws logs put-retention-policy --region {} --log-group-name {} --retention-in-days 30",
        region.name(),
        shell_quote(SPANS),
    );
    let mut defect = Defect::new(message, remediation)
        .about([about_retention(&region.spans_arn())])
        .evidence("retention", "never expires");
    if let Some(bytes) = group.stored_bytes {
        defect = defect.evidence("stored_bytes", bytes.to_string());
    }
    defect.change(Change::Command(command)).into()
}
