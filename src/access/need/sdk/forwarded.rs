//! What services do elsewhere with the permissions of their caller.

use super::super::call::{Call, Text, at};
use super::super::tables::learning;
use super::super::target::{self, Target, bucket, named, object};
use super::super::{Certainty, Need};
use super::resources;
use crate::iam::{AccessLevel, table};

/// One action that a call needs of another service.
#[derive(Debug)]
struct Forward {
    prefix: &'static str,
    /// None where every operation needs it.
    operations: &'static [&'static str],
    /// The argument that asks for it; empty where every call does.
    given: &'static [&'static str],
    actions: &'static [&'static str],
    on: fn(&Call<'_>) -> Target,
    certainty: Certainty,
    source: &'static str,
}

const RDS_DATA: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html";
const REDSHIFT_DATA: &str = "https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html";
const POLLY: &str = "https://docs.aws.amazon.com/polly/latest/dg/asynchronous.html";
const TEXTRACT: &str = "https://docs.aws.amazon.com/textract/latest/APIReference/API_OutputConfig.html";
const EXPORT: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html";
const IMPORT: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Requesting.html";
const RESTORE: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_IAM.html";
const GUARDRAIL: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html";
const RAG: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-prereq-permissions-general.html";
const PROFILE: &str = "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html";
const EMAIL: &str = "https://docs.aws.amazon.com/ses/latest/dg/sending-authorization-policies.html";
const S3: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html";
const LAMBDA: &str = "https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html";
const GROUP: &str =
    "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html";
const STACK: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html";

/// What calls a model.
const MODEL_CALLS: &[&str] = &["InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream"];

const FORWARDS: &[Forward] = &[
    forward("rds-data", &[], &["SecretArn"], &["secretsmanager:GetSecretValue"], secret, RDS_DATA),
    forward("redshift-data", &[], &["SecretArn"], &["secretsmanager:GetSecretValue"], secret, REDSHIFT_DATA),
    forward("redshift-data", &[], &["DbUser"], &["redshift:GetClusterCredentials"], database_user, REDSHIFT_DATA),
    forward("redshift-data", &[], &["DbUser"], &["redshift:GetClusterCredentials"], database, REDSHIFT_DATA).likely(),
    forward("polly", &["StartSpeechSynthesisTask"], &["OutputS3BucketName"], &["s3:PutObject"], speech, POLLY),
    forward("polly", &["StartSpeechSynthesisTask"], &["SnsTopicArn"], &["sns:Publish"], told, POLLY).likely(),
    forward("textract", &[], &["OutputConfig"], &["s3:PutObject"], extract, TEXTRACT).likely(),
    forward("dynamodb", &["ExportTableToPointInTime"], &["S3Bucket"], &["s3:PutObject"], export, EXPORT),
    forward(
        "dynamodb",
        &["ExportTableToPointInTime"],
        &["S3Bucket"],
        &["s3:AbortMultipartUpload", "s3:PutObjectAcl"],
        export,
        EXPORT,
    )
    .likely(),
    forward("dynamodb", &["ImportTable"], &[], &["s3:GetObject", "s3:ListBucket"], import, IMPORT).likely(),
    forward(
        "dynamodb",
        &["ImportTable"],
        &[],
        &[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
            "logs:PutRetentionPolicy",
        ],
        everywhere,
        IMPORT,
    )
    .likely(),
    forward(
        "dynamodb",
        &["RestoreTableFromBackup", "RestoreTableToPointInTime"],
        &[],
        &[
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
        restored,
        RESTORE,
    )
    .likely(),
    forward(
        "bedrock",
        MODEL_CALLS,
        &["GuardrailIdentifier"],
        &["bedrock:ApplyGuardrail"],
        learning::guardrail,
        GUARDRAIL,
    ),
    forward("bedrock", MODEL_CALLS, &["GuardrailConfig"], &["bedrock:ApplyGuardrail"], learning::guardrail, GUARDRAIL),
    forward("bedrock", &["RetrieveAndGenerate"], &[], &["bedrock:Retrieve", "bedrock:InvokeModel"], everywhere, RAG)
        .likely(),
    forward(
        "bedrock",
        MODEL_CALLS,
        &[],
        &["bedrock:GetInferenceProfile", "aws-marketplace:Subscribe", "aws-marketplace:ViewSubscriptions"],
        everywhere,
        PROFILE,
    )
    .optional(),
    forward(
        "ses",
        &["SendEmail", "SendBulkEmail"],
        &[],
        &["ses:SendBulkTemplatedEmail", "ses:SendRawEmail", "ses:SendTemplatedEmail"],
        everywhere,
        EMAIL,
    )
    .optional(),
    // A copy takes tags along; without the right to list, a missing object looks like a forbidden one.
    forward("s3", &["CopyObject"], &[], &["s3:GetObjectTagging", "s3:GetObjectVersion"], copied, S3).optional(),
    forward("s3", &["CopyObject"], &[], &["s3:PutObjectTagging"], written, S3).optional(),
    forward("s3", &["CopyObject"], &[], &["s3:ListBucket"], any_bucket, S3).optional(),
    forward("s3", &["GetObject", "GetObjectAttributes", "HeadObject"], &[], &["s3:ListBucket"], of_bucket, S3)
        .optional(),
    forward("s3", &["DeleteObjects"], &[], &["s3:DeleteObjectVersion"], written, S3).optional(),
    forward("lambda", &["CreateFunction"], &["Code", "S3Bucket"], &["s3:GetObject"], any_object, LAMBDA).likely(),
    forward("lambda", &["UpdateFunctionCode"], &["S3Bucket"], &["s3:GetObject"], any_object, LAMBDA).likely(),
    forward(
        "lambda",
        &["CreateFunction", "UpdateFunctionConfiguration"],
        &["VpcConfig"],
        &["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"],
        everywhere,
        LAMBDA,
    )
    .likely(),
    forward(
        "autoscaling",
        &["CreateAutoScalingGroup", "UpdateAutoScalingGroup"],
        &[],
        &["ec2:RunInstances"],
        everywhere,
        GROUP,
    )
    .likely(),
    forward(
        "autoscaling",
        &["CreateAutoScalingGroup", "UpdateAutoScalingGroup"],
        &[],
        &["ec2:CreateTags"],
        everywhere,
        GROUP,
    )
    .optional(),
    forward("cloudformation", &[], &["TemplateURL"], &["s3:GetObject"], any_object, STACK).likely(),
];

/// Operations that do whatever a template, a document or a product says, with the permissions of their caller unless
/// the argument beside them names another role.
const DOES_ANYTHING: &[(&str, &[&str], &str)] = &[
    (
        "cloudformation",
        &[
            "CreateChangeSet",
            "CreateResource",
            "CreateStack",
            "DeleteResource",
            "DeleteStack",
            "ExecuteChangeSet",
            "GetResource",
            "ListResources",
            "UpdateResource",
            "UpdateStack",
        ],
        "RoleARN",
    ),
    ("elasticbeanstalk", &["CreateEnvironment", "TerminateEnvironment", "UpdateEnvironment"], "OperationsRole"),
    (
        "servicecatalog",
        &["ProvisionProduct", "TerminateProvisionedProduct", "UpdateProvisionedProduct"],
        "ProvisioningRole",
    ),
    ("ssm", &["StartAutomationExecution", "StartChangeRequestExecution"], "AutomationAssumeRole"),
];

const fn forward(
    prefix: &'static str,
    operations: &'static [&'static str],
    given: &'static [&'static str],
    actions: &'static [&'static str],
    on: fn(&Call<'_>) -> Target,
    source: &'static str,
) -> Forward {
    Forward { prefix, operations, given, actions, on, certainty: Certainty::Required, source }
}

