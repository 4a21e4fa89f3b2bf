use std::collections::HashMap;
use std::sync::LazyLock;

static SERVICES: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(include_str!("services.tsv")).filter_map(|row| row.split_once('\t')).collect());

static OPERATIONS: LazyLock<HashMap<(&'static str, String), Exception>> = LazyLock::new(|| {
    let exception = |row: &'static str| {
        let mut cells = row.split('\t');
        let (service, operation, actions, source) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        let action = |text: &'static str| match text.split_once('@') {
            Some((action, target)) => (action, Some(target)),
            None => (text, None),
        };
        let actions = actions.split(' ').filter(|text| *text != "-").map(action).collect();
        Some(((service, operation.to_ascii_lowercase()), Exception { actions, source }))
    };
    rows(include_str!("operations.tsv")).filter_map(exception).collect()
});

/// What an operation needs where that is not the action of its name: each action with the word that says where.
#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) actions: Vec<(&'static str, Option<&'static str>)>,
    pub(super) source: &'static str,
}

fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// The IAM prefix of a service; a service that is not listed may be its own.
pub(super) fn prefix(service: &str) -> &str {
    SERVICES.get(service.to_ascii_lowercase().as_str()).copied().unwrap_or(service)
}

pub(super) fn exception(service: &str, operation: &str) -> Option<Exception> {
    let service = SERVICES.get_key_value(service.to_ascii_lowercase().as_str())?.0;
    OPERATIONS.get(&(*service, operation.to_ascii_lowercase())).cloned()
}

/// Every action of the exceptions, with the word that says where.
#[cfg(test)]
pub(super) fn curated() -> Vec<(&'static str, Option<&'static str>)> {
    let mut all: Vec<_> = rows(include_str!("operations.tsv"))
        .filter_map(|row| {
            let mut cells = row.split('\t');
            exception(cells.next()?, cells.next()?)
        })
        .flat_map(|exception| exception.actions)
        .collect();
    all.sort_unstable();
    all
}

/// `getSecretValue` as `GetSecretValue`.
pub(super) fn capitalised(operation: &str) -> String {
    let mut letters = operation.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::{OPERATIONS, SERVICES, exception, prefix, rows};

    #[test]
    fn the_tables_are_read_whole() {
        assert_eq!(SERVICES.len(), rows(include_str!("services.tsv")).count());
        assert_eq!(OPERATIONS.len(), rows(include_str!("operations.tsv")).count());
        assert!(OPERATIONS.keys().all(|(service, _)| SERVICES.contains_key(service)));
        assert!(OPERATIONS.values().all(|exception| exception.source.starts_with("https://")));
    }

    #[test]
    fn names_of_services_and_operations() {
        for (service, expected) in [("sfn", "states"), ("cloudwatchlogs", "logs"), ("sesv2", "ses"), ("new", "new")] {
            assert_eq!(prefix(service), expected);
        }
        assert_eq!(exception("s3", "listBuckets").unwrap().actions, [("s3:ListAllMyBuckets", None)]);
        assert_eq!(exception("sts", "GetCallerIdentity").unwrap().actions, []);
        assert!(exception("sfn", "StartExecution").is_none());
    }
}
