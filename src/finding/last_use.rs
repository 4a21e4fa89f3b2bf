use jiff::Timestamp;

use crate::model::{RoleAccess, ServiceAccess, TRACKED_DAYS};

/// When a role last used what a statement grants, in words for evidence.
#[derive(Debug, Default)]
pub struct LastUse {
    /// `sqs:DeleteQueue 2026-05-01`, `s3 not in 400 days`; a service stands for its actions that are not tracked.
    pub words: Vec<String>,
    /// One of the named actions was used.
    pub used: bool,
}

impl LastUse {
    /// Of actions as a statement writes them. Nothing is said of what IAM does not know.
    pub fn of(access: &RoleAccess, actions: &[&str]) -> Self {
        let mut found = Self::default();
        for action in actions {
            let Some((prefix, name)) = action.split_once(':') else { continue };
            let Some(service) = access.services.get(&prefix.to_ascii_lowercase()) else { continue };
            let tracked = service.actions.iter().find(|(tracked, _)| tracked.eq_ignore_ascii_case(name));
            let words = match tracked {
                Some((_, last)) => {
                    found.used |= last.is_some();
                    format!("{action} {}", when(*last))
                }
                None => format!("{prefix} {}", when(latest(service))),
            };
            if !found.words.contains(&words) {
                found.words.push(words);
            }
        }
        found
    }
}

fn latest(service: &ServiceAccess) -> Option<Timestamp> {
    service.actions.values().copied().chain([service.last]).max().flatten()
}

fn when(last: Option<Timestamp>) -> String {
    last.map_or_else(|| format!("not in {TRACKED_DAYS} days"), |last| last.strftime("%Y-%m-%d").to_string())
}
