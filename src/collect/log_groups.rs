use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::types::InheritedProperty;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};

use super::collector::{Collector, Context, Scope};
use super::pages::{Tokens, required, unnamed};
use super::progress::Event;
use crate::aws::Failure;
use crate::aws::apis::LOGS_DESCRIBE_LOG_GROUPS as DESCRIBE;
use crate::model::{LogGroup, LogGroups, PartName, PartValue, SPANS, StateMachine, StateMachines};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The largest page that the service hands out.
const PAGE: i32 = 50;

/// The log groups that this Region's machines name as destinations, and that of spans where machines trace into it.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::LogGroups,
    scope: Scope::Region,
    after: &[PartName::StateMachines, PartName::Xray],
    apis: &[&DESCRIBE],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::LogGroups.missing(gap),
        };
        let destination = |machine: &'a StateMachine| machine.details.seen().0?.logging.destination.as_ref();
        let spans = spans(context, machines);
        let destinations = machines.machines.iter().filter_map(destination);
        let destinations: BTreeSet<&Arn> = destinations.chain(&spans).collect();
        let (own, foreign): (Vec<&Arn>, Vec<&Arn>) = destinations.into_iter().partition(|arn| context.owns(arn));
        context.tell(Event::Counted(own.len()));
        let foreign_gap = || Gap::new(GapReason::Unsupported, "the log group belongs to another account or Region");
        let mut groups: LogGroups = foreign
            .into_iter()
            .map(|arn| (arn.clone(), Observed::missing(context.locate(foreign_gap().about(arn.as_str())))))
            .collect();
        groups.extend(look_up(context, &own).await);
        PartValue::LogGroups(Observed::listed(groups, gap))
    }
    .boxed()
}

/// The log group of spans, where a machine traces and Transaction Search has traces put there.
fn spans(context: &Context<'_>, machines: &StateMachines) -> Option<Arn> {
    let traces = |machine: &StateMachine| machine.details.seen().0.is_some_and(|details| details.tracing_enabled);
    let xray = context.snapshot.xray();
    let destination = &xray.seen().0?.destination.seen().0?.destination;
    if destination != "CloudWatchLogs" || !machines.machines.iter().any(traces) {
        return None;
    }
    let (partition, region, account) = (context.principal.partition(), context.region, context.account_id);
    Arn::parse(format!("arn:{partition}:logs:{region}:{account}:log-group:{SPANS}")).ok()
}

/// One question to the service: the groups below `prefix`, of which `wanted` matter.
struct Lookup {
    prefix: String,
    wanted: BTreeSet<String>,
}

async fn look_up(context: &Context<'_>, arns: &[&Arn]) -> LogGroups {
    let mut found: BTreeMap<String, Result<Option<LogGroup>, Failure>> = BTreeMap::new();
    let names = arns.iter().filter_map(|arn| name_of(arn)).map(str::to_owned).collect();
    let mut lookups = plan(names);
    while !lookups.is_empty() {
        let ask = |lookup| ask(context, lookup);
        let answers: Vec<_> =
            futures_util::stream::iter(lookups).map(ask).buffer_unordered(context.concurrency).collect().await;
        lookups = Vec::new();
        for (answered, left) in answers {
            found.extend(answered);
            lookups.extend(left);
        }
    }
    let observed = |arn: &&Arn| {
        let group = match name_of(arn).and_then(|name| found.get(name)) {
            Some(Ok(group)) => Observed::known(group.clone()),
            Some(Err(failure)) => Observed::missing(context.gap(failure).about(arn.as_str())),
            None => {
                let gap = Gap::new(GapReason::Error, "the destination is not a log group").about(arn.as_str());
                Observed::missing(context.locate(gap))
            }
        };
        ((*arn).clone(), group)
    };
    arns.iter().map(observed).collect()
}

fn name_of(arn: &Arn) -> Option<&str> {
    arn.resource().strip_prefix("log-group:")
}