impl Forward {
    const fn likely(self) -> Self {
        Self { certainty: Certainty::Likely, ..self }
    }

    const fn optional(self) -> Self {
        Self { certainty: Certainty::Optional, ..self }
    }

    fn is_asked_for(&self, call: &Call<'_>, prefix: &str, operation: &str) -> bool {
        self.prefix == prefix
            && (self.operations.is_empty() || self.operations.contains(&operation))
            && at(&call.task.arguments, self.given).is_some()
    }
}

pub(super) fn add(call: &Call<'_>, prefix: &str, operation: &str, needs: &mut Vec<Need>) {
    const WHY: &str = "the service does this with its caller's permissions";
    for forward in FORWARDS.iter().filter(|forward| forward.is_asked_for(call, prefix, operation)) {
        let target = (forward.on)(call);
        let need = |action: &&str| Need::of(call, action, target.clone(), WHY, forward.source);
        needs.extend(forward.actions.iter().map(|action| need(action).certainty(forward.certainty)));
    }
    if prefix == "redshift-data" {
        add_sign_in(call, operation, needs);
    }
    add_tags(call, prefix, needs);
    let does_anything = |(of, operations, _): &&(&str, &[&str], &str)| *of == prefix && operations.contains(&operation);
    if let Some((_, _, role)) = DOES_ANYTHING.iter().find(does_anything)
        && !super::extras::names(call, role)
    {
        let why = "what it does is written elsewhere, and done with its caller's permissions";
        needs.push(Need::of(call, "*", Target::unscopable(), why, STACK).certainty(Certainty::Optional));
    }
}

