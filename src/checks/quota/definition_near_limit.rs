use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, digits, shell_quote,
};
use crate::model::{PartName, Quota};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "definition-near-limit",
    family: Family::Quota,
    title: "The definition is near the largest that AWS takes",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-nested-workflows.html",
    ],
    page: include_str!("definition-near-limit.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(view, machine));
}

fn judge(view: &View<'_>, machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let thresholds = view.settings.thresholds(CHECK.id);
    let reference = machine.details()?.definition.whole().map_err(Gap::clone)?;
    let limit = Quota::DefinitionBytes.documented();
    #[allow(clippy::cast_precision_loss, reason = "a definition has at most some million bytes")]
    let bytes = reference.bytes as f64;
    let ratio = bytes / limit;
    if ratio < thresholds.warning {
        return Ok(Some(Outcome::Compliant));
    }
    let severity = if ratio >= thresholds.critical { Severity::Medium } else { Severity::Low };
    let message = format!(
        "The definition of {} has {} of {} bytes ({:.0} %): AWS takes no larger one, nor a request that is larger with its \
         headers, so the next change may be refused.",
        machine.name(),
        digits(bytes),
        digits(limit),
        ratio * 100.0,
    );
    let remediation = "Move states that belong together into state machines of their own and start them with \
                       states:startExecution.sync:2, and keep data out of the definition: a table, a parameter, an object in \
                       S3. White space counts too.";
    let command = format!(
        "aws stepfunctions describe-state-machine --region {} --state-machine-arn {} --query definition --output text | wc -c",
        machine.region.name(),
        shell_quote(machine.machine.arn.as_str()),
    );
    let defect = Defect::new(message, remediation)
        .severity(severity)
        .evidence("bytes", digits(bytes))
        .evidence("limit", digits(limit))
        .evidence("ratio", format!("{ratio:.3}"))
        .change(Change::Command(command));
    Ok(Some(defect.into()))
}
