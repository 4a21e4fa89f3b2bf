use crate::finding::{ActivityView, Check, Confidence, Evaluations, Family, Outcome, Severity, View};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "untagged-activity",
    family: Family::Hygiene,
    title: "The activity lacks tags",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::Activities, PartName::Tags, PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/stepfunctions-controls.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html",
        "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html",
    ],
    page: include_str!("untagged-activity.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_activity(out, |activity| judge(activity, view));
}

fn judge(activity: &ActivityView<'_>, view: &View<'_>) -> Result<Outcome, Gap> {
    let without = "policies that decide by tag do not reach its workers";
    activity.region.tagged(activity.arn, activity.arn.name(), &view.settings.required_tags, without)
}
