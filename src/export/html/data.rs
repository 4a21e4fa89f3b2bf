//! All findings as data for the page's script.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::super::drawing::text::visible;
use super::findings::change_text;
use super::words::put;
use crate::audit::{Finding, Report};

/// Texts by their number: most are said of many findings.
#[derive(Default)]
struct Texts {
    /// As they stand in the page, with commas between.
    written: String,
    known: HashMap<String, usize>,
}

impl Texts {
    fn of(&mut self, text: &str) -> usize {
        let text = text.split('\n').map(visible).collect::<Vec<_>>().join("\n");
        if let Some(known) = self.known.get(&text) {
            return *known;
        }
        if !self.known.is_empty() {
            self.written.push(',');
        }
        self.written.push_str(&escaped(&Value::from(text.as_str())));
        let number = self.known.len();
        self.known.insert(text, number);
        number
    }
}

/// Nothing in it may end the element or begin a comment.
fn escaped(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// Writes the element that the script reads; says how many of the last findings did not fit into `most` bytes.
pub(super) fn data(report: &Report, most: usize, page: &mut String) -> usize {
    let (mut texts, mut rows, mut kept) = (Texts::default(), String::new(), 0);
    for finding in &report.findings {
        let before = texts.written.len();
        let row = escaped(&row(finding, &mut texts));
        if texts.written.len() + rows.len() + row.len() > most {
            texts.written.truncate(before);
            break;
        }
        rows.push_str(if kept == 0 { "" } else { "," });
        rows.push_str(&row);
        kept += 1;
    }
    let left_out = report.findings.len() - kept;
    put!(
        page,
        "<script type=\"application/json\" id=\"data\">{{\"left\":{left_out},\"texts\":[{}],\"rows\":[{rows}]}}</script>",
        texts.written
    );
    left_out
}

/// The order is known to the script.
fn row(finding: &Finding, texts: &mut Texts) -> Value {
    let mut text = |text: &str| texts.of(text);
    let place = [
        finding.location.state.as_ref().map(|state| format!("state {state}")),
        finding.location.pointer.as_ref().map(ToString::to_string),
        finding.location.statement.as_ref().map(|statement| format!("statement {statement}")),
    ];
    let place: Vec<_> = place.into_iter().flatten().collect();
    let evidence: Vec<_> = finding.evidence.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let accepted = finding.suppression.as_ref().map(|one| one.reason.clone()).unwrap_or_default();
    json!([
        finding.id,
        text(finding.severity.as_str()),
        text(finding.status.as_str()),
        text(finding.family.as_str()),
        text(finding.check),
        text(finding.title),
        text(finding.account_id.as_str()),
        text(finding.region.as_str()),
        text(finding.resource.as_str()),
        text(finding.since_last.as_str()),
        text(finding.owner.as_deref().unwrap_or_default()),
        text(finding.stack.as_deref().unwrap_or_default()),
        text(&place.join(" · ")),
        text(&finding.message),
        text(&evidence.join("\n")),
        text(&finding.remediation),
        text(&finding.change.as_ref().map(change_text).unwrap_or_default()),
        text(&finding.references.join("\n")),
        text(&finding.console_url),
        text(&finding.first_seen.strftime("%Y-%m-%d").to_string()),
        text(&finding.last_seen.strftime("%Y-%m-%d").to_string()),
        text(finding.confidence.as_str()),
        text(&accepted),
    ])
}
