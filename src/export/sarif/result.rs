use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Results;
use super::log::{
    ArtifactLocation, Fingerprints, Location, LogicalLocation, Message, PhysicalLocation, Place, Provenance,
    ResultProperties, SarifResult, Suppression,
};
use super::rules::level;
use crate::audit::{ChangeSince, Finding, Passed, Report, Resolved, Status};
use crate::types::{Arn, cut, shown};

/// Bytes of a message; of a name.
const TEXT: usize = 4_000;
const NAME: usize = 1_000;

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The results, worst first.
pub(super) fn results(report: &Report, which: Results) -> impl Iterator<Item = SarifResult> + '_ {
    let all = which == Results::All;
    let findings = report.findings.iter().filter(move |finding| all || finding.status == Status::NonCompliant);
    let resolved = report.resolved.iter().filter(move |_| all).map(of_resolved);
    let passed = report.passed.iter().filter(move |_| all).map(of_passed);
    findings.map(of_finding).chain(resolved).chain(passed)
}

fn of_finding(finding: &Finding) -> SarifResult {
    let (kind, level) = match finding.status {
        Status::NonCompliant => ("fail", level(finding.severity)),
        Status::Suppressed => ("fail", "none"),
        Status::InsufficientData => ("open", "none"),
    };
    let fix = format!("{}\n\nFix: {}", shown(&finding.message, TEXT), shown(&finding.remediation, TEXT));
    let suppression = finding.suppression.as_ref().map(|suppression| Suppression {
        kind: "external",
        status: "accepted",
        justification: shown(&suppression.reason, TEXT),
    });
    SarifResult {
        rule_id: finding.check.to_owned(),
        rule_index: None,
        kind,
        level,
        message: Message::text(fix),
        locations: vec![location(
            &finding.account_id.to_string(),
            finding.resource.as_str(),
            &finding.location.words(),
        )],
        partial_fingerprints: Some(fingerprints(&finding.id)),
        baseline_state: Some(match finding.since_last {
            ChangeSince::New | ChangeSince::Reopened => "new",
            ChangeSince::Unchanged => "unchanged",
        }),
        suppressions: suppression.into_iter().collect(),
        provenance: Some(Provenance {
            first_detection_time_utc: finding.first_seen.to_string(),
            last_detection_time_utc: finding.last_seen.to_string(),
        }),
        properties: ResultProperties {
            severity: Some(finding.severity.as_str()),
            confidence: Some(finding.confidence.as_str()),
            score: Some(finding.score),
            account_id: finding.account_id.to_string(),
            region: finding.region.to_string(),
            owner: finding.owner.as_ref().map(|owner| shown(owner, NAME)),
            stack: finding.stack.as_ref().map(|stack| shown(stack, NAME)),
            console_url: Some(cut(&finding.console_url, TEXT)),
            reason: finding.gap.as_ref().map(|gap| gap.reason.as_str()),
        },
    }
}

fn of_resolved(finding: &Resolved) -> SarifResult {
    SarifResult {
        baseline_state: Some("absent"),
        partial_fingerprints: Some(fingerprints(&finding.id)),
        provenance: Some(Provenance {
            first_detection_time_utc: finding.first_seen.to_string(),
            last_detection_time_utc: finding.last_seen.to_string(),
        }),
        ..plain(&finding.check, "pass", "Resolved.", [&finding.account_id, &finding.region, &finding.resource])
    }
}

fn of_passed(passed: &Passed) -> SarifResult {
    let place = [&passed.account_id.to_string(), &passed.region.to_string(), passed.resource.as_str()];
    plain(passed.check, "pass", "Compliant.", place)
}

fn plain(check: &str, kind: &'static str, text: &str, [account_id, region, resource]: [&str; 3]) -> SarifResult {
    SarifResult {
        rule_id: check.to_owned(),
        rule_index: None,
        kind,
        level: "none",
        message: Message::text(text),
        locations: vec![location(account_id, resource, "")],
        partial_fingerprints: None,
        baseline_state: None,
        suppressions: Vec::new(),
        provenance: None,
        properties: ResultProperties {
            account_id: account_id.to_owned(),
            region: region.to_owned(),
            ..ResultProperties::default()
        },
    }
}

fn fingerprints(id: &str) -> Fingerprints {
    Fingerprints { finding: id.to_owned(), line: format!("{id}:1") }
}

/// GitHub wants a file and a line: a path that is made of the ARN stands for the resource.
fn location(account_id: &str, resource: &str, place: &str) -> Location {
    let arn = shown(resource, NAME);
    let name = Arn::parse(arn.as_str()).map_or_else(|_| arn.clone(), |arn| arn.name().to_owned());
    let full = if place.is_empty() { arn.clone() } else { format!("{arn} {}", shown(place, NAME)) };
    let resource = LogicalLocation { name, fully_qualified_name: full, kind: "resource" };
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: path(account_id, &arn) },
            region: Place { start_line: 1 },
        },
        logical_locations: vec![resource],
    }
}

/// `123456789012/eu-west-1/states/stateMachine/orders`.
fn path(account_id: &str, arn: &str) -> String {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let [_, _, service, region, _, resource] = parts[..] else { return encoded(arn) };
    let region = if region.is_empty() { "global" } else { region };
    let segments = [account_id, region, service].into_iter().chain(resource.split([':', '/']));
    segments.filter(|segment| !segment.is_empty()).map(encoded).collect::<Vec<_>>().join("/")
}

/// A segment of a path; `.` and `..` are not steps.
fn encoded(segment: &str) -> String {
    let text = utf8_percent_encode(segment, SEGMENT).to_string();
    if text.bytes().all(|byte| byte == b'.') { text.replace('.', "%2E") } else { text }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_resource_is_a_path() {
        for (arn, expected) in [
            ("arn:aws:states:eu-west-1:123456789012:stateMachine:orders", "1/eu-west-1/states/stateMachine/orders"),
            ("arn:aws:iam::123456789012:role/a/b", "1/global/iam/role/a/b"),
            ("arn:aws:logs:eu-west-1:123456789012:log-group:/a//..", "1/eu-west-1/logs/log-group/a/%2E%2E"),
            ("arn:aws:s3:::b <&>", "1/global/s3/b%20%3C%26%3E"),
            ("no ARN", "no%20ARN"),
        ] {
            assert_eq!(path("1", arn), expected);
        }
    }
}
