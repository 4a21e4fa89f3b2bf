use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::types::{Observed, Region};

/// The quotas that are watched. The words are contract: they label metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Quota {
    StateMachines,
    Activities,
    OpenExecutions,
    OpenMapRuns,
    /// Of one state machine.
    Versions,
    /// Of one state machine.
    Aliases,
    /// Of one execution.
    HistoryEvents,
    /// Of one payload.
    PayloadBytes,
    /// Of one state machine.
    DefinitionBytes,
    /// Of CloudWatch Logs, which logging needs.
    LogResourcePolicies,
    /// A second; Standard executions alone.
    StateTransitions,
    /// Calls of an API a second.
    Api(StatesApi),
}

/// The APIs of Step Functions whose token buckets are watched: the one that starts executions, and those that read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatesApi {
    StartExecution,
    DescribeExecution,
    DescribeStateMachine,
    GetExecutionHistory,
    ListExecutions,
    ListMapRuns,
    ListStateMachines,
}

impl StatesApi {
    pub const ALL: [Self; 7] = [
        Self::StartExecution,
        Self::DescribeExecution,
        Self::DescribeStateMachine,
        Self::GetExecutionHistory,
        Self::ListExecutions,
        Self::ListMapRuns,
        Self::ListStateMachines,
    ];

    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::StartExecution => "StartExecution",
            Self::DescribeExecution => "DescribeExecution",
            Self::DescribeStateMachine => "DescribeStateMachine",
            Self::GetExecutionHistory => "GetExecutionHistory",
            Self::ListExecutions => "ListExecutions",
            Self::ListMapRuns => "ListMapRuns",
            Self::ListStateMachines => "ListStateMachines",
        }
    }
}

