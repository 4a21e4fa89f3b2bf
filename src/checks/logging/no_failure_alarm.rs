use crate::asl::Limit;
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed, shell_quote,
};
use crate::model::{FailureMetric, MachineKind, PartName, PatternMatch, RuleState, StatusEvent, Tells};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "no-failure-alarm",
    family: Family::Logging,
    title: "Nothing tells when executions fail",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines, PartName::Alarms, PartName::EventRules],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html",
        "https://github.com/aws-samples/service-screener-v2",
    ],
    page: include_str!("no-failure-alarm.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

/// What is known of who hears of one kind of failure.
#[derive(Default)]
struct Heard {
    /// Somebody does.
    yes: bool,
    /// Why somebody may.
    perhaps: Option<Gap>,
    /// Alarms that look, and whose actions are switched off.
    switched_off: Vec<String>,
    /// Alarms that look, and do nothing.
    without_action: Vec<String>,
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    machine.details()?;
    let failed = heard(machine, FailureMetric::Failed, StatusEvent::Failed);
    let timed_out = heard(machine, FailureMetric::TimedOut, StatusEvent::TimedOut);
    if !failed.yes {
        return match failed.perhaps {
            Some(gap) => Err(gap),
            None => Ok(Some(nobody(machine, &failed, timed_out.yes).into())),
        };
    }
    if timed_out.yes || !can_time_out(machine)? {
        return Ok(Some(Outcome::Compliant));
    }
    match timed_out.perhaps {
        Some(gap) => Err(gap),
        None => Ok(Some(only_failures(machine).into())),
    }
}

/// An Express execution ends after five minutes, a Standard one where its definition says so.
fn can_time_out(machine: &MachineView<'_>) -> Result<bool, Gap> {
    Ok(match machine.machine.kind {
        MachineKind::Express => true,
        _ => machine.definition()?.timeout != Limit::None,
    })
}

fn heard(machine: &MachineView<'_>, metric: FailureMetric, event: StatusEvent) -> Heard {
    let mut heard = Heard::default();
    let about = |gap: Gap| gap.about(machine.machine.arn.as_str());
    let alarms = machine.region.snapshot.alarms();
    let (seen, gap) = alarms.seen();
    heard.perhaps = gap.cloned();
    for alarm in seen.into_iter().flat_map(|alarms| alarms.values()) {
        match (alarm.watches(metric, &machine.machine.arn), alarm.tells) {
            (PatternMatch::No, _) => {}
            (PatternMatch::Yes, Tells::Yes) => heard.yes |= gap.is_none_or(|gap| gap.reason != GapReason::Stale),
            (PatternMatch::Maybe, Tells::Yes) => {
                let detail = format!(
                    "alarm {} looks at some machines, versions or aliases; whether that covers the machine is not known",
                    alarm.name.get()
                );
                heard.perhaps.get_or_insert_with(|| about(Gap::new(GapReason::Unsupported, detail)));
            }
            (_, Tells::SwitchedOff) => heard.switched_off.push(alarm.name.get().clone()),
            (_, Tells::NoAction) => heard.without_action.push(alarm.name.get().clone()),
        }
    }
    // Express machines publish no events.
    if machine.machine.kind != MachineKind::Express && !heard.yes {
        rules(machine, event, &mut heard);
    }
    heard
}

fn rules(machine: &MachineView<'_>, event: StatusEvent, heard: &mut Heard) {
    let rules = machine.region.event_rules();
    let (seen, gap) = rules.seen();
    let stale = gap.is_some_and(|gap| gap.reason == GapReason::Stale);
    if let Some(gap) = gap {
        heard.perhaps.get_or_insert_with(|| gap.clone());
    }
    for rule in seen.into_iter().flat_map(|rules| rules.values()).filter(|rule| rule.state != RuleState::Disabled) {
        let takes = rule.takes(&machine.machine.arn, event);
        let (targets, unread) = rule.targets.seen();
        let has_target = targets.is_some_and(|targets| !targets.is_empty());
        match takes {
            PatternMatch::Yes if has_target && rule.state == RuleState::Enabled => heard.yes |= !stale,
            PatternMatch::No => {}
            _ if !has_target && unread.is_none() => {}
            _ => {
                let detail = format!("whether rule {} sends the failures of its executions on is not known", rule.name);
                let gap = || Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str());
                heard.perhaps.get_or_insert_with(|| unread.cloned().unwrap_or_else(gap));
            }
        }
    }
}

