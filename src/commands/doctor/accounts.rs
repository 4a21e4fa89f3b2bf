//! What was found of credentials, roles, Regions, permissions and the clock, a line each.

use jiff::SignedDuration;

use super::line::Line;
use crate::aws::{Failure, FailureKind};
use crate::collect::settings::AccountSource;
use crate::collect::{Examination, ExaminedAccount, ExaminedRegions, Permission};
use crate::types::Region;

/// AWS refuses signatures that are five minutes off.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html>.
const SKEW_ALLOWED: SignedDuration = SignedDuration::from_mins(5);
/// What a slow answer and the seconds of AWS's clock make of no difference.
const SKEW_TOLD: SignedDuration = SignedDuration::from_secs(30);

pub(super) fn lines(examination: &Examination) -> Vec<Line> {
    let mut lines = vec![match &examination.own {
        Ok((account, principal)) => Line::well("credentials", format!("{principal}, account {account}")),
        Err(failure) => Line::mend("credentials", failure.to_string()),
    }];
    lines.extend(examination.clock.ahead().map(clock));
    for account in &examination.accounts {
        lines.extend(of_account(account));
    }
    lines
}

fn clock(off: SignedDuration) -> Line {
    let behind = if off.is_negative() { "behind" } else { "ahead of" };
    let says = format!("{} s {behind} AWS's", off.abs().as_secs());
    match off.abs() {
        off if off >= SKEW_ALLOWED => {
            Line::mend("clock", format!("{says}: AWS refuses signatures that are 5 minutes off; synchronise it"))
        }
        off if off >= SKEW_TOLD => Line::mend("clock", format!("{says}: synchronise it before it is 5 minutes")),
        _ => Line::well("clock", "as AWS's"),
    }
}

fn of_account(account: &ExaminedAccount) -> Vec<Line> {
    match (&account.entered, &account.source) {
        (Ok(entered), source) => of_regions(entered, source.as_ref()),
        (Err(failure), Some(source)) => vec![refused(failure, source)],
        (Err(failure), None) => vec![Line::mend("account", failure.to_string())],
    }
}

/// AWS says the same whatever is wrong with an assumption: that it is refused.
fn refused(failure: &Failure, source: &AccountSource) -> Line {
    let fix = match (failure.kind, &source.external_id) {
        (FailureKind::Denied, Some(_)) => {
            "its trust policy asks for another external id or does not name the credentials' principal, or that may not \
             call sts:AssumeRole on it (stepwarden permissions prints the statement)"
        }
        (FailureKind::Denied, None) => {
            "its trust policy asks for an external id, and none is configured, or does not name the credentials' \
             principal, or that may not call sts:AssumeRole on it (stepwarden permissions prints the statement)"
        }
        _ => "look at credentials, network and endpoint",
    };
    Line::mend(format!("role {}", source.role_arn), says(failure, fix))
}

fn of_regions(account: &ExaminedRegions, source: Option<&AccountSource>) -> Vec<Line> {
    let id = &account.account_id;
    let mut lines = Vec::new();
    if source.is_some() {
        lines.push(Line::well(format!("account {id}"), format!("entered as {}", account.principal)));
    }
    let (answering, silent): (Vec<_>, Vec<_>) = account.regions.iter().partition(|(_, answer)| answer.is_ok());
    let refuses = |answer: &Result<(), Failure>| matches!(answer, Err(failure) if failure.kind == FailureKind::Denied);
    let (refusing, silent): (Vec<_>, Vec<_>) = silent.into_iter().partition(|(_, answer)| refuses(answer));
    // Where all refuse, the line of the permission says so.
    if !refusing.is_empty() && !answering.is_empty() {
        let names: Vec<_> = refusing.iter().map(|(region, _)| region.as_str()).collect();
        lines.push(Line::mend(
            format!("account {id}, Regions"),
            format!(
                "AWS refuses states:ListStateMachines in {}, as a service control policy may: name the others in `regions`, or \
                 have it allowed",
                names.join(", ")
            ),
        ));
    }
    if !answering.is_empty() {
        let names: Vec<_> = answering.iter().map(|(region, _)| region.as_str()).collect();
        lines.push(Line::well(format!("account {id}, Regions"), names.join(", ")));
    }
    for (region, answer) in silent {
        lines.extend(answer.as_ref().err().map(|failure| of_region(id.as_str(), region, failure)));
    }
    lines.extend(permissions(account));
    lines
}

fn of_region(account: &str, region: &Region, failure: &Failure) -> Line {
    let about = format!("account {account}, {region}");
    match failure.kind {
        FailureKind::UnknownHere | FailureKind::Credentials => Line::mend(
            about,
            format!("the Region is not enabled for the account: enable it, or take it out of `regions` ({failure})"),
        ),
        _ => Line::mend(about, says(failure, "is there such a Region, and a way to it through network and proxy?")),
    }
}

fn permissions(account: &ExaminedRegions) -> Vec<Line> {
    let id = &account.account_id;
    let granted = account.permissions.iter().filter(|(_, permission)| *permission == Permission::Granted).count();
    let mut lines = Vec::new();
    if !account.permissions.is_empty() {
        let says = format!("{granted} of {} actions are granted", account.permissions.len());
        lines.push(Line::well(format!("account {id}, permissions"), says));
    }
    for (api, permission) in &account.permissions {
        let action = api.iam_action.unwrap_or(api.name);
        let about = format!("account {id}, {action}");
        lines.extend(match permission {
            Permission::Granted => None,
            Permission::Denied(why) => {
                let fix = "allow it to the role (stepwarden permissions), or switch off the collector that asks for it";
                Some(Line::mend(about, format!("{why}: {fix}")))
            }
            Permission::Unknown(why) => Some(Line::unknown(about, why.clone())),
        });
    }
    lines
}

fn says(failure: &Failure, fix: &str) -> String {
    format!("{failure}: {fix}")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::line::State;
    use super::clock;

    #[test]
    fn a_clock_that_is_off_is_told_before_aws_refuses() {
        for (seconds, state, words) in [
            (0, State::Well, "as AWS's"),
            (-29, State::Well, "as AWS's"),
            (30, State::Mend, "30 s ahead of AWS's: synchronise it before it is 5 minutes"),
            (-299, State::Mend, "299 s behind AWS's: synchronise it before"),
            (-300, State::Mend, "300 s behind AWS's: AWS refuses signatures that are 5 minutes off"),
        ] {
            let line = clock(SignedDuration::from_secs(seconds));
            assert_eq!(line.state, state, "{seconds}");
            assert!(line.says.contains(words), "{seconds}: {}", line.says);
        }
    }
}
