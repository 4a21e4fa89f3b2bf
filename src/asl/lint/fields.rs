//! Which fields a state may have.
//! Source: <https://states-language.net/spec.html>, <https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>.

use crate::asl::QueryLanguage;

const ANY: &[&str] = &["Type", "Comment", "QueryLanguage"];
const MACHINE: &[&str] = &["Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"];
/// A branch's, or a Map processor's.
const INNER: &[&str] = &["Comment", "StartAt", "States", "ProcessorConfig", "QueryLanguage"];

/// Of one type: what both languages share, JSONPath's own and JSONata's own.
type Fields = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const TYPES: [Fields; 8] = [
    (
        "Task",
        &["Resource", "Retry", "Catch", "TimeoutSeconds", "HeartbeatSeconds", "Credentials", "Assign", "Next", "End"],
        &[
            "InputPath",
            "Parameters",
            "ResultSelector",
            "ResultPath",
            "OutputPath",
            "TimeoutSecondsPath",
            "HeartbeatSecondsPath",
        ],
        &["Arguments", "Output"],
    ),
    (
        "Pass",
        &["Assign", "Next", "End"],
        &["Result", "InputPath", "Parameters", "ResultPath", "OutputPath"],
        &["Output"],
    ),
    (
        "Wait",
        &["Seconds", "Timestamp", "Assign", "Next", "End"],
        &["SecondsPath", "TimestampPath", "InputPath", "OutputPath"],
        &["Output"],
    ),
    ("Choice", &["Choices", "Default", "Assign"], &["InputPath", "OutputPath"], &["Output"]),
    ("Succeed", &[], &["InputPath", "OutputPath"], &["Output"]),
    // Real definitions end a Fail state, which changes nothing; the service takes it.
    ("Fail", &["Error", "Cause", "End"], &["ErrorPath", "CausePath", "InputPath", "OutputPath"], &[]),
    (
        "Parallel",
        &["Branches", "Retry", "Catch", "Assign", "Next", "End"],
        &["InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath"],
        &["Arguments", "Output"],
    ),
    (
        "Map",
        &[
            "ItemProcessor",
            "Iterator",
            "ItemReader",
            "ItemSelector",
            "ItemBatcher",
            "ResultWriter",
            "Label",
            "MaxConcurrency",
            "ToleratedFailureCount",
            "ToleratedFailurePercentage",
            "Retry",
            "Catch",
            "Assign",
            "Next",
            "End",
        ],
        &[
            "ItemsPath",
            "MaxConcurrencyPath",
            "ToleratedFailureCountPath",
            "ToleratedFailurePercentagePath",
            "InputPath",
            "Parameters",
            "ResultSelector",
            "ResultPath",
            "OutputPath",
        ],
        &["Items", "Output"],
    ),
];

/// What is to be said of a field.
pub(super) enum Verdict {
    Known,
    Unknown,
    /// It belongs to the other language.
    Foreign,
}

/// Of a state of this type; `None` where the type is not known.
pub(super) fn of_state(kind: &str, language: QueryLanguage, field: &str) -> Option<Verdict> {
    let (_, both, path, jsonata) = TYPES.iter().find(|(name, ..)| *name == kind)?;
    let (own, other) = match language {
        QueryLanguage::JsonPath => (path, jsonata),
        QueryLanguage::Jsonata => (jsonata, path),
    };
    Some(match field {
        _ if ANY.contains(&field) || both.contains(&field) || own.contains(&field) => Verdict::Known,
        _ if other.contains(&field) => Verdict::Foreign,
        _ => Verdict::Unknown,
    })
}

pub(super) fn of_machine(field: &str) -> bool {
    MACHINE.contains(&field)
}

pub(super) fn of_inner(field: &str) -> bool {
    INNER.contains(&field)
}
