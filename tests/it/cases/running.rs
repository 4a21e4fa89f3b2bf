//! What runs, in the compact form of an account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use stepwarden::model::{
    Durations, Histories, LongestHistory, MapRun, MapRunCounts, Older, PartValue, RunningExecutions, SnapshotLine,
};
use stepwarden::types::{Arn, GapReason, Observed};

use super::ACCOUNT;
use super::account::{arn, at, line as part_line, part};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RunningForm {
    count: u64,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
    over_days: BTreeMap<u32, u64>,
    closed: Option<Durations>,
    closed_gap: Option<GapReason>,
    histories: HistoriesForm,
    histories_gap: Option<GapReason>,
    map_runs: Vec<MapRunForm>,
    map_runs_gap: Option<GapReason>,
    gap: Option<GapReason>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HistoriesForm {
    asked: u64,
    longest: Option<LongestHistory>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MapRunForm {
    label: String,
    started_at: Timestamp,
    #[serde(default)]
    counts: CountsForm,
    gap: Option<GapReason>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CountsForm {
    max_concurrency: u64,
    total: u64,
    pending: u64,
    running: u64,
    succeeded: u64,
    failed: u64,
    children_running: u64,
}

impl RunningForm {
    fn observed(&self, machine: &Arn) -> Observed<RunningExecutions> {
        let histories = Histories { asked: self.histories.asked, longest: self.histories.longest };
        let map_runs = self.map_runs.iter().enumerate().map(|(index, form)| form.map_run(index, machine)).collect();
        let running = RunningExecutions {
            asked_at: at(0),
            count: self.count,
            oldest: self.oldest,
            newest: self.newest,
            older: self.over_days.iter().map(|(days, count)| Older { days: *days, count: *count }).collect(),
            durations: part(self.closed, self.closed_gap, "states:ListExecutions"),
            histories: part(histories, self.histories_gap, "states:GetExecutionHistory"),
            map_runs: part(map_runs, self.map_runs_gap, "states:ListMapRuns"),
        };
        part(running, self.gap, "states:ListExecutions")
    }
}

impl MapRunForm {
    fn map_run(&self, index: usize, machine: &Arn) -> MapRun {
        let CountsForm { max_concurrency, total, pending, running, succeeded, failed, children_running } = self.counts;
        let counts = MapRunCounts { max_concurrency, total, pending, running, succeeded, failed, children_running };
        let (region, name, label) = (machine.region(), machine.name(), &self.label);
        let uuid = format!("00000000-0000-4000-8000-{index:012}");
        MapRun {
            arn: arn(format!("arn:aws:states:{region}:{ACCOUNT}:mapRun:{name}/{label}:{uuid}")),
            started_at: self.started_at,
            counts: part(counts, self.gap, "states:DescribeMapRun"),
        }
    }
}

/// The part of a Region, where something is said of it.
pub(super) fn line<'f>(
    seen: impl Iterator<Item = (Arn, &'f RunningForm)>,
    gap: Option<GapReason>,
    region: &str,
) -> Option<SnapshotLine> {
    let running: BTreeMap<_, _> = seen.map(|(arn, form)| (arn.clone(), form.observed(&arn))).collect();
    let said = !running.is_empty() || gap.is_some();
    said.then(|| part_line(region, PartValue::Running(part(running, gap, "states:ListExecutions"))))
}
