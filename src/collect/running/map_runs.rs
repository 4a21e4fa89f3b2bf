use aws_sdk_sfn::types::{MapRunListItem, MapRunStatus};
use jiff::Timestamp;

use super::super::pages::{named, without};
use super::listing::{Run, timestamp};
use super::purse::{For, Purse, Stop};
use crate::aws::apis::{SFN_DESCRIBE_MAP_RUN as DESCRIBE, SFN_LIST_MAP_RUNS as LIST};
use crate::model::{MapRun, MapRunCounts};
use crate::types::{Arn, Observed};

/// The open Map Runs of `eldest`, each described: only the list of an execution names them. `all`: there are no other
/// executions.
pub(super) async fn of(purse: &Purse<'_>, machine: &Arn, eldest: &[Run], all: bool) -> Observed<Vec<MapRun>> {
    let (mut open, mut listed, mut rest) = (Vec::new(), 0, None);
    for run in eldest {
        match list(purse, run).await {
            Ok((found, whole)) => {
                open.extend(found);
                listed += 1;
                if !whole {
                    rest = Some(purse.unasked(machine, "an execution has more Map Runs than one page holds"));
                }
            }
            Err(stop) if listed == 0 => return Observed::missing(purse.gap(&stop, machine)),
            Err(stop) => {
                rest = Some(purse.gap(&stop, machine));
                break;
            }
        }
    }
    let mut map_runs = Vec::with_capacity(open.len());
    for (arn, started_at) in open {
        let counts = match counts(purse, &arn).await {
            Ok(None) => continue,
            Ok(Some(counts)) => Observed::known(counts),
            Err(stop) => Observed::missing(purse.gap(&stop, machine)),
        };
        map_runs.push(MapRun { arn, started_at, counts });
    }
    let others = || purse.unasked(machine, "only the Map Runs of its oldest running executions were listed");
    Observed::listed(map_runs, rest.or_else(|| (!all).then(others)))
}

/// Open ones, and whether there are no others.
async fn list(purse: &Purse<'_>, run: &Run) -> Result<(Vec<(Arn, Timestamp)>, bool), Stop> {
    let request = purse.context.clients.sfn().list_map_runs().execution_arn(&run.arn).max_results(1_000);
    let answer = purse.call(For::MapRuns, &LIST, || request.clone().send()).await?;
    let items = answer.map_runs.into_iter().filter(|item| item.stop_date.is_none()).map(|item| map_run(&item));
    let (open, failure) = named(&LIST, items, "mapRunArn and startDate", None);
    failure.map_or(Ok((open, answer.next_token.is_none())), |failure| Err(failure.into()))
}

/// `arn:P:states:R:A:mapRun:machine/label:uuid`: an ARN of another form could hold anything, and is not kept.
fn map_run(item: &MapRunListItem) -> Option<(Arn, Timestamp)> {
    let arn = Arn::parse(item.map_run_arn.as_str()).ok()?;
    let uuid = |text: &str| text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let shaped = arn.resource().starts_with("mapRun:") && uuid(arn.name());
    Some((arn, timestamp(&item.start_date)?)).filter(|_| shaped)
}

/// `None`: it has ended since it was listed. The SDK makes zeros of counts that an answer lacks, so an answer has to be
/// about this Map Run and say how it stands.
async fn counts(purse: &Purse<'_>, arn: &Arn) -> Result<Option<MapRunCounts>, Stop> {
    let request = purse.context.clients.sfn().describe_map_run().map_run_arn(arn.as_str());
    let answer = purse.call(For::MapRuns, &DESCRIBE, || request.clone().send()).await?;
    if answer.map_run_arn != arn.as_str() {
        return Err(without(&DESCRIBE, "the Map Run's own mapRunArn").into());
    }
    match answer.status {
        MapRunStatus::Running => {}
        MapRunStatus::Succeeded | MapRunStatus::Failed | MapRunStatus::Aborted => return Ok(None),
        _ => return Err(without(&DESCRIBE, "a status that is known").into()),
    }
    let items = answer.item_counts.ok_or_else(|| without(&DESCRIBE, "itemCounts"))?;
    let children = answer.execution_counts.ok_or_else(|| without(&DESCRIBE, "executionCounts"))?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(Some(MapRunCounts {
        max_concurrency: count(answer.max_concurrency.into()),
        total: count(items.total),
        pending: count(items.pending),
        running: count(items.running),
        succeeded: count(items.succeeded),
        failed: count(items.failed) + count(items.timed_out) + count(items.aborted),
        children_running: count(children.running),
    }))
}
