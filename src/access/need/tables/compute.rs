//! Lambda, ECS, Batch, EKS, CodeBuild and other state machines.

use super::{Row, everything, row};
use crate::access::need::call::{Call, Text};
use crate::access::need::target::{Target, argument, executions, function, function_named, named, role, state_machine};
use crate::access::need::{Certainty, Need, pass_role};

const LAMBDA: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html";
const ECS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html";
const BATCH: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html";
const EKS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-eks.html";
const BUILD: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-codebuild.html";
const NESTED: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html";

pub(super) const ROWS: &[Row] = &[
    row("lambda", "invoke", &["lambda:InvokeFunction"], function, LAMBDA),
    row("states", "startExecution", &["states:StartExecution"], state_machine, NESTED),
    row("states", "startExecution", &["states:DescribeExecution"], executions, NESTED).polls(),
    row("states", "startExecution", &["states:StopExecution"], executions, NESTED).stops(),
    row("ecs", "runTask", &["ecs:RunTask"], task_definition, ECS),
    row("ecs", "runTask", &["ecs:DescribeTasks"], tasks, ECS).polls(),
    row("ecs", "runTask", &["ecs:StopTask"], tasks, ECS).stops(),
    row("batch", "submitJob", &["batch:SubmitJob"], job_definition, BATCH),
    row("batch", "submitJob", &["batch:SubmitJob"], |call| argument(call, &["JobQueue"], "batch", "job-queue/"), BATCH),
    row("batch", "submitJob", &["batch:DescribeJobs"], everything, BATCH).polls(),
    row("batch", "submitJob", &["batch:TerminateJob"], |call| Target::unseen(call.place.arn("batch", "job/*")), BATCH)
        .stops(),
    row("codebuild", "startBuild", &["codebuild:StartBuild"], project, BUILD),
    row("codebuild", "startBuild", &["codebuild:BatchGetBuilds"], project, BUILD).polls(),
    row("codebuild", "startBuild", &["codebuild:StopBuild"], project, BUILD).stops(),
    row("codebuild", "stopBuild", &["codebuild:StopBuild"], build, BUILD),
    row("codebuild", "batchDeleteBuilds", &["codebuild:BatchDeleteBuilds"], build, BUILD),
    row("codebuild", "batchGetReports", &["codebuild:BatchGetReports"], report_group, BUILD),
    row("codebuild", "startBuildBatch", &["codebuild:StartBuildBatch"], project, BUILD),
    row("codebuild", "startBuildBatch", &["codebuild:BatchGetBuildBatches"], project, BUILD).polls(),
    row("codebuild", "startBuildBatch", &["codebuild:StopBuildBatch"], project, BUILD).stops(),
    row("codebuild", "retryBuildBatch", &["codebuild:RetryBuildBatch"], build, BUILD),
    row("codebuild", "retryBuildBatch", &["codebuild:BatchGetBuildBatches"], build, BUILD).polls(),
    row("codebuild", "retryBuildBatch", &["codebuild:StopBuildBatch"], build, BUILD).stops(),
    row("codebuild", "stopBuildBatch", &["codebuild:StopBuildBatch"], build, BUILD),
    row("codebuild", "deleteBuildBatch", &["codebuild:DeleteBuildBatch"], build, BUILD),
    // Kubernetes' own RBAC decides about these two.
    row("eks", "call", &[], everything, EKS),
    row("eks", "runJob", &[], everything, EKS),
    row("eks", "createCluster", &["eks:CreateCluster"], everything, EKS),
    row("eks", "createCluster", &["eks:DescribeCluster"], cluster_of_name, EKS).polls(),
    row("eks", "createCluster", &["eks:DeleteCluster"], cluster_of_name, EKS).stops(),
    row("eks", "deleteCluster", &["eks:DeleteCluster"], cluster_of_name, EKS),
    row("eks", "deleteCluster", &["eks:DescribeCluster"], cluster_of_name, EKS).polls(),
    row("eks", "createNodegroup", &["eks:CreateNodegroup"], cluster, EKS),
    row("eks", "createNodegroup", &["ec2:DescribeSubnets"], everything, EKS),
    row("eks", "createNodegroup", &["eks:DescribeNodegroup"], nodegroup, EKS).polls(),
    row("eks", "createNodegroup", &["eks:DeleteNodegroup"], nodegroup, EKS).stops(),
    row("eks", "deleteNodegroup", &["eks:DeleteNodegroup"], nodegroup, EKS),
    row("eks", "deleteNodegroup", &["eks:DescribeNodegroup"], nodegroup, EKS).polls(),
    row("eks", "createFargateProfile", &["eks:CreateFargateProfile"], cluster, EKS),
    row("eks", "createFargateProfile", &["eks:DescribeFargateProfile"], fargate_profile, EKS).polls(),
    row("eks", "createFargateProfile", &["eks:DeleteFargateProfile"], fargate_profile, EKS).stops(),
    row("eks", "deleteFargateProfile", &["eks:DeleteFargateProfile"], fargate_profile, EKS),
    row("eks", "deleteFargateProfile", &["eks:DescribeFargateProfile"], fargate_profile, EKS).polls(),
];

/// A task whose `Resource` is a function's own ARN.
pub(in crate::access::need) fn bare_function(call: &Call<'_>, arn: &str) -> Need {
    let text = Text { pattern: arn.to_owned(), from: None };
    Need::of(call, "lambda:InvokeFunction", function_named(call.place, Some(&text)), "the call itself", LAMBDA)
}

