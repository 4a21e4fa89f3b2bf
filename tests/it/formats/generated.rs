//! A large report with hostile strings; `benches/formats.rs` measures with it too.

use jiff::Timestamp;
use stepwarden::audit::{
    ChangeSince, Coverage, Finding, Judged, Passed, Report, Resolved, Status, Suppression, SuppressionUse,
};
use stepwarden::checks::CHECKS;
use stepwarden::finding::{Change, Confidence, Location, Severity};
use stepwarden::types::{AccountId, Arn, Gap, GapReason, JsonPointer, Region};

/// What breaks a format that does not escape: quotes, markup, tables, formulas, lines, directions, control characters.
pub(crate) const HOSTILE: [&str; 14] = [
    "orders",
    "\"quoted\" 'names' \\ and \\\" more",
    "<script>alert(1)</script><!-- --> ]]> &amp; &#x0;",
    "a | b || c \\| d `code` **bold** [link](javascript:alert(1)) ![x](http://x.example/y.png)",
    "=HYPERLINK(\"http://evil.example\")",
    "+1 -1 @SUM(A1:A9)",
    "-2+3",
    "@everyone see #123, GH-7 and octo/repo#1 or https://evil.example www.evil.example a@evil.example",
    "line\nline\r\nline\rline\u{2028}line\u{85}",
    "\u{202e}gnp.exe\u{202c} \u{2066}x\u{2069} \u{200b}\u{feff}",
    "\u{0}\u{1}\u{7}\u{8}\u{1b}[2J\u{7f}\u{9b}31m\u{fffe}\u{ffff}",
    "\t  \t",
    "漢字 ü 😀 \u{10ffff} e\u{301}",
    "{\"json\": [1, {\"a\": \"b\"}]} %s ${jndi:ldap://x} ../../etc/passwd",
];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).expect("a time")
}

fn account(number: usize) -> AccountId {
    AccountId::parse(format!("{:012}", 111_111_111_111 + number % 3)).expect("an account")
}

fn region(number: usize) -> Region {
    Region::parse(["eu-west-1", "us-east-1", "global"][number % 3]).expect("a Region")
}

fn hostile(number: usize) -> &'static str {
    HOSTILE[number % HOSTILE.len()]
}

fn resource(number: usize) -> Arn {
    let name = hostile(number / 5);
    let arn = match number % 4 {
        0 | 1 => format!("arn:aws:states:eu-west-1:{}:stateMachine:{number}-{name}", account(number)),
        2 => format!("arn:aws:iam::{}:role/path/{number}{name}", account(number)),
        _ => format!("arn:aws:logs:eu-west-1:{}:log-group:/aws/{name}{number}", account(number)),
    };
    Arn::parse(arn).expect("an ARN")
}

fn finding(number: usize) -> Finding {
    let check = CHECKS[number % CHECKS.len()];
    let status = match number % 10 {
        0 => Status::InsufficientData,
        1 => Status::Suppressed,
        _ => Status::NonCompliant,
    };
    let text = hostile(number);
    // One in a thousand is as long as nothing should be.
    let message =
        if number % 1_000 == 5 { text.repeat(100_000 / text.len()) } else { format!("The state {text} is so.") };
    let accepted = Suppression { reason: text.to_owned(), owner: Some(text.to_owned()), expires: None };
    let gap = Gap { iam_action: Some("states:DescribeStateMachine".to_owned()), ..Gap::new(GapReason::Denied, text) };
    Finding {
        id: format!("{number:032x}"),
        check: check.id,
        family: check.family,
        title: check.title,
        severity: Severity::ALL[number % 5],
        confidence: [Confidence::High, Confidence::Medium, Confidence::Low][number % 3],
        score: 40.0,
        status,
        account_id: account(number),
        region: region(number),
        resource: resource(number),
        location: Location {
            state: number.is_multiple_of(3).then(|| text.to_owned()),
            pointer: number.is_multiple_of(3).then(|| JsonPointer::root().join("States").join(text)),
            statement: (number % 3 == 1).then(|| text.to_owned()),
        },
        machines: (0..number % 50).map(resource).collect(),
        message,
        evidence: vec![("type", text.to_owned())],
        gap: (status == Status::InsufficientData).then_some(gap),
        remediation: format!("Change {text}; then look again."),
        change: number.is_multiple_of(2).then(|| Change::Command(format!("aws states describe-state-machine {text}"))),
        references: check.references,
        folded: Vec::new(),
        console_url: "https://console.aws.amazon.com/states/home#/statemachines".to_owned(),
        owner: number.is_multiple_of(2).then(|| text.to_owned()),
        stack: number.is_multiple_of(4).then(|| text.to_owned()),
        first_seen: at(0),
        last_seen: at(60),
        since_last: [ChangeSince::New, ChangeSince::Reopened, ChangeSince::Unchanged][number % 3],
        suppression: (status == Status::Suppressed).then_some(accepted),
    }
}

fn resolved(number: usize) -> Resolved {
    Resolved {
        id: format!("{:032x}", 1_000_000 + number),
        check: if number % 7 == 6 { "a-check-of-old".to_owned() } else { CHECKS[number % CHECKS.len()].id.to_owned() },
        severity: number.is_multiple_of(2).then_some(Severity::High),
        account_id: account(number).to_string(),
        region: region(number).to_string(),
        resource: resource(number).to_string(),
        first_seen: at(0),
        last_seen: at(30),
    }
}

fn coverage(findings: &[Finding]) -> Vec<Coverage> {
    let of = |check: &stepwarden::finding::Check| {
        let mine = || findings.iter().filter(|finding| finding.check == check.id);
        let insufficient = mine().filter(|finding| finding.gap.is_some()).count();
        Coverage {
            account_id: account(0),
            region: region(0),
            check: check.id,
            family: check.family,
            severity: check.severity,
            compliant: 1,
            non_compliant: mine().count() - insufficient,
            insufficient,
            reasons: [(GapReason::Denied, insufficient)].into(),
        }
    };
    CHECKS.iter().map(|check| of(check)).collect()
}

/// So many findings, a tenth as many resolved ones, and as many compliant resources where they are asked for.
pub(crate) fn generated(findings: usize, passed: bool) -> Report {
    let pass = |number: usize| Passed {
        check: CHECKS[number % CHECKS.len()].id,
        account_id: account(number),
        region: region(number),
        resource: resource(number),
    };
    let mut findings: Vec<_> = (0..findings).map(finding).collect();
    findings.sort_by_key(|finding| (finding.status, std::cmp::Reverse(finding.severity)));
    Report {
        version: "0.1.0".to_owned(),
        started_at: at(0),
        finished_at: at(120),
        as_of: at(60),
        complete: true,
        coverage: coverage(&findings),
        scores: Vec::new(),
        inventory: Vec::new(),
        machines: Vec::new(),
        quotas: Vec::new(),
        throttled: Vec::new(),
        inspected: Vec::new(),
        collectors: Vec::new(),
        api_usage: Vec::new(),
        resolved: (0..findings.len() / 10).map(resolved).collect(),
        suppressions: vec![SuppressionUse {
            suppression: Suppression { reason: HOSTILE[3].to_owned(), owner: None, expires: None },
            selects: HOSTILE[2].to_owned(),
            expired: true,
            findings: 0,
            unused: false,
        }],
        trend: Vec::new(),
        passed: if passed { (0..findings.len()).map(pass).collect() } else { Vec::new() },
        findings,
        judged: Judged::default(),
    }
}
