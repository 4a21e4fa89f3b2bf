use crate::exposure::{Carried, PLAUSIBLE, by_kind, told};
use crate::finding::{
    Change, Check, CheckSettings, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RegionView, Severity,
    Subject, View, listed, shell_quote,
};
use crate::model::{
    DataField, EventRule, EventTarget, MachineKind, PartName, PatternMatch, RuleState, Sighting, StatusEvent,
};
use crate::types::{Arn, Gap, GapReason};

pub const CHECK: Check = Check {
    id: "eventbridge-egress",
    family: Family::Data,
    title: "A rule sends the input and output of executions elsewhere",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::EventRules, PartName::Executions],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html",
    ],
    page: include_str!("eventbridge-egress.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        region.report_unread(out);
        let rules = region.event_rules();
        if let Some(gap) = rules.gap() {
            out.push(region.subject(), Outcome::InsufficientData(gap.clone()));
        }
        // Express machines publish no events.
        let machines: Vec<_> = region.machines().filter(|one| one.machine.kind != MachineKind::Express).collect();
        if machines.is_empty() {
            continue;
        }
        for (arn, rule) in rules.seen().0.into_iter().flat_map(|rules| rules.iter()) {
            let takes = rule.matches_states_events();
            if rule.state == RuleState::Disabled || takes == PatternMatch::No {
                continue;
            }
            let never = |machine: &MachineView<'_>| {
                let takes = |event| rule.takes(&machine.machine.arn, event);
                takes(StatusEvent::Usual).max(takes(StatusEvent::Failure)) == PatternMatch::No
            };
            // Events of machines that are gone, or of none that are here.
            if takes == PatternMatch::Yes && machines.iter().all(never) {
                continue;
            }
            let rule = Sender { rule, takes, of: of(rule, &machines) };
            let machines = rule.of.iter().map(|machine| machine.machine.arn.clone()).collect();
            let subject = Subject { resource: arn.clone(), machines, ..region.subject() };
            out.judge(subject, judge(region, &rule, view.settings));
        }
    }
}

/// A rule with the machines whose events it takes for certain, wherever they come to.
struct Sender<'a, 'm> {
    rule: &'a EventRule,
    takes: PatternMatch,
    of: Vec<&'m MachineView<'m>>,
}

fn of<'m>(rule: &EventRule, machines: &'m [MachineView<'m>]) -> Vec<&'m MachineView<'m>> {
    let takes = |machine: &&MachineView<'_>| {
        let of = |event| rule.takes(&machine.machine.arn, event) == PatternMatch::Yes;
        of(StatusEvent::Usual) || of(StatusEvent::Failure)
    };
    machines.iter().filter(takes).collect()
}

fn judge(region: &RegionView<'_>, rule: &Sender<'_, '_>, settings: &CheckSettings) -> Result<Outcome, Gap> {
    let (targets, gap) = rule.rule.targets.seen();
    let given: Vec<_> = targets.into_iter().flatten().filter(|target| target.passes_data != Some(false)).collect();
    let (outside, inside): (Vec<_>, Vec<_>) =
        given.into_iter().partition(|target| is_outside(region, target, settings));
    if !outside.is_empty() {
        return uncertain(rule).map_or_else(|| Ok(defect(region, rule, &outside, None).into()), Err);
    }
    let kept: Vec<_> = inside.into_iter().filter(|target| keeps(target)).collect();
    let carried = if kept.is_empty() { Vec::new() } else { carried(rule)? };
    match (carried.is_empty(), gap) {
        (false, _) => uncertain(rule).map_or_else(|| Ok(defect(region, rule, &kept, Some(&carried)).into()), Err),
        (true, Some(gap)) => Err(gap.clone()),
        (true, None) => Ok(Outcome::Compliant),
    }
}

/// Why it is not known whether the rule sends anything.
fn uncertain(Sender { rule, takes, .. }: &Sender<'_, '_>) -> Option<Gap> {
    let unknown = |detail: &str| Some(Gap::new(GapReason::Unsupported, detail).about(rule.name.as_str()));
    if rule.state == RuleState::Unknown {
        return unknown("whether the rule is enabled is not known");
    }
    if *takes == PatternMatch::Yes {
        return None;
    }
    let pattern = rule.pattern.as_ref().and_then(|pattern| pattern.gap()).cloned();
    pattern.or_else(|| unknown("whether the rule's pattern takes events of executions is not known"))
}

