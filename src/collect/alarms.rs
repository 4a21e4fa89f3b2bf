use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, Dimension, MetricAlarm};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::collector::{Collector, Context, Scope};
use super::pages::{Tokens, without};
use super::progress::Event;
use crate::aws::Failure;
use crate::aws::apis::CLOUDWATCH_DESCRIBE_ALARMS as DESCRIBE;
use crate::model::{Alarm, Alarms, PartName, PartValue, Tells, Watch, asked_for_by};
use crate::types::{Arn, Observed};

/// The largest page that the service hands out.
const PAGE: i32 = 100;

/// The alarms on executions that fail: one call for each hundred alarms of the Region, of which others are dropped at once.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Alarms,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[&DESCRIBE],
    run,
};

/// An alarm that may notify, or that asks for others.
#[derive(Default)]
struct Actions {
    switched_off: bool,
    any: bool,
    asks_for: Vec<String>,
}

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        // Without a machine there is nothing to be told of.
        match context.machines() {
            Err(gap) => return PartName::Alarms.missing(gap),
            Ok((machines, None)) if machines.machines.is_empty() => {
                return PartValue::Alarms(Observed::known(Alarms::new()));
            }
            Ok(_) => {}
        }
        let mut found = Found::default();
        let failure = list(context, &mut found).await.err();
        context.tell(Event::Counted(found.watching.len()));
        let any = !found.actions.is_empty();
        let alarms = found.alarms(context);
        PartValue::Alarms(match failure {
            Some(failure) if !any => Observed::missing(context.gap(&failure)),
            failure => Observed::listed(alarms, failure.map(|failure| context.gap(&failure))),
        })
    }
    .boxed()
}

#[derive(Default)]
struct Found {
    watching: Vec<(Arn, String, Vec<Watch>)>,
    actions: BTreeMap<String, Actions>,
}

async fn list(context: &Context<'_>, found: &mut Found) -> Result<(), Failure> {
    let client = context.clients.cloudwatch();
    let (mut token, mut tokens) = (None, Tokens::new(&DESCRIBE));
    loop {
        // Without the types, AWS leaves composite alarms out.
        let request = client.describe_alarms().max_records(PAGE).set_next_token(token);
        let request = request.alarm_types(AlarmType::MetricAlarm).alarm_types(AlarmType::CompositeAlarm);
        let page = context.call(&DESCRIBE, || request.clone().send()).await?;
        if page.metric_alarms.is_none() && page.composite_alarms.is_none() {
            return Err(without(&DESCRIBE, "MetricAlarms"));
        }
        for alarm in page.metric_alarms.unwrap_or_default() {
            found.metric_alarm(alarm)?;
        }
        for alarm in page.composite_alarms.unwrap_or_default() {
            found.composite_alarm(alarm)?;
        }
        token = tokens.follow(page.next_token)?;
        if token.is_none() {
            return Ok(());
        }
    }
}

impl Found {
    fn metric_alarm(&mut self, alarm: MetricAlarm) -> Result<(), Failure> {
        let watches = watches(&alarm);
        let name = alarm.alarm_name.ok_or_else(|| without(&DESCRIBE, "AlarmName"))?;
        if !watches.is_empty() {
            let arn = alarm.alarm_arn.and_then(|arn| Arn::parse(arn).ok());
            let arn = arn.ok_or_else(|| without(&DESCRIBE, "a usable AlarmArn"))?;
            self.watching.push((arn, name.clone(), watches));
        }
        let actions = Actions {
            switched_off: alarm.actions_enabled == Some(false),
            any: alarm.alarm_actions.is_some_and(|actions| !actions.is_empty()),
            asks_for: Vec::new(),
        };
        self.actions.insert(name, actions);
        Ok(())
    }

    fn composite_alarm(&mut self, alarm: CompositeAlarm) -> Result<(), Failure> {
        let name = alarm.alarm_name.ok_or_else(|| without(&DESCRIBE, "AlarmName"))?;
        let rule = alarm.alarm_rule.ok_or_else(|| without(&DESCRIBE, "AlarmRule"))?;
        let actions = Actions {
            switched_off: alarm.actions_enabled == Some(false),
            any: alarm.alarm_actions.is_some_and(|actions| !actions.is_empty()),
            asks_for: asked_for_by(&rule),
        };
        self.actions.insert(name, actions);
        Ok(())
    }

    fn alarms(self, context: &Context<'_>) -> Alarms {
        let heard = self.heard();
        let alarm = |(arn, name, watches): (Arn, String, Vec<Watch>)| {
            let tells = match self.actions.get(&name) {
                _ if heard.contains(name.as_str()) || heard.contains(arn.as_str()) => Tells::Yes,
                Some(actions) if actions.switched_off && actions.any => Tells::SwitchedOff,
                _ => Tells::NoAction,
            };
            (arn, Alarm { name: context.door.text(&name).clean, watches, tells })
        };
        self.watching.iter().cloned().map(alarm).collect()
    }

    /// Those with an action that is on, and all that these ask for: by name or by ARN.
    fn heard(&self) -> BTreeSet<&str> {
        let on = |(_, actions): &(&String, &Actions)| actions.any && !actions.switched_off;
        let mut heard: BTreeSet<&str> = self.actions.iter().filter(on).map(|(name, _)| name.as_str()).collect();
        let mut open: Vec<&str> = heard.iter().copied().collect();
        while let Some(name) = open.pop() {
            // An ARN ends in the name.
            let name = name.rsplit_once(":alarm:").map_or(name, |(_, name)| name);
            let asked = self.actions.get(name).into_iter().flat_map(|actions| &actions.asks_for);
            open.extend(asked.map(String::as_str).filter(|asked| heard.insert(asked)));
        }
        heard
    }
}

fn watches(alarm: &MetricAlarm) -> Vec<Watch> {
    let queries = alarm.metrics();
    if queries.is_empty() {
        // An alarm that wants few failures tells of none.
        let below = alarm.comparison_operator.as_ref().is_some_and(|operator| {
            matches!(operator.as_str(), "LessThanThreshold" | "LessThanOrEqualToThreshold" | "LessThanLowerThreshold")
        });
        let (namespace, name) = (alarm.namespace().unwrap_or_default(), alarm.metric_name().unwrap_or_default());
        return Watch::of_metric(namespace, name, pairs(alarm.dimensions())).filter(|_| !below).into_iter().collect();
    }
    let of_stat = queries.iter().filter_map(|query| {
        let metric = query.metric_stat()?.metric()?;
        Watch::of_metric(metric.namespace()?, metric.metric_name()?, pairs(metric.dimensions()))
    });
    let of_expression = queries.iter().filter_map(|query| Watch::of_expression(query.expression()?));
    of_stat.chain(of_expression).collect()
}

fn pairs(dimensions: &[Dimension]) -> impl Iterator<Item = (&str, &str)> {
    dimensions.iter().filter_map(|one| Some((one.name()?, one.value()?)))
}
