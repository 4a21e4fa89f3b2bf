//! Whether EventBridge Scheduler may assume the role by which it runs the task, and that role may pass the task's roles: without
//! either no scan ever begins, and nothing but a dead letter says so.

use crate::access::{Answer, Grants, ManagedPolicies};
use crate::cli::DoctorArgs;
use crate::collect::{Environment, Live};
use crate::commands::outcome::UsageError;
use crate::iam::{Compiled, Context, Decision, Policies, Policy, Request, Verdict};
use crate::model::Iam;
use crate::types::{AccountId, Arn};

use super::line::Line;

const SCHEDULER: &str = "scheduler.amazonaws.com";
const ASSUME: &str = "sts:AssumeRole";
const PASS: &str = "iam:PassRole";

/// Who assumes, who passes, and what.
pub(super) struct Question {
    scheduler: Arn,
    account: AccountId,
    group: Option<Arn>,
    passes: Vec<Arn>,
}

impl Question {
    pub(super) fn new(args: &DoctorArgs) -> Result<Option<Self>, UsageError> {
        let Some(scheduler) = &args.scheduler_role else { return Ok(None) };
        let scheduler = arn("--scheduler-role", scheduler, ("iam", "role/"))?;
        let account = AccountId::parse(scheduler.account());
        let account = account.map_err(|error| UsageError(format!("--scheduler-role: {error}")))?;
        let group = args.schedule_group.as_deref();
        let group = group.map(|group| arn("--schedule-group", group, ("scheduler", "schedule-group/"))).transpose()?;
        let passes =
            args.passes.iter().map(|role| arn("--passes", role, ("iam", "role/"))).collect::<Result<_, _>>()?;
        Ok(Some(Self { scheduler, account, group, passes }))
    }

    pub(super) async fn lines(&self, environment: &Environment<'_>) -> Vec<Line> {
        let about = "scheduler";
        let live = match Live::enter(environment, &self.account, None).await {
            Ok(live) => live,
            Err(error) => return vec![Line::unknown(about, error.to_string())],
        };
        match live.iam().await.whole() {
            Ok(iam) => self.answers(iam),
            Err(gap) => vec![Line::unknown(about, gap.to_string())],
        }
    }

    fn answers(&self, iam: &Iam) -> Vec<Line> {
        let Some(role) = iam.roles.get(&self.scheduler) else {
            return vec![Line::mend("scheduler", format!("there is no role {}", self.scheduler))];
        };
        let mut lines = vec![match role.trust.whole() {
            Ok(trust) => self.assumed(trust.get()),
            Err(gap) => Line::unknown(about(ASSUME), gap.to_string()),
        }];
        let mut managed = ManagedPolicies::default();
        match Grants::of(role, iam, &mut managed) {
            Ok(grants) => lines.extend(self.passes.iter().map(|passed| self.passed(&grants, passed))),
            Err(gap) => lines.push(Line::unknown(about(PASS), gap.to_string())),
        }
        lines
    }

    /// By the role's trust policy. Of a schedule, AWS tells the group as `aws:SourceArn`, never the schedule itself.
    /// Source: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html>.
    fn assumed(&self, trust: &Policy) -> Line {
        let Self { scheduler, .. } = self;
        let mut context = Context::open().with("aws:SourceAccount", self.account.as_str());
        if let Some(group) = &self.group {
            context = context.with("aws:SourceArn", group.as_str());
        }
        let trust = Compiled::resource(trust);
        let policies = Policies { resource: Some(&trust), ..Policies::default() };
        match policies.evaluate(&Request::new(SCHEDULER, ASSUME, scheduler.as_str(), &context)) {
            Verdict::Decided(Decision::Allowed) => {
                Line::well(about(ASSUME), format!("{SCHEDULER} may assume {scheduler}"))
            }
            Verdict::DependsOn(keys) => {
                let keys = keys.join(", ");
                let more = if self.group.is_none() { ": give --schedule-group" } else { "" };
                Line::unknown(
                    about(ASSUME),
                    format!("whether {SCHEDULER} may assume {scheduler} depends on {keys}{more}"),
                )
            }
            Verdict::Decided(_) => Line::mend(
                about(ASSUME),
                format!(
                    "{scheduler} does not trust {SCHEDULER} for the schedule, so that no task starts: an aws:SourceAccount of its \
                     trust policy is the schedule's account, an aws:SourceArn the schedule's group (no schedule)"
                ),
            ),
        }
    }

    fn passed(&self, grants: &Grants<'_>, passed: &Arn) -> Line {
        let Self { scheduler, .. } = self;
        let about = about(PASS);
        let context = Context::open().with("iam:PassedToService", "ecs-tasks.amazonaws.com");
        match grants.in_context(&context, passed.as_str(), PASS) {
            Answer::Granted(_) => Line::well(about, format!("{passed} can be passed")),
            Answer::Depends(_) => {
                Line::unknown(about, format!("whether {passed} can be passed depends on a condition"))
            }
            Answer::OutOfBounds | Answer::Denied(_) | Answer::NotGranted => Line::mend(
                about,
                format!(
                    "{scheduler} may not pass {passed} to ecs-tasks.amazonaws.com, so that no task starts: allow {PASS} on it"
                ),
            ),
        }
    }
}

fn about(action: &str) -> String {
    format!("scheduler, {action}")
}

/// `of`: the service, and how the resource begins.
fn arn(flag: &str, text: &str, of: (&str, &str)) -> Result<Arn, UsageError> {
    let arn = Arn::parse(text).ok().filter(|arn| arn.service() == of.0 && arn.resource().starts_with(of.1));
    arn.ok_or_else(|| {
        UsageError(format!("{flag}: expected the ARN of a {}", of.1.trim_end_matches('/').replace('-', " ")))
    })
}

#[cfg(test)]
mod tests {
    use super::super::line::State;
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_schedule_is_told_by_its_group() {
        let arn = |text: &str| Arn::parse(text).expect("an ARN");
        let of = |kind: &str| format!("arn:aws:scheduler:eu-west-1:123456789012:{kind}");
        let asked = |source: &Value, group: Option<&str>| {
            let question = Question {
                scheduler: arn("arn:aws:iam::123456789012:role/scheduler"),
                account: AccountId::parse("123456789012").expect("an account"),
                group: group.map(|group| arn(&of(group))),
                passes: Vec::new(),
            };
            let statement =
                json!({"Effect": "Allow", "Principal": {"Service": SCHEDULER}, "Action": ASSUME, "Condition": source});
            question.assumed(&Policy::parse(&json!({"Statement": statement})).expect("a policy")).state
        };
        let like = |kind: &str| json!({"ArnLike": {"aws:SourceArn": of(kind)}});
        let group = Some("schedule-group/default");
        for (source, group, state) in [
            (json!({}), None, State::Well),
            (json!({"StringEquals": {"aws:SourceAccount": "123456789012"}}), None, State::Well),
            (json!({"StringEquals": {"aws:SourceAccount": "210987654321"}}), None, State::Mend),
            (like("schedule-group/default"), group, State::Well),
            (like("schedule-group/other"), group, State::Mend),
            (like("schedule/default/stepwarden"), group, State::Mend),
            (like("schedule-group/default"), None, State::Unknown),
            (json!({"Bool": {"aws:SecureTransport": "true"}}), group, State::Unknown),
        ] {
            assert_eq!(asked(&source, group), state, "{source} {group:?}");
        }
    }
}
