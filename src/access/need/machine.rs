use serde_json::json;

use super::target::Target;
use super::{Certainty, Need, Needs, Place};
use crate::access::actions::{LOG_DELIVERY, LOG_WRITE, XRAY_WRITE};
use crate::model::MachineKind;
use crate::types::Arn;

/// What is known of a machine beside its definition; everything may be absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Machine {
    pub arn: Option<Arn>,
    pub kind: Option<MachineKind>,
    pub role: Option<Arn>,
    /// The ARN of the log group that the machine logs to, with or without its closing `:*`.
    pub logging: Option<Arn>,
    pub tracing: bool,
    /// The customer managed key of the machine.
    pub key: Option<Arn>,
}

const LOGS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html";
const XRAY: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html";
const KEYS: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html";

/// What the machine needs whatever its states do.
pub(super) fn add(machine: &Machine, place: &Place, needs: &mut Needs) {
    if let Some(group) = &machine.logging {
        for action in LOG_DELIVERY {
            let why = "the machine logs: log delivery is set up by its role";
            let need = Need::new(action, Target::unscopable(), why, LOGS);
            // Nothing is refused without it before the machine stops logging.
            let last = action == "logs:DeleteLogDelivery";
            needs.own.push(if last { need.certainty(Certainty::Recommended) } else { need });
        }
        let streams = format!("{}:*", group.as_str().trim_end_matches(":*"));
        for action in LOG_WRITE {
            let why =
                "the delivery service writes the log by the log group's resource policy; AWS's template grants it";
            let bare = streams.trim_end_matches(":*").to_owned();
            let need = Need::new(action, Target::fixed(streams.clone()).also(bare), why, LOGS);
            needs.own.push(need.certainty(Certainty::Optional));
        }
    }
    if machine.tracing {
        for action in XRAY_WRITE {
            needs.own.push(Need::new(action, Target::unscopable(), "the machine traces", XRAY));
        }
    }
    if let Some(key) = &machine.key {
        add_key(machine, key, place, needs);
    }
}

/// What roles hold for log delivery and tracing. None of it can be scoped, and other checks say where it is not used: no
/// statement grants too much by it.
pub fn service_needs() -> impl Iterator<Item = Need> {
    let why = "log delivery and tracing";
    let need =
        move |action, source| Need::new(action, Target::unscopable(), why, source).certainty(Certainty::Optional);
    let delivery = LOG_DELIVERY.into_iter().map(move |action| need(action, LOGS));
    delivery.chain(XRAY_WRITE.into_iter().map(move |action| need(action, XRAY)))
}

/// What roles hold to write logs, tolerated on `resource`.
pub fn log_write_needs(resource: &str) -> impl Iterator<Item = Need> {
    let target = Target::fixed(resource.to_owned());
    let need = move |action| Need::new(action, target.clone(), "writing logs", LOGS).certainty(Certainty::Optional);
    LOG_WRITE.into_iter().map(need)
}

/// The role needs these whatever the key policy says, unless that names the role itself, which is rare.
fn add_key(machine: &Machine, key: &Arn, place: &Place, needs: &mut Needs) {
    let (own, why) = (place.machine_arn(), "the machine's data is encrypted with its customer managed key");
    let operator = if own.contains('*') { "StringLike" } else { "StringEquals" };
    for action in ["kms:Decrypt", "kms:GenerateDataKey"] {
        let context = json!({ operator: { "kms:EncryptionContext:aws:states:stateMachineArn": own } });
        needs.own.push(Need::new(action, Target::fixed(key.to_string()), why, KEYS).condition(context));
    }
    if machine.logging.is_some() {
        let logs = place.arn("logs", "*");
        let operator = if logs.trim_end_matches(":*").contains('*') { "StringLike" } else { "StringEquals" };
        let context = json!({ operator: { "kms:EncryptionContext:SourceArn": logs } });
        let why = "log delivery encrypts with the machine's customer managed key";
        let need = Need::new("kms:GenerateDataKey", Target::fixed(key.to_string()), why, KEYS).condition(context);
        needs.own.push(need);
    }
}
