//! An object on the way: which of its members wait for their siblings, and what the siblings say.

use std::borrow::Cow;
use std::rc::Rc;

use super::concept::Concept;
use super::inspector::Inspector;
use super::key::{Sense, Standing, Subject};
use super::key_cache::Key;
use super::value;
use super::walk::{Above, Left};

/// What is done with a member's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Now,
    Wait,
}

/// A text that waits.
struct Kept<'de> {
    name: Cow<'de, str>,
    /// The member inside that adds nothing.
    under: Option<Cow<'de, str>>,
    text: Cow<'de, str>,
    key: Rc<Key>,
    above: Above,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Object<'a, 'de> {
    above: &'a Above,
    below: Above,
    /// The key of the member that was entered last.
    entered: Option<Rc<Key>>,
    kept: Vec<Kept<'de>>,
    /// What a sibling called `name`, `type` or `system` says of `value` and `number`.
    hint: Option<Rc<Key>>,
    has_value: bool,
    has_base64: bool,
    personal: bool,
    /// It is a map by persons: `employees`.
    lists_persons: bool,
    /// How many members speak of a person, and whether one is a family name.
    evidence: u32,
    has_surname: bool,
    has_more: bool,
}

/// An object of more members that wait gives its oldest ones up: they are judged without siblings.
const MOST_KEPT: usize = 64;

impl<'a, 'de> Object<'a, 'de> {
    pub(super) fn new(above: &'a Above) -> Self {
        let below = Above { key: None, sense: Sense::SILENT, personal: above.personal };
        Self {
            above,
            below,
            entered: None,
            kept: Vec::new(),
            hint: None,
            has_value: false,
            has_base64: above.key.as_ref().is_some_and(|key| key.is_base64_box()),
            personal: above.personal,
            lists_persons: above.key.as_ref().is_some_and(|key| key.lists_persons()),
            evidence: 0,
            has_surname: false,
            has_more: false,
        }
    }

    /// Begins a member: puts its name on the path and reads it.
    pub(super) fn enter(&mut self, inspector: &mut Inspector<'_>, name: &str) -> Verdict {
        let mut key = inspector.keys.key(name);
        if self.lists_persons && key.is_unknown() && value::is_name_as_key(name) {
            key = inspector.keys.person();
        }
        inspector.put_name(&key, name);
        inspector.tell_name(&key, name);
        self.entered = Some(Rc::clone(&key));
        let own = key.sense;
        let sense = self.in_place(inspector, &key);
        let says = sense.says();
        let personal = sense.standing == Standing::Says && says.is_some_and(Concept::is_personal);
        self.personal |= personal;
        self.evidence += u32::from(personal);
        self.has_surname |= says == Some(Concept::LastName);
        self.has_value |= own.is_transparent && key.is_value();
        self.has_base64 |= key.is_base64_flag();
        // Siblings help where the key says nothing, or too little.
        let waits = key.is_label()
            || own.is_transparent
            || sense.concept.is_some_and(Concept::is_ambiguous)
            || (own.concept.is_none() && key.ends_with_value());
        // A key that has nothing to say leaves the word to the key above it.
        let speaker = if own.is_transparent { self.above.key.clone().or(Some(key)) } else { Some(key) };
        let spoken_of = match own.subject {
            Subject::Person => true,
            Subject::Thing => false,
            Subject::Nobody => {
                (own.is_transparent && self.above.personal) || (own.concept == Some(Concept::Name) && self.personal)
            }
        };
        self.below = Above { key: speaker, sense, personal: spoken_of };
        if waits && !inspector.is_decoding_deep() { Verdict::Wait } else { Verdict::Now }
    }

    /// What a key says under the key above it.
    fn in_place(&self, inspector: &mut Inspector<'_>, key: &Key) -> Sense {
        let own = key.sense;
        if own.is_transparent {
            return match &self.above.key {
                Some(_) => self.above.sense,
                None => own,
            };
        }
        let unsaid = own.concept.is_none_or(Concept::is_ambiguous) && own.standing != Standing::Denied;
        match &self.above.key {
            Some(above) if own.concept.is_some() && above.is_container() => own,
            Some(above) if own.concept == Some(Concept::Name) && unsaid && above.sense.subject == Subject::Person => {
                Sense { concept: Some(Concept::FullName), ..own }
            }
            // Under an address, an address is one of its lines.
            Some(above) if own.concept == Some(Concept::Address) && above.sense.concept == own.concept => {
                Sense { concept: Some(Concept::Street), ..own }
            }
            Some(above) if unsaid => {
                let pair = inspector.keys.pair(above, key);
                let inherited = pair.concept.is_some() && pair.concept == above.sense.concept && own.concept.is_none();
                // `passport` and `country`, `account` and `holder`: the key above is not what this one names.
                if inherited && (!key.is_short() || own.ends_with_person) { own } else { pair }
            }
            _ => own,
        }
    }

