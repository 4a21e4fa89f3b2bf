use sha2::{Digest, Sha256};

use crate::finding::{Location, Subject};

/// The id of a finding: a hash of check, account, Region, resource, state name, array-normalised pointer, statement and
/// the check's own discriminator. Never of an index, an execution, a count, a time or a keyed hash.
pub(super) fn finding_id(check: &str, subject: &Subject, location: &Location, discriminator: Option<&str>) -> String {
    let pointer = location.pointer.as_ref().map(crate::types::JsonPointer::array_normalised).unwrap_or_default();
    let fields = [
        check,
        subject.account_id.as_str(),
        subject.region.as_str(),
        subject.resource.as_str(),
        location.state.as_deref().unwrap_or_default(),
        &pointer,
        location.statement.as_deref().unwrap_or_default(),
        discriminator.unwrap_or_default(),
    ];
    let mut hash = Sha256::new();
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::finding_id;
    use crate::finding::{Location, Subject};
    use crate::types::{AccountId, Arn, JsonPointer, Region};

    fn subject() -> Subject {
        Subject {
            account_id: AccountId::parse("123456789012").unwrap(),
            region: Region::parse("eu-west-1").unwrap(),
            resource: Arn::parse("arn:aws:states:eu-west-1:123456789012:stateMachine:orders").unwrap(),
            machines: Vec::new(),
        }
    }

    #[test]
    fn an_id_is_pinned_and_ignores_array_positions() {
        let at = |index| Location {
            pointer: Some(JsonPointer::root().join("Branches").index(index)),
            ..Location::default()
        };
        let id = finding_id("tracing-disabled", &subject(), &at(0), None);
        assert_eq!(id, finding_id("tracing-disabled", &subject(), &at(7), None));
        assert_ne!(id, finding_id("tracing-disabled", &subject(), &at(0), Some("x")));
        assert_eq!(
            finding_id("tracing-disabled", &subject(), &Location::default(), None),
            "df43c592b5598237e2db0bb46b498683"
        );
    }
}
