use crate::model::{DataField, DataPlace, LogLevel, Logging};

/// Whether a copy holds what stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    No,
    /// AWS does not document it.
    Perhaps,
    Yes,
}

/// Whether the log of a machine holds what stands at a place of its executions. `ALL` alone logs what goes in and comes
/// out; `ERROR` logs what fails, `FATAL` only how executions end, each with error and cause. Every event names its
/// execution.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>.
pub fn in_log(logging: &Logging, place: &DataPlace) -> Kept {
    use DataField::{Cause, Error, Location, Name, Other, WorkerName};

    let field = place.field;
    let failure = matches!(field, Error | Cause);
    // Which events of activities and of evaluations are logged is not documented.
    let odd = matches!(field, Location | WorkerName | Other);
    match logging.level {
        LogLevel::Off => Kept::No,
        _ if field == Name => Kept::Yes,
        LogLevel::Unknown => Kept::Perhaps,
        _ if !logging.include_execution_data => {
            // Nor is whether error and cause count as execution data.
            if failure { Kept::Perhaps } else { Kept::No }
        }
        LogLevel::All => {
            if odd {
                Kept::Perhaps
            } else {
                Kept::Yes
            }
        }
        LogLevel::Error if failure => Kept::Yes,
        LogLevel::Error => {
            if odd {
                Kept::Perhaps
            } else {
                Kept::No
            }
        }
        LogLevel::Fatal => {
            if failure && place.state.is_none() {
                Kept::Yes
            } else {
                Kept::No
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, in_log};
    use crate::model::{DataField, DataPlace, LogLevel, Logging};

    #[test]
    fn levels_carry_what_aws_documents() {
        for (level, data, state, field, kept) in [
            (LogLevel::All, true, Some("A"), DataField::Parameters, Kept::Yes),
            (LogLevel::All, false, Some("A"), DataField::Input, Kept::No),
            (LogLevel::All, false, None, DataField::Cause, Kept::Perhaps),
            (LogLevel::Error, true, Some("A"), DataField::Input, Kept::No),
            (LogLevel::Error, true, Some("A"), DataField::Cause, Kept::Yes),
            (LogLevel::Fatal, true, Some("A"), DataField::Cause, Kept::No),
            (LogLevel::Fatal, true, None, DataField::Cause, Kept::Yes),
            (LogLevel::Fatal, false, None, DataField::Name, Kept::Yes),
            (LogLevel::Off, true, None, DataField::Name, Kept::No),
            (LogLevel::All, true, Some("A"), DataField::WorkerName, Kept::Perhaps),
        ] {
            let logging = Logging { level, include_execution_data: data, destination: None };
            let place = DataPlace { state: state.map(str::to_owned), field };
            assert_eq!(in_log(&logging, &place), kept, "{level:?} {data} {place:?}");
        }
    }
}
