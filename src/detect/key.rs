//! What a key says about its value.

use super::concept::{Concept, Meaning, Role, Shield};
use super::lexicon;
use super::words;

/// How plainly a key says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It names the value.
    Says,
    /// Words that nobody knows stand behind: `email_foo`.
    Unsure,
    /// It names what stands in the value's place: `email_hash`.
    Shielded(Shield),
    /// It names something about it, or something else: `email_count`, `next_token`.
    Denied,
}

/// Of whom the key's words speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Subject {
    #[default]
    Nobody,
    Person,
    Thing,
}

/// What was read out of a key.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sense {
    pub(super) concept: Option<Concept>,
    pub(super) standing: Standing,
    pub(super) subject: Subject,
    /// It has nothing to say, so the key above speaks: `value`, DynamoDB's `S`.
    pub(super) is_transparent: bool,
    /// It names some number or id of another kind, such as an order's.
    pub(super) is_other_number: bool,
    /// Its last word is a person: `customer`, `assigned_to_employee`.
    pub(super) ends_with_person: bool,
    /// A word that nobody knows is in it.
    pub(super) has_unknown: bool,
    /// It names messages, whose ids look like mail addresses.
    pub(super) is_message_id: bool,
}

impl Sense {
    pub(super) const SILENT: Self = Self {
        concept: None,
        standing: Standing::Says,
        subject: Subject::Nobody,
        is_transparent: true,
        is_other_number: false,
        ends_with_person: false,
        has_unknown: false,
        is_message_id: false,
    };

    pub(super) fn of(key: &str) -> Self {
        Self::of_words(&words::split(key))
    }

    /// One key under another. Where the lower one says something, no phrase reaches into it: `user` and `idNumber` hold no
    /// user id, but `card` and `holder` are a cardholder.
    pub(super) fn of_pair(above: &[String], key: &[String]) -> Self {
        let words = [above, key].concat();
        let below = segments(key);
        if !below.iter().any(|part| matches!(part, Some(Meaning::Concept(_)))) {
            return Self::of_words(&words);
        }
        let mut parts = segments(above);
        parts.extend(below);
        Self::of_parts(parts, &words)
    }

    pub(super) fn of_words(words: &[String]) -> Self {
        Self::of_parts(segments(words), words)
    }

    fn of_parts(parts: Vec<Option<Meaning>>, words: &[String]) -> Self {
        // Numbers of something, written as one word: invoiceno, trackingref.
        const ENDS: [&str; 6] = ["number", "num", "no", "nr", "ref", "id"];
        let mut reading = Reading::default();
        for (place, part) in parts.into_iter().enumerate() {
            reading.add(place, part);
        }
        let numbered = |word: &String| {
            word.len() > 5 && ENDS.iter().any(|end| word.ends_with(end)) && lexicon::look_up(word).is_none()
        };
        let mut sense = reading.sense();
        sense.is_other_number |= sense.concept.is_none() && words.iter().any(numbered);
        let joined = |pair: &[String]| {
            matches!(pair[0].as_str(), "message" | "msg" | "mail") && matches!(pair[1].as_str(), "id" | "ids")
        };
        sense.is_message_id = words.windows(2).any(joined)
            || words.last().is_some_and(|word| {
                matches!(word.as_str(), "msgid" | "inreplyto" | "references") || word.contains("messageid")
            })
            || words.windows(2).any(|pair| pair[0] == "reply" && pair[1] == "to")
                && words.first().is_some_and(|word| word == "in");
        sense
    }

    /// The concept of a key behind which words stand that nobody knows: the value has to be plain about it.
    pub(super) fn suspects(self) -> Option<Concept> {
        self.concept.filter(|concept| self.standing == Standing::Unsure && concept.is_free_form())
    }

    /// The concept, where the key is plain enough for it.
    pub(super) fn says(self) -> Option<Concept> {
        let concept = self.concept?;
        match self.standing {
            Standing::Says => Some(concept),
            Standing::Unsure => Some(concept).filter(|concept| !concept.is_free_form()),
            Standing::Shielded(_) | Standing::Denied => None,
        }
    }
}

