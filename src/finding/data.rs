//! What the view knows of the data of executions.

use super::MachineView;
use crate::model::ExecutionData;
use crate::types::{Gap, Observed};

impl<'a> MachineView<'a> {
    /// What was seen in the data of the machine's executions. What half-read data hold was seen
    /// ([`Observed::seen`]); that they hold nothing else only whole ones say ([`Observed::whole`]).
    pub fn execution_data(&self) -> Observed<&'a ExecutionData> {
        let arn = &self.machine.arn;
        match self.region.snapshot.executions() {
            Observed::Known { value } => match value.get(arn) {
                Some(data) => data.as_ref(),
                None => Observed::missing(Gap::not_collected("the data of its executions").about(arn.as_str())),
            },
            Observed::Partial { value, gap } => value.get(arn).map_or(Observed::missing(gap), Observed::as_ref),
            Observed::Stale { value, gap } => match value.get(arn).and_then(Observed::last_known) {
                Some(value) => Observed::Stale { value, gap },
                None => Observed::missing(gap),
            },
            Observed::Missing { gap } => Observed::missing(gap),
        }
    }
}
