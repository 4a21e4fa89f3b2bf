use crate::iam::table;

/// Whether a pattern of actions names real actions beside these. Of a service that is not listed nobody knows.
pub(super) fn grants_more(pattern: &str, needed: &[&str]) -> bool {
    let mut known = false;
    let mut named = table().expand(pattern).inspect(|_| known = true);
    let more = named.any(|action| !needed.iter().any(|needed| needed.eq_ignore_ascii_case(&action.full_name())));
    more || !known
}
