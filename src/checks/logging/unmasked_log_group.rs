use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::detect::Kind;
use crate::exposure::{Carried, Harm};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, LogGroupView, Outcome, Severity, View, listed,
};
use crate::model::{DataProtection, Masking, PartName};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "unmasked-log-group",
    family: Family::Logging,
    title: "The log group shows sensitive data that no policy masks",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Executions, PartName::LogGroups, PartName::DataProtection],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch-logs-data-protection-policies.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html",
    ],
    page: include_str!("unmasked-log-group.md"),
    run,
};

const IDENTIFIER: &str = "arn:aws:dataprotection::aws:data-identifier/";

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_log_group(out, judge);
}

/// A type that the group holds, and how far it is masked.
struct Held {
    harm: Harm,
    confidence: u8,
    /// CloudWatch Logs' identifiers that mean it.
    identifiers: &'static [&'static str],
    masking: Masking,
}

fn judge(view: &LogGroupView<'_>) -> Result<Option<Outcome>, Gap> {
    let Some(group) = view.group.clone()? else { return Ok(None) };
    let held = view.holds()?;
    let Some((machine, carried)) = held.first() else { return Ok(Some(Outcome::Compliant)) };
    let can_mask = !matches!(group.class.as_deref(), Some("INFREQUENT_ACCESS" | "DELIVERY"));
    let none = DataProtection::default();
    let protection = if can_mask { view.region.data_protection(view.arn)? } else { &none };
    let all: BTreeMap<&str, Held> =
        held.iter().flat_map(|(_, carried)| carried).map(|one| (one.kind.as_str(), of(one, protection))).collect();
    let maskable = all.values().any(|held| !held.identifiers.is_empty());
    let shown = all.values().any(|held| !held.identifiers.is_empty() && held.masking != Masking::Whole);
    match (maskable, shown) {
        // What only an identifier of the customer's own could mask.
        (false, _) => Ok(None),
        (true, false) => Ok(Some(Outcome::Compliant)),
        (true, true) => {
            let defect = defect(view, can_mask, &all, protection).evidence("machine", machine.name()).of_data(
                carried,
                machine.sample().as_ref(),
                None,
            );
            Ok(Some(defect.into()))
        }
    }
}

fn of(one: &Carried, protection: &DataProtection) -> Held {
    let kind = Kind::all().iter().find(|kind| kind.id == one.kind);
    Held {
        harm: one.harm,
        confidence: one.confidence,
        identifiers: kind.map_or(&[], |kind| kind.cloudwatch),
        masking: kind.map_or(Masking::None, |kind| protection.masking(kind)),
    }
}

fn defect(view: &LogGroupView<'_>, can_mask: bool, all: &BTreeMap<&str, Held>, protection: &DataProtection) -> Defect {
    let of = |wanted: fn(&Held) -> bool| {
        listed(all.iter().filter(|(_, held)| wanted(held)).map(|(kind, _)| *kind).collect::<Vec<_>>())
    };
    let open = of(|held| !held.identifiers.is_empty() && held.masking == Masking::None);
    let partly = of(|held| !held.identifiers.is_empty() && held.masking == Masking::Partly);
    let without = of(|held| held.identifiers.is_empty());
    let shown = || all.values().filter(|held| !held.identifiers.is_empty() && held.masking != Masking::Whole);
    let name = view.name();
    let what = match (open.as_str(), partly.as_str()) {
        (open, "") => format!("masks none of {open}"),
        ("", partly) => format!("masks {partly} in some forms only"),
        (open, partly) => format!("masks none of {open}, and {partly} in some forms only"),
    };
    let message = if can_mask {
        format!("{name} holds sensitive data of executions and {what}: all who read its events read the values.")
    } else {
        format!("{name} holds {open} of executions in a class that cannot mask: all who query it read the values.")
    };
    let remediation = if can_mask {
        "Put the data protection policy below on the group (PutDataProtectionPolicy), with whatever a policy of its own has \
         beside it; it masks what comes from then on."
    } else {
        "Log to a group of class STANDARD with a data protection policy, or without execution data; a group's class cannot \
         be changed."
    };
    let worst = shown().map(|held| Severity::of_harm(held.harm)).max().unwrap_or(Severity::Low);
    let surest = Confidence::of(shown().map(|held| held.confidence).max().unwrap_or_default());
    let mut defect = Defect::new(message, remediation)
        // The copy itself is another finding; this is a guard that it lacks.
        .severity(if worst >= Severity::High { Severity::Medium } else { Severity::Low })
        .confidence(if open.is_empty() { surest.min(Confidence::Medium) } else { surest })
        .evidence("unmasked", open);
    for (name, kinds) in [("masked_in_part", partly), ("without_identifier", without)] {
        if !kinds.is_empty() {
            defect = defect.evidence(name, kinds);
        }
    }
    if !can_mask {
        return defect;
    }
    let wanted: BTreeSet<String> = shown()
        .flat_map(|held| held.identifiers.iter().map(|id| (*id).to_owned()))
        .chain(protection.masked.iter().cloned())
        .map(|id| format!("{IDENTIFIER}{id}"))
        .collect();
    defect.change(Change::Policy(json!({
        "Name": "mask-execution-data",
        "Version": "2021-06-01",
        "Statement": [
            { "Sid": "audit", "DataIdentifier": wanted, "Operation": { "Audit": { "FindingsDestination": {} } } },
            { "Sid": "mask", "DataIdentifier": wanted, "Operation": { "Deidentify": { "MaskConfig": {} } } },
        ],
    })))
}
