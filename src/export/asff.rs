//! `report.asff.json`: the AWS Security Finding Format, as Security Hub's BatchImportFindings takes it.
//!
//! Sources: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html>,
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>.

use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::audit::{Finding, Passed, Report, Resolved, Status};
use crate::checks::CHECKS;
use crate::finding::{Confidence, Family, Severity, controls};
use crate::types::{Arn, Region, shown};

/// Characters of the fields, as AWS documents them; bytes are never fewer.
const TITLE: usize = 256;
const DESCRIPTION: usize = 1_024;
const FIX: usize = 512;
const NAME: usize = 512;
const PRODUCT_FIELD: usize = 1_024;
/// Resources of a finding, of 32 that AWS takes; requirements of its compliance.
const RESOURCES: usize = 10;
const REQUIREMENTS: usize = 32;

/// A finding, and where Security Hub wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    pub account_id: String,
    /// A real Region: what is global stands in the partition's first one.
    pub region: String,
    pub finding: Value,
}

/// Writes `{"Findings": [...]}`. BatchImportFindings takes 100 at once, of one account and Region.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    out.write_all(b"{\"Findings\":[")?;
    for (index, imported) in findings(report).enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut out, &imported.finding)?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}

/// Every finding, resolved finding (archived) and compliant resource.
pub fn findings(report: &Report) -> impl Iterator<Item = Imported> + '_ {
    let findings = report.findings.iter().map(|finding| of_finding(report, finding));
    let resolved = report.resolved.iter().map(|finding| of_resolved(report, finding));
    let passed = report.passed.iter().map(|passed| of_passed(report, passed));
    findings.chain(resolved).chain(passed)
}

/// What every finding says.
struct Common<'a> {
    id: String,
    check: &'a str,
    title: &'a str,
    description: &'a str,
    severity: Option<Severity>,
    confidence: u8,
    family: Option<Family>,
    account_id: &'a str,
    region: &'a str,
    resource: &'a str,
    first: Timestamp,
    last: Timestamp,
    updated: Timestamp,
    status: &'static str,
}

impl Common<'_> {
    fn imported(&self, report: &Report) -> Imported {
        let partition = Arn::parse(self.resource).map_or("aws".to_owned(), |arn| arn.partition().to_owned());
        let (account, region) = (self.account_id, home(self.region, &partition));
        let types = types(self.family);
        let severity =
            json!({"Label": label(self.severity), "Original": self.severity.map_or("unknown", Severity::as_str)});
        let names: Vec<_> = controls(self.check).iter().take(REQUIREMENTS).map(crate::finding::Control::name).collect();
        let mut compliance = json!({"Status": self.status});
        if !names.is_empty() {
            compliance["RelatedRequirements"] = json!(names);
        }
        let finding = json!({
            "SchemaVersion": "2018-10-08",
            "Id": shown(&self.id, NAME),
            "ProductArn": format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default"),
            "ProductName": "stepwarden",
            "CompanyName": "stepwarden",
            "GeneratorId": format!("stepwarden/{}", shown(self.check, NAME - 11)),
            "AwsAccountId": account,
            "Region": region,
            "Types": types,
            "FirstObservedAt": self.first.to_string(),
            "LastObservedAt": self.last.to_string(),
            "CreatedAt": self.first.to_string(),
            "UpdatedAt": self.updated.to_string(),
            "Severity": severity,
            "Confidence": self.confidence,
            "Title": shown(self.title, TITLE),
            "Description": sentence(self.description, DESCRIPTION),
            "Resources": [resource(self.resource, &partition, &region)],
            "Compliance": compliance,
            "RecordState": "ACTIVE",
            "FindingProviderFields": {"Severity": severity, "Types": types, "Confidence": self.confidence},
            "ProductFields": {"stepwarden/Check": self.check, "stepwarden/Version": report.version},
        });
        Imported { account_id: account.to_owned(), region, finding }
    }
}

/// AWS wants a character that is no blank.
fn sentence(text: &str, bytes: usize) -> String {
    let text = shown(text, bytes);
    if text.trim().is_empty() { "No description.".to_owned() } else { text }
}

/// Where Security Hub keeps what belongs to no Region: where AWS's own global services stand.
fn home(region: &str, partition: &str) -> String {
    let real = match (region == Region::GLOBAL, partition) {
        (false, _) => region,
        (true, "aws-cn") => "cn-north-1",
        (true, "aws-us-gov") => "us-gov-west-1",
        (true, _) => "us-east-1",
    };
    real.to_owned()
}

/// Source: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html>.
fn types(family: Option<Family>) -> &'static [&'static str] {
    const PRACTICE: &str = "Software and Configuration Checks/AWS Security Best Practices";
    match family {
        Some(Family::Data) => &[PRACTICE, "Effects/Data Exposure"],
        _ => &[PRACTICE],
    }
}

fn label(severity: Option<Severity>) -> &'static str {
    match severity {
        None | Some(Severity::Info) => "INFORMATIONAL",
        Some(Severity::Low) => "LOW",
        Some(Severity::Medium) => "MEDIUM",
        Some(Severity::High) => "HIGH",
        Some(Severity::Critical) => "CRITICAL",
    }
}

