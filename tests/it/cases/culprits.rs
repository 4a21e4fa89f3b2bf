//! Who holds quotas and how often machines are started, in the compact form of an account.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;
use stepwarden::model::{Counts, Holder, Holders, PartValue, Quota, SnapshotLine, StartRates, Starts};
use stepwarden::types::{GapReason, Observed};

use super::account::{at, line, part};
use super::{ACCOUNT, account};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HoldersForm {
    most: Vec<HolderForm>,
    fastest: Vec<HolderForm>,
    source: String,
    net: BTreeMap<String, f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HolderForm {
    machine: String,
    value: f64,
    at_least: bool,
    growth: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StartsForm {
    known_days: Option<usize>,
    hourly: f64,
    hours_ago: BTreeMap<usize, f64>,
    five_minutes: f64,
    last: Vec<Option<f64>>,
    throttled: f64,
}

fn machine(name: &str, region: &str) -> stepwarden::types::Arn {
    account::arn(format!("arn:aws:states:{region}:{ACCOUNT}:stateMachine:{name}"))
}

impl HoldersForm {
    fn holders(&self, region: &str) -> Holders {
        let holder = |one: &HolderForm| Holder {
            machine: machine(&one.machine, region),
            value: one.value,
            at_least: one.at_least,
            growth_per_hour: one.growth,
        };
        Holders {
            most: self.most.iter().map(holder).collect(),
            fastest: self.fastest.iter().map(holder).collect(),
            source: self.source.clone(),
            since: at(0) - SignedDuration::from_hours(72),
            until: at(0),
            net_starts: self.net.iter().map(|(name, net)| (machine(name, region), *net)).collect(),
        }
    }
}

const HOURS: usize = 336;
const PERIODS: usize = 36;

fn counts(values: Vec<Option<f64>>, period_seconds: u32) -> Counts {
    let seconds = i64::from(period_seconds) * i64::try_from(values.len()).expect("some hundreds");
    Counts { from: at(0) - SignedDuration::from_secs(seconds), period_seconds, values }
}

impl StartsForm {
    fn starts(&self) -> Starts {
        let known = self.known_days.map_or(HOURS, |days| days * 24);
        let mut hours: Vec<_> =
            (0..HOURS).map(|index| (HOURS - index <= known && self.hourly > 0.0).then_some(self.hourly)).collect();
        if known > 0 && known < HOURS {
            hours[HOURS - known] = Some(self.hourly);
        }
        for (ago, starts) in &self.hours_ago {
            hours[HOURS - ago] = Some(*starts);
        }
        let mut minutes = vec![(self.five_minutes > 0.0).then_some(self.five_minutes); PERIODS];
        let from = PERIODS - self.last.len();
        minutes[from..].copy_from_slice(&self.last);
        let mut throttled = vec![None; PERIODS];
        throttled[PERIODS - 1] = Some(self.throttled);
        Starts { hours: counts(hours, 3600), minutes: counts(minutes, 300), throttled: counts(throttled, 300) }
    }
}

pub(super) fn lines(
    holders: &BTreeMap<Quota, HoldersForm>,
    starts: Option<&BTreeMap<String, StartsForm>>,
    others_at_most: Option<f64>,
    gap: Option<GapReason>,
    region: &str,
) -> Vec<SnapshotLine> {
    let held = holders.iter().map(|(quota, form)| (*quota, Observed::known(form.holders(region)))).collect();
    let mut lines = vec![line(region, PartValue::QuotaHolders(Observed::known(held)))];
    if starts.is_some() || gap.is_some() {
        let machines =
            starts.into_iter().flatten().map(|(name, form)| (machine(name, region), form.starts())).collect();
        let rates = StartRates { machines, others_at_most };
        lines.push(line(region, PartValue::StartRates(part(rates, gap, "start rates"))));
    }
    lines
}
