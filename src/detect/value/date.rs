//! Dates that can be days of birth.

use super::super::shape;

/// Years in which somebody alive was born. There is no clock here: the upper end is generous.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2026;

/// ISO 8601 with or without a time, `DD.MM.YYYY`, `MM/DD/YYYY`, `YYYYMMDD`, `12 March 1980`, and in two-digit years.
pub(in super::super) fn is_birth_date(text: &str) -> bool {
    let text = text.trim();
    // A day is often written as its midnight, seldom as another time; reminders are recent.
    let day = match shape::is_timestamp(text) {
        true if text[11..].starts_with("00:00") || &text[..4] < "2016" => &text[..10],
        true => return false,
        false => text,
    };
    is_numeric_date(day) || is_written_date(text)
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn is_numeric_date(text: &str) -> bool {
    if text.len() > 14 || !text.is_ascii() {
        return false;
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
        let year_first = YEARS.contains(&number(0..4)) && is_day(number(4..6), number(6..8));
        let year_last =
            YEARS.contains(&number(4..8)) && (is_day(number(2..4), number(0..2)) || is_day(number(0..2), number(2..4)));
        return year_first || year_last;
    }
    let mut parts = [0_u32; 3];
    let mut count = 0;
    for part in text.trim_end_matches(['.', '年', '日']).split(['-', '/', '.', ' ']) {
        let valid = count < 3 && (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if !valid {
            return false;
        }
        parts[count] = part.parse().unwrap_or(0);
        count += 1;
    }
    let [a, b, c] = parts;
    let year = |year: u32| YEARS.contains(&year) || (year < 100 && text.len() <= 8);
    count == 3 && ((YEARS.contains(&a) && is_day(b, c)) || (year(c) && (is_day(a, b) || is_day(b, a))))
}

/// A month's name (at least its first three letters, in the languages that share them), a day, a year.
fn is_written_date(text: &str) -> bool {
    const MONTHS: [&str; 30] = [
        "jan", "feb", "mar", "mär", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt", "nov", "dec", "dez",
        "ene", "abr", "ago", "dic", "fév", "avr", "aoû", "déc", "gen", "mag", "giu", "lug", "set", "ott",
    ];
    if text.len() > 40 || text.len() < 8 {
        return false;
    }
    let lower = text.to_lowercase();
    let mut words = lower.split([' ', ',', '.', '-', '/']).filter(|word| !word.is_empty());
    let (mut month, mut day, mut year) = (false, false, false);
    words.by_ref().take(6).for_each(|word| {
        let number = word.trim_end_matches(|c: char| c.is_alphabetic()).parse::<u32>().ok();
        match number {
            Some(number) if YEARS.contains(&number) => year = true,
            Some(number) if (1..=31).contains(&number) => day = true,
            _ => month |= MONTHS.iter().any(|name| word.starts_with(name)),
        }
    });
    (month && day && year) || is_cjk_date(text)
}

fn is_cjk_date(text: &str) -> bool {
    let numbers: Vec<u32> =
        text.split(['年', '月', '日', '년', '월', '일', ' ']).filter_map(|part| part.parse().ok()).collect();
    text.contains(['年', '년'])
        && matches!(numbers[..], [year, month, day] if YEARS.contains(&year) && is_day(month, day))
}

#[cfg(test)]
mod tests {
    use super::is_birth_date;

    #[test]
    fn birth_dates() {
        for text in [
            "1980-01-31",
            "31.01.1980",
            "01/31/1980",
            "19800131",
            "1980-01-31T00:00:00Z",
            "31 January 1980",
            "Jan 31, 1980",
            "1980年1月31日",
            "31/1/80",
        ] {
            assert!(is_birth_date(text), "{text}");
        }
        for text in ["2099-01-01", "1980", "12/27", "10.0.0.1", "1980-13-01", "soon", "20261301"] {
            assert!(!is_birth_date(text), "{text}");
        }
    }
}
