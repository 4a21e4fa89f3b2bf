//! Several accounts through roles: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use stepwarden::collect::settings::AccountSource;
use stepwarden::types::{Arn, Region};

use super::{Aws, HOME, MAX_ATTEMPTS, Scan, brief, caller_identity, quiet};
use crate::binary::Run;
use crate::replay::{ACCESS_KEY, Rule, denied, error, on, xml};

const ONE: &str = "111111111111";
const TWO: &str = "222222222222";

fn source(account: &str, external_id: Option<&str>) -> AccountSource {
    AccountSource {
        name: None,
        role_arn: Arn::parse(format!("arn:aws:iam::{account}:role/auditor")).expect("the tests' ARNs are some"),
        external_id: external_id.map(str::to_owned),
    }
}

/// The role of `account` may be assumed, and then its key speaks for it.
fn enters(account: &'static str, key: &'static str) -> [Rule; 2] {
    let credentials = format!(
        "<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration>"
    );
    let answer = xml(format!("<Credentials>{credentials}</Credentials>"));
    [on("AssumeRole", answer).with(account), caller_identity(account).signed_by(key)]
}

fn rules(entries: impl IntoIterator<Item = Rule>) -> Vec<Rule> {
    entries.into_iter().chain(quiet()).collect()
}

#[tokio::test]
async fn each_account_is_read_with_its_own_role() {
    let aws = Aws::new(rules(enters(ONE, "KEY-ONE").into_iter().chain(enters(TWO, "KEY-TWO"))));
    let scan = aws.accounts(vec![source(ONE, Some("ticket-7")), source(TWO, None)]).scan().await;
    for (account, key) in [(ONE, "KEY-ONE"), (TWO, "KEY-TWO")] {
        assert!(scan.snapshot(account, HOME).state_machines().whole().is_ok());
        assert!(scan.snapshot(account, Region::GLOBAL).iam().whole().is_ok());
        let lists = scan.replay.calls("ListStateMachines");
        assert_eq!(lists.iter().filter(|call| call.access_key == key).count(), 1, "{account}");
    }
    let asked = scan.replay.calls("AssumeRole");
    assert_eq!(asked.len(), 2, "once an account, however many calls follow");
    assert!(asked.iter().all(|call| call.access_key == ACCESS_KEY && call.region == HOME));
    let external_id = |account| {
        let call = asked.iter().find(|call| call.body.contains(account)).expect("the role was assumed");
        call.body.contains("ExternalId=ticket-7")
    };
    assert!(external_id(ONE) && !external_id(TWO));
    assert_eq!(scan.spent("sts:AssumeRole").ok, 2);
    assert!(scan.collection().runs.iter().all(|run| run.gap.is_none()));
}

#[tokio::test]
async fn an_account_that_cannot_be_entered_is_a_gap_and_the_other_is_read() {
    let refused = on("AssumeRole", error("AccessDenied", "User: jane is not authorized")).with(TWO);
    let aws = Aws::new(rules(enters(ONE, "KEY-ONE").into_iter().chain([refused])));
    let scan = aws.accounts(vec![source(ONE, None), source(TWO, None)]).scan().await;
    assert!(scan.snapshot(ONE, HOME).state_machines().whole().is_ok());
    let runs: Vec<_> = scan.collection().runs.iter().filter(|run| run.account_id.as_str() == TWO).collect();
    let [run] = runs[..] else { panic!("one run stands for the account: {runs:#?}") };
    let gap = run.gap.as_ref().unwrap();
    assert_eq!(brief(gap), ("denied", "sts:AssumeRole", Some("sts:AssumeRole")));
    assert_eq!(gap.account_id.as_ref().unwrap().as_str(), TWO);
    assert_eq!(scan.snapshot(TWO, Region::GLOBAL).identity().gap(), Some(gap));
    assert_eq!(scan.replay.calls("AssumeRole").iter().filter(|call| call.body.contains(TWO)).count(), 1);
}

