//! How large the page may be: a browser opens ten megabytes at once, and not a hundred.

use super::words::put;

/// Bytes of the whole page, less what the lines that say what is left out take themselves.
pub(super) const PAGE: usize = 9_900_000;
/// Of the findings that the page holds as text too. Findings as data have what the other parts leave.
pub(super) const PLAIN: usize = 600_000;
pub(super) const ACCOUNTS: usize = 200_000;
/// Of machines with their graphs and policies.
pub(super) const DRAWN: usize = 1_800_000;
/// Of one graph, or of one machine's policies.
pub(super) const DRAWING: usize = 400_000;
/// Of all machines.
pub(super) const MACHINES: usize = 3_200_000;
pub(super) const EXPOSURE: usize = 500_000;
pub(super) const QUOTAS: usize = 300_000;
pub(super) const COVERAGE: usize = 300_000;
pub(super) const UNREAD: usize = 150_000;
pub(super) const PAST: usize = 300_000;

/// Writes items, which come worst first, as far as they fit into `most` bytes; says how many are left.
pub(super) fn fill<T>(
    page: &mut String,
    most: usize,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(T, &mut String),
) -> usize {
    let begun = page.len();
    let mut items = items.into_iter();
    for item in items.by_ref() {
        let before = page.len();
        write(item, page);
        if page.len() - begun > most {
            page.truncate(before);
            return 1 + items.count();
        }
    }
    0
}

/// Says that so many are not on the page.
pub(super) fn told(left_out: usize, what: &str, page: &mut String) {
    if left_out > 0 {
        put!(
            page,
            "<p class=\"left\">{left_out} more {what} are left out of this page: the JSON report holds all.</p>"
        );
    }
}