/// Groups that share a folder are read together, where that takes fewer calls than asking for each.
fn plan(names: BTreeSet<String>) -> Vec<Lookup> {
    let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in names {
        let folder = name.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
        folders.entry(folder).or_default().insert(name);
    }
    let split = |(folder, names): (String, BTreeSet<String>)| match names.len() {
        1 | 2 => alone(names),
        _ if folder.is_empty() => alone(names),
        _ => vec![Lookup { prefix: folder, wanted: names }],
    };
    folders.into_iter().flat_map(split).collect()
}

fn alone(names: BTreeSet<String>) -> Vec<Lookup> {
    names.into_iter().map(|name| Lookup { prefix: name.clone(), wanted: BTreeSet::from([name]) }).collect()
}

type Answered = Vec<(String, Result<Option<LogGroup>, Failure>)>;

/// Reads pages, which are sorted by name, until all that is wanted was passed; what would take more calls than asking
/// one by one is handed back as such.
async fn ask(context: &Context<'_>, lookup: Lookup) -> (Answered, Vec<Lookup>) {
    let Lookup { prefix, mut wanted } = lookup;
    let client = context.clients.logs();
    let (mut answered, mut token, mut calls, mut nameless) = (Answered::new(), None, 0, 0);
    let mut tokens = Tokens::new(&DESCRIBE);
    while !wanted.is_empty() {
        // What asks for one name alone is read to its end: there is nothing smaller to ask.
        let alone_already = wanted.len() == 1 && wanted.contains(&prefix);
        if calls > wanted.len() && !alone_already {
            return (answered, alone(wanted));
        }
        calls += 1;
        let request = client.describe_log_groups().log_group_name_prefix(&prefix).limit(PAGE);
        let request = request.set_next_token(token.clone());
        let answer = context.call(&DESCRIBE, || request.clone().send()).await;
        let answer = answer.and_then(|page| Ok((required(&DESCRIBE, page.log_groups, "logGroups")?, page.next_token)));
        let (groups, next) = match answer {
            Ok(page) => page,
            Err(failure) => {
                answered.extend(wanted.into_iter().map(|name| (name, Err(failure.clone()))));
                break;
            }
        };
        for group in groups {
            let Some(group) = log_group(context, group) else {
                nameless += 1;
                continue;
            };
            if wanted.remove(&group.name) {
                context.tell(Event::Advanced);
                answered.push((group.name.clone(), Ok(Some(group))));
            }
        }
        let failure = match tokens.follow(next) {
            Ok(Some(next)) => {
                token = Some(next);
                continue;
            }
            // A group without a name may be any of those that were not met.
            Ok(None) => unnamed(&DESCRIBE, nameless, "logGroupName"),
            Err(failure) => Some(failure),
        };
        let absent = || failure.clone().map_or(Ok(None), Err);
        answered.extend(std::mem::take(&mut wanted).into_iter().map(|name| (name, absent())));
    }
    (answered, Vec::new())
}

fn log_group(context: &Context<'_>, group: aws_sdk_cloudwatchlogs::types::LogGroup) -> Option<LogGroup> {
    let inherited = group.inherited_properties.unwrap_or_default();
    Some(LogGroup {
        name: group.log_group_name?,
        retention_days: group.retention_in_days.and_then(|days| u32::try_from(days).ok()).filter(|days| *days > 0),
        kms_key_id: group.kms_key_id.map(|id| context.door.text(&id).clean.into_inner()),
        class: group.log_group_class.map(|class| class.as_str().to_owned()),
        data_protection: group.data_protection_status.map(|status| status.as_str().to_owned()),
        account_data_protection: inherited.contains(&InheritedProperty::AccountDataProtection),
        stored_bytes: group.stored_bytes.and_then(|bytes| u64::try_from(bytes).ok()),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::plan;

    #[test]
    fn neighbours_are_read_together() {
        let names = ["/aws/states/a", "/aws/states/b", "/aws/states/c", "/other/x", "flat", "flat2", "flat3"];
        let lookups = plan(names.map(str::to_owned).into());
        let prefixes: BTreeSet<_> =
            lookups.iter().map(|lookup| (lookup.prefix.as_str(), lookup.wanted.len())).collect();
        assert_eq!(
            prefixes,
            BTreeSet::from([("/aws/states/", 3), ("/other/x", 1), ("flat", 1), ("flat2", 1), ("flat3", 1)])
        );
    }
}
