use super::settings::Rate;

/// One AWS API that is called: how it is named, what opens it, and how fast AWS refills its bucket.
#[derive(Debug, PartialEq)]
pub struct Api {
    /// `service:Operation`, the key of budgets, metrics and reports.
    pub name: &'static str,
    /// The IAM action that allows it; absent where none is needed.
    pub iam_action: Option<&'static str>,
    pub rate: Rate,
    pub source: RateSource,
}

/// Where a rate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateSource {
    /// An AWS page names it.
    Documented,
    /// No page that could be read names one: a value that a console user would not notice.
    Conservative,
}

const fn documented(name: &'static str, bucket: f64, refill_per_second: f64) -> Api {
    Api { name, iam_action: Some(name), rate: Rate { bucket, refill_per_second }, source: RateSource::Documented }
}

const fn conservative(name: &'static str, refill_per_second: f64) -> Api {
    let rate = Rate { bucket: 2.0 * refill_per_second, refill_per_second };
    Api { name, iam_action: Some(name), rate, source: RateSource::Conservative }
}

macro_rules! apis {
    ($($constant:ident = $api:expr;)+) => {
        /// The APIs by name.
        pub mod apis {
            use super::{Api, conservative, documented};
            $(pub static $constant: Api = $api;)+
        }

        /// Every API that this version can call.
        pub static APIS: &[&Api] = &[$(&apis::$constant,)+];
    };
}

