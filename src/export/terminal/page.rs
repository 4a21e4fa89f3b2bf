//! The only place that writes: every span is made safe as it comes in, and every line fits.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ink};

use super::Style;
use super::text::{cells, clean, fit, wrap};
use crate::finding::Severity;

pub(super) const PLAIN: Ink = Ink::new();
pub(super) const BOLD: Ink = Ink::new().bold();
pub(super) const DIM: Ink = Ink::new().dimmed();
pub(super) const GOOD: Ink = AnsiColor::Green.on_default();
pub(super) const WARNING: Ink = AnsiColor::Yellow.on_default();
pub(super) const BAD: Ink = AnsiColor::Red.on_default();
pub(super) const HINT: Ink = AnsiColor::Cyan.on_default();

/// Cells that a text needs beside what stands before it.
const LITTLE_ROOM: usize = 20;

/// How a severity looks.
pub(super) fn ink_of(severity: Severity) -> Ink {
    match severity {
        Severity::Critical => AnsiColor::BrightWhite.on(AnsiColor::Red).bold(),
        Severity::High => BAD.bold(),
        Severity::Medium => WARNING.bold(),
        Severity::Low => HINT,
        Severity::Info => DIM,
    }
}

/// One line in the making.
#[derive(Debug, Default, Clone)]
pub(super) struct Line(Vec<(Ink, String)>);

impl Line {
    pub(super) fn new(text: &str) -> Self {
        Self::default().text(text)
    }

    pub(super) fn text(self, text: &str) -> Self {
        self.ink(PLAIN, text)
    }

    pub(super) fn ink(mut self, ink: Ink, text: &str) -> Self {
        self.0.push((ink, clean(text)));
        self
    }

    /// A column that starts at its left edge.
    pub(super) fn left(mut self, ink: Ink, text: &str, width: usize) -> Self {
        let text = fit(&clean(text), width);
        let pad = " ".repeat(width - cells(&text));
        self.0.push((ink, text));
        self.0.push((PLAIN, pad));
        self
    }

    /// A column that ends at its right edge.
    pub(super) fn right(mut self, ink: Ink, text: &str, width: usize) -> Self {
        let text = fit(&clean(text), width);
        self.0.push((PLAIN, " ".repeat(width - cells(&text))));
        self.0.push((ink, text));
        self
    }

    /// A piece of what is clean already.
    fn clean(mut self, ink: Ink, text: &str) -> Self {
        self.0.push((ink, text.to_owned()));
        self
    }

    fn cells(&self) -> usize {
        self.0.iter().map(|(_, text)| cells(text)).sum()
    }
}

/// What is written to.
pub(super) struct Page<'a> {
    pub(super) style: Style,
    width: usize,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    pub(super) fn new(style: Style, out: &'a mut dyn Write) -> Self {
        Self { style, width: style.width.max(40), out }
    }

    /// Writes the line, or as much of it as fits, without spaces at its end.
    pub(super) fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut room = self.width;
        let mut spans: Vec<(Ink, String)> = Vec::new();
        for (ink, text) in &line.0 {
            let text = fit(text, room);
            room -= cells(&text);
            spans.push((*ink, text));
        }
        while let Some((_, text)) = spans.last_mut() {
            text.truncate(text.trim_end().len());
            if !text.is_empty() {
                break;
            }
            spans.pop();
        }
        for (ink, text) in spans {
            if self.style.color && ink != PLAIN {
                write!(self.out, "{ink}{text}{ink:#}")?;
            } else {
                self.out.write_all(text.as_bytes())?;
            }
        }
        self.out.write_all(b"\n")
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// A blank line and a section's title with what is to be said beside it.
    pub(super) fn heading(&mut self, title: &str, note: &str) -> io::Result<()> {
        self.blank()?;
        let title = Line::default().ink(BOLD, title).text("  ");
        self.paragraph(&title, &Line::new("  "), DIM, note)
    }

    /// A text of any length: its first line after `first`, all others after `next`. Where `first` leaves little room
    /// it gets a line of its own.
    pub(super) fn paragraph(&mut self, first: &Line, next: &Line, ink: Ink, text: &str) -> io::Result<()> {
        let text = clean(text).split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let narrow = Line::new("    ");
        let next = if next.cells() + LITTLE_ROOM > self.width { &narrow } else { next };
        let alone = first.cells() + LITTLE_ROOM > self.width && first.cells() + cells(&text) > self.width;
        if alone {
            self.line(first)?;
        }
        let first = if alone { next } else { first };
        let room = self.width.saturating_sub(first.cells());
        let head = wrap(&text, room).swap_remove(0);
        self.line(&first.clone().clean(ink, &head))?;
        let rest = text.strip_prefix(&head).unwrap_or(&text).trim_start();
        if rest.is_empty() {
            return Ok(());
        }
        let pieces = wrap(rest, self.width.saturating_sub(next.cells()));
        pieces.iter().try_for_each(|piece| self.line(&next.clone().clean(ink, piece)))
    }
}
