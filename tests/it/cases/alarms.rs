//! CloudWatch alarms of a compact account.

use std::collections::BTreeMap;

use serde::Deserialize;
use stepwarden::model::{Alarm, Alarms, FailureMetric, Tells, Watch, WatchOf};

use super::ACCOUNT;
use super::account::{arn, door};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlarmForm {
    watches: Vec<WatchForm>,
    #[serde(default = "heard")]
    tells: Tells,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WatchForm {
    metric: FailureMetric,
    of: String,
}

fn heard() -> Tells {
    Tells::Yes
}

impl AlarmForm {
    fn alarm(&self, name: &str, region: &str) -> Alarm {
        let watch = |form: &WatchForm| {
            let of = match form.of.as_str() {
                "all" => WatchOf::All,
                "some" => WatchOf::Some,
                "nothing" => WatchOf::Nothing,
                machine => WatchOf::Machine(arn(format!("arn:aws:states:{region}:{ACCOUNT}:stateMachine:{machine}"))),
            };
            Watch { metric: form.metric, of }
        };
        Alarm { name: door().text(name).clean, watches: self.watches.iter().map(watch).collect(), tells: self.tells }
    }
}

pub(super) fn alarms(forms: &BTreeMap<String, AlarmForm>, region: &str) -> Alarms {
    let named = |(name, form): (&String, &AlarmForm)| {
        (arn(format!("arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}")), form.alarm(name, region))
    };
    forms.iter().map(named).collect()
}
