//! What the service authorization table says of an action, as far as needs ask.

use crate::iam::table;

/// An action and where it can be scoped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// As IAM spells it.
    pub(super) action: String,
    /// None where only `*` will do.
    pub(super) types: Vec<ResourceType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResourceType {
    /// `table`.
    pub(super) name: &'static str,
    /// `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`; several are separated by `, `.
    pub(super) pattern: &'static str,
    /// Every call needs it.
    pub(super) required: bool,
}

/// `action` in any case; `None` where the table has no such action.
pub(super) fn facts(action: &str) -> Option<Facts> {
    let (prefix, name) = action.split_once(':')?;
    let service = table().service(prefix)?;
    let found = service.action(name)?;
    let types = found.resource_types().filter_map(|kind| {
        let pattern = service.resource_type(kind.name)?.arn;
        Some(ResourceType { name: kind.name, pattern, required: kind.required })
    });
    Some(Facts { action: found.full_name(), types: types.collect() })
}

#[cfg(test)]
mod tests {
    use super::facts;

    #[test]
    fn every_curated_action_is_known() {
        for (action, _) in super::super::names::curated() {
            let stands_for_several = ["dynamodb:PartiQL", "dynamodb:Transaction"].contains(&action);
            assert!(stands_for_several || facts(action).is_some(), "{action}");
        }
        let put = facts("DynamoDB:putitem").unwrap();
        assert_eq!((put.action.as_str(), put.types.len()), ("dynamodb:PutItem", 1));
        assert!(put.types[0].required && put.types[0].pattern.ends_with(":table/${TableName}"));
        assert!(facts("xray:PutTraceSegments").unwrap().types.is_empty());
        assert!(facts("xray:NoSuchThing").is_none());
    }
}
