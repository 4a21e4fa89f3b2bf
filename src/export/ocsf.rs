//! `report.ocsf.json`: findings in the Open Cybersecurity Schema Framework 1.6, as a JSON array.
//!
//! Source: <https://schema.ocsf.io/1.6.0/>.

use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::audit::{ChangeSince, Finding, Passed, Report, Resolved, Status};
use crate::checks::CHECKS;
use crate::finding::{Confidence, Family, Severity, controls};
use crate::types::{Arn, cut, shown};

/// The version of the schema.
pub const VERSION: &str = "1.6.0";

/// Bytes of a text; of a name.
const TEXT: usize = 8_000;
const NAME: usize = 2_048;

/// Writes an event for each finding, resolved finding and compliant resource. What was not judged and what is compliant is
/// a Compliance Finding, with that status.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let findings = report.findings.iter().map(|finding| of_finding(report, finding));
    let resolved = report.resolved.iter().map(|finding| of_resolved(report, finding));
    let passed = report.passed.iter().map(|passed| of_passed(report, passed));
    out.write_all(b"[")?;
    for (index, event) in findings.chain(resolved).chain(passed).enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut out, &event)?;
    }
    out.write_all(b"\n]\n")?;
    out.flush()
}

/// A class of findings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Compliance = 2003,
    Detection = 2004,
    DataSecurity = 2006,
    IamAnalysis = 2008,
}

impl Class {
    fn of(family: Family) -> Self {
        match family {
            Family::Access => Self::IamAnalysis,
            Family::Data => Self::DataSecurity,
            Family::Quota => Self::Detection,
            Family::Logging | Family::Lifecycle | Family::Hygiene => Self::Compliance,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Compliance => "Compliance Finding",
            Self::Detection => "Detection Finding",
            Self::DataSecurity => "Data Security Finding",
            Self::IamAnalysis => "IAM Analysis Finding",
        }
    }
}

/// What happened to the finding.
#[derive(Clone, Copy)]
enum Activity {
    Create = 1,
    Update = 2,
    Close = 3,
}

/// What every event says.
struct Event<'a> {
    class: Class,
    activity: Activity,
    uid: String,
    check: &'a str,
    title: &'a str,
    text: &'a str,
    severity: Option<Severity>,
    account_id: &'a str,
    region: &'a str,
    resource: &'a str,
    first: Timestamp,
    last: Timestamp,
}

impl Event<'_> {
    fn value(&self, report: &Report) -> Map<String, Value> {
        let (class, activity) = (self.class as u32, self.activity as u32);
        let partition = Arn::parse(self.resource).map_or("aws".to_owned(), |arn| arn.partition().to_owned());
        let (severity_id, severity) = severity(self.severity);
        let activity_name = ["Create", "Update", "Close"][activity as usize - 1];
        let text = shown(self.text, TEXT);
        let mut event = json!({
            "metadata": {
                "version": VERSION,
                "profiles": ["cloud"],
                "product": {"name": "stepwarden", "uid": "stepwarden", "vendor_name": "stepwarden", "version": report.version},
                "event_code": self.check,
            },
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": class,
            "class_name": self.class.name(),
            "activity_id": activity,
            "activity_name": activity_name,
            "type_uid": class * 100 + activity,
            "type_name": format!("{}: {activity_name}", self.class.name()),
            "severity_id": severity_id,
            "severity": severity,
            "time": self.last.as_millisecond(),
            "message": text,
            "cloud": {
                "provider": "AWS",
                "account": {"uid": self.account_id, "type": "AWS Account", "type_id": 10},
                "region": self.region,
                "cloud_partition": partition,
            },
            "finding_info": {
                "uid": self.uid,
                "title": self.title,
                "desc": text,
                "product_uid": "stepwarden",
                "first_seen_time": self.first.as_millisecond(),
                "created_time": self.first.as_millisecond(),
                "last_seen_time": self.last.as_millisecond(),
                "modified_time": self.last.as_millisecond(),
                "analytic": {"name": self.check, "uid": self.check, "type": "Rule", "type_id": 1},
            },
            "resources": [{
                "uid": shown(self.resource, NAME),
                "name": shown(name(self.resource), NAME),
                "region": self.region,
                "cloud_partition": partition,
            }],
        });
        let fields = event.as_object_mut().map(std::mem::take).unwrap_or_default();
        self.of_class(fields)
    }

    /// What the class wants beside.
    fn of_class(&self, mut fields: Map<String, Value>) -> Map<String, Value> {
        match self.class {
            Class::Compliance => {
                let names: Vec<_> = controls(self.check).iter().map(crate::finding::Control::name).collect();
                fields.insert("compliance".to_owned(), json!({"control": self.check, "requirements": names}));
            }
            Class::Detection => {
                fields.insert("is_alert".to_owned(), json!(true));
            }
            Class::DataSecurity => {
                let system = "Data Security Posture Management";
                let detected =
                    json!({"detection_system_id": 12, "detection_system": system, "detection_pattern": self.check});
                fields.insert("data_security".to_owned(), detected);
            }
            Class::IamAnalysis => {
                let policy =
                    json!({"policy": {"uid": shown(self.resource, NAME), "name": shown(name(self.resource), NAME)}});
                fields.insert("permission_analysis_results".to_owned(), json!([policy]));
            }
        }
        fields
    }
}

fn name(resource: &str) -> &str {
    resource.rsplit(['/', ':']).next().filter(|name| !name.is_empty()).unwrap_or(resource)
}

