use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::aws::{Api, Failure, FailureKind};

/// The longest list that is followed: two million state machines, or tags of 200,000 resources, where an account may have
/// 150,000 state machines.
const MOST_PAGES: usize = 2_000;

/// One page of a list.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// The list that a page is about. An answer without it is not one of AWS's, and says nothing about what there is.
pub(super) fn required<T>(api: &'static Api, list: Option<Vec<T>>, field: &str) -> Result<Vec<T>, Failure> {
    list.ok_or_else(|| without(api, field))
}

/// An answer lacks what AWS documents.
pub(super) fn without(api: &'static Api, field: &str) -> Failure {
    Failure { kind: FailureKind::Other, api, detail: format!("{} answered without {field}", api.name) }
}

/// All pages, or those before the one that failed.
pub(super) async fn all_pages<T, F, A>(api: &'static Api, fetch: F) -> (Vec<T>, Option<Failure>)
where
    F: Fn(Option<String>) -> A,
    A: Future<Output = Result<Page<T>, Failure>>,
{
    let (mut items, mut token, mut tokens) = (Vec::new(), None, Tokens::new(api));
    loop {
        let page = match fetch(token).await {
            Ok(page) => page,
            Err(failure) => return (items, Some(failure)),
        };
        items.extend(page.items);
        token = match tokens.follow(page.next) {
            Ok(None) => return (items, None),
            Ok(next) => next,
            Err(failure) => return (items, Some(failure)),
        };
    }
}

/// The page tokens of one list. An endpoint that hands out a token again has not understood it, and one that always has
/// another page would never end.
#[derive(Debug)]
pub(super) struct Tokens {
    api: &'static Api,
    /// Hashes: a token may be long.
    seen: HashSet<u64>,
}

impl Tokens {
    pub(super) fn new(api: &'static Api) -> Self {
        Self { api, seen: HashSet::new() }
    }

    /// The token to go on with; `None` at the list's end.
    pub(super) fn follow(&mut self, next: Option<String>) -> Result<Option<String>, Failure> {
        let Some(next) = next.filter(|next| !next.is_empty()) else { return Ok(None) };
        let mut hasher = DefaultHasher::new();
        next.hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            return Err(self.broken("answered the same page token twice"));
        }
        if self.seen.len() >= MOST_PAGES {
            return Err(self.broken("has more pages than any account can fill"));
        }
        Ok(Some(next))
    }

    fn broken(&self, how: &str) -> Failure {
        let detail = format!("{} {how}: the list is not whole", self.api.name);
        Failure { kind: FailureKind::PageToken, api: self.api, detail }
    }
}

/// The items that say what they are. What does not say it cannot be told from anything else, so a list with such an
/// item is not whole.
pub(super) fn named<T>(
    api: &'static Api,
    items: impl IntoIterator<Item = Option<T>>,
    field: &str,
    failure: Option<Failure>,
) -> (Vec<T>, Option<Failure>) {
    let (mut found, mut nameless) = (Vec::new(), 0);
    for item in items {
        match item {
            Some(item) => found.push(item),
            None => nameless += 1,
        }
    }
    (found, failure.or_else(|| unnamed(api, nameless, field)))
}

/// That many items came without a usable `field`.
pub(super) fn unnamed(api: &'static Api, count: usize, field: &str) -> Option<Failure> {
    let items = if count == 1 { "an item" } else { "items" };
    let detail = format!("{} answered with {items} without a usable {field}: the list is not whole", api.name);
    (count > 0).then_some(Failure { kind: FailureKind::Other, api, detail })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{MOST_PAGES, Page, all_pages};
    use crate::aws::FailureKind;
    use crate::aws::apis::SFN_LIST_STATE_MACHINES as LIST;

    /// Pages whose tokens are made by `token`, until they come to an end.
    async fn pages(token: impl Fn(usize) -> String) -> (usize, Option<FailureKind>) {
        let asked = Cell::new(0);
        let (items, failure) = all_pages(&LIST, |_| {
            asked.set(asked.get() + 1);
            let next = Some(token(asked.get()));
            async { Ok(Page { items: vec![()], next }) }
        })
        .await;
        assert_eq!(items.len(), asked.get());
        (asked.get(), failure.map(|failure| failure.kind))
    }

    #[tokio::test]
    async fn tokens_that_come_round_are_noticed() {
        assert_eq!(pages(|asked| format!("page-{}", asked % 3)).await, (4, Some(FailureKind::PageToken)));
    }

    #[tokio::test]
    async fn a_list_without_an_end_is_given_up() {
        assert_eq!(pages(|asked| asked.to_string()).await, (MOST_PAGES, Some(FailureKind::PageToken)));
    }
}
