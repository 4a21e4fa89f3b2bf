use crate::access::need::actions_named_by;

/// Whether a pattern of actions names real actions beside these. Of a service that is not listed nobody knows.
pub(super) fn grants_more(pattern: &str, needed: &[&str]) -> bool {
    let mut known = false;
    let mut more = actions_named_by(pattern).inspect(|_| known = true);
    let others = more.any(|action| !needed.iter().any(|needed| needed.eq_ignore_ascii_case(action)));
    others || !known
}
