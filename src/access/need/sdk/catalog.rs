//! What the Service Authorization Reference says of an action; `catalog.py` writes the table.

use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

/// An action and where it can be scoped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// As IAM spells it.
    pub(super) action: String,
    /// ARN patterns with `${Variables}`; none where only `*` will do.
    pub(super) types: Vec<ResourceType>,
    /// The call hands a role over.
    pub(super) passes_role: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResourceType {
    /// `table`.
    pub(super) name: String,
    /// `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`; several are separated by `, `.
    pub(super) pattern: String,
    /// Every call needs it.
    pub(super) required: bool,
}

static TABLE: LazyLock<HashMap<String, Facts>> = LazyLock::new(|| {
    let mut text = String::new();
    let read = GzDecoder::new(&include_bytes!("catalog.tsv.gz")[..]).read_to_string(&mut text);
    read.expect("the table is packed when it is written");
    parse(&text)
});

fn parse(text: &str) -> HashMap<String, Facts> {
    let mut table = HashMap::new();
    let mut prefix = "";
    let mut types = HashMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<_> = line.split('\t').collect();
        match cells[..] {
            ["S", name] => (prefix, types) = (name, HashMap::new()),
            ["r", name, pattern, ..] => {
                types.insert(name, pattern);
            }
            ["r", ..] => {}
            [_, name, ..] => {
                let kinds = cells.get(2).copied().unwrap_or_default().split(',').filter(|kind| !kind.is_empty());
                let kind = |kind: &str| {
                    let name = kind.trim_start_matches('*');
                    Some(ResourceType {
                        name: name.to_owned(),
                        pattern: (*types.get(name)?).to_owned(),
                        required: kind.starts_with('*'),
                    })
                };
                let facts = Facts {
                    action: format!("{prefix}:{name}"),
                    types: kinds.filter_map(kind).collect(),
                    passes_role: cells.get(4).is_some_and(|dependent| dependent.contains("iam:PassRole")),
                };
                table.insert(facts.action.to_ascii_lowercase(), facts);
            }
            _ => {}
        }
    }
    table
}

/// `action` in any case; `None` where the reference has no such action.
pub(super) fn facts(action: &str) -> Option<&'static Facts> {
    TABLE.get(action.to_ascii_lowercase().as_str())
}

/// The actions that a pattern such as `lambda:Invoke*` names.
pub(in crate::access) fn named_by(pattern: &str) -> impl Iterator<Item = &'static str> + use<'_> {
    let names = TABLE.values().map(|facts| facts.action.as_str());
    names.filter(|action| crate::iam::glob_matches(pattern, action, true))
}

#[cfg(test)]
mod tests {
    use super::{TABLE, facts, named_by};

    #[test]
    fn the_table_is_read_whole() {
        assert!(TABLE.len() > 20_000, "{}", TABLE.len());
        let put = facts("DynamoDB:putitem").unwrap();
        assert_eq!((put.action.as_str(), put.types.len()), ("dynamodb:PutItem", 1));
        assert!(put.types[0].required && put.types[0].pattern.ends_with(":table/${TableName}"));
        assert!(facts("xray:PutTraceSegments").unwrap().types.is_empty());
        assert!(facts("xray:NoSuchThing").is_none());
        assert_eq!(named_by("states:StartS*").collect::<Vec<_>>(), ["states:StartSyncExecution"]);
    }

    #[test]
    fn every_curated_action_is_known() {
        for (action, _) in super::super::names::curated() {
            let stands_for_several = ["dynamodb:PartiQL", "dynamodb:Transaction"].contains(&action);
            assert!(stands_for_several || facts(action).is_some(), "{action}");
        }
    }
}
