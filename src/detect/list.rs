//! A list on the way: command lines, where an option names the next item, and lines with columns.

use super::concept::Concept;
use super::inspector::Inspector;
use super::key::Sense;
use super::walk::Above;

pub(super) struct List<'a> {
    above: &'a Above,
    /// The item before was an option such as `--password`.
    option: Option<Sense>,
    columns: Option<Columns>,
    is_first: bool,
}

impl<'a> List<'a> {
    pub(super) fn new(above: &'a Above) -> Self {
        Self { above, option: None, columns: None, is_first: true }
    }

    pub(super) fn item(&mut self, inspector: &mut Inspector<'_>, text: &str) {
        if std::mem::take(&mut self.is_first) {
            self.columns = Columns::of(text, inspector);
        } else if let Some(columns) = &self.columns
            && columns.inspect(text, inspector)
        {
            inspector.forget();
            return;
        }
        let named = self.option.take().filter(|_| !text.starts_with('-'));
        match named {
            Some(sense) => inspector.text(text, &Above { key: None, sense, personal: false }),
            None => inspector.text(text, self.above),
        }
        if text.starts_with("--") && !text.contains(['=', ' ']) {
            self.option = Some(Sense::of(text)).filter(|sense| sense.says().is_some());
        }
    }
}

/// What the columns of a table in text say, by its first line.
#[derive(Debug)]
pub(super) struct Columns {
    senses: Vec<Sense>,
    separator: char,
}

impl Columns {
    const MOST: usize = 64;

    /// A line of names, at least one of which says something sensitive.
    pub(super) fn of(line: &str, inspector: &mut Inspector<'_>) -> Option<Self> {
        const LONGEST: usize = 1024;
        if line.len() > LONGEST {
            return None;
        }
        let separator = char::from(*line.as_bytes().iter().find(|byte| matches!(byte, b',' | b';' | b'\t' | b'|'))?);
        let name = |text: &str| {
            let text = text.trim_matches(['"', ' ', '\'', '\u{feff}']);
            (1..=40).contains(&text.len())
                && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'))
        };
        let count = line.split(separator).count();
        if !(2..=Self::MOST).contains(&count) || !line.split(separator).all(name) {
            return None;
        }
        let senses: Vec<_> = line
            .split(separator)
            .map(|name| inspector.keys.key(name.trim_matches(['"', ' ', '\'', '\u{feff}'])).sense)
            .collect();
        senses.iter().any(|sense| sense.says().is_some()).then_some(Self { senses, separator })
    }

    /// A line with as many values. Names of persons are left out: the whole line is no name.
    pub(super) fn inspect(&self, line: &str, inspector: &mut Inspector<'_>) -> bool {
        if line.split(self.separator).count() != self.senses.len() {
            return false;
        }
        for (value, sense) in line.split(self.separator).zip(&self.senses) {
            let sense = match sense.concept {
                Some(
                    Concept::FullName
                    | Concept::FirstName
                    | Concept::LastName
                    | Concept::Name
                    | Concept::City
                    | Concept::Postcode,
                ) => Sense::SILENT,
                _ => *sense,
            };
            let value = value.trim().trim_matches(['"', '\'']);
            inspector.part(value, &Above { key: None, sense, personal: true });
        }
        true
    }
}
