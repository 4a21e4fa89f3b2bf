use std::io::{self, Write};

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) state: State,
    pub(super) about: String,
    pub(super) says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Well,
    Mend,
    /// AWS did not tell.
    Unknown,
}

impl Line {
    pub(super) fn well(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { state: State::Well, about: about.into(), says: says.into() }
    }

    pub(super) fn mend(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { state: State::Mend, about: about.into(), says: says.into() }
    }

    pub(super) fn unknown(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { state: State::Unknown, about: about.into(), says: says.into() }
    }
}

/// A line each.
pub(super) fn write(lines: &[Line], colors: bool, out: &mut dyn Write) -> io::Result<()> {
    let width = lines.iter().map(|line| line.about.chars().count()).max().unwrap_or_default();
    for Line { state, about, says } in lines {
        let (word, color) = match state {
            State::Well => ("ok  ", "32"),
            State::Mend => ("MEND", "1;31"),
            State::Unknown => ("?   ", "33"),
        };
        match colors {
            true => writeln!(out, "\u{1b}[{color}m{word}\u{1b}[0m  {about:width$}  {says}")?,
            false => writeln!(out, "{word}  {about:width$}  {says}")?,
        }
    }
    let count = |state: State| lines.iter().filter(|line| line.state == state).count();
    match (count(State::Mend), count(State::Unknown)) {
        (0, 0) => writeln!(out, "\nNothing to mend."),
        (0, unknown) => writeln!(out, "\nNothing to mend; {unknown} not told by AWS."),
        (mend, _) => writeln!(out, "\n{mend} to mend."),
    }
}
