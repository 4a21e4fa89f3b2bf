use crate::types::JsonPointer;

/// The innermost state that a place in a definition lies in: its name and its own pointer. By the pointer alone, so that
/// places of definitions that are not kept can be told too.
pub fn state_at(place: &JsonPointer) -> Option<(String, JsonPointer)> {
    let mut tokens = place.as_str().split('/').skip(1);
    let mut at = JsonPointer::root();
    let mut innermost = None;
    while let (Some("States"), Some(name)) = (tokens.next(), tokens.next()) {
        let name = name.replace("~1", "/").replace("~0", "~");
        at = at.join("States").join(&name);
        innermost = Some((name, at.clone()));
        match tokens.next() {
            Some(inner @ ("ItemProcessor" | "Iterator")) => at = at.join(inner),
            Some("Branches") => match tokens.next() {
                Some(index) => at = at.join("Branches").join(index),
                None => break,
            },
            _ => break,
        }
    }
    innermost
}

#[cfg(test)]
mod tests {
    use super::state_at;
    use crate::types::JsonPointer;

    #[test]
    fn the_innermost_state_is_found() {
        for (place, expected) in [
            ("/Comment", None),
            ("/States", None),
            ("/States/A", Some(("A", "/States/A"))),
            ("/States/A~1b/Parameters/States/x", Some(("A/b", "/States/A~1b"))),
            ("/States/A/ItemProcessor/States/B/Comment", Some(("B", "/States/A/ItemProcessor/States/B"))),
            ("/States/A/Branches/1/States/B/Result", Some(("B", "/States/A/Branches/1/States/B"))),
            ("/States/A/Branches/1/Comment", Some(("A", "/States/A"))),
        ] {
            let found = state_at(&JsonPointer::written(place));
            let found = found.as_ref().map(|(name, at)| (name.as_str(), at.as_str()));
            assert_eq!(found, expected, "{place}");
        }
    }
}
