//! The walk over a document: a streaming visitor that keeps no tree, only the path to where it is and, of each object it is
//! in, the few values whose meaning a sibling decides.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::inspector::Inspector;
use super::key::Sense;
use super::key_cache::Key;
use super::object::{Object, Verdict};

/// The key above, as it applies to what is below it.
#[derive(Debug, Clone)]
pub(super) struct Above {
    pub(super) key: Option<Rc<Key>>,
    pub(super) sense: Sense,
    /// A person is spoken of.
    pub(super) personal: bool,
}

impl Above {
    pub(super) const ROOT: Self = Self { key: None, sense: Sense::SILENT, personal: false };
}

/// What a value left behind that could not be judged alone.
pub(super) enum Left<'de> {
    Nothing,
    Text(Cow<'de, str>),
    /// The text of the only member of an object that adds nothing to its key: `{"name": {"S": "…"}}`.
    Under(Cow<'de, str>, Cow<'de, str>),
}

/// One value of a document.
pub(super) struct Node<'a, 's> {
    pub(super) inspector: &'a mut Inspector<'s>,
    pub(super) above: &'a Above,
    /// The object decides about a text after it has seen the siblings.
    pub(super) may_wait: bool,
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = Left<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Left<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Longer texts are judged without their siblings: what waits is bounded.
const LONGEST_WAIT: usize = 512;

/// JSON in base 64, of which a sibling or the envelope says that it is.
const LONGEST_BASE64: usize = 256 << 10;

fn can_wait(text: &str) -> bool {
    let base64 = || ["eyJ", "ewo", "ewog", "W3s", "WyJ"].iter().any(|head| text.starts_with(head));
    text.len() <= LONGEST_WAIT || (text.len() <= LONGEST_BASE64 && base64())
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Left<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Left<'de>, E> {
        if self.may_wait && can_wait(text) {
            return Ok(Left::Text(Cow::Borrowed(text)));
        }
        self.inspector.text(text, self.above);
        Ok(Left::Nothing)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Left<'de>, E> {
        if self.may_wait && can_wait(text) {
            return Ok(Left::Text(Cow::Owned(text.to_owned())));
        }
        self.inspector.text(text, self.above);
        Ok(Left::Nothing)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Left<'de>, E> {
        self.inspector.number(format_args!("{number}"), self.above);
        Ok(Left::Nothing)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Left<'de>, E> {
        self.inspector.number(format_args!("{number}"), self.above);
        Ok(Left::Nothing)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Left<'de>, E> {
        self.inspector.number(format_args!("{number}"), self.above);
        Ok(Left::Nothing)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Left<'de>, E> {
        Ok(Left::Nothing)
    }

    fn visit_unit<E: Error>(self) -> Result<Left<'de>, E> {
        Ok(Left::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Left<'de>, A::Error> {
        let Self { inspector, above, .. } = self;
        let mut list = super::list::List::new(above);
        for index in 0.. {
            let mark = inspector.path.mark();
            inspector.path.push_index(index);
            // Texts wait for a moment: an option before them names them, and a first line may name columns.
            let node = Node { inspector: &mut *inspector, above, may_wait: true };
            let left = items.next_element_seed(node)?;
            match &left {
                Some(Left::Text(text)) => list.item(inspector, text),
                Some(Left::Under(name, text)) => {
                    inspector.name(name);
                    inspector.text(text, above);
                }
                Some(Left::Nothing) | None => {}
            }
            inspector.path.back_to(mark);
            if left.is_none() {
                break;
            }
        }
        Ok(Left::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Left<'de>, A::Error> {
        let Self { inspector, above, may_wait } = self;
        let mut object = Object::new(above);
        while let Some(Name(name)) = members.next_key_seed(NameSeed)? {
            let mark = inspector.path.mark();
            let verdict = object.enter(inspector, &name);
            let may_wait = matches!(verdict, Verdict::Wait);
            let below = object.below();
            let node = Node { inspector: &mut *inspector, above: below, may_wait };
            let left = members.next_value_seed(node)?;
            match left {
                Left::Text(text) => object.keep(inspector, name, None, text),
                Left::Under(under, text) => object.keep(inspector, name, Some(under), text),
                Left::Nothing => object.has_more(),
            }
            inspector.path.back_to(mark);
        }
        Ok(object.close(inspector, may_wait))
    }
}

/// A member's name, borrowed where it can be.
struct Name<'de>(Cow<'de, str>);

struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name<'de>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameSeed {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(text.to_owned())))
    }
}
