use super::super::call::Call;
use super::super::target::{self, Target};
use super::super::{Choice, Need, Place};
use crate::asl::Task;

const SOURCE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html";

/// The role that a task assumes for its call.
pub(in super::super) fn role_of(task: &Task, place: &Place) -> Option<Target> {
    let role = task.credentials.as_ref()?;
    let call = Call { task, place };
    let any_role = || format!("arn:{}:iam::*:role/*", place.partition);
    let target = match call.text_of(role) {
        None => Target::unseen(any_role()),
        Some(text) if text.pattern.starts_with("arn:") => target::role(place, &text),
        Some(text) => {
            let mut target = Target::unseen(any_role());
            if let Some(from) = text.from {
                target.choice = Choice::Runtime { from };
            }
            target
        }
    };
    Some(target)
}

/// All that the execution role needs for such a call; the rest is needed by the other role.
pub(in super::super) fn assume(task: &Task, role: &Target) -> Need {
    let states = std::collections::BTreeSet::from([task.state.clone()]);
    Need::new("sts:AssumeRole", role.clone(), "the task calls with another role's permissions", SOURCE)
        .in_states(states)
}
