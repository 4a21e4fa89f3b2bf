//! The short form of quotas.

use std::collections::BTreeMap;

use serde::Deserialize;
use stepwarden::model::{Holder, Quota, Quotas, Reading, StatesApi};
use stepwarden::types::{Gap, GapReason, Observed};

use super::account::{arn, at, part};
use super::history::{self, Past};
use super::{ACCOUNT, REGION};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct QuotaForm {
    applied: BTreeMap<String, f64>,
    defaults: BTreeMap<String, f64>,
    metrics: BTreeMap<String, f64>,
    minutes: Option<BTreeMap<String, Vec<f64>>>,
    /// So many minutes after the newest of them the account was collected.
    #[serde(default)]
    minutes_late: i64,
    counted: BTreeMap<Quota, u64>,
    counted_at_least: BTreeMap<Quota, u64>,
    counted_gap: Option<GapReason>,
    highest: BTreeMap<Quota, BTreeMap<String, f64>>,
    history: BTreeMap<String, Past>,
    remembered: BTreeMap<Quota, Past>,
    hours_gap: Option<GapReason>,
}

impl QuotaForm {
    pub(super) fn read(&self, applied_gap: Option<GapReason>, metrics_gap: Option<GapReason>) -> Quotas {
        let reading = |(name, value): (&String, &f64)| (name.clone(), Reading { at: at(1), value: *value });
        let metrics = self.metrics.iter().map(reading).collect();
        let answered = metrics_gap.is_none_or(|reason| reason == GapReason::Partial);
        Quotas {
            applied: part(self.applied.clone(), applied_gap, "servicequotas:ListServiceQuotas"),
            defaults: Observed::known(self.defaults.clone()),
            metrics: part(metrics, metrics_gap, "cloudwatch:GetMetricData"),
            minutes: if answered { self.minutes() } else { BTreeMap::new() },
            hours: history::hours(&self.history, self.hours_gap),
            counted: self.counted(),
            highest: self.highest.iter().map(|(quota, machines)| (*quota, highest(machines))).collect(),
            remembered: history::remembered(&self.remembered),
            slow_at: None,
        }
    }

    /// The newest minute is over when the account is collected. Where any are said, all others were answered and have no
    /// points.
    fn minutes(&self) -> BTreeMap<String, Vec<Reading>> {
        let Some(said) = &self.minutes else { return history::minutes(&self.history) };
        let buckets = StatesApi::ALL.into_iter().map(StatesApi::name).chain(["StateTransition"]);
        let metrics =
            buckets.flat_map(|bucket| ["ConsumedCapacity", "ThrottledEvents"].map(|name| format!("{name}:{bucket}")));
        let mut minutes: BTreeMap<_, _> =
            metrics.chain(["ExecutionThrottled".to_owned()]).map(|name| (name, Vec::new())).collect();
        for (name, values) in said {
            let newest = i64::try_from(values.len()).expect("few minutes");
            let late = self.minutes_late;
            let point = |(minute, value): (i64, &f64)| {
                let ago = newest - minute + 1 + late;
                Reading { at: at(-60 * ago), value: *value }
            };
            minutes.insert(name.clone(), (0..).zip(values).map(point).collect());
        }
        minutes
    }

    fn counted(&self) -> BTreeMap<Quota, Observed<u64>> {
        let more = || Gap::new(GapReason::Partial, "there are more pages");
        let whole = self.counted.iter().map(|(quota, count)| (*quota, Observed::known(*count)));
        let partly =
            self.counted_at_least.iter().map(|(quota, count)| (*quota, Observed::listed(*count, Some(more()))));
        let refused = self.counted_gap.map(|reason| Observed::missing(Gap::new(reason, "the list was refused")));
        let refused = refused
            .into_iter()
            .flat_map(|gap| [Quota::Activities, Quota::LogResourcePolicies].map(|quota| (quota, gap.clone())));
        refused.chain(whole).chain(partly).collect()
    }
}

fn highest(machines: &BTreeMap<String, f64>) -> Observed<Vec<Holder>> {
    let holder = |(name, value): (&String, &f64)| Holder {
        machine: arn(format!("arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}")),
        value: *value,
        at_least: false,
        growth_per_hour: None,
    };
    Observed::known(machines.iter().map(holder).collect())
}
