//! Floor 2: what an account looks like. Serde values only: no SDK, no tokio, no clock.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod activity;
pub mod alarm;
pub mod data_protection;
pub mod event_data;
pub mod event_pattern;
pub mod event_rule;
pub mod execution;
pub mod function;
pub mod function_call;
pub mod function_policy;
mod gap_within;
pub mod iam_entity;
pub mod kms_key;
pub mod last_accessed;
pub mod last_start;
mod log_group;
pub mod quota;
pub mod result_bucket;
pub mod run;
pub mod running;
pub mod snapshot;
pub mod state_machine;
pub mod status_event;
pub mod store;
pub mod subscription;
pub mod table;
mod tags;
pub mod versions;
pub mod xray;

pub use activity::{Activities, Activity};
pub use alarm::{Alarm, Alarms, FailureMetric, STATES_NAMESPACE, Tells, Watch, WatchOf, asked_for_by};
pub use data_protection::{DataProtection, DataProtections, Masking};
pub use event_data::TargetInput;
pub use event_pattern::{PatternMatch, matches_states_events};
pub use event_rule::{EventRule, EventRules, EventTarget, RuleState};
pub use execution::{
    Cursor, DataField, DataPlace, ExecutionData, Executions, Inspected, Largest, OpenExecution, Sample, Sighting,
    Source,
};
pub use function::Functions;
pub use function_call::{FunctionCall, LATEST, function_calls};
pub use function_policy::{FunctionPolicies, function_arn, function_names};
pub use iam_entity::{Iam, InlinePolicy, Principal, Role};
pub use kms_key::{KeyGrant, KeyName, KmsKey, KmsKeys};
pub use last_accessed::{LastAccessed, RoleAccess, ServiceAccess, TRACKED_DAYS};
pub use last_start::{LastStart, LastStarts};
pub use log_group::{LogGroup, LogGroups};
pub use quota::{
    Counts, Forecast, Holder, Holders, Quota, QuotaExhaustion, QuotaHolders, QuotaLimit, QuotaStatus, Quotas, Rate,
    Reading, RememberedQuotas, SlowQuotas, StartRates, Starts, StatesApi, Throttling, Usage, uncounted,
};
pub use result_bucket::{BucketEncryption, Expires, Expiry, PublicAccessBlock, ResultBucket, ResultBuckets, expires};
pub use run::CollectorRun;
pub use running::{Durations, Histories, LongestHistory, MapRun, MapRunCounts, Older, Running, RunningExecutions};
pub use snapshot::{Identity, Part, PartName, PartValue, Snapshot, SnapshotLine};
pub use state_machine::{
    DefinitionRef, Details, Encryption, LogLevel, Logging, MachineKind, MachineStatus, StateMachine, StateMachines,
};
pub use status_event::{StatusEvent, taken};
pub use store::{StoreAccess, StoreKind, StoreUse, store_uses, table_arn};
pub use subscription::{AccountSubscription, Selection, Subscription, Subscriptions};
pub use table::{Table, Tables};
pub use tags::{TagSet, Tags};
pub use versions::{Alias, Published, Route, RunSettings, Version, Versions};
pub use xray::{SPANS, Xray, XrayDestination, XrayEncryption};