impl Quota {
    pub const ALL: [Self; 18] = [
        Self::StateMachines,
        Self::Activities,
        Self::OpenExecutions,
        Self::OpenMapRuns,
        Self::Versions,
        Self::Aliases,
        Self::HistoryEvents,
        Self::PayloadBytes,
        Self::DefinitionBytes,
        Self::LogResourcePolicies,
        Self::StateTransitions,
        Self::Api(StatesApi::StartExecution),
        Self::Api(StatesApi::DescribeExecution),
        Self::Api(StatesApi::DescribeStateMachine),
        Self::Api(StatesApi::GetExecutionHistory),
        Self::Api(StatesApi::ListExecutions),
        Self::Api(StatesApi::ListMapRuns),
        Self::Api(StatesApi::ListStateMachines),
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::StateMachines => "state_machines",
            Self::Activities => "activities",
            Self::OpenExecutions => "open_executions",
            Self::OpenMapRuns => "open_map_runs",
            Self::Versions => "versions",
            Self::Aliases => "aliases",
            Self::HistoryEvents => "history_events",
            Self::PayloadBytes => "payload_bytes",
            Self::DefinitionBytes => "definition_bytes",
            Self::LogResourcePolicies => "log_resource_policies",
            Self::StateTransitions => "state_transitions",
            Self::Api(StatesApi::StartExecution) => "api_start_execution",
            Self::Api(StatesApi::DescribeExecution) => "api_describe_execution",
            Self::Api(StatesApi::DescribeStateMachine) => "api_describe_state_machine",
            Self::Api(StatesApi::GetExecutionHistory) => "api_get_execution_history",
            Self::Api(StatesApi::ListExecutions) => "api_list_executions",
            Self::Api(StatesApi::ListMapRuns) => "api_list_map_runs",
            Self::Api(StatesApi::ListStateMachines) => "api_list_state_machines",
        }
    }

    /// As a person would say it.
    pub fn title(self) -> &'static str {
        match self {
            Self::StateMachines => "registered state machines",
            Self::Activities => "registered activities",
            Self::OpenExecutions => "open executions",
            Self::OpenMapRuns => "open Map Runs",
            Self::Versions => "versions of a state machine",
            Self::Aliases => "aliases of a state machine",
            Self::HistoryEvents => "events of an execution",
            Self::PayloadBytes => "bytes of a payload",
            Self::DefinitionBytes => "bytes of a definition",
            Self::LogResourcePolicies => "CloudWatch Logs resource policies",
            Self::StateTransitions => "state transitions a second",
            Self::Api(StatesApi::StartExecution) => "StartExecution calls a second",
            Self::Api(StatesApi::DescribeExecution) => "DescribeExecution calls a second",
            Self::Api(StatesApi::DescribeStateMachine) => "DescribeStateMachine calls a second",
            Self::Api(StatesApi::GetExecutionHistory) => "GetExecutionHistory calls a second",
            Self::Api(StatesApi::ListExecutions) => "ListExecutions calls a second",
            Self::Api(StatesApi::ListMapRuns) => "ListMapRuns calls a second",
            Self::Api(StatesApi::ListStateMachines) => "ListStateMachines calls a second",
        }
    }

    /// The CloudWatch metric that tells the limit, as [`Quotas::metrics`](super::Quotas::metrics) names it.
    pub(super) fn limit_metric(self) -> Option<String> {
        match self {
            Self::OpenExecutions => Some("OpenExecutionLimit".to_owned()),
            Self::OpenMapRuns => Some("OpenMapRunLimit".to_owned()),
            _ => self.bucket().map(|bucket| format!("ProvisionedRefillRate:{bucket}")),
        }
    }

    /// Of a token bucket: what CloudWatch and Service Quotas call it.
    pub fn bucket(self) -> Option<&'static str> {
        match self {
            Self::StateTransitions => Some("StateTransition"),
            Self::Api(api) => Some(api.name()),
            _ => None,
        }
    }

    /// [`documented`](Self::documented) where the Region is known: AWS gives a few Regions faster buckets.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
    pub fn documented_in(self, region: &Region) -> f64 {
        let fast = ["us-east-1", "us-west-2", "eu-west-1"].contains(&region.as_str());
        match self {
            Self::StateTransitions if fast => 5_000.0,
            Self::Api(StatesApi::StartExecution) if fast => 300.0,
            Self::Api(StatesApi::DescribeExecution) if fast => 15.0,
            Self::Api(StatesApi::ListExecutions) if fast => 5.0,
            _ => self.documented(),
        }
    }

    /// For token buckets: calls a second, the lower figure where Regions differ.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>; of log resource policies
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>.
    pub fn documented(self) -> f64 {
        match self {
            Self::StateMachines | Self::Activities => 100_000.0,
            Self::OpenExecutions => 1_000_000.0,
            Self::OpenMapRuns | Self::Versions => 1_000.0,
            Self::Aliases => 100.0,
            Self::HistoryEvents => 25_000.0,
            Self::PayloadBytes => 262_144.0,
            Self::DefinitionBytes => 1_048_576.0,
            Self::LogResourcePolicies | Self::Api(StatesApi::DescribeExecution) => 10.0,
            Self::StateTransitions => 800.0,
            Self::Api(StatesApi::StartExecution) => 150.0,
            Self::Api(StatesApi::DescribeStateMachine | StatesApi::GetExecutionHistory) => 20.0,
            Self::Api(StatesApi::ListExecutions) => 2.0,
            Self::Api(StatesApi::ListMapRuns) => 1.0,
            Self::Api(StatesApi::ListStateMachines) => 5.0,
        }
    }

    /// Its usage is what the collector of quotas reads; that of the others comes from other parts.
    pub fn is_of_collector(self) -> bool {
        !matches!(self, Self::HistoryEvents | Self::PayloadBytes | Self::DefinitionBytes)
    }

    /// The same for every account: no applied value is needed to be sure of it.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
    pub fn is_hard(self) -> bool {
        matches!(
            self,
            Self::OpenMapRuns
                | Self::HistoryEvents
                | Self::PayloadBytes
                | Self::DefinitionBytes
                | Self::LogResourcePolicies
        )
    }

    /// The quota's value in a list of Service Quotas. Quota codes are not printed in AWS's pages, so the name is what can
    /// be relied on; a quota whose name is not known is not found.
    pub(super) fn named(self, quotas: &Observed<BTreeMap<String, f64>>) -> Option<f64> {
        let known = quotas.seen().0?;
        known.iter().find(|(name, _)| self.is_called(name)).map(|(_, value)| *value).filter(|value| *value > 0.0)
    }

    /// Whether Service Quotas means this quota by `name`: `Open Map Runs`, or of a token bucket
    /// `StartExecution throttle token refill rate per second`. What is throttled has names like those of what is counted
    /// (`ListStateMachineVersions throttle …`), so neither is taken for the other.
    fn is_called(self, name: &str) -> bool {
        let name = name.to_lowercase();
        if let Some(bucket) = self.bucket() {
            let of_bucket = name.split_whitespace().next() == Some(bucket.to_lowercase().as_str());
            // Express executions have buckets of their own.
            return of_bucket && name.contains("refill rate") && !name.contains("express");
        }
        let words: &[&str] = match self {
            Self::StateMachines => &["registered", "state machines"],
            Self::Activities => &["registered", "activities"],
            Self::OpenExecutions => &["open", "executions"],
            Self::OpenMapRuns => &["open", "map runs"],
            Self::Versions => &["published", "versions"],
            Self::Aliases => &["aliases"],
            _ => return false,
        };
        !name.contains("throttle") && !name.contains("express") && words.iter().all(|word| name.contains(word))
    }
}

