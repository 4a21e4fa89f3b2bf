use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::aws::apis::{self, S3_LIST_BUCKETS, SFN_LIST_STATE_MACHINES};
use crate::aws::{Api, BY_RESOURCE, Caller, Clients, Failure, FailureKind, OF_NOTHING};
use crate::types::{AccountId, Arn};

/// Of things that are asked about and do not exist: AWS says so only to who may ask.
const NOTHING: &str = "stepwarden-doctor";
const NOTHING_LOGGED: &str = "/aws/vendedlogs/states/stepwarden-doctor";
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// Who asks, where, and about what.
pub(super) struct Asker<'a> {
    pub(super) caller: &'a Caller,
    pub(super) clients: &'a Clients,
    pub(super) account_id: &'a AccountId,
    pub(super) principal: &'a Arn,
    /// A bucket that exists, as S3 tells everybody which do not; or why none is known.
    pub(super) bucket: Result<String, String>,
}

/// One API, and the cheapest call of it that changes nothing and reads as good as nothing.
pub(super) struct Probe {
    pub(super) api: &'static Api,
    pub(super) ask: for<'a> fn(&'a Asker<'a>) -> BoxFuture<'a, Result<(), Failure>>,
}

impl<'a> Asker<'a> {
    /// In the Region of the caller and its clients.
    pub(super) fn new(caller: &'a Caller, clients: &'a Clients, account_id: &'a AccountId, principal: &'a Arn) -> Self {
        Self { caller, clients, account_id, principal, bucket: Err(String::new()) }
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        let (partition, region) = (self.principal.partition(), self.caller.region());
        format!("arn:{partition}:{service}:{region}:{}:{resource}", self.account_id)
    }

    fn machine(&self) -> String {
        self.arn("states", &format!("stateMachine:{NOTHING}"))
    }

    fn execution(&self) -> String {
        self.arn("states", &format!("execution:{NOTHING}:{NOTHING}"))
    }

    fn key(&self) -> String {
        self.arn("kms", &format!("key/{NO_ID}"))
    }

    fn role(&self) -> String {
        format!("arn:{}:iam::{}:role/{NOTHING}", self.principal.partition(), self.account_id)
    }

    fn bucket(&self) -> String {
        self.bucket.clone().unwrap_or_default()
    }

    /// A bucket of this Region: others answer elsewhere.
    pub(super) async fn a_bucket(&self) -> Result<String, String> {
        let list = self.clients.s3().list_buckets().max_buckets(1).bucket_region(self.caller.region().as_str());
        let answer = self.caller.call(&S3_LIST_BUCKETS, || list.clone().send()).await;
        let answer = answer.map_err(|failure| format!("there is no telling without a bucket: {failure}"))?;
        let mut names = answer.buckets.into_iter().flatten().filter_map(|bucket| bucket.name);
        names.next().ok_or_else(|| "there is no bucket in the Region to ask about".to_owned())
    }

    /// Whether Step Functions answers here at all.
    pub(super) async fn machines(&self) -> Result<(), Failure> {
        let client = self.clients.sfn();
        let list = || client.list_state_machines().max_results(1).send();
        self.caller.call(&SFN_LIST_STATE_MACHINES, list).await.map(drop)
    }
}

macro_rules! probes {
    ($($api:ident: |$at:ident| $request:expr;)+) => {
        /// One of each API that a collector may call, but for those of STS.
        pub(super) static PROBES: &[Probe] = &[$(Probe {
            api: &apis::$api,
            ask: |$at| async move { $at.caller.call(&apis::$api, || $request.send()).await.map(drop) }.boxed(),
        },)+];
    };
}

