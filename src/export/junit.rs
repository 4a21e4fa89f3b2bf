//! `report.junit.xml`: checks as test suites, findings as failures, for CI systems.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use crate::audit::{Finding, Passed, Report, Status};
use crate::types::shown;

/// Bytes of a text; CI systems hold reports in memory.
const TEXT: usize = 8_000;
/// Bytes of a name or of a one-line message.
const NAME: usize = 1_000;

/// What one check has to say.
#[derive(Default)]
struct Suite<'a> {
    findings: Vec<&'a Finding>,
    passed: Vec<&'a Passed>,
    resolved: usize,
}

/// Writes a suite for each check that found, could not judge, settled or passed something. Insufficient data and
/// suppressed findings are skipped tests, with the reason; how many findings are resolved is a property of the suite.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let mut suites: BTreeMap<&str, Suite<'_>> = BTreeMap::new();
    for finding in &report.findings {
        suites.entry(finding.check).or_default().findings.push(finding);
    }
    for passed in &report.passed {
        suites.entry(passed.check).or_default().passed.push(passed);
    }
    for resolved in &report.resolved {
        suites.entry(resolved.check.as_str()).or_default().resolved += 1;
    }
    let failures = report.of_status(Status::NonCompliant).count();
    let tests = report.findings.len() + report.passed.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    // Jenkins's schema has no attribute here that counts what was skipped; each suite's has.
    writeln!(out, "<testsuites name=\"stepwarden\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">")?;
    for (check, suite) in suites {
        write_suite(check, &suite, report, &mut out)?;
    }
    writeln!(out, "</testsuites>")?;
    out.flush()
}

fn write_suite(check: &str, suite: &Suite<'_>, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let failures = suite.findings.iter().filter(|finding| finding.status == Status::NonCompliant).count();
    let skipped = suite.findings.len() - failures;
    let tests = suite.findings.len() + suite.passed.len();
    // XML Schema's dateTime, which CI systems want without a zone.
    let at = report.finished_at.strftime("%Y-%m-%dT%H:%M:%S");
    let check = escaped(check, NAME);
    write!(out, "  <testsuite name=\"{check}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" ")?;
    writeln!(out, "skipped=\"{skipped}\" time=\"0\" timestamp=\"{at}\">")?;
    writeln!(out, "    <properties>")?;
    writeln!(out, "      <property name=\"resolved\" value=\"{}\"/>", suite.resolved)?;
    writeln!(out, "    </properties>")?;
    for finding in &suite.findings {
        write_finding(finding, &check, out)?;
    }
    for passed in &suite.passed {
        let resource = escaped(passed.resource.as_str(), NAME);
        writeln!(out, "    <testcase classname=\"{check}\" name=\"{resource}\" time=\"0\"/>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_finding(finding: &Finding, check: &str, out: &mut dyn Write) -> io::Result<()> {
    let id = finding.id.get(..8).unwrap_or(&finding.id);
    let (resource, place) = (escaped(finding.resource.as_str(), NAME), escaped(&finding.location.words(), NAME));
    let gap = if place.is_empty() { "" } else { " " };
    writeln!(out, "    <testcase classname=\"{check}\" name=\"{resource}{gap}{place} ({id})\" time=\"0\">")?;
    let message = escaped(&finding.message, NAME);
    match finding.status {
        Status::NonCompliant => {
            writeln!(
                out,
                "      <failure message=\"{message}\" type=\"{}\">{}</failure>",
                finding.severity,
                text(finding)
            )?;
        }
        Status::InsufficientData => writeln!(out, "      <skipped>insufficient data: {message}</skipped>")?,
        Status::Suppressed => {
            let reason = finding.suppression.as_ref().map_or("", |suppression| suppression.reason.as_str());
            writeln!(out, "      <skipped>suppressed: {}</skipped>", escaped(reason, NAME))?;
        }
    }
    writeln!(out, "    </testcase>")
}

/// What a person reads who opens the failure.
fn text(finding: &Finding) -> String {
    let lines = [
        ("", finding.message.as_str()),
        ("fix: ", &finding.remediation),
        ("explain: stepwarden explain ", finding.check),
        ("console: ", &finding.console_url),
        ("id: ", &finding.id),
    ];
    lines.map(|(label, text)| format!("{label}{}", escaped(text, TEXT))).join("\n")
}

/// As a text or an attribute of XML 1.0, which has no place for most control characters: they are made visible.
fn escaped(text: &str, bytes: usize) -> String {
    let mut out = String::with_capacity(text.len().min(bytes));
    for c in shown(text, bytes).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
