//! EMR on EC2, on EKS and Serverless.

use serde_json::json;

use super::{Row, everything, row};
use crate::access::need::call::{Call, Text};
use crate::access::need::target::{Target, argument};
use crate::access::need::{Certainty, Need, pass_role};

const EMR: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html";
const EKS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-eks.html";
const SERVERLESS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-serverless.html";

const GETS: &str = "emr-serverless:GetApplication";

pub(super) const ROWS: &[Row] = &[
    row("elasticmapreduce", "createCluster", &["elasticmapreduce:RunJobFlow"], everything, EMR),
    row("elasticmapreduce", "createCluster", &["elasticmapreduce:DescribeCluster"], new_cluster, EMR).polls(),
    row("elasticmapreduce", "createCluster", &["elasticmapreduce:TerminateJobFlows"], new_cluster, EMR).stops(),
    row("elasticmapreduce", "addStep", &["elasticmapreduce:AddJobFlowSteps"], cluster, EMR),
    row("elasticmapreduce", "addStep", &["elasticmapreduce:DescribeStep"], cluster, EMR).polls(),
    row("elasticmapreduce", "addStep", &["elasticmapreduce:CancelSteps"], cluster, EMR).stops(),
    row("elasticmapreduce", "cancelStep", &["elasticmapreduce:CancelSteps"], cluster, EMR),
    row("elasticmapreduce", "terminateCluster", &["elasticmapreduce:TerminateJobFlows"], cluster, EMR),
    row("elasticmapreduce", "terminateCluster", &["elasticmapreduce:DescribeCluster"], cluster, EMR).polls(),
    row(
        "elasticmapreduce",
        "setClusterTerminationProtection",
        &["elasticmapreduce:SetTerminationProtection"],
        cluster,
        EMR,
    ),
    row(
        "elasticmapreduce",
        "modifyInstanceFleetByName",
        &["elasticmapreduce:ModifyInstanceFleet", "elasticmapreduce:ListInstanceFleets"],
        cluster,
        EMR,
    ),
    row(
        "elasticmapreduce",
        "modifyInstanceGroupByName",
        &["elasticmapreduce:ModifyInstanceGroups", "elasticmapreduce:ListInstanceGroups"],
        cluster,
        EMR,
    ),
    row("emr-containers", "createVirtualCluster", &["emr-containers:CreateVirtualCluster"], everything, EKS),
    row("emr-containers", "deleteVirtualCluster", &["emr-containers:DeleteVirtualCluster"], virtual_cluster, EKS),
    row("emr-containers", "deleteVirtualCluster", &["emr-containers:DescribeVirtualCluster"], virtual_cluster, EKS)
        .polls(),
    row("emr-containers", "startJobRun", &["emr-containers:DescribeJobRun"], runs_on_eks, EKS).polls(),
    row("emr-containers", "startJobRun", &["emr-containers:CancelJobRun"], runs_on_eks, EKS).stops(),
    row("emr-serverless", "createApplication", &["emr-serverless:CreateApplication"], any_application, SERVERLESS),
    row("emr-serverless", "createApplication", &[GETS], new_application, SERVERLESS).polls(),
    row("emr-serverless", "createApplication", &["emr-serverless:DeleteApplication"], new_application, SERVERLESS)
        .stops(),
    row("emr-serverless", "startApplication", &["emr-serverless:StartApplication"], application, SERVERLESS),
    row("emr-serverless", "startApplication", &[GETS], application, SERVERLESS).polls(),
    row("emr-serverless", "startApplication", &["emr-serverless:StopApplication"], application, SERVERLESS).stops(),
    row("emr-serverless", "stopApplication", &["emr-serverless:StopApplication"], application, SERVERLESS),
    row("emr-serverless", "stopApplication", &[GETS], application, SERVERLESS).polls(),
    row("emr-serverless", "deleteApplication", &["emr-serverless:DeleteApplication"], application, SERVERLESS),
    row("emr-serverless", "deleteApplication", &[GETS], application, SERVERLESS).polls(),
    row("emr-serverless", "startJobRun", &["emr-serverless:StartJobRun"], application, SERVERLESS),
    row("emr-serverless", "startJobRun", &["emr-serverless:GetJobRun"], runs, SERVERLESS).polls(),
    row("emr-serverless", "startJobRun", &["emr-serverless:CancelJobRun"], runs, SERVERLESS).stops(),
    row("emr-serverless", "cancelJobRun", &["emr-serverless:CancelJobRun"], run, SERVERLESS),
    row("emr-serverless", "cancelJobRun", &["emr-serverless:GetJobRun"], run, SERVERLESS).polls(),
];

