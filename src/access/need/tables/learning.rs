//! SageMaker, Bedrock and MediaConvert.

use super::{Row, everything, row};
use crate::access::need::call::{Call, Text};
use crate::access::need::target::{Target, argument, in_lower_case, named, object, s3_uri};
use crate::access::need::{Choice, Need, pass_role};
use crate::asl::Resolved;

const SAGEMAKER: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html";
const BEDROCK: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html";
const CORE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrockagentcore.html";
const CONVERT: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-mediaconvert.html";

const TAGS: &str = "Step Functions looks at the tags of what it makes";

pub(super) const ROWS: &[Row] = &[
    row("sagemaker", "createTrainingJob", &["sagemaker:CreateTrainingJob"], training, SAGEMAKER),
    row("sagemaker", "createTrainingJob", &["sagemaker:DescribeTrainingJob"], training, SAGEMAKER).polls(),
    row("sagemaker", "createTrainingJob", &["sagemaker:StopTrainingJob"], training, SAGEMAKER).stops(),
    row("sagemaker", "createTrainingJob", &["sagemaker:ListTags"], training, SAGEMAKER).likely(TAGS),
    row("sagemaker", "createTransformJob", &["sagemaker:CreateTransformJob"], transform, SAGEMAKER),
    row("sagemaker", "createTransformJob", &["sagemaker:DescribeTransformJob"], transform, SAGEMAKER).polls(),
    row("sagemaker", "createTransformJob", &["sagemaker:StopTransformJob"], transform, SAGEMAKER).stops(),
    row("sagemaker", "createTransformJob", &["sagemaker:ListTags"], transform, SAGEMAKER).likely(TAGS),
    row("sagemaker", "createHyperParameterTuningJob", &["sagemaker:CreateHyperParameterTuningJob"], tuning, SAGEMAKER),
    row(
        "sagemaker",
        "createHyperParameterTuningJob",
        &["sagemaker:DescribeHyperParameterTuningJob"],
        tuning,
        SAGEMAKER,
    )
    .polls(),
    row("sagemaker", "createHyperParameterTuningJob", &["sagemaker:StopHyperParameterTuningJob"], tuning, SAGEMAKER)
        .stops(),
    row("sagemaker", "createHyperParameterTuningJob", &["sagemaker:ListTags"], tuning, SAGEMAKER).likely(TAGS),
    row("sagemaker", "createLabelingJob", &["sagemaker:CreateLabelingJob"], labeling, SAGEMAKER),
    row("sagemaker", "createLabelingJob", &["sagemaker:DescribeLabelingJob"], labeling, SAGEMAKER).polls(),
    row("sagemaker", "createLabelingJob", &["sagemaker:StopLabelingJob"], labeling, SAGEMAKER).stops(),
    row("sagemaker", "createLabelingJob", &["sagemaker:ListTags"], labeling, SAGEMAKER).likely(TAGS),
    row("sagemaker", "createProcessingJob", &["sagemaker:CreateProcessingJob"], processing, SAGEMAKER),
    row("sagemaker", "createProcessingJob", &["sagemaker:DescribeProcessingJob"], processing, SAGEMAKER).polls(),
    row("sagemaker", "createProcessingJob", &["sagemaker:StopProcessingJob"], processing, SAGEMAKER).stops(),
    row("sagemaker", "createProcessingJob", &["sagemaker:ListTags"], processing, SAGEMAKER).likely(TAGS),
    row("sagemaker", "createModel", &["sagemaker:CreateModel"], model, SAGEMAKER),
    row("sagemaker", "createModel", &["sagemaker:ListTags"], model, SAGEMAKER).likely(TAGS),
    row("sagemaker", "createEndpointConfig", &["sagemaker:CreateEndpointConfig"], endpoint_config, SAGEMAKER),
    row("sagemaker", "createEndpointConfig", &["sagemaker:ListTags"], endpoint_config, SAGEMAKER).likely(TAGS),
    row("sagemaker", "createEndpoint", &["sagemaker:CreateEndpoint"], endpoint, SAGEMAKER),
    row("sagemaker", "createEndpoint", &["sagemaker:CreateEndpoint"], endpoint_config, SAGEMAKER),
    row("sagemaker", "createEndpoint", &["sagemaker:ListTags"], endpoint, SAGEMAKER).likely(TAGS),
    row("sagemaker", "updateEndpoint", &["sagemaker:UpdateEndpoint"], endpoint, SAGEMAKER),
    row("sagemaker", "updateEndpoint", &["sagemaker:UpdateEndpoint"], endpoint_config, SAGEMAKER),
    row("sagemaker", "updateEndpoint", &["sagemaker:ListTags"], endpoint, SAGEMAKER).likely(TAGS),
    row("bedrock", "invokeModel", &["bedrock:InvokeModel"], invoked_model, BEDROCK),
    row("bedrock", "createModelCustomizationJob", &["bedrock:CreateModelCustomizationJob"], base_model, BEDROCK),
    row("bedrock", "createModelCustomizationJob", &["bedrock:CreateModelCustomizationJob"], custom_model, BEDROCK),
    row("bedrock", "createModelCustomizationJob", &["bedrock:CreateModelCustomizationJob"], custom_job, BEDROCK)
        .likely("the job that is made"),
    row("bedrock", "createModelCustomizationJob", &["bedrock:GetModelCustomizationJob"], custom_job, BEDROCK).polls(),
    row("bedrock", "createModelCustomizationJob", &["bedrock:StopModelCustomizationJob"], custom_job, BEDROCK).stops(),
    row("bedrockagentcore", "invokeHarness", &["bedrock-agentcore:InvokeHarness"], harness, CORE),
    row("bedrockagentcore", "invokeHarness", &["bedrock-agentcore:InvokeAgentRuntime"], harness, CORE)
        .likely("the harness runs on an agent runtime"),
    row("mediaconvert", "createJob", &["mediaconvert:CreateJob"], queue, CONVERT),
    row("mediaconvert", "createJob", &["mediaconvert:GetJob"], media_jobs, CONVERT).polls(),
    row("mediaconvert", "createJob", &["mediaconvert:CancelJob"], media_jobs, CONVERT).stops(),
    row("mediaconvert", "createJob", &["mediaconvert:CreateJob"], presets, CONVERT)
        .optional("settings may name presets"),
    row("sagemaker", "createTrainingJob", &["sagemaker:AddTags"], training, SAGEMAKER).tags_jobs(),
    row("sagemaker", "createTransformJob", &["sagemaker:AddTags"], transform, SAGEMAKER).tags_jobs(),
    row("sagemaker", "createHyperParameterTuningJob", &["sagemaker:AddTags"], tuning, SAGEMAKER).tags_jobs(),
    row("sagemaker", "createLabelingJob", &["sagemaker:AddTags"], labeling, SAGEMAKER).tags_jobs(),
    row("sagemaker", "createProcessingJob", &["sagemaker:AddTags"], processing, SAGEMAKER).tags_jobs(),
    row("bedrock", "createModelCustomizationJob", &[], everything, BEDROCK),
];

