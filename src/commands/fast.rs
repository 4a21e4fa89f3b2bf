use std::collections::BTreeSet;

use super::outcome::UsageError;
use crate::checks::CHECKS;
use crate::config::Config;
use crate::finding::{Check, Family};
use crate::model::PartName;

/// Parts that a scan of quotas alone collects.
const PARTS: [&str; 3] = ["identity", "quotas", "quota_holders"];
/// Parts that only make exacter what a check can say by those alone.
const REFINE: [&str; 3] = ["state_machines", "versions", "running"];

/// Leaves of the configuration what tells of quotas without looking at any state machine, so that its cost does not grow
/// with their number.
pub(super) fn quotas_only(config: &mut Config) -> Result<(), UsageError> {
    let fast: BTreeSet<_> = CHECKS.iter().filter(|check| is_fast(check)).map(|check| check.id).collect();
    let (kept, slow): (Vec<_>, Vec<_>) = CHECKS.iter().map(|check| check.id).partition(|id| fast.contains(id));
    if !kept.iter().any(|id| config.selection.selects(id)) {
        return Err(UsageError(format!("--quotas runs none of the selected checks; it runs {}", kept.join(", "))));
    }
    config.selection.skip.extend(slow.into_iter().map(str::to_owned));
    config.collect.disabled.remove(&PartName::Quotas);
    config.collect.disabled.extend(PartName::ALL.iter().filter(|part| !PARTS.contains(&part.as_str())));
    Ok(())
}

/// Where the quotas are not collected, a scan of quotas alone may be what judges them: what a whole scan could say of them
/// without their limits would contradict it.
pub(super) fn without_quotas(config: &mut Config) {
    if config.collect.disabled.contains(&PartName::Quotas) && config.selection.only.is_empty() {
        let fast = CHECKS.iter().filter(|check| is_fast(check)).map(|check| check.id.to_owned());
        config.selection.skip.extend(fast);
    }
}

fn is_fast(check: &Check) -> bool {
    let fits = |part: &PartName| PARTS.contains(&part.as_str()) || REFINE.contains(&part.as_str());
    check.family == Family::Quota && check.reads.contains(&PartName::Quotas) && check.reads.iter().all(fits)
}

#[cfg(test)]
mod tests {
    use super::quotas_only;
    use crate::config::Config;
    use crate::model::PartName;

    #[test]
    fn nothing_is_collected_that_grows_with_the_machines() {
        let mut config = Config::default();
        config.collect.disabled.insert(PartName::Quotas);
        quotas_only(&mut config).unwrap();
        for part in [PartName::StateMachines, PartName::Iam, PartName::Versions, PartName::Executions] {
            assert!(config.collect.disabled.contains(&part), "{part:?}");
        }
        assert!(!config.collect.disabled.contains(&PartName::Quotas));
        assert!(config.selection.selects("open-execution-quota") && !config.selection.selects("role-missing"));
    }

    #[test]
    fn a_selection_without_a_quota_is_a_mistake() {
        let mut config = Config::default();
        config.selection.only = vec!["role-missing".to_owned()];
        assert!(quotas_only(&mut config).unwrap_err().0.contains("open-execution-quota"));
    }
}