probes! {
    SFN_LIST_STATE_MACHINES: |at| at.clients.sfn().list_state_machines().max_results(1);
    SFN_DESCRIBE_STATE_MACHINE: |at| at.clients.sfn().describe_state_machine().state_machine_arn(at.machine());
    SFN_LIST_EXECUTIONS: |at| at.clients.sfn().list_executions().state_machine_arn(at.machine()).max_results(1);
    SFN_DESCRIBE_EXECUTION: |at| at.clients.sfn().describe_execution().execution_arn(at.execution());
    SFN_GET_EXECUTION_HISTORY: |at| at.clients.sfn().get_execution_history().execution_arn(at.execution()).max_results(1)
        .include_execution_data(false);
    SFN_LIST_MAP_RUNS: |at| at.clients.sfn().list_map_runs().execution_arn(at.execution()).max_results(1);
    SFN_DESCRIBE_MAP_RUN: |at| at.clients.sfn().describe_map_run()
        .map_run_arn(at.arn("states", &format!("mapRun:{NOTHING}/{NOTHING}:{NO_ID}")));
    SFN_LIST_STATE_MACHINE_VERSIONS: |at| at.clients.sfn().list_state_machine_versions()
        .state_machine_arn(at.machine()).max_results(1);
    SFN_LIST_STATE_MACHINE_ALIASES: |at| at.clients.sfn().list_state_machine_aliases()
        .state_machine_arn(at.machine()).max_results(1);
    SFN_DESCRIBE_STATE_MACHINE_ALIAS: |at| at.clients.sfn().describe_state_machine_alias()
        .state_machine_alias_arn(format!("{}:{NOTHING}", at.machine()));
    SFN_LIST_ACTIVITIES: |at| at.clients.sfn().list_activities().max_results(1);
    SFN_DESCRIBE_ACTIVITY: |at| at.clients.sfn().describe_activity()
        .activity_arn(at.arn("states", &format!("activity:{NOTHING}")));
    SFN_LIST_TAGS_FOR_RESOURCE: |at| at.clients.sfn().list_tags_for_resource().resource_arn(at.machine());
    LOGS_DESCRIBE_RESOURCE_POLICIES: |at| at.clients.logs().describe_resource_policies().limit(1);
    LOGS_DESCRIBE_LOG_GROUPS: |at| at.clients.logs().describe_log_groups().limit(1);
    LOGS_GET_DATA_PROTECTION_POLICY: |at| at.clients.logs().get_data_protection_policy()
        .log_group_identifier(NOTHING_LOGGED);
    LOGS_DESCRIBE_ACCOUNT_POLICIES: |at| at.clients.logs().describe_account_policies()
        .policy_type(aws_sdk_cloudwatchlogs::types::PolicyType::DataProtectionPolicy);
    LOGS_DESCRIBE_SUBSCRIPTION_FILTERS: |at| at.clients.logs().describe_subscription_filters()
        .log_group_name(NOTHING_LOGGED).limit(1);
    LOGS_FILTER_LOG_EVENTS: |at| at.clients.logs().filter_log_events().log_group_name(NOTHING_LOGGED).limit(1);
    LOGS_START_QUERY: |at| at.clients.logs().start_query().log_group_name(NOTHING_LOGGED)
        .start_time(0).end_time(1).query_string("limit 1");
    LOGS_GET_QUERY_RESULTS: |at| at.clients.logs().get_query_results().query_id(NO_ID);
    XRAY_GET_ENCRYPTION_CONFIG: |at| at.clients.xray().get_encryption_config();
    XRAY_GET_TRACE_SEGMENT_DESTINATION: |at| at.clients.xray().get_trace_segment_destination();
    CLOUDWATCH_GET_METRIC_DATA: |at| metric_data(at);
    CLOUDWATCH_DESCRIBE_ALARMS: |at| at.clients.cloudwatch().describe_alarms().max_records(1);
    CLOUDWATCH_LIST_METRICS: |at| at.clients.cloudwatch().list_metrics().namespace("AWS/States").metric_name(NOTHING);
    QUOTAS_LIST_SERVICE_QUOTAS: |at| at.clients.quotas().list_service_quotas().service_code("states").max_results(1);
    QUOTAS_LIST_DEFAULTS: |at| at.clients.quotas().list_aws_default_service_quotas().service_code("states").max_results(1);
    TAGGING_GET_RESOURCES: |at| at.clients.tagging().get_resources().resource_type_filters("states").resources_per_page(1);
    KMS_DESCRIBE_KEY: |at| at.clients.kms().describe_key().key_id(at.key());
    KMS_GET_KEY_POLICY: |at| at.clients.kms().get_key_policy().key_id(at.key());
    KMS_LIST_GRANTS: |at| at.clients.kms().list_grants().key_id(at.key()).limit(1);
    EVENTS_LIST_RULES: |at| at.clients.events().list_rules().limit(1);
    EVENTS_LIST_TARGETS_BY_RULE: |at| at.clients.events().list_targets_by_rule().rule(NOTHING).limit(1);
    LAMBDA_GET_FUNCTION_CONFIGURATION: |at| at.clients.lambda().get_function_configuration().function_name(NOTHING);
    LAMBDA_GET_POLICY: |at| at.clients.lambda().get_policy().function_name(NOTHING);
    S3_LIST_BUCKETS: |at| at.clients.s3().list_buckets().max_buckets(1);
    S3_GET_BUCKET_ENCRYPTION: |at| at.clients.s3().get_bucket_encryption().bucket(at.bucket());
    S3_GET_PUBLIC_ACCESS_BLOCK: |at| at.clients.s3().get_public_access_block().bucket(at.bucket());
    S3_GET_BUCKET_POLICY_STATUS: |at| at.clients.s3().get_bucket_policy_status().bucket(at.bucket());
    S3_GET_BUCKET_LIFECYCLE: |at| at.clients.s3().get_bucket_lifecycle_configuration().bucket(at.bucket());
    DYNAMODB_DESCRIBE_TABLE: |at| at.clients.dynamodb().describe_table().table_name(NOTHING);
    DYNAMODB_DESCRIBE_CONTINUOUS_BACKUPS: |at| at.clients.dynamodb().describe_continuous_backups().table_name(NOTHING);
    DYNAMODB_DESCRIBE_TIME_TO_LIVE: |at| at.clients.dynamodb().describe_time_to_live().table_name(NOTHING);
    IAM_GET_ACCOUNT_AUTHORIZATION_DETAILS: |at| at.clients.iam().get_account_authorization_details().max_items(1)
        .filter(aws_sdk_iam::types::EntityType::Role);
    IAM_GENERATE_SERVICE_LAST_ACCESSED_DETAILS: |at| at.clients.iam().generate_service_last_accessed_details()
        .arn(at.role());
    IAM_GET_SERVICE_LAST_ACCESSED_DETAILS: |at| at.clients.iam().get_service_last_accessed_details().job_id(NO_ID);
    ACCOUNT_LIST_REGIONS: |at| at.clients.account().list_regions().max_results(1);
}

