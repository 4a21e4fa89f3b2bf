use crate::aws::{Api, Failure, FailureKind};

/// One page of a list.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// The list that a page is about. An answer without it is not one of AWS's, and says nothing about what there is.
pub(super) fn required<T>(api: &'static Api, list: Option<Vec<T>>, field: &str) -> Result<Vec<T>, Failure> {
    let detail = || format!("{} answered without {field}", api.name);
    list.ok_or_else(|| Failure { kind: FailureKind::Other, api, detail: detail() })
}

/// All pages, or those before the one that failed. An endpoint that hands out the same token twice has not understood
/// it, and would never end.
pub(super) async fn all_pages<T, F, A>(api: &'static Api, fetch: F) -> (Vec<T>, Option<Failure>)
where
    F: Fn(Option<String>) -> A,
    A: Future<Output = Result<Page<T>, Failure>>,
{
    let (mut items, mut token) = (Vec::new(), None);
    loop {
        let page = match fetch(token.clone()).await {
            Ok(page) => page,
            Err(failure) => return (items, Some(failure)),
        };
        items.extend(page.items);
        match page.next.filter(|next| !next.is_empty()) {
            None => return (items, None),
            next if next == token => return (items, Some(same_token(api))),
            next => token = next,
        }
    }
}

pub(super) fn same_token(api: &'static Api) -> Failure {
    let detail = format!("{} answered the same page token twice: the list is not whole", api.name);
    Failure { kind: FailureKind::PageToken, api, detail }
}
