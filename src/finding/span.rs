/// A length of time in the largest unit of which there are two: `90 seconds`, `46 minutes`, `23 hours`, `19 days`.
pub fn span(seconds: u64) -> String {
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    match units.iter().find(|(unit, _)| seconds >= 2 * unit) {
        Some((unit, name)) => format!("{} {name}", seconds / unit),
        None if seconds == 1 => "1 second".to_owned(),
        None => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_are_told_in_round_units() {
        for (seconds, told) in
            [(1, "1 second"), (90, "90 seconds"), (2_777, "46 minutes"), (83_310, "23 hours"), (1_700_000, "19 days")]
        {
            assert_eq!(span(seconds), told);
        }
    }
}