    /// How the values of the member that has been entered are told.
    pub(super) fn below(&self) -> &Above {
        &self.below
    }

    /// A text that waits for the object's end.
    pub(super) fn keep(
        &mut self,
        inspector: &mut Inspector<'_>,
        name: Cow<'de, str>,
        under: Option<Cow<'de, str>>,
        text: Cow<'de, str>,
    ) {
        let Some(key) = self.entered.clone() else { return };
        if key.is_label()
            && text.len() <= 96
            && let Some(hint) = inspector.hint(&text)
        {
            self.hint = Some(hint);
        }
        // `"resourceType": "Patient"`
        self.personal |= key.is_label() && text.len() <= 32 && inspector.keys.key(&text).sense.ends_with_person;
        if self.kept.len() >= MOST_KEPT {
            if let Some(under) = &under {
                inspector.name(under);
            }
            inspector.text(&text, &self.below);
            return;
        }
        self.kept.push(Kept { name, under, text, key, above: self.below.clone() });
    }

    /// A member was no text.
    pub(super) fn has_more(&mut self) {
        self.has_more = true;
    }

    /// The object's end: what waited is judged, or goes on waiting where it is the only member and adds nothing.
    pub(super) fn close(mut self, inspector: &mut Inspector<'_>, may_wait: bool) -> Left<'de> {
        let only = may_wait && !self.has_more && !self.has_base64 && self.kept.len() == 1;
        match self.kept.pop() {
            Some(Kept { name, under: None, text, key, .. }) if only && key.sense.is_transparent => {
                return Left::Under(name, text);
            }
            last => self.kept.extend(last),
        }
        self.judge(inspector);
        Left::Nothing
    }

    fn judge(self, inspector: &mut Inspector<'_>) {
        let Self { kept, hint, has_value, has_base64, personal, evidence, has_surname, .. } = self;
        for Kept { name, under, text, key, mut above } in kept {
            let mark = inspector.path.mark();
            inspector.put_name(&key, &name);
            if let Some(under) = &under {
                inspector.name(under);
            }
            above.personal |= personal;
            // A given name beside a family name, or a name among much that speaks of a person: one word may be enough.
            if above.sense.says() == Some(Concept::Name) && personal && (has_surname || evidence > 1) {
                above.sense.concept = Some(Concept::FullName);
            }
            if let Some(hint) = &hint
                && key.is_value()
                && (key.sense.is_transparent
                    || key.sense.concept == Some(Concept::DocNumber)
                    || (key.ends_with_value() && key.sense.concept.is_none()))
            {
                hinted(inspector, hint, &key, &mut above);
            }
            // The name of a value is a label.
            if has_value && key.is_label() && matches!(above.sense.concept, Some(Concept::Name | Concept::KeyWord)) {
                above.sense.standing = Standing::Denied;
            }
            if has_base64 && key.is_base64_place() && inspector.base64(&text, &above) {
                inspector.path.back_to(mark);
                continue;
            }
            inspector.text(&text, &above);
            inspector.path.back_to(mark);
        }
    }
}

/// A sibling has said what the value is.
fn hinted(inspector: &mut Inspector<'_>, hint: &Rc<Key>, key: &Rc<Key>, above: &mut Above) {
    if key.ends_with_value() || key.sense.concept == Some(Concept::DocNumber) {
        above.sense = hint.sense;
        above.key = Some(Rc::clone(hint));
        return;
    }
    let pair = inspector.keys.pair(hint, key);
    if pair.concept.is_some() {
        above.sense = pair;
        above.key = Some(Rc::clone(hint));
    } else if key.sense.is_transparent {
        above.sense = hint.sense;
    }
}
