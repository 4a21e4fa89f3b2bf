use std::cmp::Ordering;

use super::glob::glob_matches;
use super::policy::Selector;

/// The actions of one statement, by service, so that a request looks only at its own service's names.
///
/// Actions compare without case. A wildcard names actions of one service, or stands alone for all of them; IAM takes none in
/// the service prefix, so such a pattern matches nothing here.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>.
#[derive(Debug, Clone)]
pub(super) struct ActionSet {
    all_but: bool,
    everything: bool,
    /// Sorted by prefix.
    services: Box<[Service]>,
}

#[derive(Debug, Clone)]
struct Service {
    prefix: Box<str>,
    /// The prefix with `:*`.
    everything: bool,
    /// Sorted, without wildcards.
    exact: Box<[Box<str>]>,
    globs: Box<[Box<str>]>,
}

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

/// Whether the pattern is every action there is.
pub(super) fn is_everything(pattern: &str) -> bool {
    let stars = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    stars(pattern) || pattern.split_once(':').is_some_and(|(service, name)| stars(service) && stars(name))
}

/// Whether one pattern of a policy names the action.
pub(super) fn pattern_matches(pattern: &str, action: &str) -> bool {
    if is_everything(pattern) {
        return true;
    }
    match (pattern.split_once(':'), action.split_once(':')) {
        (Some((service, name)), Some((own_service, own_name))) => {
            service.eq_ignore_ascii_case(own_service) && glob_matches(name, own_name, true)
        }
        _ => false,
    }
}

impl ActionSet {
    pub(super) fn new(selector: &Selector) -> Self {
        let (all_but, patterns) = match selector {
            Selector::Only(patterns) => (false, patterns),
            Selector::AllBut(patterns) => (true, patterns),
        };
        let mut pairs: Vec<(&str, &str)> = patterns.iter().filter_map(|pattern| pattern.split_once(':')).collect();
        pairs.sort_by(|a, b| compare(a.0, b.0));
        let services = pairs.chunk_by(|a, b| a.0.eq_ignore_ascii_case(b.0)).map(|names| {
            let (globs, mut exact): (Vec<&str>, Vec<&str>) =
                names.iter().map(|(_, name)| *name).partition(|name| name.contains(['*', '?']));
            exact.sort_by(|a, b| compare(a, b));
            Service {
                prefix: names[0].0.into(),
                everything: globs.contains(&"*"),
                exact: exact.into_iter().map(Into::into).collect(),
                globs: globs.into_iter().map(Into::into).collect(),
            }
        });
        Self {
            all_but,
            everything: patterns.iter().any(|pattern| is_everything(pattern)),
            services: services.collect(),
        }
    }

    pub(super) fn matches(&self, service: &str, name: &str) -> bool {
        self.all_but != (self.everything || self.names(service, name))
    }

    fn names(&self, service: &str, name: &str) -> bool {
        let Ok(at) = self.services.binary_search_by(|own| compare(&own.prefix, service)) else { return false };
        let own = &self.services[at];
        own.everything
            || own.exact.binary_search_by(|exact| compare(exact, name)).is_ok()
            || own.globs.iter().any(|glob| glob_matches(glob, name, true))
    }
}

#[cfg(test)]
mod tests {
    use super::{ActionSet, pattern_matches};
    use crate::iam::Selector;

    #[test]
    fn by_service_and_without_case() {
        let list = ["s3:Get*", "S3:PutObject", "lambda:InvokeFunction", "states:Start?xecution", "lamb*:Delete*"];
        let only = ActionSet::new(&Selector::Only(list.map(str::to_owned).to_vec()));
        let all_but = ActionSet::new(&Selector::AllBut(list.map(str::to_owned).to_vec()));
        for (service, name, named) in [
            ("s3", "getobject", true),
            ("S3", "PUTOBJECT", true),
            ("s3", "PutObjectAcl", false),
            ("lambda", "invokefunction", true),
            ("lambda", "DeleteFunction", false),
            ("states", "StartExecution", true),
            ("states", "StartSyncExecution", false),
            ("s3tables", "GetObject", false),
        ] {
            assert_eq!(only.matches(service, name), named, "{service}:{name}");
            assert_eq!(all_but.matches(service, name), !named, "{service}:{name}");
            let pattern = list.iter().any(|pattern| pattern_matches(pattern, &format!("{service}:{name}")));
            assert_eq!(pattern, named, "{service}:{name}");
        }
    }

    #[test]
    fn everything_is_a_star_alone() {
        for (pattern, everything) in [("*", true), ("**", true), ("*:*", true), ("*:Get*", false), ("s3:*", false)] {
            let set = ActionSet::new(&Selector::Only(vec![pattern.to_owned()]));
            assert_eq!(set.matches("lambda", "GetFunction"), everything, "{pattern}");
        }
    }
}
