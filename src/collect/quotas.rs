use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{MessageData, Metric, MetricDataQuery, MetricStat, StatusCode};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::collector::{Collector, Context, Scope};
use super::pages::{Page, all_pages, named, required};
use crate::aws::apis::{
    CLOUDWATCH_GET_METRIC_DATA as GET_METRIC_DATA, CLOUDWATCH_LIST_METRICS as LIST_METRICS,
    QUOTAS_LIST_DEFAULTS as LIST_DEFAULTS, QUOTAS_LIST_SERVICE_QUOTAS as LIST_APPLIED,
};
use crate::aws::{Api, Failure};
use crate::model::{PartName, PartValue, Quotas, Reading};
use crate::types::{Gap, GapReason, Observed};

/// Step Functions' service code in Service Quotas.
const SERVICE: &str = "states";
/// How far back the newest point of a metric may lie.
const WINDOW: SignedDuration = SignedDuration::from_hours(3);
/// Seconds; the metrics come by the minute.
const PERIOD: i32 = 60;
/// Account metrics without dimensions.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
const METRICS: [&str; 5] = [
    "OpenExecutionCount",
    "OpenExecutionLimit",
    "ApproximateOpenMapRunCount",
    "OpenMapRunLimit",
    "ApproximateMapRunBacklogSize",
];
/// In `AWS/Usage`; AWS's page does not name its dimensions, so they are looked up.
const USAGE_METRIC: &str = "StateMachineCount";

/// Limits from Service Quotas, usage from CloudWatch.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Quotas,
    scope: Scope::Region,
    after: &[],
    apis: &[&LIST_APPLIED, &LIST_DEFAULTS, &LIST_METRICS, &GET_METRIC_DATA],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (applied, defaults, metrics) = tokio::join!(applied(context), defaults(context), metrics(context));
        let gaps = [applied.gap(), defaults.gap(), metrics.gap()];
        PartValue::Quotas(match gaps {
            [Some(_), Some(_), Some(gap)] => Observed::missing(gap.clone()),
            _ => Observed::known(Quotas {
                applied,
                defaults,
                metrics,
                minutes: BTreeMap::new(),
                hours: Observed::missing(Gap::not_collected("quotas")),
                counted: BTreeMap::new(),
                highest: BTreeMap::new(),
                remembered: BTreeMap::new(),
            }),
        })
    }
    .boxed()
}

type Values = Observed<BTreeMap<String, f64>>;

async fn applied(context: &Context<'_>) -> Values {
    let client = context.clients.quotas();
    let (quotas, failure) = all_pages(&LIST_APPLIED, |token| {
        let request = client.list_service_quotas().service_code(SERVICE).max_results(100).set_next_token(token);
        async move {
            let answer = context.call(&LIST_APPLIED, || request.clone().send()).await?;
            Ok(Page { items: required(&LIST_APPLIED, answer.quotas, "Quotas")?, next: answer.next_token })
        }
    })
    .await;
    values(context, &LIST_APPLIED, quotas, failure)
}

async fn defaults(context: &Context<'_>) -> Values {
    let client = context.clients.quotas();
    let (quotas, failure) = all_pages(&LIST_DEFAULTS, |token| {
        let request =
            client.list_aws_default_service_quotas().service_code(SERVICE).max_results(100).set_next_token(token);
        async move {
            let answer = context.call(&LIST_DEFAULTS, || request.clone().send()).await?;
            Ok(Page { items: required(&LIST_DEFAULTS, answer.quotas, "Quotas")?, next: answer.next_token })
        }
    })
    .await;
    values(context, &LIST_DEFAULTS, quotas, failure)
}

fn values(
    context: &Context<'_>,
    api: &'static Api,
    quotas: Vec<aws_sdk_servicequotas::types::ServiceQuota>,
    failure: Option<Failure>,
) -> Values {
    let value = |quota: aws_sdk_servicequotas::types::ServiceQuota| Some((quota.quota_name?, quota.value?));
    let (values, failure) = named(api, quotas.into_iter().map(value), "QuotaName and Value", failure);
    let values: BTreeMap<_, _> = values.into_iter().collect();
    match failure {
        Some(failure) if values.is_empty() => Observed::missing(context.gap(&failure)),
        failure => Observed::listed(values, failure.map(|failure| context.gap(&failure))),
    }
}