/// The meanings of the phrases of a key in order, the longest first; `None` for a word that the lexicon does not know.
fn segments(words: &[String]) -> Vec<Option<Meaning>> {
    const LONGEST_PHRASE: usize = 5;
    let mut found = Vec::with_capacity(words.len());
    let mut at = 0;
    let mut phrase = String::new();
    while at < words.len() {
        let longest = (at + 1..=words.len().min(at + LONGEST_PHRASE)).rev().find_map(|end| {
            phrase.clear();
            words[at..end].iter().for_each(|word| phrase.push_str(word));
            lexicon::look_up(&phrase).map(|meaning| (meaning, end))
        });
        if let Some((meaning, end)) = longest {
            found.push(Some(meaning));
            at = end;
            continue;
        }
        let word = &words[at];
        match lexicon::look_up_compound(word) {
            Some(parts) => found.extend(parts.into_iter().map(Some)),
            None if let Some(parts) = lexicon::look_up_part(word) => found.extend(parts),
            None if word.bytes().all(|byte| byte.is_ascii_digit()) => found.push(Some(Meaning::Role(Role::Plain))),
            None => found.push(None),
        }
        at += 1;
    }
    found
}

/// A key as far as it has been read.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Default)]
struct Reading {
    concept: Option<Concept>,
    standing: Option<Standing>,
    subject: Subject,
    has_vendor: bool,
    is_never: bool,
    leads: bool,
    /// A word that is not plain has been seen.
    speaks: bool,
    has_number: bool,
    has_reference: bool,
    has_unknown: bool,
    has_about: bool,
    ends_with_person: bool,
}

impl Reading {
    fn add(&mut self, place: usize, part: Option<Meaning>) {
        match part {
            None => {
                self.ends_with_person = false;
                self.has_unknown = true;
                self.speaks = true;
                self.after(Standing::Unsure);
            }
            Some(Meaning::Concept(concept)) => {
                self.speaks = true;
                self.name(concept);
            }
            Some(Meaning::Role(role)) => self.modify(place, role),
        }
    }

    fn modify(&mut self, place: usize, role: Role) {
        self.speaks |= !matches!(role, Role::Plain | Role::Number);
        if role != Role::Plain {
            self.ends_with_person = role == Role::Person;
        }
        match role {
            Role::Person => {
                self.subject = Subject::Person;
                // nomeAluno, name_of_customer
                if self.concept == Some(Concept::Name) && self.standing.is_none() {
                    self.concept = Some(Concept::FullName);
                }
            }
            Role::Thing => {
                self.subject = Subject::Thing;
                self.after(Standing::Denied);
            }
            Role::Vendor => self.has_vendor = true,
            Role::About => {
                self.has_about = true;
                self.after(Standing::Denied);
            }
            Role::Lead => self.leads |= place == 0,
            Role::Never => self.is_never = true,
            Role::Shield(shield) => {
                self.has_reference |= shield == Shield::Reference;
                match self.concept {
                    Some(_) => self.after(Standing::Shielded(shield)),
                    None if shield == Shield::Reference => {}
                    // masked_email, encryptedSsn
                    None => self.standing = Some(Standing::Shielded(shield)),
                }
            }
            Role::Number => self.has_number = true,
            Role::Plain | Role::Identity => {}
        }
    }

    /// A word behind the concept. What shields stays.
    fn after(&mut self, standing: Standing) {
        let shielded = matches!(self.standing, Some(Standing::Shielded(_)));
        let denied = self.standing == Some(Standing::Denied);
        if self.concept.is_some() && !shielded && !(denied && standing == Standing::Unsure) {
            self.standing = Some(standing);
        }
    }

    /// A concept; the last one in a key is what the value is, and what stands before qualifies it.
    fn name(&mut self, concept: Concept) {
        let before = self.concept;
        let shielded = matches!(self.standing, Some(Standing::Shielded(_))) && before.is_none();
        if !shielded {
            self.standing = None;
        }
        let qualified = match concept {
            Concept::Name => self.name_of_somebody(before),
            Concept::NamePart if before.is_some() || self.subject == Subject::Person => Concept::FirstName,
            // telDomicile: the telephone at home.
            Concept::Address if matches!(before, Some(Concept::Phone | Concept::Email)) => return,
            Concept::Token | Concept::KeyWord | Concept::PassWord => return self.name_of_something(concept, before),
            // A password reset's or a bank's e-mail is one all the same.
            other => other,
        };
        self.concept = Some(qualified);
    }

