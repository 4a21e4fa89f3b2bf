//! Words in the page.

use std::fmt;

use jiff::Timestamp;

use super::super::drawing::text::visible;

/// Text that is shown as it is, whatever it holds.
pub(super) struct E<T>(pub(super) T);

impl<T: AsRef<str>> fmt::Display for E<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.0.as_ref().split('\n').enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            for c in visible(line).chars() {
                match c {
                    '&' => f.write_str("&amp;")?,
                    '<' => f.write_str("&lt;")?,
                    '>' => f.write_str("&gt;")?,
                    '"' => f.write_str("&quot;")?,
                    '\'' => f.write_str("&#39;")?,
                    c => fmt::Write::write_char(f, c)?,
                }
            }
        }
        Ok(())
    }
}

/// `2026-11-20 06:00 UTC`.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        use std::fmt::Write as _;
        write!($out, $($text)*).expect("writing to a string");
    }};
}
pub(super) use put;