async fn metrics(context: &Context<'_>) -> Observed<BTreeMap<String, Reading>> {
    let mut wanted: Vec<_> =
        METRICS.iter().map(|name| Metric::builder().namespace("AWS/States").metric_name(*name).build()).collect();
    let usage = usage_metric(context).await;
    let lookup_gap = usage.as_ref().err().cloned();
    wanted.extend(usage.ok().flatten());
    match readings(context, &wanted).await {
        Ok((readings, gap)) => Observed::listed(readings, gap.or(lookup_gap)),
        Err(gap) => Observed::missing(gap),
    }
}

/// The usage metric with whatever dimensions it has here; `None` where it does not exist yet.
async fn usage_metric(context: &Context<'_>) -> Result<Option<Metric>, Gap> {
    let client = context.clients.cloudwatch();
    let request = client.list_metrics().namespace("AWS/Usage").metric_name(USAGE_METRIC);
    let answer = context.call(&LIST_METRICS, || request.clone().send()).await;
    let metrics = answer.and_then(|answer| required(&LIST_METRICS, answer.metrics, "Metrics"));
    Ok(metrics.map_err(|failure| context.gap(&failure))?.into_iter().next())
}

/// The newest point of each metric, and why some could not be read. An answer without points leaves the metric out,
/// which is not the same as 0.
async fn readings(context: &Context<'_>, metrics: &[Metric]) -> Result<(BTreeMap<String, Reading>, Option<Gap>), Gap> {
    let client = context.clients.cloudwatch();
    let query = |(index, metric): (usize, &Metric)| {
        let stat = MetricStat::builder().metric(metric.clone()).period(PERIOD).stat("Maximum").build();
        MetricDataQuery::builder().id(format!("m{index}")).metric_stat(stat).build()
    };
    let queries: Vec<_> = metrics.iter().enumerate().map(query).collect();
    let at = |time: Timestamp| aws_smithy_types::DateTime::from_secs(time.as_second());
    let request = client.get_metric_data().start_time(at(context.now - WINDOW)).end_time(at(context.now));
    let request = request.set_metric_data_queries(Some(queries));
    let (pages, failure) = all_pages(&GET_METRIC_DATA, |token| {
        let request = request.clone().set_next_token(token);
        async move {
            let answer = context.call(&GET_METRIC_DATA, || request.clone().send()).await?;
            let results = required(&GET_METRIC_DATA, answer.metric_data_results, "MetricDataResults")?;
            let said = answer.messages.unwrap_or_default().iter().map(|message| word(context, message)).collect();
            Ok(Page { items: vec![(results, said)], next: answer.next_token })
        }
    })
    .await;
    if let Some(failure) = failure {
        return Err(context.gap(&failure));
    }
    let mut readings: BTreeMap<String, Reading> = BTreeMap::new();
    let (results, said): (Vec<_>, Vec<Vec<String>>) = pages.into_iter().unzip();
    let mut faults: Vec<String> = said.into_iter().flatten().collect();
    for result in results.into_iter().flatten() {
        let index = result.id.as_deref().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
        let name = index.and_then(|index| metrics.get(index)?.metric_name.clone());
        // `PartialData` has more on the next page; what it has is right.
        if let Some(code @ (StatusCode::InternalError | StatusCode::Forbidden)) = &result.status_code {
            let said = result.messages.unwrap_or_default();
            let said = said.iter().map(|message| format!(", {}", word(context, message))).collect::<String>();
            let name = name.as_deref().unwrap_or("a metric that was not asked for");
            faults.push(format!("{} for {name}{said}", code.as_str()));
            continue;
        }
        let points = result.timestamps.unwrap_or_default().into_iter().zip(result.values.unwrap_or_default());
        let newest = points.max_by_key(|(time, _)| time.secs());
        if let (Some(name), Some((time, value))) = (name, newest)
            && let Ok(at) = Timestamp::from_second(time.secs())
            && readings.get(&name).is_none_or(|known| known.at < at)
        {
            readings.insert(name, Reading { at, value });
        }
    }
    let gap = (!faults.is_empty()).then(|| {
        let detail = format!("{} answered in part: {}", GET_METRIC_DATA.name, faults.join("; "));
        context.locate(Gap { api: GET_METRIC_DATA.name.to_owned(), ..Gap::new(GapReason::Error, detail) })
    });
    Ok((readings, gap))
}

/// The code of CloudWatch's message; its text is not kept.
fn word(context: &Context<'_>, message: &MessageData) -> String {
    context.door.text(message.code.as_deref().unwrap_or("a message without a code")).clean.into_inner()
}
