//! What DescribeStateMachine answers of a state machine and of a version alike.

use aws_sdk_sfn::types::{
    EncryptionConfiguration, EncryptionType, LogLevel as SdkLogLevel, LoggingConfiguration, StateMachineStatus,
};

use super::collector::Context;
use crate::model::{Encryption, LogLevel, Logging, MachineStatus};
use crate::types::Arn;

pub(super) fn status(word: &StateMachineStatus) -> MachineStatus {
    match word {
        StateMachineStatus::Active => MachineStatus::Active,
        StateMachineStatus::Deleting => MachineStatus::Deleting,
        _ => MachineStatus::Unknown,
    }
}

/// A kind of key that this version does not know is a customer's where one is named, and nobody's where none is.
pub(super) fn encryption(context: &Context<'_>, configuration: Option<EncryptionConfiguration>) -> Encryption {
    let Some(configuration) = configuration else { return Encryption::AwsOwned };
    match (configuration.r#type, configuration.kms_key_id) {
        (EncryptionType::AwsOwnedKey, _) => Encryption::AwsOwned,
        (EncryptionType::CustomerManagedKmsKey, None) => Encryption::Customer { kms_key_id: String::new() },
        (_, Some(id)) => Encryption::Customer { kms_key_id: context.door.text(&id).clean.into_inner() },
        (kind, None) => {
            let kind = context.door.text(kind.as_str()).clean.into_inner();
            Encryption::Unknown { kind }
        }
    }
}

/// The destination ARN ends in `:*`, which is no part of the log group's own.
pub(super) fn logging(configuration: Option<LoggingConfiguration>) -> Logging {
    let Some(configuration) = configuration else {
        return Logging { level: LogLevel::Off, include_execution_data: false, destination: None };
    };
    let level = match configuration.level {
        None | Some(SdkLogLevel::Off) => LogLevel::Off,
        Some(SdkLogLevel::All) => LogLevel::All,
        Some(SdkLogLevel::Error) => LogLevel::Error,
        Some(SdkLogLevel::Fatal) => LogLevel::Fatal,
        Some(_) => LogLevel::Unknown,
    };
    let destinations = configuration.destinations.unwrap_or_default();
    let mut groups =
        destinations.into_iter().filter_map(|destination| destination.cloud_watch_logs_log_group?.log_group_arn);
    let destination = groups.find_map(|arn| Arn::parse(arn.strip_suffix(":*").unwrap_or(&arn)).ok());
    Logging { level, include_execution_data: configuration.include_execution_data, destination }
}
