use super::MachineView;
use crate::model::MachineKind;
use crate::types::{Gap, GapReason};

impl MachineView<'_> {
    /// A Standard state machine that was described. Executions of an Express one end after five minutes whatever the
    /// definition says.
    pub fn is_standard(&self) -> Result<bool, Gap> {
        self.details()?;
        match self.machine.kind {
            MachineKind::Standard => Ok(true),
            MachineKind::Express => Ok(false),
            MachineKind::Unknown => {
                let gap =
                    Gap::new(GapReason::Unsupported, "the state machine's type is one that this version does not know");
                Err(gap.about(self.machine.arn.as_str()))
            }
        }
    }
}
