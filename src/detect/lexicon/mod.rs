//! The vocabulary of keys: one table from a phrase, its words run together, to what it means.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::concept::{Concept, Meaning, Role};
use super::fast_hash::FastHash;

/// In the order in which a phrase that stands in two of them is decided; `Never` lines come before all.
const TABLES: [&str; 5] = [
    include_str!("documents.txt"),
    include_str!("finance.txt"),
    include_str!("secrets.txt"),
    include_str!("person.txt"),
    include_str!("roles.txt"),
];

type Table = HashMap<String, Meaning, FastHash>;

static LEXICON: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    let entries = || TABLES.iter().flat_map(|text| text.lines()).filter_map(entry);
    let never = |meaning| meaning == Meaning::Role(Role::Never);
    let ordered =
        entries().filter(|(meaning, _)| never(*meaning)).chain(entries().filter(|(meaning, _)| !never(*meaning)));
    for (meaning, phrases) in ordered {
        for phrase in phrases.split_whitespace() {
            table.entry(phrase.replace('-', "")).or_insert(meaning);
        }
    }
    table
});

/// Every word that stands in a phrase with a meaning.
static WORDS: LazyLock<HashSet<&'static str, FastHash>> = LazyLock::new(|| {
    let phrases = TABLES.iter().flat_map(|text| text.lines()).filter_map(entry);
    let phrases = phrases.filter(|(meaning, _)| !matches!(meaning, Meaning::Role(Role::Plain | Role::Lead)));
    phrases.flat_map(|(_, phrases)| phrases.split([' ', '-'])).filter(|word| word.len() > 1).collect()
});

/// Whether the last few words of a text may say something: a quick no.
pub(super) fn may_name(text: &str) -> bool {
    const WORDS_READ: usize = 6;
    const LONGEST: usize = 24;
    if !text.is_ascii() {
        return true;
    }
    let is_one_word = !text.contains(' ');
    let words = text.rsplit(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 1);
    words.take(WORDS_READ).any(|word| {
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..word.len()) else { return true };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        let lower = std::str::from_utf8(lower).unwrap_or_default();
        // Words written together, in camelCase or as compounds, are not taken apart here.
        let inner = (is_one_word && word.len() > 8)
            || word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
            || word.bytes().any(|byte| byte.is_ascii_digit());
        (inner && word.bytes().any(|byte| byte.is_ascii_alphabetic()))
            || WORDS.contains(lower)
            || WORDS.contains(lower.trim_end_matches('s'))
    })
}

fn entry(line: &str) -> Option<(Meaning, &str)> {
    let (name, phrases) = line.split_once(':').filter(|_| !line.starts_with('#'))?;
    Meaning::named(name).map(|meaning| (meaning, phrases))
}

/// A phrase, its words run together in lower case; the plural finds the singular.
pub(super) fn look_up(phrase: &str) -> Option<Meaning> {
    let exact = |phrase: &str| LEXICON.get(phrase).copied();
    exact(phrase).or_else(|| {
        let singular = phrase.strip_suffix('s').filter(|stem| stem.len() > 3)?;
        exact(singular).or_else(|| exact(singular.strip_suffix('e').filter(|stem| stem.len() > 3)?))
    })
}

/// The parts of a word written together, such as `kundenname` and `homephone`, where the lexicon knows each of them.
pub(super) fn look_up_compound(word: &str) -> Option<Vec<Meaning>> {
    const SHORTEST: usize = 3;
    if word.len() < 2 * SHORTEST || word.len() > 40 || !word.is_ascii() {
        return None;
    }
    let two = |word: &str| {
        (SHORTEST..=word.len().saturating_sub(SHORTEST)).rev().find_map(|at| {
            let (head, tail) = word.split_at(at);
            // Short roles such as `the` and `api` are in too many words by chance.
            let known = |part: &str| look_up(part).filter(|meaning| part.len() > 3 || is_strong(*meaning));
            Some(vec![known(head)?, known(tail)?])
        })
    };
    two(word).or_else(|| {
        (SHORTEST..=word.len().saturating_sub(2 * SHORTEST)).rev().find_map(|at| {
            let (head, tail) = word.split_at(at);
            let mut parts = vec![look_up(head).filter(|_| head.len() > 3)?];
            parts.extend(two(tail)?);
            Some(parts)
        })
    })
}

/// What a word that nobody knows ends or begins with, as German writes `Rechnungsanschrift` and hurried people `partnerapikey`.
/// The rest stays unknown.
pub(super) fn look_up_part(word: &str) -> Option<[Option<Meaning>; 2]> {
    const SHORTEST: usize = 6;
    const LONGEST: usize = 40;
    if !word.is_ascii() || !(SHORTEST + 1..=LONGEST).contains(&word.len()) {
        return None;
    }
    let known = |part: &str| look_up(part).filter(|meaning| is_plain_about_itself(*meaning));
    let ending = (1..=word.len() - SHORTEST).find_map(|at| known(&word[at..])).map(|meaning| [None, Some(meaning)]);
    ending.or_else(|| {
        (SHORTEST + 1..word.len()).rev().find_map(|at| known(&word[..at])).map(|meaning| [Some(meaning), None])
    })
}

fn is_plain_about_itself(meaning: Meaning) -> bool {
    use Concept::{
        Address, DateOfBirth, DriverLicense, Email, FirstName, FullName, Iban, Ip, LastName, Passport, Password, Phone,
        Secret, Street,
    };
    let Meaning::Concept(concept) = meaning else { return false };
    matches!(
        concept,
        Address
            | DateOfBirth
            | DriverLicense
            | Email
            | FirstName
            | FullName
            | Iban
            | Ip
            | LastName
            | Passport
            | Password
            | Phone
            | Secret
            | Street
    )
}

fn is_strong(meaning: Meaning) -> bool {
    use Concept::{Card, DateOfBirth, Email, FullName, Iban, Id, Name, Phone};
    matches!(meaning, Meaning::Concept(Card | DateOfBirth | Email | FullName | Iban | Id(_) | Name | Phone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_understood() {
        for line in TABLES.iter().flat_map(|text| text.lines()) {
            assert!(line.is_empty() || line.starts_with('#') || entry(line).is_some(), "{line}");
        }
        assert!(LEXICON.len() > 4000, "{}", LEXICON.len());
    }

    #[test]
    fn phrases_plurals_and_compounds() {
        assert_eq!(look_up("emailaddresses"), Some(Meaning::Concept(Concept::Email)));
        assert_eq!(look_up("nexttoken"), Some(Meaning::Role(Role::Never)));
        assert_eq!(
            look_up_compound("kundentelefon"),
            Some(vec![Meaning::Role(Role::Person), Meaning::Concept(Concept::Phone)])
        );
        assert_eq!(look_up_compound("keyboardist"), None);
    }
}
