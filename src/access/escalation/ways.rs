//! The known ways from some permissions to all of them.

/// One way: what must be allowed, and what that wins.
#[derive(Debug, PartialEq, Eq)]
pub struct Way {
    pub id: &'static str,
    /// One action of each list is needed. The first list is the one action that decides.
    pub needs: &'static [&'static [&'static str]],
    pub wins: Wins,
    /// Who published it.
    pub source: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wins {
    /// Any policy for what the decisive action names.
    Rights(Kind),
    /// An older text of a policy, which is not known.
    OldRights,
    /// What somebody else may do.
    Identity(Kind),
    /// A new principal with any policy.
    New(Kind),
    /// The end of its own permissions boundary.
    Unbound,
    /// Whatever a role may do that is handed to this service.
    Passed(&'static str),
    /// Whatever a role may do that something of this service already runs as.
    Running(&'static str),
    /// Whatever a state machine may do that exists.
    Machine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Role,
    User,
    Group,
    Policy,
}

/// A page of Datadog's catalogue of such ways. The first of them were published by Rhino Security Labs
/// (<https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/>) and Bishop Fox
/// (<https://bishopfox.com/blog/privilege-escalation-in-aws>).
macro_rules! path {
    ($id:literal) => {
        concat!("https://pathfinding.cloud/paths/", $id)
    };
}

const BOUNDARY: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html";
const TEST_STATE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html";
const LAYERS: &str = "https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation-part-2/";
const NEW_ROLE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create.html";

const fn way(id: &'static str, needs: &'static [&'static [&'static str]], wins: Wins, source: &'static str) -> Way {
    Way { id, needs, wins, source }
}

/// By what they win, the most first.
pub(super) static WAYS: &[Way] = &[
    way("put-role-policy", &[&["iam:PutRolePolicy"]], Wins::Rights(Kind::Role), path!("iam-012")),
    way("attach-role-policy", &[&["iam:AttachRolePolicy"]], Wins::Rights(Kind::Role), path!("iam-009")),
    way("create-policy-version", &[&["iam:CreatePolicyVersion"]], Wins::Rights(Kind::Policy), path!("iam-001")),
    way("delete-boundary", &[&["iam:DeleteRolePermissionsBoundary"]], Wins::Unbound, path!("iam-023")),
    way("put-boundary", &[&["iam:PutRolePermissionsBoundary"]], Wins::Unbound, BOUNDARY),
    way("assume-role", &[&["sts:AssumeRole"]], Wins::Identity(Kind::Role), path!("sts-001")),
    way("update-trust", &[&["iam:UpdateAssumeRolePolicy"]], Wins::Identity(Kind::Role), path!("iam-014")),
    way("create-access-key", &[&["iam:CreateAccessKey"]], Wins::Identity(Kind::User), path!("iam-004")),
    way("create-login-profile", &[&["iam:CreateLoginProfile"]], Wins::Identity(Kind::User), path!("iam-005")),
    way("update-login-profile", &[&["iam:UpdateLoginProfile"]], Wins::Identity(Kind::User), path!("iam-006")),
    way("add-user-to-group", &[&["iam:AddUserToGroup"]], Wins::Identity(Kind::Group), path!("iam-013")),
    way("create-role", &[&["iam:CreateRole"], ROLE_RIGHTS], Wins::New(Kind::Role), NEW_ROLE),
    way("create-user", &[&["iam:CreateUser"], USER_RIGHTS, KEYS], Wins::New(Kind::User), path!("iam-015")),
    way("put-user-policy", &[&["iam:PutUserPolicy"]], Wins::Rights(Kind::User), path!("iam-010")),
    way("attach-user-policy", &[&["iam:AttachUserPolicy"]], Wins::Rights(Kind::User), path!("iam-007")),
    way("put-group-policy", &[&["iam:PutGroupPolicy"]], Wins::Rights(Kind::Group), path!("iam-011")),
    way("attach-group-policy", &[&["iam:AttachGroupPolicy"]], Wins::Rights(Kind::Group), path!("iam-008")),
    way("pass-lambda", &[PASS, FUNCTION, INVOKE], Wins::Passed("lambda.amazonaws.com"), path!("lambda-001")),
    way("pass-ec2", &[PASS, INSTANCE], Wins::Passed("ec2.amazonaws.com"), path!("ec2-001")),
    way("pass-ecs", &[PASS, TASK_DEFINITION, TASK], Wins::Passed("ecs-tasks.amazonaws.com"), path!("ecs-004")),
    way("pass-batch", &[PASS, JOB_DEFINITION, JOB], Wins::Passed("ecs-tasks.amazonaws.com"), path!("batch-001")),
    way("pass-glue-endpoint", &[PASS, ENDPOINT], Wins::Passed("glue.amazonaws.com"), path!("glue-001")),
    way("pass-glue-job", &[PASS, GLUE_JOB, GLUE_RUN], Wins::Passed("glue.amazonaws.com"), path!("glue-003")),
    way("pass-stack", &[PASS, STACK], Wins::Passed("cloudformation.amazonaws.com"), path!("cloudformation-001")),
    way("pass-notebook", &[PASS, NOTEBOOK, URL], Wins::Passed("sagemaker.amazonaws.com"), path!("sagemaker-001")),
    way("pass-training", &[PASS, TRAINING], Wins::Passed("sagemaker.amazonaws.com"), path!("sagemaker-002")),
    way("pass-states", &[PASS, MACHINE, START], Wins::Passed("states.amazonaws.com"), path!("stepfunctions-001")),
    way("pass-test-state", &[PASS, &["states:TestState"]], Wins::Passed("states.amazonaws.com"), TEST_STATE),
    way("pass-codebuild", &[PASS, PROJECT, BUILD], Wins::Passed("codebuild.amazonaws.com"), path!("codebuild-001")),
    way("pass-scheduler", &[PASS, SCHEDULE], Wins::Passed("scheduler.amazonaws.com"), path!("scheduler-001")),
    way("pass-pipeline", PIPELINE, Wins::Passed("datapipeline.amazonaws.com"), path!("datapipeline-001")),
    way("update-machine", &[&["states:UpdateStateMachine"]], Wins::Machine, path!("stepfunctions-002")),
    way(
        "update-function",
        &[&["lambda:UpdateFunctionCode"]],
        Wins::Running("lambda.amazonaws.com"),
        path!("lambda-003"),
    ),
    way("add-layer", &[&["lambda:UpdateFunctionConfiguration"]], Wins::Running("lambda.amazonaws.com"), LAYERS),
    way("send-command", &[&["ssm:SendCommand"]], Wins::Running("ec2.amazonaws.com"), path!("ssm-002")),
    way("start-session", &[&["ssm:StartSession"]], Wins::Running("ec2.amazonaws.com"), path!("ssm-001")),
    way("update-endpoint", &[&["glue:UpdateDevEndpoint"]], Wins::Running("glue.amazonaws.com"), path!("glue-002")),
    way("open-notebook", &[URL], Wins::Running("sagemaker.amazonaws.com"), path!("sagemaker-004")),
    way("update-stack", UPDATE_STACK, Wins::Running("cloudformation.amazonaws.com"), path!("cloudformation-002")),
    way("start-build", &[BUILD_ONE], Wins::Running("codebuild.amazonaws.com"), path!("codebuild-002")),
    way("old-policy-version", &[&["iam:SetDefaultPolicyVersion"]], Wins::OldRights, path!("iam-002")),
];

const PASS: &[&str] = &["iam:PassRole"];
const ROLE_RIGHTS: &[&str] = &["iam:AttachRolePolicy", "iam:PutRolePolicy"];
const USER_RIGHTS: &[&str] = &["iam:AttachUserPolicy", "iam:PutUserPolicy"];
const KEYS: &[&str] = &["iam:CreateAccessKey", "iam:CreateLoginProfile"];
const FUNCTION: &[&str] = &["lambda:CreateFunction"];
const INVOKE: &[&str] = &["lambda:InvokeFunction", "lambda:CreateEventSourceMapping", "lambda:AddPermission"];
const INSTANCE: &[&str] = &["ec2:RunInstances", "ec2:RequestSpotInstances"];
const TASK_DEFINITION: &[&str] = &["ecs:RegisterTaskDefinition"];
const TASK: &[&str] = &["ecs:RunTask", "ecs:StartTask", "ecs:CreateService"];
const JOB_DEFINITION: &[&str] = &["batch:RegisterJobDefinition"];
const JOB: &[&str] = &["batch:SubmitJob"];
const ENDPOINT: &[&str] = &["glue:CreateDevEndpoint"];
const GLUE_JOB: &[&str] = &["glue:CreateJob", "glue:UpdateJob"];
const GLUE_RUN: &[&str] = &["glue:StartJobRun", "glue:CreateTrigger"];
const STACK: &[&str] = &["cloudformation:CreateStack"];
const UPDATE_STACK: &[&[&str]] = &[&["cloudformation:UpdateStack"]];
const NOTEBOOK: &[&str] = &["sagemaker:CreateNotebookInstance"];
const URL: &[&str] = &["sagemaker:CreatePresignedNotebookInstanceUrl"];
const TRAINING: &[&str] = &["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"];
const MACHINE: &[&str] = &["states:CreateStateMachine"];
const START: &[&str] = &["states:StartExecution", "states:StartSyncExecution"];
const PROJECT: &[&str] = &["codebuild:CreateProject"];
const BUILD: &[&str] = &["codebuild:StartBuild", "codebuild:StartBuildBatch"];
const BUILD_ONE: &[&str] = &["codebuild:StartBuild"];
const SCHEDULE: &[&str] = &["scheduler:CreateSchedule", "scheduler:UpdateSchedule"];
const PIPELINE: &[&[&str]] = &[
    PASS,
    &["datapipeline:CreatePipeline"],
    &["datapipeline:PutPipelineDefinition"],
    &["datapipeline:ActivatePipeline"],
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::WAYS;
    use crate::iam::table;

    #[test]
    fn every_way_has_a_name_of_its_own_and_actions_that_exist() {
        let ids: BTreeSet<_> = WAYS.iter().map(|way| way.id).collect();
        assert_eq!(ids.len(), WAYS.len());
        for way in WAYS {
            assert!(way.needs[0].len() == 1 && way.source.starts_with("https://"), "{}", way.id);
            for action in way.needs.iter().copied().flatten() {
                let known = table().action(action).map(|action| action.full_name());
                assert_eq!(known.as_deref(), Some(*action), "{}", way.id);
            }
        }
    }
}
