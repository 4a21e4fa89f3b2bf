use crate::types::JsonPointer;

/// Where a walk is; written out only where it is needed, for in deep documents with long keys that is dear.
#[derive(Debug)]
pub(super) enum Place<'a> {
    At(&'a JsonPointer),
    Key(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl Place<'_> {
    pub(super) fn pointer(&self) -> JsonPointer {
        match self {
            Self::At(pointer) => (*pointer).clone(),
            Self::Key(parent, key) => parent.pointer().join(key),
            Self::Index(parent, index) => parent.pointer().index(*index),
        }
    }
}