/// Whoever audits the snapshots elsewhere learns of the account that is not in them.
#[tokio::test]
async fn an_account_that_cannot_be_entered_is_in_the_snapshot_file() {
    let check = |scan: &Scan, code| {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let lines = scan.collection().snapshots.iter().flat_map(|snapshot| snapshot.clone().into_lines());
        let lines: String = lines.map(|line| serde_json::to_string(&line).expect("a line is JSON") + "\n").collect();
        std::fs::write(file.path(), lines).expect("it is written");
        let arguments = ["check", file.path().to_str().expect("UTF-8"), "--check", "logging-disabled"];
        let ran = Run::new(&arguments).run().expect(code);
        format!("{}{}", ran.stdout, ran.stderr)
    };
    let entered = Aws::new(rules(enters(ONE, "KEY-ONE"))).accounts(vec![source(ONE, None)]).scan().await;
    assert!(!check(&entered, 0).contains("NOT READ"));
    let refused = on("AssumeRole", error("AccessDenied", "no")).with(TWO);
    let aws = Aws::new(rules(enters(ONE, "KEY-ONE").into_iter().chain([refused])));
    let scan = aws.accounts(vec![source(ONE, None), source(TWO, None)]).scan().await;
    let text = check(&scan, 4);
    assert!(text.contains("NOT READ") && text.contains(&format!("all of account {TWO}")), "{text}");
}

#[tokio::test]
async fn an_account_that_another_role_enters_keeps_what_was_read() {
    let refused = on("AssumeRole", error("AccessDenied", "no")).with("role%2Fother");
    let aws = Aws::new(rules([refused].into_iter().chain(enters(ONE, "KEY-ONE"))));
    let other = AccountSource {
        role_arn: Arn::parse(format!("arn:aws:iam::{ONE}:role/other")).expect("an ARN"),
        ..source(ONE, None)
    };
    let scan = aws.accounts(vec![source(ONE, None), other]).scan().await;
    assert_eq!(scan.collection().snapshots.len(), 2);
    assert!(scan.snapshot(ONE, Region::GLOBAL).identity().whole().is_ok());
}

#[tokio::test]
async fn where_no_account_can_be_entered_nothing_was_collected() {
    let scan = Aws::new(rules([on("AssumeRole", denied())])).accounts(vec![source(ONE, None)]).scan().await;
    let error = scan.result.unwrap_err().to_string();
    assert!(error.contains("sts:AssumeRole") && !error.contains("jane"), "{error}");
}

#[tokio::test]
async fn a_throttled_role_is_asked_for_again() {
    let [_, identity] = enters(ONE, "KEY-ONE");
    let throttled = on("AssumeRole", error("Throttling", "Rate exceeded"));
    let throttled = throttled
        .then(xml("<Credentials><AccessKeyId>KEY-ONE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"));
    let scan = Aws::new(rules([throttled, identity])).accounts(vec![source(ONE, None)]).scan().await;
    assert!(scan.snapshot(ONE, HOME).state_machines().whole().is_ok());
    let usage = scan.spent("sts:AssumeRole");
    assert_eq!((usage.ok, usage.throttled), (1, 1));
}

#[tokio::test]
async fn a_role_that_stays_throttled_is_asked_for_as_often_as_any_call() {
    let throttled = on("AssumeRole", error("Throttling", "Rate exceeded"));
    let scan = Aws::new(rules([throttled])).accounts(vec![source(ONE, None)]).scan().await;
    assert!(scan.result.unwrap_err().to_string().contains("throttled sts:AssumeRole"));
    assert_eq!(scan.replay.count("AssumeRole"), MAX_ATTEMPTS as usize);
}

#[tokio::test]
async fn an_external_id_is_never_told() {
    let mut scan = Aws::new(rules(enters(ONE, "KEY-ONE"))).accounts(vec![source(ONE, Some("hunter2"))]).scan().await;
    assert!(!scan.text().contains("hunter2"));
    let long = "x".repeat(290) + "-hunter2";
    for id in ["hunter2", "hunter2  two  spaces", &long] {
        let refused = on("AssumeRole", error("ValidationError", format!("{id} is not an external id")));
        scan = Aws::new(rules([refused])).accounts(vec![source(ONE, Some(id))]).scan().await;
        let error = scan.result.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("hunter2") && !text.contains("xxx") && text.contains("ValidationError"), "{text}");
    }
}

#[tokio::test]
async fn hostile_credentials_are_a_refusal() {
    for answer in ["", "<Credentials/>", "<Credentials><AccessKeyId>KEY</AccessKeyId></Credentials>"] {
        let scan = Aws::new(rules([on("AssumeRole", xml(answer))])).accounts(vec![source(ONE, None)]).scan().await;
        assert!(scan.result.is_err(), "{answer}");
    }
}