impl Row {
    /// What a job that is waited for is told apart by.
    const fn tags_jobs(self) -> Self {
        Self { when: super::When::Sync, ..self.likely("Step Functions tags the jobs that it waits for") }
    }
}

fn sagemaker(call: &Call<'_>, kind: &str, field: &str) -> Target {
    in_lower_case(argument(call, &[field], "sagemaker", kind))
}

fn training(call: &Call<'_>) -> Target {
    sagemaker(call, "training-job/", "TrainingJobName")
}

fn transform(call: &Call<'_>) -> Target {
    sagemaker(call, "transform-job/", "TransformJobName")
}

fn tuning(call: &Call<'_>) -> Target {
    sagemaker(call, "hyper-parameter-tuning-job/", "HyperParameterTuningJobName")
}

fn labeling(call: &Call<'_>) -> Target {
    sagemaker(call, "labeling-job/", "LabelingJobName")
}

fn processing(call: &Call<'_>) -> Target {
    sagemaker(call, "processing-job/", "ProcessingJobName")
}

fn model(call: &Call<'_>) -> Target {
    sagemaker(call, "model/", "ModelName")
}

fn endpoint_config(call: &Call<'_>) -> Target {
    sagemaker(call, "endpoint-config/", "EndpointConfigName")
}

fn endpoint(call: &Call<'_>) -> Target {
    sagemaker(call, "endpoint/", "EndpointName")
}

pub(super) fn sagemaker_roles(call: &Call<'_>) -> Vec<Need> {
    let fields: [&[&str]; 3] = [&["RoleArn"], &["ExecutionRoleArn"], &["TrainingJobDefinition", "RoleArn"]];
    let mut needs = pass_role::in_arguments(call, &fields, Some("sagemaker.amazonaws.com"));
    if needs.is_empty() {
        let why = "AWS's template passes the model's role, which the definition does not show";
        needs.push(pass_role::unseen(call, "sagemaker.amazonaws.com", why));
    }
    needs
}