fn severity(severity: Option<Severity>) -> (u8, &'static str) {
    match severity {
        None => (0, "Unknown"),
        Some(Severity::Info) => (1, "Informational"),
        Some(Severity::Low) => (2, "Low"),
        Some(Severity::Medium) => (3, "Medium"),
        Some(Severity::High) => (4, "High"),
        Some(Severity::Critical) => (5, "Critical"),
    }
}

fn of_finding(report: &Report, finding: &Finding) -> Map<String, Value> {
    let unread = finding.status == Status::InsufficientData;
    let event = Event {
        class: if unread { Class::Compliance } else { Class::of(finding.family) },
        activity: if finding.since_last == ChangeSince::New { Activity::Create } else { Activity::Update },
        uid: finding.id.clone(),
        check: finding.check,
        title: finding.title,
        text: &finding.message,
        // Of what was not judged, nothing is known to be bad.
        severity: Some(finding.severity).filter(|_| !unread),
        account_id: finding.account_id.as_str(),
        region: finding.region.as_str(),
        resource: finding.resource.as_str(),
        first: finding.first_seen,
        last: finding.last_seen,
    };
    let mut fields = event.value(report);
    let (id, confidence) = match finding.confidence {
        Confidence::Low => (1, "Low"),
        Confidence::Medium => (2, "Medium"),
        Confidence::High => (3, "High"),
    };
    fields.insert("confidence_id".to_owned(), json!(id));
    fields.insert("confidence".to_owned(), json!(confidence));
    let (id, status) = match finding.status {
        Status::Suppressed => (3, "Suppressed"),
        Status::NonCompliant | Status::InsufficientData => (1, "New"),
    };
    fields.insert("status_id".to_owned(), json!(id));
    fields.insert("status".to_owned(), json!(status));
    fields["finding_info"]["src_url"] = json!(cut(&finding.console_url, NAME));
    judged(finding, &mut fields);
    remedy(finding, event.class, &mut fields);
    fields
}

/// What was found out, and why it is accepted or could not be judged.
fn judged(finding: &Finding, fields: &mut Map<String, Value>) {
    if let Some(compliance) = fields.get_mut("compliance") {
        let (id, word) = if finding.status == Status::InsufficientData { (0, "Unknown") } else { (3, "Fail") };
        compliance["status_id"] = json!(id);
        compliance["status"] = json!(word);
    }
    if let Some(gap) = &finding.gap {
        fields.insert("status_code".to_owned(), json!(gap.reason.as_str()));
        fields.insert("status_detail".to_owned(), json!(shown(&gap.detail, TEXT)));
    }
    if let Some(suppression) = &finding.suppression {
        fields.insert("comment".to_owned(), json!(shown(&suppression.reason, TEXT)));
    }
    if let (Some(owner), Some(resource)) = (&finding.owner, fields["resources"].get_mut(0)) {
        resource["owner"] = json!({"name": shown(owner, NAME)});
    }
}

/// What mends it; and what the schema has no field for.
fn remedy(finding: &Finding, class: Class, fields: &mut Map<String, Value>) {
    let text = shown(&finding.remediation, TEXT);
    let mut more = json!({"family": finding.family.as_str(), "score": finding.score});
    if class == Class::DataSecurity {
        more["remediation"] = json!(text);
    } else {
        let remediation = json!({"desc": text, "references": finding.references});
        fields.insert("remediation".to_owned(), remediation);
    }
    let place = finding.location.words();
    for (name, value) in [("place", Some(&place).filter(|place| !place.is_empty())), ("stack", finding.stack.as_ref())]
    {
        if let Some(value) = value {
            more[name] = json!(shown(value, NAME));
        }
    }
    fields.insert("unmapped".to_owned(), more);
}

fn of_resolved(report: &Report, finding: &Resolved) -> Map<String, Value> {
    let check = CHECKS.iter().find(|check| check.id == finding.check);
    let event = Event {
        class: check.map_or(Class::Compliance, |check| Class::of(check.family)),
        activity: Activity::Close,
        uid: finding.id.clone(),
        check: &finding.check,
        title: check.map_or(&finding.check, |check| check.title),
        text: "No longer there.",
        severity: finding.severity,
        account_id: &finding.account_id,
        region: &finding.region,
        resource: &finding.resource,
        first: finding.first_seen,
        last: report.finished_at,
    };
    let mut fields = event.value(report);
    fields["finding_info"]["last_seen_time"] = json!(finding.last_seen.as_millisecond());
    fields.insert("status_id".to_owned(), json!(4));
    fields.insert("status".to_owned(), json!("Resolved"));
    if let Some(compliance) = fields.get_mut("compliance") {
        compliance["status_id"] = json!(0);
        compliance["status"] = json!("Unknown");
    }
    fields
}

fn of_passed(report: &Report, passed: &Passed) -> Map<String, Value> {
    let (account, region) = (passed.account_id.as_str(), passed.region.as_str());
    let event = Event {
        class: Class::Compliance,
        activity: Activity::Create,
        uid: format!("compliant:{}:{account}:{region}:{}", passed.check, shown(passed.resource.as_str(), NAME)),
        check: passed.check,
        title: CHECKS.iter().find(|check| check.id == passed.check).map_or(passed.check, |check| check.title),
        text: "Compliant.",
        severity: Some(Severity::Info),
        account_id: account,
        region,
        resource: passed.resource.as_str(),
        first: report.as_of,
        last: report.as_of,
    };
    let mut fields = event.value(report);
    fields["compliance"]["status_id"] = json!(1);
    fields["compliance"]["status"] = json!("Pass");
    fields
}