    fn name_of_somebody(&mut self, before: Option<Concept>) -> Concept {
        match (before, self.subject) {
            (Some(Concept::FirstName | Concept::LastName | Concept::FullName | Concept::NamePart), _)
            | (_, Subject::Person) => Concept::FullName,
            (_, Subject::Thing) => {
                self.standing = Some(Standing::Denied);
                Concept::Name
            }
            // The name of a card is its holder's, of a street the street.
            (Some(Concept::Card), _) => Concept::FullName,
            (Some(Concept::Street), _) => Concept::Street,
            // Of an address the recipient's, or a word for it: what stands beside it tells.
            (Some(Concept::Address) | None, _) => Concept::Name,
            (Some(_), _) => {
                self.standing = Some(Standing::Denied);
                Concept::Name
            }
        }
    }

    fn name_of_something(&mut self, concept: Concept, before: Option<Concept>) {
        let standing = match before {
            Some(before) if !before.is_secret() => Some(Standing::Shielded(Shield::Tokenised)),
            None if self.has_vendor || concept == Concept::PassWord => None,
            None if self.subject == Subject::Person => Some(Standing::Shielded(Shield::Tokenised)),
            None if self.subject == Subject::Thing || self.has_about => Some(Standing::Denied),
            None if concept == Concept::KeyWord && self.has_unknown => Some(Standing::Denied),
            None if concept == Concept::Token && self.has_unknown => Some(Standing::Unsure),
            _ => None,
        };
        let secret = before.is_some_and(Concept::is_secret) || self.has_vendor;
        self.concept = Some(if secret && concept != Concept::PassWord { Concept::Secret } else { concept });
        if !matches!(self.standing, Some(Standing::Shielded(_))) {
            self.standing = standing;
        }
    }

    fn sense(self) -> Sense {
        let denied = self.is_never || (self.leads && self.concept.is_some_and(Concept::is_free_form));
        let standing = if denied { Standing::Denied } else { self.standing.unwrap_or(Standing::Says) };
        Sense {
            concept: self.concept,
            standing,
            subject: self.subject,
            is_transparent: !self.speaks && !self.is_never && self.concept.is_none(),
            is_other_number: self.is_never || self.has_reference || (self.has_number && self.speaks),
            ends_with_person: self.ends_with_person && !denied,
            has_unknown: self.has_unknown,
            is_message_id: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Concept, Sense, Standing, Subject};

    #[test]
    fn keys_say_what_their_values_are() {
        for (key, concept) in [
            ("customerEmail", Concept::Email),
            ("E_MAIL_ADDRESS", Concept::Email),
            ("phone_number_2", Concept::Phone),
            ("homephone", Concept::Phone),
            ("kundentelefon", Concept::Phone),
            ("Geburtsdatum", Concept::DateOfBirth),
            ("cardholder-name", Concept::FullName),
            ("emergency_contact_name", Concept::FullName),
            ("productOwnerName", Concept::FullName),
            ("dbPassword", Concept::Password),
            ("stripe_key", Concept::Secret),
            ("x-api-key", Concept::Secret),
            ("aws_secret_access_key", Concept::AwsSecret),
            ("nombre_completo", Concept::FullName),
        ] {
            let sense = Sense::of(key);
            assert_eq!(sense.says(), Some(concept), "{key}: {sense:?}");
        }
    }

    #[test]
    fn negations_deny() {
        for key in [
            "file_name",
            "name_of_file",
            "phone_verified",
            "password_policy",
            "token_type",
            "nextToken",
            "key_id",
            "publicKey",
            "is_password",
            "address_type",
            "password_hash",
            "email_template_name",
            "phone_token",
            "passportCountry",
            "max_tokens",
            "secret_arn",
            "partitionKey",
            "order_token",
            "product-name",
        ] {
            assert_eq!(Sense::of(key).says(), None, "{key}: {:?}", Sense::of(key));
        }
        assert!(matches!(Sense::of("email_hash").standing, Standing::Shielded(_)));
        assert!(matches!(Sense::of("maskedSsn").standing, Standing::Shielded(_)));
    }

    #[test]
    fn some_keys_say_nothing() {
        assert!(
            Sense::of("value").is_transparent
                && Sense::of("S").is_transparent
                && Sense::of("field_1").concept.is_none()
        );
        assert!(!Sense::of("order_number").is_transparent && Sense::of("order_number").is_other_number);
        assert_eq!(Sense::of("customer").subject, Subject::Person);
    }
}
