//! What a machine's role is granted beside what the machine needs, line by line.

use serde_json::Value;

use super::room;
use super::words::{E, put};
use crate::audit::{BeyondNeed, Granted, Picture, PolicyPicture};

/// How a line of a statement compares. The words stand for the colours where these are not seen.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Same,
    Less,
    More,
}

pub(super) fn policy(picture: &Picture, page: &mut String) {
    match &picture.policy {
        Err(gap) => put!(page, "<p class=\"dim\">Policies are not compared: {}</p>", E(gap.to_string())),
        Ok(policy) => {
            let begun = page.len();
            compared(policy, page);
            if page.len() - begun > room::DRAWING {
                page.truncate(begun);
                page.push_str("<p class=\"left\">Its policies are too large for this page.</p>");
            }
        }
    }
}

fn compared(policy: &PolicyPicture, page: &mut String) {
    page.push_str("<div class=\"two\"><div><h3>Granted, against what is needed</h3>");
    for statement in &policy.granted {
        granted(statement, page);
    }
    for lacking in &policy.missing {
        put!(page, "<p class=\"more\"><b>+ not granted:</b> {}</p><pre tabindex=\"0\">", E(&lacking.why));
        lines(&lacking.document, &|_, _| Sign::More, page);
        page.push_str("</pre>");
    }
    page.push_str("</div><div><h3>Needed by this machine</h3>");
    if !policy.whole {
        page.push_str("<p class=\"dim\">It is not whole: not all that its tasks call is known.</p>");
    }
    put!(
        page,
        "<button type=\"button\" class=\"js copy\">Copy</button><pre tabindex=\"0\">{}</pre></div></div>",
        E(serde_json::to_string_pretty(&policy.needed).unwrap_or_default())
    );
}

fn granted(statement: &Granted, page: &mut String) {
    match &statement.beyond {
        Some(beyond) => put!(page, "<p class=\"less\"><b>− more than its machines need:</b> {}</p>", E(&beyond.why)),
        None => page.push_str("<p class=\"same\">= nothing beyond need was found</p>"),
    }
    page.push_str("<pre tabindex=\"0\">");
    let none = BeyondNeed::default();
    let beyond = statement.beyond.as_ref().unwrap_or(&none);
    lines(&statement.document, &|field, word| sign(beyond, field, word), page);
    page.push_str("</pre>");
}

fn sign(beyond: &BeyondNeed, field: &str, word: &str) -> Sign {
    let is_less = match field {
        _ if beyond.whole => true,
        "Action" | "NotAction" => beyond.actions.contains(word),
        "Resource" | "NotResource" => beyond.wide || beyond.resources.contains(word),
        _ => false,
    };
    if is_less { Sign::Less } else { Sign::Same }
}

/// A statement as JSON, each word of a list in a line of its own. `sign` is asked for the field and the word; the braces go
/// with the statement as a whole.
fn lines(statement: &Value, sign: &dyn Fn(&str, &str) -> Sign, page: &mut String) {
    let whole = sign("", "");
    line(whole, "{", page);
    let fields: Vec<_> = statement.as_object().into_iter().flatten().collect();
    for (index, (field, value)) in fields.iter().enumerate() {
        let comma = if index + 1 < fields.len() { "," } else { "" };
        let name = Value::from(field.as_str());
        match value {
            Value::Array(words) if words.iter().all(Value::is_string) => {
                line(whole, &format!("  {name}: ["), page);
                for (index, word) in words.iter().enumerate() {
                    let comma = if index + 1 < words.len() { "," } else { "" };
                    line(sign(field, word.as_str().unwrap_or_default()), &format!("    {word}{comma}"), page);
                }
                line(whole, &format!("  ]{comma}"), page);
            }
            Value::String(word) => line(sign(field, word), &format!("  {name}: {value}{comma}"), page),
            other => {
                let text = serde_json::to_string_pretty(other).unwrap_or_default().replace('\n', "\n  ");
                for part in format!("  {name}: {text}{comma}").split('\n') {
                    line(whole, part, page);
                }
            }
        }
    }
    line(whole, "}", page);
}

fn line(sign: Sign, text: &str, page: &mut String) {
    match sign {
        Sign::Same => put!(page, "  {}\n", E(text)),
        Sign::Less => put!(page, "<del>− {}</del>\n", E(text)),
        Sign::More => put!(page, "<ins>+ {}</ins>\n", E(text)),
    }
}