/// A foundation model by id or ARN, or what else an ARN names. An inference profile (`us.vendor.model`, by its id or its
/// ARN) reaches the model in every Region that it routes to.
/// Source: <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html>.
pub(in crate::access::need) fn invoked_model(call: &Call<'_>) -> Target {
    let Some(text) = call.text(&["ModelId"]) else { return base_model(call) };
    let place = call.place;
    let model = |id: &str| format!("arn:{}:bedrock:*::foundation-model/{id}", place.partition);
    if text.pattern.contains(":application-inference-profile/") {
        // Which model it stands for is not shown.
        return foundation_model(call, Some(&text)).also(model("*"));
    }
    let id = text.pattern.rsplit_once(":inference-profile/").map_or(text.pattern.as_str(), |(_, id)| id);
    match of_geography(id) {
        Some(of_model) => {
            let profile = Text { pattern: id.to_owned(), from: text.from.clone() };
            let mut target = match text.pattern.starts_with("arn:") {
                true => foundation_model(call, Some(&text)),
                false => named(place, "bedrock", "inference-profile/", Some(&profile)),
            };
            target.resources.push(model(of_model));
            target
        }
        None => foundation_model(call, Some(&text)),
    }
}

/// `vendor.model` of `us.vendor.model`.
fn of_geography(id: &str) -> Option<&str> {
    const GEOGRAPHIES: [&str; 8] = ["us", "eu", "apac", "global", "us-gov", "jp", "au", "ca"];
    let (word, rest) = id.split_once('.')?;
    (GEOGRAPHIES.contains(&word) && rest.contains('.')).then_some(rest)
}

/// The guardrail that a call to a model names.
pub(in crate::access::need) fn guardrail(call: &Call<'_>) -> Target {
    let named_one = [&["GuardrailIdentifier"][..], &["GuardrailConfig", "GuardrailIdentifier"]];
    named(call.place, "bedrock", "guardrail/", named_one.iter().find_map(|path| call.text(path)).as_ref())
}

fn base_model(call: &Call<'_>) -> Target {
    foundation_model(call, call.text(&["BaseModelIdentifier"]).as_ref())
}

/// Foundation models belong to no account.
fn foundation_model(call: &Call<'_>, text: Option<&Text>) -> Target {
    let place = call.place;
    let any = Text { pattern: "*".to_owned(), from: None };
    let id = text.unwrap_or(&any);
    if id.pattern.starts_with("arn:") {
        return named(place, "bedrock", "", Some(id));
    }
    let arn = format!("arn:{}:bedrock:{}::foundation-model/{}", place.partition, place.region, id.pattern);
    match &id.from {
        None => Target::fixed(arn),
        Some(from) => {
            let anything = format!("arn:*:bedrock:*:*:{}", id.pattern);
            let mut target = Target::fixed(arn).also(anything);
            target.choice = Choice::Runtime { from: from.clone() };
            target
        }
    }
}

fn custom_model(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("bedrock", "custom-model/*"))
}

fn custom_job(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("bedrock", "model-customization-job/*"))
}

pub(super) fn customization(call: &Call<'_>) -> Vec<Need> {
    let mut needs = pass_role::in_arguments(call, &[&["RoleArn"]], Some("bedrock.amazonaws.com"));
    if call.has("JobTags") || call.has("CustomModelTags") {
        for target in [custom_model(call), custom_job(call)] {
            needs.push(Need::of(call, "bedrock:TagResource", target, "what is made is tagged", BEDROCK));
        }
    }
    needs
}

/// A payload that is kept in S3 instead of the state.
pub(super) fn model_payload(call: &Call<'_>) -> Vec<Need> {
    let mut needs = Vec::new();
    if call.has("GuardrailIdentifier") {
        let why = "the call names a guardrail";
        needs.push(Need::of(call, "bedrock:ApplyGuardrail", guardrail(call), why, BEDROCK));
    }
    for (side, action) in [("Input", "s3:GetObject"), ("Output", "s3:PutObject")] {
        let Some((bucket, key)) = call.text(&[side, "S3Uri"]).as_ref().and_then(s3_uri) else { continue };
        let target = object(call.place, Some(&bucket), Some(&key));
        needs.push(Need::of(call, action, target, "the model's payload is in S3", BEDROCK));
    }
    if matches!(call.task.arguments, Resolved::Runtime { .. }) {
        needs.clear();
    }
    needs
}

fn harness(call: &Call<'_>) -> Target {
    argument(call, &["HarnessArn", "HarnessId", "HarnessName"], "bedrock-agentcore", "harness/")
}

fn queue(call: &Call<'_>) -> Target {
    let default = Text { pattern: "Default".to_owned(), from: None };
    let queue = call.text(&["Queue"]).unwrap_or(default);
    let queue = named(call.place, "mediaconvert", "queues/", Some(&queue));
    match call.text(&["JobTemplate"]) {
        None => queue,
        Some(template) => {
            let template = named(call.place, "mediaconvert", "jobTemplates/", Some(&template));
            Target::join(vec![queue, template]).unwrap_or_else(Target::unscopable)
        }
    }
}

fn presets(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("mediaconvert", "presets/*"))
}

fn media_jobs(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("mediaconvert", "jobs/*"))
}

pub(super) fn convert_role(call: &Call<'_>) -> Vec<Need> {
    pass_role::in_arguments(call, &[&["Role"]], Some("mediaconvert.amazonaws.com"))
}
