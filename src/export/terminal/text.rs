//! Text that is safe to show and that fits.

use crate::finding::digits;
pub(super) use crate::types::visible as clean;

/// How many cells of a terminal the (clean) text takes.
pub(super) fn cells(text: &str) -> usize {
    text.chars().map(cell).sum()
}

fn cell(c: char) -> usize {
    let wide = matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
}

/// The text, or as much of it as fits before an ellipsis.
pub(super) fn fit(text: &str, width: usize) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    let (mut out, mut room) = (String::new(), width.saturating_sub(1));
    for c in text.chars() {
        let Some(left) = room.checked_sub(cell(c)) else { break };
        room = left;
        out.push(c);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// The text in lines of at most `width` cells, broken at spaces where there are any.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let gap = usize::from(room < width);
        if gap == 1 && cells(word) + 1 > room {
            lines.push(String::new());
            room = width;
        }
        let line = lines.last_mut().expect("there is always one");
        if room < width {
            line.push(' ');
            room -= 1;
        }
        for c in word.chars() {
            if cell(c) > room {
                lines.push(String::new());
                room = width.max(2);
            }
            lines.last_mut().expect("there is always one").push(c);
            room -= cell(c);
        }
    }
    lines
}

/// A bar of `width` cells. A share above 0 shows at least one cell, a share below 1 never fills it.
pub(super) fn bar(share: f64, width: usize, rest: char) -> String {
    let filled = (1..=width).filter(|cell| reaches(share, *cell, width)).count();
    "█".repeat(filled) + &rest.to_string().repeat(width - filled)
}

fn reaches(share: f64, cell: usize, width: usize) -> bool {
    #[allow(clippy::cast_precision_loss, reason = "a bar is not that long")]
    let (cell, cells) = (cell as f64, width as f64);
    let rounded = (cell - 0.5) / cells <= share;
    share > 0.0 && (cell <= 1.0 || (rounded && (cell < cells || share >= 1.0)))
}

/// With commas between thousands; a whole number without a fraction.
pub(super) fn number(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    match value.abs() {
        // Of a rate of a few a second the fraction tells.
        few if few < 100.0 && few.fract() >= 0.05 => format!("{sign}{few:.1}"),
        many => format!("{sign}{}", digits(many.trunc())),
    }
}

/// [`number`] of a count.
pub(super) fn count(count: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    let value = count as f64;
    number(value)
}

/// `1 finding`, `2 findings`.
pub(super) fn plural(items: usize, one: &str) -> String {
    let s = if items == 1 { "" } else { "s" };
    format!("{} {one}{s}", count(items as u64))
}

/// In whole percent; what is not quite nothing and not quite all says so.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        small if small > 0.0 && small < 1.0 => "<1%".to_owned(),
        nearly if nearly > 99.0 && nearly < 100.0 => "99%".to_owned(),
        huge if huge > 999.0 => ">999%".to_owned(),
        value => format!("{value:.0}%"),
    }
}

/// `0.4 s`, `43 s`, `2 min 5 s`, `1 h 12 min`.
pub(super) fn duration(seconds: f64) -> String {
    let whole = |value: f64| format!("{:.0}", value.floor());
    let (minutes, hours) = (seconds / 60.0, seconds / 3600.0);
    match seconds {
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 60.0 => format!("{} s", whole(s)),
        s if s < 3600.0 => format!("{} min {} s", whole(minutes), whole(s % 60.0)),
        _ => format!("{} h {} min", whole(hours), whole(minutes % 60.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::{bar, cells, duration, fit, number, percent, wrap};

    #[test]
    fn text_fits() {
        assert_eq!(
            (fit("orders", 6), fit("orders", 4), fit("漢漢", 3)),
            ("orders".into(), "ord…".into(), "漢…".into())
        );
        let text = "a few words, then averyveryverylongwordindeed and 漢漢漢漢漢漢 after";
        for width in 2..80 {
            let lines = wrap(text, width);
            assert!(lines.iter().all(|line| cells(line) <= width), "{width}: {lines:?}");
            let strip = |text: &str| text.replace(' ', "");
            assert_eq!(strip(&lines.concat()), strip(text));
        }
    }

    #[test]
    fn bars_do_not_round_to_nothing_or_to_all() {
        for (share, shown) in
            [(0.0, "░░░░"), (0.001, "█░░░"), (0.5, "██░░"), (0.999, "███░"), (1.0, "████"), (7.0, "████")]
        {
            assert_eq!(bar(share, 4, '░'), shown, "{share}");
        }
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([0.0, 0.25, 14.96, 999.9, 1_234_567.0].map(number), ["0", "0.2", "15.0", "999", "1,234,567"]);
        assert_eq!([0.0, 0.002, 0.5, 0.998, 1.0, 40.0].map(percent), ["0%", "<1%", "50%", "99%", "100%", ">999%"]);
        assert_eq!([0.44, 42.5, 125.0, 4320.0].map(duration), ["0.4 s", "42 s", "2 min 5 s", "1 h 12 min"]);
    }
}
