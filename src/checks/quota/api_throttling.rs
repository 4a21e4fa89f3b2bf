use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, Outcome, RegionView, Severity, Strain, View,
};
use crate::model::{PartName, Quota, StatesApi};

pub const CHECK: Check = Check {
    id: "api-throttling",
    family: Family::Quota,
    title: "Calls of a Step Functions API are throttled, or nearly so",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html",
    ],
    page: include_str!("api-throttling.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    let thresholds = view.settings.thresholds(CHECK.id);
    for region in view.regions() {
        let (mut calm, mut unread) = (true, None);
        for api in StatesApi::ALL {
            match Strain::of(region, Quota::Api(api), thresholds) {
                Ok(None) => {}
                Ok(Some(strain)) => {
                    calm = false;
                    let defect = strain.defect(defect(region, api, &strain.sentence()), thresholds, Severity::High);
                    out.push(region.subject(), Outcome::from(defect.told_apart_by(api.name())));
                }
                Err(gap) => unread = unread.or(Some(gap)),
            }
        }
        match unread {
            Some(gap) => out.push(region.subject(), Outcome::InsufficientData(gap)),
            None if calm => out.push(region.subject(), Outcome::Compliant),
            None => {}
        }
    }
}

fn defect(region: &RegionView<'_>, api: StatesApi, sentence: &str) -> Defect {
    let call = api.name();
    let who = match api {
        StatesApi::StartExecution => "Whoever starts executions shares this bucket, nested executions and retries too",
        StatesApi::DescribeExecution => {
            "Step Functions itself polls with this call for executions that a .sync task waits for, from the same bucket"
        }
        _ => "Dashboards, deployments and audits share this bucket, and so do their retries",
    };
    let message = format!(
        "{sentence}. {who}: beyond it calls fail with ThrottlingException, and callers that retry at once make it worse."
    );
    let remediation = format!(
        "Find who calls {call} most with the first command, have callers back off with jitter and keep what they read; or ask \
         for a higher rate: find the quota's code with the second command, then request-service-quota-increase with it."
    );
    let name = region.name();
    let commands = format!(
        "aws cloudtrail lookup-events --region {name} --lookup-attributes AttributeKey=EventName,AttributeValue={call} \
         --query 'Events[].[EventTime,Username]' --output text\n\
         aws service-quotas list-service-quotas --region {name} --service-code states \
         --query 'Quotas[?starts_with(QuotaName,`{call} `)].[QuotaCode,QuotaName,Value]' --output text"
    );
    Defect::new(message, remediation).change(Change::Command(commands))
}
