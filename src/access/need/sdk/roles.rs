//! Roles that a call hands over to a service.

use super::super::call::Call;
use super::super::{Certainty, Need, pass_role};

/// Operations that hand a role over, by IAM prefix. The Service Authorization Reference as it is embedded does not say.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html> and the guides of the services.
const PASSING: &[(&str, &[&str])] = &[
    ("appflow", &["CreateFlow", "UpdateFlow"]),
    ("autoscaling", &["CreateAutoScalingGroup", "CreateLaunchConfiguration", "UpdateAutoScalingGroup"]),
    ("backup", &["CreateBackupSelection", "StartBackupJob", "StartCopyJob", "StartRestoreJob"]),
    ("batch", &["CreateComputeEnvironment", "RegisterJobDefinition", "UpdateComputeEnvironment"]),
    (
        "bedrock",
        &[
            "CreateAgent",
            "CreateEvaluationJob",
            "CreateFlow",
            "CreateKnowledgeBase",
            "CreateModelCustomizationJob",
            "CreateModelImportJob",
            "CreateModelInvocationJob",
            "UpdateAgent",
            "UpdateFlow",
            "UpdateKnowledgeBase",
        ],
    ),
    (
        "cloudformation",
        &[
            "CreateChangeSet",
            "CreateStack",
            "CreateStackSet",
            "DeleteStack",
            "ExecuteChangeSet",
            "UpdateStack",
            "UpdateStackSet",
        ],
    ),
    ("codebuild", &["CreateProject", "UpdateProject"]),
    ("codepipeline", &["CreatePipeline", "UpdatePipeline"]),
    (
        "comprehend",
        &[
            "CreateDocumentClassifier",
            "CreateEntityRecognizer",
            "StartDocumentClassificationJob",
            "StartDominantLanguageDetectionJob",
            "StartEntitiesDetectionJob",
            "StartEventsDetectionJob",
            "StartKeyPhrasesDetectionJob",
            "StartPiiEntitiesDetectionJob",
            "StartSentimentDetectionJob",
            "StartTargetedSentimentDetectionJob",
            "StartTopicsDetectionJob",
        ],
    ),
    ("databrew", &["CreateProfileJob", "CreateProject", "CreateRecipeJob"]),
    ("datasync", &["CreateLocationEfs", "CreateLocationS3"]),
    (
        "ec2",
        &[
            "AssociateIamInstanceProfile",
            "ReplaceIamInstanceProfileAssociation",
            "RequestSpotFleet",
            "RequestSpotInstances",
            "RunInstances",
        ],
    ),
    ("ecs", &["CreateService", "RegisterTaskDefinition", "RunTask", "StartTask", "UpdateService"]),
    ("eks", &["CreateAddon", "CreateCluster", "CreateFargateProfile", "CreateNodegroup"]),
    ("elasticmapreduce", &["RunJobFlow"]),
    ("emr-serverless", &["StartJobRun"]),
    ("events", &["PutTargets", "StartReplay"]),
    ("firehose", &["CreateDeliveryStream", "UpdateDestination"]),
    ("glue", &["CreateCrawler", "CreateDevEndpoint", "CreateJob", "CreateSession", "UpdateCrawler", "UpdateJob"]),
    ("lambda", &["CreateFunction", "UpdateFunctionConfiguration"]),
    ("mediaconvert", &["CreateJob"]),
    ("pipes", &["CreatePipe", "UpdatePipe"]),
    ("rds", &["CreateDBInstance", "ModifyDBInstance", "StartExportTask"]),
    ("redshift", &["CreateCluster", "ModifyClusterIamRoles", "RestoreFromClusterSnapshot"]),
    ("s3", &["CreateJob", "PutBucketReplication"]),
    ("scheduler", &["CreateSchedule", "UpdateSchedule"]),
    ("ssm", &["RegisterTaskWithMaintenanceWindow", "SendCommand", "StartAutomationExecution"]),
    ("states", &["CreateStateMachine", "UpdateStateMachine"]),
    ("textract", &["StartDocumentAnalysis", "StartDocumentTextDetection", "StartExpenseAnalysis"]),
    ("transcribe", &["StartTranscriptionJob"]),
    ("transfer", &["CreateServer", "CreateUser", "UpdateUser"]),
    ("translate", &["StartTextTranslationJob"]),
];

fn passes(prefix: &str, operation: &str) -> bool {
    let of_this = |(known, operations): &(&str, &[&str])| *known == prefix && operations.contains(&operation);
    PASSING.iter().any(of_this) || (prefix == "sagemaker" && operation.starts_with("Create"))
}

/// Roles among the arguments, wherever they stand. A call that hands a role over and shows none may hand over any: one
/// of a template, of an instance profile, of an object that is chosen whole at run time.
pub(super) fn add(call: &Call<'_>, prefix: &str, operation: &str, needs: &mut Vec<Need>) {
    if matches!(prefix, "sts" | "iam") {
        return;
    }
    let passes = passes(prefix, operation);
    let mut found = Vec::new();
    super::extras::walk(&call.task.arguments, "", &mut |key, value| {
        let key = key.to_ascii_lowercase();
        if !key.ends_with("rolearn") && !key.ends_with("role") {
            return;
        }
        let Some(text) = call.text_of(value) else { return };
        let is_arn = text.pattern.contains(":role/");
        let at_run_time = text.from.is_some() && key.ends_with("rolearn");
        if is_arn || at_run_time || passes {
            let need = pass_role::pass(call, &text, None);
            // A name may be that of an instance profile.
            let sure = passes && is_arn && text.from.is_none();
            found.push(if sure { need } else { need.certainty(Certainty::Likely) });
        }
    });
    if passes && found.is_empty() {
        found.push(pass_role::any(call, "the call can hand a role over that the definition does not show"));
    }
    needs.extend(found);
}

#[cfg(test)]
mod tests {
    use super::PASSING;
    use crate::access::need::sdk::{catalog, names};

    #[test]
    fn every_operation_is_known() {
        for (prefix, operations) in PASSING {
            for operation in *operations {
                let known = catalog::facts(&format!("{prefix}:{operation}")).is_some();
                assert!(known || names::exception(prefix, operation).is_some(), "{prefix}:{operation}");
            }
        }
    }
}
