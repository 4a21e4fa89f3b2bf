//! The header `Cookie`: what logs in.

use super::super::confidence;
use super::super::key::Sense;
use super::super::kinds::GENERIC_SECRET;
use super::super::shape::Shape;
use super::super::shield;
use super::super::value;
use super::Span;

/// The secrets in the header `Cookie` or `Set-Cookie`.
pub(in super::super) fn scan_cookies(text: &str, spans: &mut Vec<Span>) {
    const HARMLESS: [&str; 9] = ["_ga", "_gid", "_gcl", "_fbp", "_fbc", "utm", "optanon", "__cf_bm_", "ajs_"];
    let mut start = 0;
    for pair in text.split_inclusive(';') {
        let from = start;
        start += pair.len();
        let Some((name, value)) = pair.trim_end_matches(';').split_once('=') else { continue };
        let name = name.trim().to_ascii_lowercase();
        let bare = value.trim_matches(['"', ' ']);
        let shape = Shape::of(bare);
        let shielded = shield::of(bare, shape).is_some() || HARMLESS.iter().any(|head| name.starts_with(head));
        let known = matches!(Sense::of(&name).concept, Some(concept) if concept.is_secret())
            || name.contains("sess")
            || name.contains("auth")
            || name.contains("sid");
        let long = bare.len() >= 16 && shape.digits > 0 && value::is_opaque(bare, shape);
        if !shielded && long && (known || value::is_random(bare, shape)) {
            let at = from + pair.find(bare).unwrap_or(0);
            spans.push(Span { kind: GENERIC_SECRET, range: at..at + bare.len(), confidence: confidence::SECRET });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::scan_cookies;

    #[test]
    fn cookies() {
        let mut spans = Vec::new();
        scan_cookies("theme=dark; session=a8F3kQ0zLm92TtVwB7; _ga=GA1.2.1234567890.1234567890", &mut spans);
        assert_eq!(spans.len(), 1);
    }
}