/// Without a secret and a user the caller signs in to the database itself.
fn add_sign_in(call: &Call<'_>, operation: &str, needs: &mut Vec<Need>) {
    const SIGNS_IN: [&str; 6] =
        ["BatchExecuteStatement", "DescribeTable", "ExecuteStatement", "ListDatabases", "ListSchemas", "ListTables"];
    if !SIGNS_IN.contains(&operation) || call.has("SecretArn") || call.has("DbUser") {
        return;
    }
    let (action, target) = if call.has("WorkgroupName") {
        let workgroups = Target::unseen(call.place.arn("redshift-serverless", "workgroup/*"));
        ("redshift-serverless:GetCredentials", workgroups)
    } else if call.has("ClusterIdentifier") {
        ("redshift:GetClusterCredentialsWithIAM", database(call))
    } else {
        return;
    };
    needs.push(Need::of(call, action, target, "the caller signs in to the database", REDSHIFT_DATA));
}

/// What is made with tags takes the right to tag it in most services.
fn add_tags(call: &Call<'_>, prefix: &str, needs: &mut Vec<Need>) {
    if !["Tags", "TagSpecifications", "TagList"].iter().any(|name| call.has(name)) {
        return;
    }
    let Some(service) = table().service(prefix) else { return };
    for action in service.actions().filter(|action| action.level == AccessLevel::Tagging) {
        let why = "the call sets tags";
        let need = Need::of(call, &action.full_name(), Target::unscopable(), why, super::SOURCE);
        needs.push(need.certainty(Certainty::Optional));
    }
}

fn everywhere(_: &Call<'_>) -> Target {
    Target::unscopable()
}

fn secret(call: &Call<'_>) -> Target {
    target::secret(call.place, call.text(&["SecretArn"]).as_ref())
}

fn below_cluster(call: &Call<'_>, kind: &str, field: &str) -> Target {
    let part = |name: &str| call.text(&[name]).map_or_else(|| "*".to_owned(), |text| text.pattern);
    let name = format!("{}/{}", part("ClusterIdentifier"), part(field));
    let from = [field, "ClusterIdentifier"].iter().find_map(|name| call.text(&[name])?.from);
    named(call.place, "redshift", kind, Some(&Text { pattern: name, from }))
}

fn database_user(call: &Call<'_>) -> Target {
    below_cluster(call, "dbuser:", "DbUser")
}

fn database(call: &Call<'_>) -> Target {
    below_cluster(call, "dbname:", "Database")
}

/// Objects of the bucket in one argument, below the prefix in another.
fn below(call: &Call<'_>, of: &[&str], prefix: &[&str]) -> Target {
    let prefix = call.text(prefix).map(|text| Text { pattern: format!("{}*", text.pattern), ..text });
    object(call.place, call.text(of).as_ref(), prefix.as_ref())
}

fn speech(call: &Call<'_>) -> Target {
    below(call, &["OutputS3BucketName"], &["OutputS3KeyPrefix"])
}

fn told(call: &Call<'_>) -> Target {
    named(call.place, "sns", "", call.text(&["SnsTopicArn"]).as_ref())
}

fn extract(call: &Call<'_>) -> Target {
    below(call, &["OutputConfig", "S3Bucket"], &["OutputConfig", "S3Prefix"])
}

fn export(call: &Call<'_>) -> Target {
    below(call, &["S3Bucket"], &["S3Prefix"])
}

fn import(call: &Call<'_>) -> Target {
    let of = call.text(&["S3BucketSource", "S3Bucket"]);
    let both = vec![bucket(call.place, of.as_ref()), object(call.place, of.as_ref(), None)];
    Target::join(both).unwrap_or_else(Target::unscopable)
}

fn restored(call: &Call<'_>) -> Target {
    named(call.place, "dynamodb", "table/", call.text(&["TargetTableName"]).as_ref())
}

fn copied(call: &Call<'_>) -> Target {
    resources::by_word(call, "copy_source")
}

fn written(call: &Call<'_>) -> Target {
    object(call.place, call.text(&["Bucket"]).as_ref(), None)
}

fn of_bucket(call: &Call<'_>) -> Target {
    bucket(call.place, call.text(&["Bucket"]).as_ref())
}

fn any_bucket(call: &Call<'_>) -> Target {
    bucket(call.place, None)
}

fn any_object(call: &Call<'_>) -> Target {
    object(call.place, None, None)
}

#[cfg(test)]
mod tests {
    use super::{DOES_ANYTHING, FORWARDS};
    use crate::access::need::sdk::catalog;

    #[test]
    fn every_action_is_known() {
        for action in FORWARDS.iter().flat_map(|forward| forward.actions) {
            assert!(catalog::facts(action).is_some(), "{action}");
        }
        for (prefix, operations, _) in DOES_ANYTHING {
            for operation in *operations {
                assert!(catalog::facts(&format!("{prefix}:{operation}")).is_some(), "{prefix}:{operation}");
            }
        }
    }
}
