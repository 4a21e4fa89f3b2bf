use std::collections::BTreeSet;

use super::log::{Configuration, Message, Rule, RuleProperties};
use crate::audit::Report;
use crate::checks::CHECKS;
use crate::finding::{Check, Confidence, Severity, controls};

/// GitHub takes 20 tags a rule.
const TAGS: usize = 20;

/// The checks that ran, their pages as help.
pub(super) fn rules(report: &Report) -> Vec<Rule> {
    let ran = report.coverage.iter().map(|line| line.check);
    let ran: BTreeSet<_> = ran.chain(report.findings.iter().map(|finding| finding.check)).collect();
    CHECKS.iter().filter(|check| ran.contains(check.id)).map(|check| rule(check)).collect()
}

fn rule(check: &Check) -> Rule {
    let tags = ["security".to_owned(), check.family.to_string()].into_iter();
    Rule {
        id: check.id,
        short_description: Message::text(check.title),
        full_description: Message::text(what(check.page).unwrap_or_else(|| check.title.to_owned())),
        help: Message { text: check.page.to_owned(), markdown: Some(check.page.to_owned()) },
        help_uri: check.references.first().copied(),
        default_configuration: Configuration { level: level(check.severity) },
        properties: RuleProperties {
            tags: tags.chain(controls(check.id).iter().map(crate::finding::Control::name)).take(TAGS).collect(),
            precision: precision(check.confidence),
            problem_severity: problem(check.severity),
            security_severity: security_severity(check.severity),
        },
    }
}

/// The first paragraph under the first heading of the page, on one line.
fn what(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("## What it checks\n")?;
    rest.trim_start().split("\n\n").next().map(|paragraph| paragraph.replace('\n', " "))
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// In the middle of GitHub's bands: critical above 9, high from 7, medium from 4, low above 0.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}