/// One metric of one minute that has no data: what it costs is a hundred-thousandth of a dollar.
fn metric_data(at: &Asker<'_>) -> aws_sdk_cloudwatch::operation::get_metric_data::builders::GetMetricDataFluentBuilder {
    use aws_sdk_cloudwatch::primitives::DateTime;
    use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};
    let metric = Metric::builder().namespace("AWS/States").metric_name(NOTHING).build();
    let stat = MetricStat::builder().metric(metric).period(60).stat("Sum").build();
    let query = MetricDataQuery::builder().id("q").metric_stat(stat).build();
    let client = at.clients.cloudwatch();
    let (from, to) = (DateTime::from_secs(1_767_225_600), DateTime::from_secs(1_767_225_660));
    client.get_metric_data().metric_data_queries(query).start_time(from).end_time(to)
}

/// What an answer to a probe says of the permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    Granted,
    /// With what AWS says.
    Denied(String),
    /// AWS does not say: it answered something else, or was not asked.
    Unknown(String),
}

impl Permission {
    pub(super) fn of(answer: &Result<(), Failure>) -> Self {
        match answer {
            Ok(()) => Self::Granted,
            // What does not exist is told only to who may ask for it.
            Err(failure) => match failure.kind {
                FailureKind::NotFound | FailureKind::Conflict => Self::Granted,
                // It says nothing of other resources.
                FailureKind::Denied if [BY_RESOURCE, OF_NOTHING].iter().any(|why| failure.detail.contains(why)) => {
                    Self::Unknown(failure.detail.clone())
                }
                FailureKind::Denied => Self::Denied(failure.detail.clone()),
                _ => Self::Unknown(failure.detail.clone()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{PROBES, Permission};
    use crate::aws::apis::KMS_DESCRIBE_KEY;
    use crate::aws::{BY_RESOURCE, Failure, FailureKind, OF_NOTHING};
    use crate::collect::COLLECTORS;

    #[test]
    fn a_refusal_that_is_about_one_resource_tells_nothing_of_the_permission() {
        let answer = |kind, why: &str| {
            Permission::of(&Err(Failure { kind, api: &KMS_DESCRIBE_KEY, detail: format!("AWS refused it{why}") }))
        };
        assert_eq!(answer(FailureKind::NotFound, ""), Permission::Granted);
        assert!(matches!(answer(FailureKind::Denied, ""), Permission::Denied(_)));
        assert!(matches!(answer(FailureKind::Denied, ", by an explicit deny"), Permission::Denied(_)));
        for why in [BY_RESOURCE, OF_NOTHING] {
            assert!(matches!(answer(FailureKind::Denied, why), Permission::Unknown(_)), "{why}");
        }
        assert!(matches!(answer(FailureKind::Throttled, ""), Permission::Unknown(_)));
    }

    #[test]
    fn every_api_of_a_collector_has_its_probe() {
        let probed: BTreeSet<_> = PROBES.iter().map(|probe| probe.api.name).collect();
        let called = COLLECTORS.iter().flat_map(|collector| collector.apis).map(|api| api.name);
        let called: BTreeSet<_> = called.filter(|name| !name.starts_with("sts:")).collect();
        assert_eq!(probed, called);
    }
}
