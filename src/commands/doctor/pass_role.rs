//! Whether the role by which EventBridge Scheduler runs the task may pass the task's roles: without it no scan ever begins, and
//! nothing but a dead letter says so.

use crate::access::{Answer, Grants, ManagedPolicies};
use crate::collect::{Environment, Live};
use crate::commands::outcome::UsageError;
use crate::iam::Context;
use crate::model::Iam;
use crate::types::{AccountId, Arn};

use super::line::Line;

const PASS: &str = "iam:PassRole";

/// Who passes, and what.
pub(super) struct Question {
    scheduler: Arn,
    account: AccountId,
    passes: Vec<Arn>,
}

impl Question {
    pub(super) fn new(scheduler: Option<&str>, passes: &[String]) -> Result<Option<Self>, UsageError> {
        let Some(scheduler) = scheduler else { return Ok(None) };
        let role = |flag: &str, text: &str| {
            let arn = Arn::parse(text).ok().filter(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"));
            arn.ok_or_else(|| UsageError(format!("{flag}: expected the ARN of a role")))
        };
        let scheduler = role("--scheduler-role", scheduler)?;
        let account = AccountId::parse(scheduler.account());
        let account = account.map_err(|error| UsageError(format!("--scheduler-role: {error}")))?;
        let passes = passes.iter().map(|text| role("--passes", text)).collect::<Result<_, _>>()?;
        Ok(Some(Self { scheduler, account, passes }))
    }

    pub(super) async fn lines(&self, environment: &Environment<'_>) -> Vec<Line> {
        let about = "scheduler";
        let live = match Live::enter(environment, &self.account, None).await {
            Ok(live) => live,
            Err(error) => return vec![Line::unknown(about, error.to_string())],
        };
        match live.iam().await.whole() {
            Ok(iam) => self.passes.iter().map(|passed| self.line(iam, passed)).collect(),
            Err(gap) => vec![Line::unknown(about, gap.to_string())],
        }
    }

    fn line(&self, iam: &Iam, passed: &Arn) -> Line {
        let Self { scheduler, .. } = self;
        let about = format!("scheduler, {PASS}");
        let Some(role) = iam.roles.get(scheduler) else {
            return Line::mend(about, format!("there is no role {scheduler}"));
        };
        let mut managed = ManagedPolicies::default();
        let grants = match Grants::of(role, iam, &mut managed) {
            Ok(grants) => grants,
            Err(gap) => return Line::unknown(about, gap.to_string()),
        };
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
