use super::Rule;
use crate::access::need::Certainty::{Likely, Recommended};

/// The managed rules, each from the page of its integration,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html>. Those of SageMaker's tuning,
/// labeling and processing jobs are not on its page; public roles that work name the first and the last.
pub(in crate::access::need) const RULES: &[Rule] = &[
    rule("states", "startExecution", "StepFunctionsGetEventsForStepFunctionsExecutionRule"),
    rule("ecs", "runTask", "StepFunctionsGetEventsForECSTaskRule"),
    rule("batch", "submitJob", "StepFunctionsGetEventsForBatchJobsRule"),
    rule("codebuild", "startBuild", "StepFunctionsGetEventForCodeBuildStartBuildRule"),
    rule("codebuild", "startBuildBatch", "StepFunctionsGetEventForCodeBuildStartBuildBatchRule"),
    rule("codebuild", "retryBuildBatch", "StepFunctionsGetEventForCodeBuildStartBuildBatchRule"),
    rule("elasticmapreduce", "createCluster", "StepFunctionsGetEventForEMRRunJobFlowRule"),
    rule("elasticmapreduce", "addStep", "StepFunctionsGetEventForEMRAddJobFlowStepsRule"),
    rule("elasticmapreduce", "terminateCluster", "StepFunctionsGetEventForEMRTerminateJobFlowsRule"),
    rule("emr-serverless", "createApplication", "StepFunctionsGetEventsForEMRServerlessApplicationRule"),
    rule("emr-serverless", "startApplication", "StepFunctionsGetEventsForEMRServerlessApplicationRule"),
    rule("emr-serverless", "stopApplication", "StepFunctionsGetEventsForEMRServerlessApplicationRule"),
    rule("emr-serverless", "deleteApplication", "StepFunctionsGetEventsForEMRServerlessApplicationRule"),
    rule("emr-serverless", "startJobRun", "StepFunctionsGetEventsForEMRServerlessJobRule"),
    rule("emr-serverless", "cancelJobRun", "StepFunctionsGetEventsForEMRServerlessJobRule"),
    rule("mediaconvert", "createJob", "StepFunctionsGetEventsForMediaConvertJobRule"),
    rule("sagemaker", "createTrainingJob", "StepFunctionsGetEventsForSageMakerTrainingJobsRule"),
    rule("sagemaker", "createTransformJob", "StepFunctionsGetEventsForSageMakerTransformJobsRule"),
    Rule {
        certainty: Likely,
        ..rule("sagemaker", "createHyperParameterTuningJob", "StepFunctionsGetEventsForSageMakerTuningJobsRule")
    },
    Rule {
        certainty: Likely,
        ..rule("sagemaker", "createLabelingJob", "StepFunctionsGetEventsForSageMakerLabelingJobsRule")
    },
    Rule {
        certainty: Likely,
        ..rule("sagemaker", "createProcessingJob", "StepFunctionsGetEventsForSageMakerProcessingJobsRule")
    },
];

const fn rule(service: &'static str, api: &'static str, name: &'static str) -> Rule {
    Rule { service, api, name, certainty: Recommended }
}
