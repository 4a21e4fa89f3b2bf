use std::collections::BTreeSet;

use crate::checks::CHECKS;
use crate::collect::COLLECTORS;
use crate::config::Config;
use crate::model::PartName;

/// Where only some checks are selected, switches off the collectors whose parts none of them reads, so that they cost
/// nothing and their gaps count for nothing.
pub(super) fn narrow(config: &mut Config) {
    if config.selection.only.is_empty() {
        return;
    }
    // Who is asked, and about what: without these there is no inventory.
    let mut read = BTreeSet::from([PartName::Identity, PartName::StateMachines]);
    read.extend(CHECKS.iter().filter(|check| config.selection.selects(check.id)).flat_map(|check| check.reads));
    loop {
        let before = read.len();
        let read_too = |part: &PartName| COLLECTORS.iter().find(|collector| collector.part == *part).map(|it| it.after);
        let after: Vec<_> = read.iter().filter_map(read_too).flatten().copied().collect();
        read.extend(after);
        if read.len() == before {
            break;
        }
    }
    config.collect.disabled.extend(PartName::ALL.iter().filter(|part| !read.contains(part)));
}

#[cfg(test)]
mod tests {
    use super::narrow;
    use crate::config::Config;
    use crate::model::PartName;

    fn left(only: &[&str], skip: &[&str]) -> Vec<PartName> {
        let mut config = Config::default();
        config.selection.only = only.iter().map(ToString::to_string).collect();
        config.selection.skip = skip.iter().map(ToString::to_string).collect();
        narrow(&mut config);
        PartName::ALL.iter().filter(|part| !config.collect.disabled.contains(part)).copied().collect()
    }

    #[test]
    fn what_the_selected_checks_read_is_collected() {
        use PartName::{Iam, Identity, LogGroups, QuotaHolders, Quotas, Running, StateMachines, Xray};
        let all: Vec<_> = PartName::ALL.iter().filter(|part| **part != PartName::LastAccessed).copied().collect();
        assert_eq!(left(&[], &["role-missing"]), all);
        assert_eq!(left(&["open-map-run-quota"], &[]), [Identity, StateMachines, Running, Quotas, QuotaHolders]);
        assert_eq!(left(&["log-retention-unset"], &[]), [Identity, StateMachines, Xray, LogGroups]);
        assert_eq!(
            left(&["role-missing", "open-map-run-quota"], &["open-map-run-quota"]),
            [Identity, Iam, StateMachines]
        );
    }
}
