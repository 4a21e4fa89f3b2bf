//! `GetMetricData`, as all who ask for points of CloudWatch speak it.

use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricDataResult, StatusCode};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::collector::Context;
use super::pages::{Tokens, required};
use crate::aws::apis::CLOUDWATCH_GET_METRIC_DATA as GET_METRIC_DATA;
use crate::aws::{Failure, FailureKind};

/// Pages of one answer that are followed: 100,800 points a page, of which no question here has more.
const MOST_PAGES: usize = 3;

/// All pages of an answer.
pub(super) struct Answer {
    pub(super) results: Vec<MetricDataResult>,
    /// Codes of what CloudWatch says of the whole: it is not all that was asked for.
    pub(super) said: Vec<String>,
}

pub(super) async fn ask(
    context: &Context<'_>,
    queries: Vec<MetricDataQuery>,
    from: Timestamp,
    until: Timestamp,
) -> Result<Answer, Failure> {
    let at = |time: Timestamp| DateTime::from_secs(time.as_second());
    let request = context.clients.cloudwatch().get_metric_data();
    let request = request.start_time(at(from)).end_time(at(until)).set_metric_data_queries(Some(queries));
    let (mut token, mut tokens) = (None, Tokens::new(&GET_METRIC_DATA));
    let mut all = Answer { results: Vec::new(), said: Vec::new() };
    for _ in 0..MOST_PAGES {
        let request = request.clone().set_next_token(token);
        let answer = context.call(&GET_METRIC_DATA, || request.clone().send()).await?;
        let said = answer.messages.unwrap_or_default();
        all.said.extend(said.iter().map(|message| code(context, message.code.as_deref())));
        all.results.extend(required(&GET_METRIC_DATA, answer.metric_data_results, "MetricDataResults")?);
        token = tokens.follow(answer.next_token)?;
        if token.is_none() {
            return Ok(all);
        }
    }
    Err(broken("more pages than the question can fill"))
}

/// Why CloudWatch did not answer one query.
pub(super) fn fault(context: &Context<'_>, result: &MetricDataResult) -> Option<String> {
    let Some(status @ (StatusCode::InternalError | StatusCode::Forbidden)) = &result.status_code else { return None };
    let said = result.messages.iter().flatten().map(|message| code(context, message.code.as_deref()));
    Some([status.as_str().to_owned()].into_iter().chain(said).collect::<Vec<_>>().join(", "))
}

/// CloudWatch answered in part.
pub(super) fn broken(code: &str) -> Failure {
    let detail = format!("{} answered in part: {code}", GET_METRIC_DATA.name);
    Failure { kind: FailureKind::Other, api: &GET_METRIC_DATA, detail }
}

/// The code of CloudWatch's message; its text is not kept.
fn code(context: &Context<'_>, code: Option<&str>) -> String {
    context.door.text(code.unwrap_or("a message without a code")).clean.into_inner()
}