// Step Functions: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html> (per account and Region;
// the lower figure where Regions differ).
// KMS: <https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html> (the lower figures of an older
// edition). Lambda: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>. Both name calls a second
// and no bucket, so a second's calls are the bucket. EventBridge's calls share 50 a second among all of them.
// CloudWatch Logs: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>.
// CloudWatch's DescribeAlarms: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>.
// DynamoDB: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html>.
// Objects of S3: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>.
// Security Hub: <https://docs.aws.amazon.com/securityhub/latest/partnerguide/guidelines-batchimportfindings.html>.
// The others have no documented rate for these calls, or none that could be read.
apis! {
    SFN_LIST_STATE_MACHINES = documented("states:ListStateMachines", 100.0, 5.0);
    SFN_DESCRIBE_STATE_MACHINE = documented("states:DescribeStateMachine", 200.0, 20.0);
    SFN_LIST_EXECUTIONS = documented("states:ListExecutions", 100.0, 2.0);
    SFN_DESCRIBE_EXECUTION = documented("states:DescribeExecution", 250.0, 10.0);
    SFN_GET_EXECUTION_HISTORY = documented("states:GetExecutionHistory", 400.0, 20.0);
    SFN_LIST_MAP_RUNS = documented("states:ListMapRuns", 100.0, 1.0);
    SFN_DESCRIBE_MAP_RUN = documented("states:DescribeMapRun", 200.0, 1.0);
    SFN_LIST_STATE_MACHINE_VERSIONS = documented("states:ListStateMachineVersions", 100.0, 1.0);
    SFN_LIST_STATE_MACHINE_ALIASES = documented("states:ListStateMachineAliases", 100.0, 1.0);
    SFN_DESCRIBE_STATE_MACHINE_ALIAS = documented("states:DescribeStateMachineAlias", 200.0, 1.0);
    SFN_LIST_ACTIVITIES = documented("states:ListActivities", 100.0, 5.0);
    SFN_DESCRIBE_ACTIVITY = documented("states:DescribeActivity", 200.0, 1.0);
    SFN_LIST_TAGS_FOR_RESOURCE = documented("states:ListTagsForResource", 100.0, 1.0);
    LOGS_DESCRIBE_RESOURCE_POLICIES = conservative("logs:DescribeResourcePolicies", 2.0);
    LOGS_DESCRIBE_LOG_GROUPS = conservative("logs:DescribeLogGroups", 5.0);
    LOGS_GET_DATA_PROTECTION_POLICY = documented("logs:GetDataProtectionPolicy", 5.0, 5.0);
    LOGS_DESCRIBE_ACCOUNT_POLICIES = conservative("logs:DescribeAccountPolicies", 2.0);
    LOGS_DESCRIBE_SUBSCRIPTION_FILTERS = conservative("logs:DescribeSubscriptionFilters", 5.0);
    LOGS_FILTER_LOG_EVENTS = documented("logs:FilterLogEvents", 5.0, 5.0);
    LOGS_START_QUERY = documented("logs:StartQuery", 10.0, 10.0);
    LOGS_GET_QUERY_RESULTS = documented("logs:GetQueryResults", 10.0, 10.0);
    XRAY_GET_ENCRYPTION_CONFIG = conservative("xray:GetEncryptionConfig", 1.0);
    XRAY_GET_TRACE_SEGMENT_DESTINATION = conservative("xray:GetTraceSegmentDestination", 1.0);
    CLOUDWATCH_GET_METRIC_DATA = conservative("cloudwatch:GetMetricData", 10.0);
    CLOUDWATCH_DESCRIBE_ALARMS = documented("cloudwatch:DescribeAlarms", 9.0, 9.0);
    CLOUDWATCH_LIST_METRICS = conservative("cloudwatch:ListMetrics", 10.0);
    QUOTAS_LIST_SERVICE_QUOTAS = conservative("servicequotas:ListServiceQuotas", 5.0);
    QUOTAS_LIST_DEFAULTS = conservative("servicequotas:ListAWSDefaultServiceQuotas", 5.0);
    TAGGING_GET_RESOURCES = conservative("tag:GetResources", 5.0);
    KMS_DESCRIBE_KEY = documented("kms:DescribeKey", 100.0, 100.0);
    KMS_GET_KEY_POLICY = documented("kms:GetKeyPolicy", 30.0, 30.0);
    KMS_LIST_GRANTS = documented("kms:ListGrants", 100.0, 100.0);
    EVENTS_LIST_RULES = conservative("events:ListRules", 5.0);
    EVENTS_LIST_TARGETS_BY_RULE = conservative("events:ListTargetsByRule", 10.0);
    LAMBDA_GET_FUNCTION_CONFIGURATION = documented("lambda:GetFunctionConfiguration", 15.0, 15.0);
    LAMBDA_GET_POLICY = documented("lambda:GetPolicy", 15.0, 15.0);
    S3_LIST_BUCKETS = Api { iam_action: Some("s3:ListAllMyBuckets"), ..conservative("s3:ListBuckets", 5.0) };
    S3_GET_BUCKET_ENCRYPTION =
        Api { iam_action: Some("s3:GetEncryptionConfiguration"), ..conservative("s3:GetBucketEncryption", 10.0) };
    S3_GET_PUBLIC_ACCESS_BLOCK =
        Api { iam_action: Some("s3:GetBucketPublicAccessBlock"), ..conservative("s3:GetPublicAccessBlock", 10.0) };
    S3_GET_BUCKET_POLICY_STATUS = conservative("s3:GetBucketPolicyStatus", 10.0);
    S3_GET_BUCKET_LIFECYCLE = Api {
        iam_action: Some("s3:GetLifecycleConfiguration"),
        ..conservative("s3:GetBucketLifecycleConfiguration", 10.0)
    };
    S3_GET_OBJECT = documented("s3:GetObject", 5500.0, 5500.0);
    S3_PUT_OBJECT = documented("s3:PutObject", 3500.0, 3500.0);
    S3_DELETE_OBJECT = documented("s3:DeleteObject", 3500.0, 3500.0);
    S3_LIST_OBJECTS = Api { iam_action: Some("s3:ListBucket"), ..conservative("s3:ListObjectsV2", 10.0) };
    DYNAMODB_DESCRIBE_TABLE = conservative("dynamodb:DescribeTable", 10.0);
    DYNAMODB_DESCRIBE_CONTINUOUS_BACKUPS = documented("dynamodb:DescribeContinuousBackups", 10.0, 10.0);
    DYNAMODB_DESCRIBE_TIME_TO_LIVE = conservative("dynamodb:DescribeTimeToLive", 10.0);
    IAM_GET_ACCOUNT_AUTHORIZATION_DETAILS = conservative("iam:GetAccountAuthorizationDetails", 2.0);
    IAM_GENERATE_SERVICE_LAST_ACCESSED_DETAILS = conservative("iam:GenerateServiceLastAccessedDetails", 4.0);
    IAM_GET_SERVICE_LAST_ACCESSED_DETAILS = conservative("iam:GetServiceLastAccessedDetails", 8.0);
    ACCOUNT_LIST_REGIONS = conservative("account:ListRegions", 1.0);
    SECURITY_HUB_BATCH_IMPORT_FINDINGS = documented("securityhub:BatchImportFindings", 30.0, 10.0);
    STS_GET_CALLER_IDENTITY = Api { iam_action: None, ..conservative("sts:GetCallerIdentity", 10.0) };
    STS_ASSUME_ROLE = conservative("sts:AssumeRole", 10.0);
}
