//! One execution, by its history or by its description.

use super::super::pages::Tokens;
use super::fields;
use super::listing::Listed;
use super::reader::{Reader, Stop};
use super::states::{States, Step};
use super::tally::{Holder, Tally};
use crate::aws::apis::{SFN_DESCRIBE_EXECUTION as DESCRIBE, SFN_GET_EXECUTION_HISTORY as HISTORY};
use crate::aws::{Failure, FailureKind};
use crate::model::DataField;

/// Events a page: each may carry a payload of 256 KiB.
const PAGE: i32 = 100;

/// Whose data an execution's is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'s> {
    pub(super) listed: &'s Listed,
    pub(super) holder: Holder,
    /// The state as whose data its input and output count: that of the Map whose child it is.
    pub(super) state: Option<&'s str>,
}

/// All that its states took and gave, page by page: each is dropped before the next is asked for.
pub(super) async fn history(reader: &Reader<'_>, subject: Subject<'_>, tally: &mut Tally) -> Result<(), Stop> {
    let (mut states, mut token, mut tokens) = (States::default(), None, Tokens::new(&HISTORY));
    let client = reader.context.clients.sfn();
    loop {
        reader.room(tally)?;
        let request = client.get_execution_history().execution_arn(&subject.listed.arn).max_results(PAGE);
        let request = request.set_next_token(token.clone());
        let answer = reader.call(&HISTORY, || request.clone().send()).await?;
        // A history begins with the execution's start.
        if token.is_none() && answer.events.is_empty() {
            let detail = format!("{} answered without events", HISTORY.name);
            return Err(Failure { kind: FailureKind::Other, api: &HISTORY, detail }.into());
        }
        let mut desk = tally.desk(reader);
        for event in &answer.events {
            let name = fields::state(event).map(|name| reader.context.door.text(name).clean.into_inner());
            let step = Step { id: event.id, previous: event.previous_event_id, kind: event.r#type.as_str() };
            let state = states.of(step, name);
            for (field, text) in fields::of(event) {
                desk.inspect(&subject.holder, state.as_deref().or(subject.state), field, &text);
            }
        }
        drop(desk);
        token = tokens.follow(answer.next_token)?;
        if token.is_none() {
            return Ok(());
        }
    }
}

/// What went in and came out.
pub(super) async fn description(reader: &Reader<'_>, subject: Subject<'_>, tally: &mut Tally) -> Result<(), Stop> {
    reader.room(tally)?;
    let request = reader.context.clients.sfn().describe_execution().execution_arn(&subject.listed.arn);
    let answer = reader.call(&DESCRIBE, || request.clone().send()).await?;
    let fields = [
        (DataField::Input, answer.input),
        (DataField::Output, answer.output),
        (DataField::Error, answer.error),
        (DataField::Cause, answer.cause),
        (DataField::Other, answer.redrive_status_reason),
    ];
    let mut desk = tally.desk(reader);
    for (field, text) in fields {
        if let Some(text) = text {
            desk.inspect(&subject.holder, subject.state, field, &text);
        }
    }
    Ok(())
}
