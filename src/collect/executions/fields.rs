//! Every field of a history event that can carry a payload or free text.
//! Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>.

use std::borrow::Cow;

use aws_sdk_sfn::types::HistoryEvent;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::model::DataField;

pub(super) type Fields<'e> = Vec<(DataField, Cow<'e, str>)>;

macro_rules! fields {
    ($event:ident: $($details:ident { $($name:ident => $field:ident),+ })+) => {{
        let mut fields = Fields::new();
        $(if let Some(details) = &$event.$details {
            $(fields.extend(details.$name.as_deref().map(|text| (DataField::$field, Cow::Borrowed(text))));)+
        })+
        fields
    }};
}

/// What the event carries. Credentials of a task are a role's ARN, no data; a type that is not known has no details here.
pub(super) fn of(event: &HistoryEvent) -> Fields<'_> {
    let mut fields = fields!(event:
        execution_started_event_details { input => Input }
        execution_succeeded_event_details { output => Output }
        execution_failed_event_details { error => Error, cause => Cause }
        execution_aborted_event_details { error => Error, cause => Cause }
        execution_timed_out_event_details { error => Error, cause => Cause }
        state_entered_event_details { input => Input }
        state_exited_event_details { output => Output }
        task_submitted_event_details { output => Output }
        task_succeeded_event_details { output => Output }
        task_failed_event_details { error => Error, cause => Cause }
        task_start_failed_event_details { error => Error, cause => Cause }
        task_submit_failed_event_details { error => Error, cause => Cause }
        task_timed_out_event_details { error => Error, cause => Cause }
        lambda_function_scheduled_event_details { input => Input }
        lambda_function_succeeded_event_details { output => Output }
        lambda_function_failed_event_details { error => Error, cause => Cause }
        lambda_function_schedule_failed_event_details { error => Error, cause => Cause }
        lambda_function_start_failed_event_details { error => Error, cause => Cause }
        lambda_function_timed_out_event_details { error => Error, cause => Cause }
        activity_scheduled_event_details { input => Input }
        activity_started_event_details { worker_name => WorkerName }
        activity_succeeded_event_details { output => Output }
        activity_failed_event_details { error => Error, cause => Cause }
        activity_schedule_failed_event_details { error => Error, cause => Cause }
        activity_timed_out_event_details { error => Error, cause => Cause }
        map_run_failed_event_details { error => Error, cause => Cause }
        evaluation_failed_event_details { error => Error, cause => Cause, location => Location }
    );
    if let Some(details) = &event.task_scheduled_event_details {
        fields.push((DataField::Parameters, Cow::Borrowed(&details.parameters)));
    }
    let assigned = event.state_exited_event_details.as_ref().and_then(|details| details.assigned_variables.as_ref());
    if let Some(assigned) = assigned.filter(|assigned| !assigned.is_empty()) {
        let assigned = assigned.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        fields.push((DataField::Variables, Cow::Owned(variables(assigned))));
    }
    fields
}

/// The name of the state that the event enters or leaves.
pub(super) fn state(event: &HistoryEvent) -> Option<&str> {
    let entered = event.state_entered_event_details.as_ref().map(|details| details.name.as_str());
    entered.or_else(|| event.state_exited_event_details.as_ref().map(|details| details.name.as_str()))
}

/// Variables as one document, so that a name says what its value is. A value that is no JSON is a text.
pub(super) fn variables<'v>(assigned: impl Iterator<Item = (&'v str, &'v str)>) -> String {
    let text = |text: &str| Value::from(text).to_string();
    let member = |(name, value): (&str, &str)| {
        let json = serde_json::from_str::<IgnoredAny>(value).is_ok();
        format!("{}:{}", text(name), if json { value.to_owned() } else { text(value) })
    };
    format!("{{{}}}", assigned.map(member).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn variables_are_one_document() {
        let assigned = [("user", r#"{"email":"a"}"#), ("broken", r#"{"email":"#)];
        let text = variables(assigned.into_iter());
        assert_eq!(text, r#"{"user":{"email":"a"},"broken":"{\"email\":"}"#);
    }
}