impl From<Quota> for String {
    fn from(quota: Quota) -> Self {
        quota.as_str().to_owned()
    }
}

impl TryFrom<String> for Quota {
    type Error = String;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Self::ALL.into_iter().find(|quota| quota.as_str() == word).ok_or_else(|| format!("no quota is called {word}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Quota, StatesApi};
    use crate::types::Region;

    #[test]
    fn a_quota_is_known_by_its_name() {
        for (name, meant) in [
            ("Registered state machines", Some(Quota::StateMachines)),
            ("Registered activities", Some(Quota::Activities)),
            ("Open executions", Some(Quota::OpenExecutions)),
            ("Open Map Runs", Some(Quota::OpenMapRuns)),
            ("StateTransition throttle token refill rate per second", Some(Quota::StateTransitions)),
            ("StateTransition throttle token bucket size", None),
            ("StartExecution (Express) throttle token refill rate per second", None),
            ("StartExecution throttle token refill rate per second for Express Workflows", None),
            ("Open Express executions", None),
            ("StartExecution throttle token refill rate per second", Some(Quota::Api(StatesApi::StartExecution))),
            ("ListStateMachines throttle token refill rate per second", Some(Quota::Api(StatesApi::ListStateMachines))),
            ("ListStateMachineVersions throttle token refill rate per second", None),
            ("ListStateMachineAliases throttle token bucket size", None),
            ("DescribeStateMachineForExecution throttle token refill rate per second", None),
        ] {
            let called: Vec<_> = Quota::ALL.into_iter().filter(|quota| quota.is_called(name)).collect();
            assert_eq!(called, meant.into_iter().collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn a_few_regions_have_faster_buckets() {
        let of = |quota: Quota, region| quota.documented_in(&Region::parse(region).unwrap());
        assert_eq!((of(Quota::StateTransitions, "us-west-2"), of(Quota::StateTransitions, "eu-central-1")), (5e3, 8e2));
        let start = Quota::Api(StatesApi::StartExecution);
        assert_eq!((of(start, "eu-west-1"), of(start, "ap-south-1")), (300.0, 150.0));
        assert_eq!((of(Quota::Aliases, "us-east-1"), of(Quota::Aliases, "sa-east-1")), (100.0, 100.0));
    }
}
