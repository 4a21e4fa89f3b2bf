use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_iam::operation::get_service_last_accessed_details::GetServiceLastAccessedDetailsOutput as Answer;
use aws_sdk_iam::types::{AccessAdvisorUsageGranularityType, JobStatusType, ServiceLastAccessed};
use aws_smithy_types::DateTime;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;

use super::collector::{Collector, Context, Scope};
use super::pages::Tokens;
use super::progress::Event;
use crate::aws::apis::{
    IAM_GENERATE_SERVICE_LAST_ACCESSED_DETAILS as GENERATE, IAM_GET_SERVICE_LAST_ACCESSED_DETAILS as GET,
};
use crate::aws::{Api, Failure, FailureKind};
use crate::iam::{Compiled, Context as Known, Decision, Policies, Request, Verdict};
use crate::model::{LastAccessed, PartName, PartValue, Role, RoleAccess, ServiceAccess};
use crate::types::{Arn, Gap, Observed};

/// When the roles that Step Functions may assume last used each service: a report a role, which IAM takes seconds to
/// make.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::LastAccessed,
    scope: Scope::Account,
    after: &[PartName::Iam],
    apis: &[&GENERATE, &GET],
    run,
};

/// Waits between questions for a report start here and double.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// So many questions, and with them about four minutes, are spent on one report.
const MOST_QUESTIONS: u32 = 16;
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// The largest page that IAM hands out.
const PAGE: i32 = 1000;

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let iam = context.snapshot.iam();
        let (Some(seen), gap) = iam.seen() else {
            let gap = iam.gap().cloned().unwrap_or_else(|| Gap::not_collected("iam"));
            return PartValue::LastAccessed(Observed::missing(gap));
        };
        let roles = seen.roles.values().filter(|role| serves_step_functions(role));
        let roles: Vec<Arn> = roles.map(|role| role.principal.arn.clone()).collect();
        context.tell(Event::Counted(roles.len()));
        // What is refused for one role is refused for all, and each question takes its time.
        let refused = &OnceLock::new();
        let ask = |arn: Arn| async move {
            let access = match refused.get() {
                Some(refusal) => Err(Failure::clone(refusal)),
                None => report(context, &arn).await,
            };
            let access = access.map_err(|failure| {
                if matches!(failure.kind, FailureKind::Denied | FailureKind::Unsupported) {
                    refused.get_or_init(|| failure.clone());
                }
                context.gap(&failure).about(arn.as_str())
            });
            context.tell(Event::Advanced);
            (arn, Observed::from(access))
        };
        let answers = futures_util::stream::iter(roles).map(ask).buffer_unordered(context.concurrency);
        let roles: LastAccessed = answers.collect().await;
        PartValue::LastAccessed(Observed::listed(roles, gap.cloned()))
    }
    .boxed()
}

/// Its trust policy lets Step Functions in, for whichever state machines; one that was not read may.
fn serves_step_functions(role: &Role) -> bool {
    let Ok(trust) = role.trust.whole() else { return true };
    let (trust, context) = (Compiled::resource(trust.get()), Known::open());
    let request = Request::new("states.amazonaws.com", "sts:AssumeRole", role.principal.arn.as_str(), &context);
    let verdict = Policies { resource: Some(&trust), ..Policies::default() }.evaluate(&request);
    matches!(verdict, Verdict::Decided(Decision::Allowed) | Verdict::DependsOn(_))
}

async fn report(context: &Context<'_>, role: &Arn) -> Result<RoleAccess, Failure> {
    let client = context.clients.iam();
    let request = client.generate_service_last_accessed_details().arn(role.as_str());
    let request = request.granularity(AccessAdvisorUsageGranularityType::ActionLevel);
    let answer = context.call(&GENERATE, || request.clone().send()).await?;
    let job = answer.job_id.ok_or_else(|| broken(&GENERATE, "answered without JobId"))?;
    let first = finished(context, &job).await?;
    let reported_at = time(&first.job_completion_date).filter(|at| *at > Timestamp::UNIX_EPOCH);
    let reported_at = reported_at.ok_or_else(|| broken(&GET, "answered without JobCompletionDate"))?;
    let (mut services, mut page, mut tokens) = (BTreeMap::new(), first, Tokens::new(&GET));
    loop {
        let cut_off = page.is_truncated && page.marker.is_none();
        for service in page.services_last_accessed {
            let (name, access) = service_access(service)?;
            services.insert(name, access);
        }
        if cut_off {
            return Err(broken(&GET, "answered that there is more, but not where"));
        }
        match tokens.follow(page.marker.filter(|_| page.is_truncated))? {
            Some(marker) => page = ask(context, &job, Some(marker)).await?,
            None => return Ok(RoleAccess { reported_at, services }),
        }
    }
}

/// The first page of a report that is done.
async fn finished(context: &Context<'_>, job: &str) -> Result<Answer, Failure> {
    let mut wait = FIRST_WAIT;
    for _ in 0..MOST_QUESTIONS {
        let answer = ask(context, job, None).await?;
        match answer.job_status {
            JobStatusType::Completed => return Ok(answer),
            JobStatusType::InProgress => {}
            JobStatusType::Failed => {
                let why = answer.error.map(|error| error.message).unwrap_or_default();
                let why = context.door.text(&why).clean.into_inner();
                return Err(broken(&GET, &format!("says that the report failed: {why}")));
            }
            _ => return Err(broken(&GET, "answered without a usable JobStatus")),
        }
        context.caller.wait(&GET, wait).await?;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
    Err(broken(&GET, "has no report yet"))
}

async fn ask(context: &Context<'_>, job: &str, marker: Option<String>) -> Result<Answer, Failure> {
    let client = context.clients.iam();
    let request = client.get_service_last_accessed_details().job_id(job).max_items(PAGE).set_marker(marker);
    context.call(&GET, || request.clone().send()).await
}

fn service_access(service: ServiceLastAccessed) -> Result<(String, ServiceAccess), Failure> {
    let nameless = |what: &str| broken(&GET, &format!("answered without {what}"));
    let mut actions = BTreeMap::new();
    for action in service.tracked_actions_last_accessed.unwrap_or_default() {
        let name = action.action_name.ok_or_else(|| nameless("ActionName"))?;
        actions.insert(name, moment(action.last_accessed_time.as_ref())?);
    }
    if service.service_namespace.is_empty() {
        return Err(nameless("ServiceNamespace"));
    }
    let last = moment(service.last_authenticated.as_ref())?;
    Ok((service.service_namespace, ServiceAccess { last, actions }))
}

/// A time that need not be there.
fn moment(date: Option<&DateTime>) -> Result<Option<Timestamp>, Failure> {
    let read = |date| time(date).ok_or_else(|| broken(&GET, "answered a time that is none"));
    date.map(read).transpose()
}

fn time(date: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(date.secs()).ok()
}

fn broken(api: &'static Api, how: &str) -> Failure {
    Failure { kind: FailureKind::Other, api, detail: format!("{} {how}", api.name) }
}
