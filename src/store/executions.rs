use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{ExecutionData, Executions, Snapshot};
use crate::types::{AccountId, Arn, Observed, Region};

/// What was seen in execution data so far, by account, Region and state machine. Value-free.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SeenExecutions {
    places: Vec<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    account_id: AccountId,
    region: Region,
    machines: BTreeMap<Arn, ExecutionData>,
}

impl SeenExecutions {
    /// As a collection takes it.
    pub fn known(&self) -> BTreeMap<(AccountId, Region), Executions> {
        let place = |place: &Place| {
            let known = |(arn, data): (&Arn, &ExecutionData)| (arn.clone(), Observed::known(data.clone()));
            ((place.account_id.clone(), place.region.clone()), place.machines.iter().map(known).collect())
        };
        self.places.iter().map(place).collect()
    }

    /// Remembers what was collected. Machines that are no longer there are forgotten; where that could not be told, or where
    /// nothing was collected, all stays as it was.
    pub fn take(&mut self, snapshots: &[Snapshot]) {
        for snapshot in snapshots {
            let part = snapshot.executions();
            let (Some(executions), gap) = part.seen() else { continue };
            let here = |place: &&mut Place| place.account_id == snapshot.account_id && place.region == snapshot.region;
            let machines = executions.iter().filter_map(|(arn, data)| Some((arn.clone(), data.last_known()?.clone())));
            match self.places.iter_mut().find(here) {
                Some(place) if gap.is_some() => place.machines.extend(machines),
                Some(place) => place.machines = machines.collect(),
                None => self.places.push(Place {
                    account_id: snapshot.account_id.clone(),
                    region: snapshot.region.clone(),
                    machines: machines.collect(),
                }),
            }
        }
    }
}