/// `family:revision`; without the revision it is the newest one that is active.
pub(in crate::access::need) fn task_definition(call: &Call<'_>) -> Target {
    let target = argument(call, &["TaskDefinition"], "ecs", "task-definition/");
    let with_revision = |arn: &str| match arn.rsplit_once('/') {
        Some((_, name)) if !name.contains(':') && name != "*" => format!("{arn}:*"),
        _ => arn.to_owned(),
    };
    let family = target.resources.clone();
    let mut target = target.map(with_revision);
    // CDK grants the family beside its revisions; it has no effect.
    target.also.extend(family.into_iter().filter(|family| !target.resources.contains(family)));
    target
}

/// Tasks of the cluster; those with ARNs of the old form have none.
fn tasks(call: &Call<'_>) -> Target {
    let cluster = call.text(&["Cluster"]);
    let name = cluster.as_ref().map_or("default", |text| text.pattern.rsplit('/').next().unwrap_or("*"));
    Target::unseen(call.place.arn("ecs", &format!("task/{name}/*")))
}

/// The roles that a task definition names are not in the definition; those that override them are.
pub(super) fn roles_of_a_task(call: &Call<'_>) -> Vec<Need> {
    const TASKS: &str = "ecs-tasks.amazonaws.com";
    let overrides: [&[&str]; 2] = [&["Overrides", "TaskRoleArn"], &["Overrides", "ExecutionRoleArn"]];
    let mut needs = pass_role::in_arguments(call, &overrides, Some(TASKS));
    needs.push(pass_role::unseen(call, TASKS, "the task definition's own roles, which the definition does not show"));
    if call.has("Tags") || call.has("PropagateTags") {
        let why = "the task is tagged when it starts";
        needs.push(Need::of(call, "ecs:TagResource", tasks(call), why, ECS).certainty(Certainty::Likely));
    }
    needs
}

/// By name, name and revision, or ARN; IAM asks about the revision that runs.
fn job_definition(call: &Call<'_>) -> Target {
    let target = argument(call, &["JobDefinition"], "batch", "job-definition/");
    let Some(name) = target.resources.first().and_then(|arn| arn.rsplit_once('/')).map(|(_, name)| name.to_owned())
    else {
        return target;
    };
    match name.split_once(':') {
        Some((family, _)) => {
            let unversioned = target.resources[0].replace(&name, family);
            target.also(unversioned)
        }
        None if name == "*" => target,
        None => {
            let unversioned = target.resources[0].clone();
            target.map(|arn| format!("{arn}:*")).also(unversioned)
        }
    }
}

fn project(call: &Call<'_>) -> Target {
    argument(call, &["ProjectName"], "codebuild", "project/")
}

/// A build by its id, `project:uuid`, or ARN: IAM asks about the project.
fn build(call: &Call<'_>) -> Target {
    let ids = ["Id", "Ids"].iter().find_map(|name| call.texts(&[name]).into_iter().next());
    let Some(text) = ids else { return Target::unseen(call.place.arn("codebuild", "project/*")) };
    let id = text.pattern.rsplit('/').next().unwrap_or("*");
    let project = Text { pattern: id.split(':').next().unwrap_or("*").to_owned(), from: text.from };
    named(call.place, "codebuild", "project/", Some(&project))
}

fn report_group(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("codebuild", "report-group/*"))
}

fn cluster_of_name(call: &Call<'_>) -> Target {
    argument(call, &["Name"], "eks", "cluster/")
}

fn cluster(call: &Call<'_>) -> Target {
    argument(call, &["ClusterName"], "eks", "cluster/")
}

fn below_cluster(call: &Call<'_>, kind: &str, field: &str) -> Target {
    let part = |name: &str| call.text(&[name]).map_or_else(|| "*".to_owned(), |text| text.pattern);
    let target = argument(call, &["ClusterName"], "eks", kind);
    target.map(|_| call.place.arn("eks", &format!("{kind}{}/{}/*", part("ClusterName"), part(field))))
}

fn nodegroup(call: &Call<'_>) -> Target {
    below_cluster(call, "nodegroup/", "NodegroupName")
}

fn fargate_profile(call: &Call<'_>) -> Target {
    below_cluster(call, "fargateprofile/", "FargateProfileName")
}

pub(super) fn cluster_role(call: &Call<'_>) -> Vec<Need> {
    pass_role::in_arguments(call, &[&["RoleArn"]], Some("eks.amazonaws.com"))
}

pub(super) fn pod_role(call: &Call<'_>) -> Vec<Need> {
    pass_role::in_arguments(call, &[&["PodExecutionRoleArn"]], Some("eks.amazonaws.com"))
}

/// EKS looks at the node role before it takes it.
pub(super) fn node_role(call: &Call<'_>) -> Vec<Need> {
    let mut needs = pass_role::in_arguments(call, &[&["NodeRole"]], Some("eks.amazonaws.com"));
    if let Some(text) = call.text(&["NodeRole"]) {
        let target = role(call.place, &text);
        for action in ["iam:GetRole", "iam:ListAttachedRolePolicies"] {
            needs.push(Need::of(call, action, target.clone(), "the node role is looked at first", EKS));
        }
    }
    needs
}