/// What the events of its machines carry: the executions' own input, output, error and cause.
fn carried(rule: &Sender<'_, '_>) -> Result<Vec<Carried>, Gap> {
    let (mut found, mut unread) = (Vec::new(), None);
    for machine in &rule.of {
        let takes = |event| rule.rule.takes(&machine.machine.arn, event) == PatternMatch::Yes;
        let (usual, failure) = (takes(StatusEvent::Usual), takes(StatusEvent::Failure));
        let told = |seen: &Sighting| {
            let field = match seen.place.field {
                DataField::Input => true,
                DataField::Output => usual,
                DataField::Error | DataField::Cause => failure,
                _ => false,
            };
            seen.place.state.is_none() && field && seen.seen.confidence >= PLAUSIBLE
        };
        match machine.sightings(told) {
            Ok(seen) => found.extend(seen.into_iter().flatten()),
            Err(gap) => unread = unread.or(Some(gap)),
        }
    }
    match unread {
        Some(gap) if found.is_empty() => Err(gap),
        _ => Ok(by_kind(found)),
    }
}

/// An API destination is an HTTP endpoint, whose address its own ARN does not tell.
fn is_api_destination(arn: &Arn) -> bool {
    arn.service() == "events" && arn.resource().starts_with("api-destination/")
}

fn is_outside(region: &RegionView<'_>, target: &EventTarget, settings: &CheckSettings) -> bool {
    let (account, own) = (target.arn.account(), region.snapshot.account_id.as_str());
    is_api_destination(&target.arn) || !(account.is_empty() || account == own || settings.trusts(account))
}

/// It keeps or passes on what it is given, to readers of its own; a function or a state machine works on it.
fn keeps(target: &EventTarget) -> bool {
    matches!(target.arn.service(), "logs" | "sqs" | "sns" | "firehose" | "kinesis" | "events")
}

fn place(arn: &Arn) -> String {
    match arn.service() {
        "events" if is_api_destination(arn) => format!("an HTTP endpoint ({})", arn.name()),
        "logs" => format!("log group {}", arn.resource().trim_start_matches("log-group:").trim_end_matches(":*")),
        "sqs" => format!("queue {}", arn.name()),
        "sns" => format!("topic {}", arn.name()),
        "firehose" => format!("delivery stream {}", arn.name()),
        "kinesis" => format!("stream {}", arn.name()),
        "events" => format!("event bus {} in {}", arn.name(), arn.region()),
        _ => arn.to_string(),
    }
}

fn defect(region: &RegionView<'_>, rule: &Sender<'_, '_>, to: &[&EventTarget], held: Option<&[Carried]>) -> Defect {
    let name = &rule.rule.name;
    let known = to.iter().all(|target| target.passes_data.is_some());
    let own = held.is_some();
    let told = |target: &&EventTarget| match own || is_api_destination(&target.arn) {
        true => place(&target.arn),
        false => format!("account {} ({})", target.arn.account(), target.arn),
    };
    let whose = match rule.of.as_slice() {
        [] => "executions".to_owned(),
        [one] => format!("executions of {}", one.name()),
        many => format!("executions of {} state machines", many.len()),
    };
    let what = match held {
        Some(held) => format!(" In them {} was seen, and whoever reads there reads it.", told::kinds(held)),
        None => String::new(),
    };
    let message = format!(
        "Rule {name} sends status events of {whose}, with their input and output, to {}.{what}",
        listed(to.iter().map(told))
    );
    let trust = if own { "" } else { " An account that is yours belongs in checks.trusted_accounts." };
    let remediation = format!(
        "Give the targets of {name} an input transformer that leaves out input, output, error and cause, or remove those \
         that nobody needs.{trust}"
    );
    let ids: Vec<_> = to.iter().map(|target| shell_quote(target.id.get())).collect();
    let (region, quoted) = (region.name(), shell_quote(name));
    let command = format!("aws events remove-targets --region {region} --rule {quoted} --ids {}", ids.join(" "));
    let mut defect = Defect::new(message, remediation)
        .evidence("targets", listed(to.iter().map(|target| &target.arn)))
        .change(Change::Command(command));
    if let Some(held) = held {
        let worst = held.iter().map(|one| one.harm).max().map_or(CHECK.severity, Severity::of_harm);
        let surest = held.iter().map(|one| one.confidence).max().unwrap_or_default();
        defect = defect.severity(worst).confidence(Confidence::of(surest)).of_data(held, None, None);
    }
    // In a snapshot that does not tell what an input transformer leaves, it may leave nothing.
    if !known {
        defect = defect.confidence(Confidence::Medium);
    }
    defect
}