fn new_cluster(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("elasticmapreduce", "cluster/*"))
}

fn cluster(call: &Call<'_>) -> Target {
    argument(call, &["ClusterId"], "elasticmapreduce", "cluster/")
}

/// The instance profile has the name of its role unless somebody chose otherwise.
pub(super) fn roles_of_a_cluster(call: &Call<'_>) -> Vec<Need> {
    let mut needs = pass_role::in_arguments(call, &[&["ServiceRole"], &["AutoScalingRole"]], None);
    let profile = pass_role::in_arguments(call, &[&["JobFlowRole"]], None);
    needs.extend(profile.into_iter().map(|need| need.certainty(Certainty::Likely)));
    if call.has("Tags") {
        let why = "the cluster is tagged when it starts";
        let need = Need::of(call, "elasticmapreduce:AddTags", new_cluster(call), why, EMR);
        needs.push(need.certainty(Certainty::Likely));
    }
    let place = call.place;
    let linked = format!(
        "arn:{}:iam::{}:role/aws-service-role/elasticmapreduce.amazonaws.com*/AWSServiceRoleForEMRCleanup*",
        place.partition, place.account
    );
    let why = "the first cluster of an account makes its service-linked role";
    let need = Need::of(call, "iam:CreateServiceLinkedRole", Target::unseen(linked), why, EMR);
    needs.push(need.certainty(Certainty::Optional));
    needs
}

/// EMR on EKS ARNs begin their resource with a slash.
fn virtual_cluster(call: &Call<'_>) -> Target {
    argument(call, &["VirtualClusterId", "Id"], "emr-containers", "/virtualclusters/")
}

fn runs_on_eks(call: &Call<'_>) -> Target {
    let target = virtual_cluster(call).map(|cluster| format!("{cluster}/jobruns/*"));
    Target { resources: target.resources.iter().map(|arn| arn.replace("/*/jobruns/*", "/*")).collect(), ..target }
}

pub(super) fn service_linked_role(call: &Call<'_>) -> Vec<Need> {
    let place = call.place;
    let role = "aws-service-role/emr-containers.amazonaws.com/AWSServiceRoleForAmazonEMRContainers";
    let why = "the first virtual cluster of an account makes its service-linked role";
    let need = Need::of(call, "iam:CreateServiceLinkedRole", Target::fixed(place.role_arn(role)), why, EKS)
        .condition(json!({"StringLike": {"iam:AWSServiceName": "emr-containers.amazonaws.com"}}));
    vec![need.certainty(Certainty::Likely)]
}

/// Which role a job may run as is a condition of the action itself: there is no `iam:PassRole`.
pub(super) fn job_on_eks(call: &Call<'_>) -> Vec<Need> {
    let need = Need::of(call, "emr-containers:StartJobRun", virtual_cluster(call), "the call itself", EKS);
    vec![match call.text(&["ExecutionRoleArn"]) {
        Some(Text { pattern, from: None }) => {
            need.condition(json!({"StringEquals": {"emr-containers:ExecutionRoleArn": pattern}}))
        }
        _ => need,
    }]
}

fn any_application(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("emr-serverless", "/*"))
}

fn new_application(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("emr-serverless", "/applications/*"))
}

fn application(call: &Call<'_>) -> Target {
    argument(call, &["ApplicationId"], "emr-serverless", "/applications/")
}

fn runs(call: &Call<'_>) -> Target {
    application(call).map(|application| format!("{application}/jobruns/*"))
}

fn run(call: &Call<'_>) -> Target {
    let id = call.text(&["JobRunId"]).map_or_else(|| "*".to_owned(), |text| text.pattern);
    application(call).map(|application| format!("{application}/jobruns/{id}"))
}

pub(super) fn job_role(call: &Call<'_>) -> Vec<Need> {
    pass_role::in_arguments(call, &[&["ExecutionRoleArn"]], Some("emr-serverless.amazonaws.com"))
}