/// Source: <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html>.
fn resource(arn: &str, partition: &str, region: &str) -> Value {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let kind = match parts[..] {
        [_, _, "states", _, _, rest] if rest.starts_with("stateMachine:") => "AwsStepFunctionStateMachine",
        [_, _, "iam", _, _, rest] if rest.starts_with("role/") => "AwsIamRole",
        [_, _, "iam", _, _, rest] if rest.starts_with("user/") => "AwsIamUser",
        [_, _, "s3", ..] => "AwsS3Bucket",
        [_, _, "dynamodb", _, _, rest] if rest.starts_with("table/") => "AwsDynamoDbTable",
        [_, _, "kms", _, _, rest] if rest.starts_with("key/") => "AwsKmsKey",
        [_, _, "lambda", _, _, rest] if rest.starts_with("function:") => "AwsLambdaFunction",
        _ => "Other",
    };
    json!({"Type": kind, "Id": shown(arn, NAME), "Partition": partition, "Region": region})
}

fn of_finding(report: &Report, finding: &Finding) -> Imported {
    let unread = finding.status == Status::InsufficientData;
    let common = Common {
        id: finding.id.clone(),
        check: finding.check,
        title: finding.title,
        description: &finding.message,
        severity: Some(finding.severity).filter(|_| !unread),
        confidence: match finding.confidence {
            Confidence::High => 90,
            Confidence::Medium => 60,
            Confidence::Low => 30,
        },
        family: Some(finding.family),
        account_id: finding.account_id.as_str(),
        region: finding.region.as_str(),
        resource: finding.resource.as_str(),
        first: finding.first_seen,
        last: finding.last_seen,
        updated: report.finished_at.max(finding.last_seen),
        status: if unread { "NOT_AVAILABLE" } else { "FAILED" },
    };
    let mut imported = common.imported(report);
    let fields = &mut imported.finding;
    fields["SourceUrl"] = json!(shown(&finding.console_url, PRODUCT_FIELD));
    let mut fix = json!({"Text": sentence(&finding.remediation, FIX)});
    if let Some(url) = finding.references.first() {
        fix["Url"] = json!(url);
    }
    fields["Remediation"] = json!({"Recommendation": fix});
    if let Some(gap) = &finding.gap {
        let code = format!("STEPWARDEN_{}", gap.reason.as_str().to_uppercase());
        let reason = json!({"ReasonCode": code, "Description": sentence(&gap.detail, DESCRIPTION)});
        fields["Compliance"]["StatusReasons"] = json!([reason]);
    }
    if let Some(suppression) = &finding.suppression {
        let by = suppression.owner.as_deref().unwrap_or("stepwarden");
        fields["Workflow"] = json!({"Status": "SUPPRESSED"});
        fields["Note"] = json!({
            "Text": sentence(&suppression.reason, FIX),
            "UpdatedBy": sentence(by, FIX),
            "UpdatedAt": report.finished_at.to_string(),
        });
    }
    concerned(finding, fields);
    details(finding, &mut fields["ProductFields"]);
    imported
}

/// The state machines beside the resource itself.
fn concerned(finding: &Finding, fields: &mut Value) {
    let (partition, region) =
        (finding.resource.partition(), home(finding.region.as_str(), finding.resource.partition()));
    let others = finding.machines.iter().filter(|machine| **machine != finding.resource).take(RESOURCES - 1);
    if let Some(resources) = fields["Resources"].as_array_mut() {
        let of = |machine: &Arn| match machine.region() {
            "" => region.clone(),
            own => own.to_owned(),
        };
        resources.extend(others.map(|machine| resource(machine.as_str(), partition, &of(machine))));
    }
}

/// What the format has no field for.
fn details(finding: &Finding, fields: &mut Value) {
    let place = finding.location.words();
    let known = [
        ("stepwarden/Place", Some(&place).filter(|place| !place.is_empty())),
        ("stepwarden/Owner", finding.owner.as_ref()),
        ("stepwarden/Stack", finding.stack.as_ref()),
    ];
    let more = known.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let more = more.map(|(name, value)| (name.to_owned(), json!(shown(value, PRODUCT_FIELD))));
    let score = ("stepwarden/Score".to_owned(), json!(format!("{:.1}", finding.score)));
    let more: Map<String, Value> = more.chain([score]).collect();
    if let Some(fields) = fields.as_object_mut() {
        fields.extend(more);
    }
}

fn of_resolved(report: &Report, finding: &Resolved) -> Imported {
    let check = CHECKS.iter().find(|check| check.id == finding.check);
    let common = Common {
        id: finding.id.clone(),
        check: &finding.check,
        title: check.map_or(&finding.check, |check| check.title),
        description: "Resolved: it is no longer there.",
        severity: finding.severity,
        confidence: 90,
        family: check.map(|check| check.family),
        account_id: &finding.account_id,
        region: &finding.region,
        resource: &finding.resource,
        first: finding.first_seen,
        last: finding.last_seen,
        updated: report.finished_at,
        // The resource itself may be gone.
        status: "NOT_AVAILABLE",
    };
    let mut imported = common.imported(report);
    imported.finding["RecordState"] = json!("ARCHIVED");
    imported
}

fn of_passed(report: &Report, passed: &Passed) -> Imported {
    let check = CHECKS.iter().find(|check| check.id == passed.check);
    let resource = passed.resource.as_str();
    Common {
        id: format!("compliant/{}/{}", passed.check, shown(resource, NAME - 128)),
        check: passed.check,
        title: check.map_or(passed.check, |check| check.title),
        description: "Compliant.",
        severity: Some(Severity::Info),
        confidence: 90,
        family: check.map(|check| check.family),
        account_id: passed.account_id.as_str(),
        region: passed.region.as_str(),
        resource,
        first: report.as_of,
        last: report.as_of,
        updated: report.finished_at,
        status: "PASSED",
    }
    .imported(report)
}
