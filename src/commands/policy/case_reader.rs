use std::io::{self, BufRead, Read};

use serde_json::{Map, Value};

use crate::iam;

/// The longest line that is read; IAM's largest documents are some thousand times smaller.
const LONGEST_LINE: u64 = 16 << 20;
/// The largest document over several lines that is read whole.
const LARGEST_DOCUMENT: usize = 64 << 20;

/// What stands in one place of the input.
#[derive(Debug)]
pub(super) enum Found {
    Case(Map<String, Value>),
    /// The line and what is wrong with it.
    Broken(u64, String),
}

/// Calls `visit` with every case of JSON Lines, holding a line at a time. Where the input begins with a document over several
/// lines (a list, `{"cases": [...]}`, cases printed for people), that document is held whole.
pub(super) fn each(mut input: impl BufRead, visit: &mut dyn FnMut(Found) -> io::Result<()>) -> io::Result<()> {
    let mut lines_only = false;
    let mut number = 0;
    loop {
        let begins = number + 1;
        let mut held = Vec::new();
        let mut extent = Extent::default();
        loop {
            let start = held.len();
            let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut held)?;
            if read == 0 {
                break;
            }
            number += 1;
            if read as u64 == LONGEST_LINE && held.last() != Some(&b'\n') {
                skip_line(&mut input)?;
                held.truncate(start);
                visit(Found::Broken(number, "the line is longer than 16 MiB".to_owned()))?;
                break;
            }
            extent.pass_over(&held[start..]);
            if lines_only || !extent.is_open() || held.len() > LARGEST_DOCUMENT {
                break;
            }
        }
        if held.is_empty() && begins > number {
            return Ok(());
        }
        let several = number > begins;
        if several && iam::read_json(&String::from_utf8_lossy(&held)).is_err() {
            // No document over several lines: lines, the first of which is broken.
            for (line, at) in held.split_inclusive(|byte| *byte == b'\n').zip(begins..) {
                text(line, at, visit)?;
            }
            lines_only = true;
        } else {
            lines_only |= !several && !held.trim_ascii().is_empty();
            text(&held, begins, visit)?;
        }
    }
}

/// How deep in a JSON document a text ends.
#[derive(Debug, Default)]
struct Extent {
    depth: usize,
    in_string: bool,
    escaped: bool,
    broken: bool,
}

impl Extent {
    fn pass_over(&mut self, text: &[u8]) {
        for byte in text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                // A string ends before its line does.
                b'\n' if self.in_string => self.broken = true,
                _ if self.in_string => {}
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn is_open(&self) -> bool {
        self.depth > 0 && !self.broken
    }
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (length, end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(length);
        if end {
            return Ok(());
        }
    }
}

fn text(line: &[u8], number: u64, visit: &mut dyn FnMut(Found) -> io::Result<()>) -> io::Result<()> {
    let Ok(text) = std::str::from_utf8(line) else {
        return visit(Found::Broken(number, "not UTF-8".to_owned()));
    };
    if text.trim().is_empty() {
        return Ok(());
    }
    match iam::read_json(text) {
        Err(error) => visit(Found::Broken(number, error.to_string())),
        Ok(Value::Object(mut object)) => match object.remove("cases") {
            Some(Value::Array(cases)) => list(cases, number, visit),
            Some(_) => visit(Found::Broken(number, "cases is a list".to_owned())),
            None => visit(Found::Case(object)),
        },
        Ok(Value::Array(cases)) => list(cases, number, visit),
        Ok(_) => visit(Found::Broken(number, "a case is a JSON object".to_owned())),
    }
}

fn list(cases: Vec<Value>, number: u64, visit: &mut dyn FnMut(Found) -> io::Result<()>) -> io::Result<()> {
    for case in cases {
        visit(match case {
            Value::Object(case) => Found::Case(case),
            _ => Found::Broken(number, "a case is a JSON object".to_owned()),
        })?;
    }
    Ok(())
}