fn nobody(machine: &MachineView<'_>, failed: &Heard, timed_out: bool) -> Defect {
    let name = machine.name();
    let (what, rules) = match machine.machine.kind {
        MachineKind::Express => ("No alarm", ", and an Express state machine publishes no events"),
        _ => ("Neither an alarm nor an EventBridge rule", ""),
    };
    let (off, bare) = (&failed.switched_off, &failed.without_action);
    let but = |names: &[String], why: &str| match names {
        [] => String::new(),
        names => format!(" {} would, but nobody hears of it: {why}.", listed(names)),
    };
    let but = but(off, "its actions are switched off") + &but(bare, "it has no action for ALARM");
    let aside = if timed_out { " Only timeouts are told." } else { "" };
    let message = format!(
        "{what} tells when executions of {name} fail{rules}: failures go unseen until somebody looks.{but}{aside}"
    );
    let remediation = match (off.is_empty(), bare.is_empty()) {
        (false, _) => "Switch the alarm's actions on.",
        (true, false) => {
            "Give the alarm an action that somebody reads: put it again with all its settings and that action."
        }
        (true, true) => {
            "Put an alarm on ExecutionsFailed and ExecutionsTimedOut with an action that somebody reads, for this state \
             machine or for all by a Metrics Insights query."
        }
    };
    let change = match off.as_slice() {
        [] => alarm_of(machine, FailureMetric::Failed),
        names => {
            let names: Vec<_> = names.iter().map(|name| shell_quote(name)).collect();
            format!(
                "aws cloudwatch enable-alarm-actions --region {} --alarm-names {}",
                machine.region.name(),
                names.join(" ")
            )
        }
    };
    let mut defect = Defect::new(message, remediation).evidence("metric", FailureMetric::Failed.as_str());
    if !(off.is_empty() && bare.is_empty()) {
        defect = defect.evidence("mute_alarms", listed(off.iter().chain(bare)));
    }
    defect.evidence("type", machine.machine.kind.as_str()).change(Change::Command(change))
}

fn only_failures(machine: &MachineView<'_>) -> Defect {
    let when = match machine.machine.kind {
        MachineKind::Express => "an Express execution ends after five minutes at the latest",
        _ => "its definition limits how long they run",
    };
    let message = format!(
        "Somebody is told when executions of {} fail, but not when they time out, and {when}: ExecutionsFailed does not \
         count those.",
        machine.name()
    );
    let remediation = "Put an alarm on ExecutionsTimedOut as well, or take TIMED_OUT into the rule's pattern.";
    Defect::new(message, remediation)
        .severity(Severity::Low)
        .evidence("metric", FailureMetric::TimedOut.as_str())
        .evidence("type", machine.machine.kind.as_str())
        .change(Change::Command(alarm_of(machine, FailureMetric::TimedOut)))
}

fn alarm_of(machine: &MachineView<'_>, metric: FailureMetric) -> String {
    let metric = metric.as_str();
    format!(
        "aws cloudwatch put-metric-alarm --region {} --alarm-name {} --namespace AWS/States --metric-name {metric} \
         --dimensions {} --statistic Sum --period 300 --evaluation-periods 1 --threshold 0 \
         --comparison-operator GreaterThanThreshold --treat-missing-data notBreaching --alarm-actions '<TOPIC_ARN>'",
        machine.region.name(),
        shell_quote(&format!("{}-{metric}", machine.name())),
        shell_quote(&format!("Name=StateMachineArn,Value={}", machine.machine.arn)),
    )
}
