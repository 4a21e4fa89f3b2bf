//! Children of Distributed Maps: executions of their own, that only their Map Run lists.

use super::history::{Subject, description, history};
use super::listing::{self, Listed};
use super::reader::{Reader, Stop};
use super::tally::{Holder, Tally};
use crate::asl::DistributedMap;
use crate::aws::FailureKind;
use crate::aws::apis::SFN_LIST_MAP_RUNS as LIST_MAP_RUNS;
use crate::model::DataField;

/// Map Runs of an execution that are looked at.
const MOST_MAP_RUNS: i32 = 10;

/// The newest children of an execution, as a part of it.
pub(super) async fn of(
    reader: &Reader<'_>,
    parent: &Listed,
    holder: Holder,
    maps: &[DistributedMap],
    tally: &mut Tally,
) -> Result<(), Stop> {
    let mut left = reader.settings.map_children;
    if maps.is_empty() || left == 0 {
        return Ok(());
    }
    let request = reader.context.clients.sfn().list_map_runs().execution_arn(&parent.arn).max_results(MOST_MAP_RUNS);
    let answer = reader.call(&LIST_MAP_RUNS, || request.clone().send()).await?;
    for run in &answer.map_runs {
        if left == 0 {
            break;
        }
        let map = map_of(&run.map_run_arn, maps);
        let state = map.map(|map| reader.context.door.text(&map.state).clean.into_inner());
        let children = listing::of_map_run(reader, &run.map_run_arn, i32::try_from(left).unwrap_or(i32::MAX)).await?;
        for listed in children.iter().take(left as usize) {
            left -= 1;
            let subject = Subject { listed, holder, state: state.as_deref() };
            read(reader, subject, map, tally).await?;
        }
    }
    Ok(())
}

/// Express children have no history, but are described.
async fn read(
    reader: &Reader<'_>,
    subject: Subject<'_>,
    map: Option<&DistributedMap>,
    tally: &mut Tally,
) -> Result<(), Stop> {
    let express = map.is_some_and(|map| map.execution_type.as_deref() == Some("EXPRESS"));
    tally.desk(reader).inspect(&subject.holder, subject.state, DataField::Name, &subject.listed.name);
    let seen = match reader.settings.states && !express {
        true => match history(reader, subject, tally).await {
            Err(Stop::Failed(failure)) if failure.kind == FailureKind::Unsupported => {
                description(reader, subject, tally).await
            }
            seen => seen,
        },
        false => description(reader, subject, tally).await,
    };
    match seen {
        Err(Stop::Failed(failure)) if failure.kind == FailureKind::NotFound => Ok(()),
        seen => seen,
    }
}

/// `arn:P:states:R:A:mapRun:machine/label:uuid`; without a label of its own a Map's is made from its state's name.
fn map_of<'m>(map_run: &str, maps: &'m [DistributedMap]) -> Option<&'m DistributedMap> {
    let labelled = |map: &&DistributedMap| {
        let label = map.label.as_deref().unwrap_or(&map.state);
        map_run.contains(&format!("/{label}:"))
    };
    match maps {
        [only] => Some(only),
        several => several.iter().find(labelled),
    }
}
