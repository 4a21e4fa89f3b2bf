//! Log groups that only Logs Insights reads. It is billed by what it scans.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::QueryStatus;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::logs::{Log, Window, stream_prefix};
use super::reader::{Reader, Stop};
use crate::aws::apis::{LOGS_GET_QUERY_RESULTS as RESULTS, LOGS_START_QUERY as START};
use crate::aws::{Failure, FailureKind};
use crate::types::Arn;

/// Events that one query answers with, the newest first.
const MOST_EVENTS: i32 = 1_000;
/// Between looks at whether the query has ended.
const PATIENCE: Duration = Duration::from_secs(1);
const MOST_LOOKS: usize = 60;

/// Whether there was no more than what was read.
pub(super) async fn read(
    reader: &Reader<'_>,
    machine: &Arn,
    group: &str,
    all: Window,
    log: &mut Log,
) -> Result<bool, Stop> {
    let query = format!(
        "fields @timestamp, @message | filter strcontains(@logStream, \"{}\") | sort @timestamp desc | limit {MOST_EVENTS}",
        stream_prefix(machine)
    );
    let client = reader.context.clients.logs();
    let request = client.start_query().log_group_name(group).query_string(query);
    let request = request.start_time(all.from.as_second()).end_time(all.to.as_second());
    let started = reader.call(&START, || request.clone().send()).await?;
    let Some(id) = started.query_id else { return Err(failed("answered without queryId")) };
    for _ in 0..MOST_LOOKS {
        reader.context.caller.wait(&RESULTS, PATIENCE).await?;
        let request = client.get_query_results().query_id(&id);
        let answer = reader.call(&RESULTS, || request.clone().send()).await?;
        match answer.status {
            Some(QueryStatus::Complete) => {
                let rows = answer.results.unwrap_or_default();
                let rows: Vec<_> = rows
                    .iter()
                    .filter_map(|row| Some((time(cell(row, "@timestamp")?)?, cell(row, "@message")?)))
                    .collect();
                log.take(reader, rows.iter().copied());
                return Ok(
                    rows.len() < MOST_EVENTS.unsigned_abs() as usize && log.executions() <= reader.settings.per_machine
                );
            }
            Some(QueryStatus::Running | QueryStatus::Scheduled) => {}
            _ => return Err(failed("ended a query without its results")),
        }
    }
    Err(failed("did not end a query within a minute"))
}

fn cell<'r>(row: &'r [aws_sdk_cloudwatchlogs::types::ResultField], name: &str) -> Option<&'r str> {
    row.iter().find(|cell| cell.field.as_deref() == Some(name))?.value.as_deref()
}

/// `2026-01-01 00:00:00.000`, UTC, in milliseconds of the epoch.
fn time(text: &str) -> Option<i64> {
    let time: DateTime = text.replace(' ', "T").parse().ok()?;
    let time: Timestamp = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(time.as_millisecond())
}

fn failed(how: &str) -> Stop {
    Failure { kind: FailureKind::Other, api: &RESULTS, detail: format!("{} {how}", RESULTS.name) }.into()
}
