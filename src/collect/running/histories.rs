use super::listing::Run;
use super::purse::{For, Purse, Stop};
use crate::aws::apis::SFN_GET_EXECUTION_HISTORY as HISTORY;
use crate::aws::{Failure, FailureKind};
use crate::model::{Histories, LongestHistory};
use crate::types::{Arn, Gap, GapReason, Observed};

/// A definition that cannot make more events than this is far enough from the 25,000 that a history holds.
pub(super) const FEW: u64 = 12_500;

/// The sizes of the histories of `eldest`: events are numbered from 1, so the newest one's number is their count, and it
/// is asked for without its data. `all`: there are no other executions.
pub(super) async fn of(purse: &Purse<'_>, machine: &Arn, eldest: &[Run], all: bool) -> Observed<Histories> {
    if !purse.context.reads_histories {
        let detail = "histories are not read (collectors.executions, executions.states or executions.calls is off)";
        let gap = purse.context.locate(Gap::new(GapReason::Disabled, detail));
        return Observed::missing(gap.about(machine.as_str()));
    }
    let mut histories = Histories { asked: 0, longest: None };
    for run in eldest {
        let events = match events(purse, run).await {
            Ok(events) => events,
            // Gone since it was listed.
            Err(Stop::Failed(failure)) if failure.kind == FailureKind::NotFound => 0,
            Err(stop) if histories.asked == 0 => return Observed::missing(purse.gap(&stop, machine)),
            Err(stop) => return Observed::Partial { value: histories, gap: purse.gap(&stop, machine) },
        };
        histories.asked += 1;
        if histories.longest.is_none_or(|longest| longest.events < events) {
            histories.longest = Some(LongestHistory { events, started_at: run.started });
        }
    }
    let rest =
        || purse.unasked(machine, "only the oldest of its running executions were asked how many events they have");
    Observed::listed(histories, (!all).then(rest))
}

async fn events(purse: &Purse<'_>, run: &Run) -> Result<u64, Stop> {
    let request = purse.context.clients.sfn().get_execution_history().execution_arn(&run.arn);
    let request = request.reverse_order(true).max_results(1).include_execution_data(false);
    let answer = purse.call(For::Details, &HISTORY, || request.clone().send()).await?;
    // An endpoint that answers with more events, or oldest first, still numbers them.
    let newest = answer.events.iter().filter_map(|event| u64::try_from(event.id).ok()).max();
    newest.ok_or_else(|| {
        let detail = format!("{} answered without events", HISTORY.name);
        Failure { kind: FailureKind::Other, api: &HISTORY, detail }.into()
    })
}
