//! When collectors run.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::service::Service;
use crate::config::{Group, Plan};

/// Of an interval: so much later at most a tick comes, at random, so that not all services of a company ask at once.
const JITTER: f64 = 0.05;
const MOST_JITTER: Duration = Duration::from_secs(30);

/// Makes a first pass over all groups, then keeps to their schedules until `cancel`.
pub(super) async fn run(service: Arc<Service>, cancel: CancellationToken) {
    let recalled = service.clone();
    if let Err(error) = tokio::task::spawn_blocking(move || recalled.recall()).await {
        tracing::error!("the store could not be read: {error}");
    }
    for group in Group::ALL {
        tick(&service, group, &cancel).await;
    }
    service.passed();
    join_all(Group::ALL.map(|group| schedule(&service, group, &cancel))).await;
}

/// One schedule: a tick never overlaps itself, and the next is the retry of one that failed.
async fn schedule(service: &Arc<Service>, group: Group, cancel: &CancellationToken) {
    let mut last = service.now();
    loop {
        let config = service.config();
        let plan = config.schedule.plan(group);
        let Some(due) = plan.next(last) else { return };
        tokio::select! {
            () = tokio::time::sleep(until(due, service.now()) + jitter(plan, due)) => {}
            () = service.reloaded.notified() => continue,
            () = cancel.cancelled() => return,
        }
        tick(service, group, cancel).await;
        let now = service.now();
        let missed = missed(plan, due, now);
        if missed > 0 {
            service.counters.late(group, missed);
            tracing::warn!(
                schedule = group.as_str(),
                missed,
                "a tick took longer than the time between two: schedule.{} is too short",
                group.as_str()
            );
        }
        last = if missed > 0 { now } else { due };
    }
}

async fn tick(service: &Arc<Service>, group: Group, cancel: &CancellationToken) {
    if cancel.is_cancelled() {
        return;
    }
    service.read_web_again();
    if let Err(error) = service.tick(group, cancel).await
        && !cancel.is_cancelled()
    {
        tracing::error!(schedule = group.as_str(), "nothing could be collected: {error}");
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(due.duration_since(now)).unwrap_or_default()
}

/// Ticks that were due while one was at work.
fn missed(plan: &Plan, due: Timestamp, now: Timestamp) -> u64 {
    let next = |at: &Timestamp| plan.next(*at).filter(|next| *next <= now);
    std::iter::successors(next(&due), next).take(1_000).count() as u64
}

fn jitter(plan: &Plan, due: Timestamp) -> Duration {
    let interval: SignedDuration = plan.interval(due);
    let most = Duration::try_from(interval).unwrap_or_default().mul_f64(JITTER).min(MOST_JITTER);
    let random = u32::from_be_bytes(crate::store::random_key()[..4].try_into().expect("four bytes"));
    most.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::missed;

    #[test]
    fn ticks_that_were_due_meanwhile_are_missed() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let plan = "1m".parse().unwrap();
        for (now, expected) in [(30, 0), (59, 0), (60, 1), (179, 2), (3_600, 60)] {
            assert_eq!(missed(&plan, at(0), at(now)), expected, "{now}");
        }
    }
}
