//! What the view knows of traces: where they are put and under whose key.

use super::view::{MachineView, RegionView};
use super::{Evaluations, Outcome, Subject};
use crate::model::{LogGroup, SPANS, Xray};
use crate::types::{Arn, Gap, GapReason};

impl<'a> RegionView<'a> {
    /// The machines that trace. Of those that were not described, and of a list that is not whole, `out` says so.
    pub fn tracing(&'a self, out: &mut Evaluations) -> Vec<MachineView<'a>> {
        self.report_unread(out);
        self.report_undescribed(out);
        self.machines().filter(|machine| machine.details().is_ok_and(|details| details.tracing_enabled)).collect()
    }

    pub fn xray(&self) -> Result<&'a Xray, Gap> {
        self.snapshot.xray().whole().copied().map_err(Gap::clone)
    }

    /// Whether spans go to the log group `aws/spans`, as Transaction Search has them do.
    pub fn has_transaction_search(&self) -> Result<bool, Gap> {
        let destination = &self.xray()?.destination.whole().map_err(Gap::clone)?.destination;
        match destination.as_str() {
            "XRay" => Ok(false),
            "CloudWatchLogs" => Ok(true),
            other => {
                let detail = format!("{other} is a destination of traces that this version does not know");
                Err(Gap::new(GapReason::Unsupported, detail))
            }
        }
    }

    pub fn spans_arn(&self) -> Arn {
        let (account, region) = (&self.snapshot.account_id, &self.snapshot.region);
        let arn = format!("arn:{}:logs:{region}:{account}:log-group:{SPANS}", self.partition());
        Arn::parse(arn).expect("the format is an ARN")
    }

    /// The log group of spans; `None`: it does not exist, so that nothing was written yet.
    pub fn spans(&self) -> Result<Option<&'a LogGroup>, Gap> {
        self.log_group(&self.spans_arn())
    }

    /// The log group of spans as a subject of machines that trace.
    pub fn spans_subject(&self, machines: &[MachineView<'_>]) -> Subject {
        Subject { resource: self.spans_arn(), ..self.traces_subject(machines) }
    }

    /// X-Ray's settings have no ARN: they are the Region's.
    pub fn traces_subject(&self, machines: &[MachineView<'_>]) -> Subject {
        let machines = machines.iter().map(|machine| machine.machine.arn.clone()).collect();
        Subject { machines, ..self.subject() }
    }
}

/// `orders`, or `4 state machines`.
pub fn those(machines: &[MachineView<'_>]) -> String {
    match machines {
        [one] => format!("state machine {}", one.name()),
        many => format!("{} state machines", many.len()),
    }
}

/// What is said where the machines of a Region trace.
pub fn of_traces(
    region: &RegionView<'_>,
    out: &mut Evaluations,
    judge: impl Fn(&RegionView<'_>, &[MachineView<'_>]) -> Vec<(Subject, Result<Outcome, Gap>)>,
) {
    let machines = region.tracing(out);
    if machines.is_empty() {
        return;
    }
    for (subject, verdict) in judge(region, &machines) {
        out.judge(subject, verdict);
    }
}
