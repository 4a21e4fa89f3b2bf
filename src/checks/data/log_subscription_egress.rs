use std::collections::BTreeSet;

use crate::exposure::{Carried, told};
use crate::finding::{
    Change, Check, CheckSettings, Confidence, Defect, Evaluations, Family, LogGroupView, MachineView, Outcome,
    Severity, View, listed, shell_quote,
};
use crate::model::{PartName, Selection, Subscription, Subscriptions};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "log-subscription-egress",
    family: Family::Data,
    title: "A subscription sends logged execution data elsewhere",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::LogGroups, PartName::LogSubscriptions, PartName::Executions],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Subscriptions.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeSubscriptionFilters.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html",
    ],
    page: include_str!("log-subscription-egress.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_log_group(out, |group| judge(group, view.settings));
}

fn judge(view: &LogGroupView<'_>, settings: &CheckSettings) -> Result<Option<Outcome>, Gap> {
    let Some(group) = view.group.clone()? else { return Ok(None) };
    // Other classes have no subscriptions.
    if group.class.as_deref().is_some_and(|class| class != "STANDARD") {
        return Ok(None);
    }
    let writes =
        |machine: &&MachineView<'_>| machine.details().is_ok_and(|details| details.logging.include_execution_data);
    if !view.machines.iter().any(|machine| writes(&machine)) {
        return Ok(None);
    }
    let found = Found::of(view)?;
    let own = view.arn.account();
    let outside = |one: &&Sent<'_>| {
        let account = one.subscription.destination.account();
        !(account.is_empty() || account == own || settings.trusts(account))
    };
    let (outside, inside): (Vec<_>, Vec<_>) = found.sent.iter().partition(|one| outside(one));
    if !outside.is_empty() {
        let carried = view.holds().unwrap_or_default();
        return Ok(Some(defect(view, &outside, &carried, true).into()));
    }
    let carried = if inside.is_empty() { Vec::new() } else { view.holds()? };
    match (carried.is_empty(), found.unread) {
        (false, _) => Ok(Some(defect(view, &inside, &carried, false).into())),
        (true, Some(gap)) => Err(gap),
        (true, None) => Ok(Some(Outcome::Compliant)),
    }
}

/// A subscription that takes the group's events.
struct Sent<'a> {
    subscription: &'a Subscription,
    /// Of a policy of the account: the log groups that it already leaves out.
    of_account: Option<&'a Selection>,
}

#[derive(Default)]
struct Found<'a> {
    sent: Vec<Sent<'a>>,
    /// Why there may be others.
    unread: Option<Gap>,
}

impl<'a> Found<'a> {
    fn of(view: &LogGroupView<'a>) -> Result<Self, Gap> {
        let part = view.region.snapshot.log_subscriptions();
        let (seen, gap) = part.seen();
        if let Some(gap) = gap.filter(|gap| seen.is_none() || gap.reason == GapReason::Stale) {
            return Err(gap.clone());
        }
        let Some(seen): Option<&'a Subscriptions> = seen.copied() else {
            return Err(Gap::not_collected("log_subscriptions"));
        };
        let mut found = Self::default();
        match seen.groups.get(view.arn) {
            Some(own) => {
                let (subscriptions, gap) = own.seen();
                let sent = |subscription| Sent { subscription, of_account: None };
                found.sent.extend(subscriptions.into_iter().flatten().map(sent));
                found.unread = gap.cloned();
            }
            None => {
                let unasked = || Gap::not_collected("the log group's subscriptions").about(view.arn.as_str());
                found.unread = Some(gap.cloned().unwrap_or_else(unasked));
            }
        }
        let (policies, gap) = seen.account.seen();
        for policy in policies.into_iter().flatten() {
            match policy.selection.takes(view.name()) {
                Some(true) => {
                    found.sent.push(Sent { subscription: &policy.subscription, of_account: Some(&policy.selection) });
                }
                Some(false) => {}
                None => {
                    let detail = "a subscription policy of the account chooses log groups in a way that is not known";
                    let gap = || Gap::new(GapReason::Unsupported, detail).about(view.arn.as_str());
                    found.unread.get_or_insert_with(gap);
                }
            }
        }
        found.unread = found.unread.or_else(|| gap.cloned());
        Ok(found)
    }
}

fn place(subscription: &Subscription, outside: bool) -> String {
    let arn = &subscription.destination;
    let what = match arn.service() {
        "logs" => "destination",
        "kinesis" => "stream",
        "firehose" => "delivery stream",
        "lambda" => "function",
        _ => "",
    };
    let name = arn.name();
    if outside { format!("{what} {name} of account {}", arn.account()) } else { format!("{what} {name}") }
        .trim()
        .to_owned()
}

fn defect(
    view: &LogGroupView<'_>,
    to: &[&Sent<'_>],
    held: &[(&MachineView<'_>, Vec<Carried>)],
    outside: bool,
) -> Defect {
    let name = view.name();
    let carried: Vec<_> = held.iter().flat_map(|(_, carried)| carried).collect();
    let mut kinds: Vec<_> = carried.iter().map(|one| one.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let seen = match kinds.as_slice() {
        [] => String::new(),
        kinds => format!(" {} was seen in it.", kinds.join(", ")),
    };
    let places: Vec<_> = to.iter().map(|one| place(one.subscription, outside)).collect();
    let part = if to.iter().all(|one| one.subscription.filters) { "what matches a pattern of " } else { "" };
    let message = format!(
        "CloudWatch Logs sends {part}{name}, which holds the input and output of executions, to {}: who reads it there is \
         decided there, for as long as it is kept there.{seen}",
        listed(&places),
    );
    let trust = if outside { " An account that is yours belongs in checks.trusted_accounts." } else { "" };
    let end = match to.iter().any(|one| one.of_account.is_some()) {
        true => format!("leave {name} out of the account's subscription policy, which serves other log groups too"),
        false => format!("delete the subscription of {name}"),
    };
    let remediation = format!(
        "Log without execution data, or {end}; where the receiver needs the events, mask what is sensitive in them by a data \
         protection policy, which subscriptions keep to.{trust}"
    );
    let mut defect = Defect::new(message, remediation)
        .evidence("destinations", listed(to.iter().map(|one| &one.subscription.destination)))
        .evidence("subscriptions", listed(to.iter().map(|one| one.subscription.name.get())))
        .change(Change::Command(commands(view, to)));
    let worst = carried.iter().map(|one| one.harm).max().map(Severity::of_harm);
    if let Some(worst) = worst {
        defect = defect.severity(if outside { worst.max(CHECK.severity) } else { worst });
    }
    if !outside {
        let surest = carried.iter().map(|one| one.confidence).max().unwrap_or_default();
        defect = defect.confidence(Confidence::of(surest));
    }
    for (machine, carried) in held.iter().take(1) {
        let types = told::kinds(carried);
        defect = defect.evidence("machine", machine.name()).evidence("machine_types", types);
    }
    defect
}

fn commands(view: &LogGroupView<'_>, to: &[&Sent<'_>]) -> String {
    let (region, group) = (view.arn.region(), shell_quote(view.name()));
    let command = |one: &&Sent<'_>| {
        let name = shell_quote(one.subscription.name.get());
        match one.of_account {
            Some(selection) => {
                let criteria = shell_quote(&without(selection, view.name()));
                format!(
                    "aws logs put-account-policy --region {region} --policy-type SUBSCRIPTION_FILTER_POLICY --policy-name \
                     {name} --policy-document '<ITS_DOCUMENT>' --selection-criteria {criteria}"
                )
            }
            None => format!(
                "aws logs delete-subscription-filter --region {region} --log-group-name {group} --filter-name {name}"
            ),
        }
    };
    let commands: Vec<_> = to.iter().map(command).collect();
    commands.join("\n")
}

/// The criteria of a policy of the account, with one more log group left out.
fn without(selection: &Selection, group: &str) -> String {
    let mut names = match selection {
        Selection::AllBut(names) => names.clone(),
        Selection::Unknown => BTreeSet::new(),
    };
    names.insert(group.to_owned());
    format!("LogGroupName NOT IN {}", serde_json::json!(names))
}
