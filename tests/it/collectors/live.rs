//! Single things of an account, read as they are.

use serde_json::json;
use stepwarden::collect::settings::AccountSource;
use stepwarden::collect::{Environment, Live, LiveError};
use stepwarden::model::{MachineKind, StateMachines};
use stepwarden::types::{AccountId, Arn};

use super::machines::{ROLE, arn, described};
use super::{ACCOUNT, Aws, HOME, brief, caller_identity, region};
use crate::replay::{Rule, denied, error, ok, on, xml};

async fn enter<'a>(environment: &'a Environment<'a>, account: &str) -> Result<Live<'a>, LiveError> {
    Live::enter(environment, &AccountId::parse(account).expect("an account id"), Some(region("us-east-1"))).await
}

async fn machine(name: &str, rules: impl Into<Vec<Rule>>) -> Option<StateMachines> {
    let arn = Arn::parse(arn(name)).expect("an ARN");
    let read = async |environment: &Environment<'_>| {
        enter(environment, ACCOUNT).await.expect("it is our account").machine(&arn, &region(HOME)).await
    };
    Box::pin(Aws::new(rules).ask(read)).await.0
}

#[tokio::test]
async fn a_version_is_described_with_one_call() {
    let fields = json!({ "type": "EXPRESS", "stateMachineArn": arn("orders:3") });
    let aws = Aws::new([on("DescribeStateMachine", ok(described("orders", &fields))).in_region(HOME)]);
    let replay = aws.replay();
    let arn = Arn::parse(arn("orders:3")).unwrap();
    let read = async |environment: &Environment<'_>| {
        enter(environment, ACCOUNT).await.unwrap().machine(&arn, &region(HOME)).await
    };
    let (machines, budget) = Box::pin(aws.ask(read)).await;
    let machines = machines.expect("it is there");
    let machine = &machines.machines[0];
    assert_eq!((&machine.arn, machine.kind), (&arn, MachineKind::Express));
    let details = machine.details.whole().unwrap();
    assert_eq!(details.role_arn.whole().unwrap().as_str(), ROLE);
    assert!(machines.definition(details).is_ok());
    assert!(replay.calls("DescribeStateMachine")[0].body.contains("orders:3"));
    let spent: Vec<_> = budget.usage().iter().map(|usage| (usage.api, usage.ok)).collect();
    assert_eq!(spent, [("sts:GetCallerIdentity", 1), ("states:DescribeStateMachine", 1)]);
}

#[tokio::test]
async fn what_is_not_there_or_not_readable_is_told_apart() {
    let gone = [on("DescribeStateMachine", error("StateMachineDoesNotExist", "no"))];
    assert!(machine("orders", gone).await.is_none());
    let machines = machine("orders", [on("DescribeStateMachine", denied())]).await.expect("it may be there");
    let gap = machines.machines[0].details.gap().unwrap();
    assert_eq!(brief(gap), ("denied", "states:DescribeStateMachine", Some("states:DescribeStateMachine")));
    let encrypted = [
        on("DescribeStateMachine", ok(described("orders", &json!({ "definition": "{}" })))).with("METADATA_ONLY"),
        on("DescribeStateMachine", error("KmsAccessDeniedException", "no")),
    ];
    let machines = machine("orders", encrypted).await.expect("it is there");
    let gap = machines.definition(machines.machines[0].details.whole().unwrap()).unwrap_err();
    assert_eq!(brief(&gap), ("encrypted", "states:DescribeStateMachine", Some("kms:Decrypt")));
}

#[tokio::test]
async fn only_an_alias_is_asked_about() {
    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
    let aws = Aws::new([
        on("DescribeKey", error("NotFoundException", "no")).with("alias/gone"),
        on("DescribeKey", denied()).with("alias/shut"),
        on("DescribeKey", ok(json!({ "KeyMetadata": { "KeyId": "1234abcd", "Arn": KEY } }))).with("alias/orders"),
    ]);
    let replay = aws.replay();
    aws.ask(async |environment| {
        let live = enter(environment, ACCOUNT).await.unwrap();
        let place = region(HOME);
        for named in ["1234abcd", KEY, "alias/orders", "arn:aws:kms:eu-west-1:123456789012:alias/orders"] {
            assert_eq!(live.key(named, &place).await.unwrap().unwrap().as_str(), KEY, "{named}");
        }
        let foreign = "arn:aws:kms:eu-west-1:999999999999:key/5678";
        assert_eq!(live.key(foreign, &place).await.unwrap().unwrap().as_str(), foreign);
        assert_eq!(live.key("alias/gone", &place).await, Ok(None));
        let gap = live.key("alias/shut", &place).await.unwrap_err();
        assert_eq!(brief(&gap), ("denied", "kms:DescribeKey", Some("kms:DescribeKey")));
        assert!(live.key("", &place).await.is_err());
    })
    .await;
    assert_eq!(replay.count("DescribeKey"), 4);
}

#[tokio::test]
async fn another_account_is_entered_through_its_role_or_not_at_all() {
    let (entered, _) = Aws::new([]).ask(async |environment| enter(environment, "999999999999").await.map(drop)).await;
    let error = entered.unwrap_err().to_string();
    assert!(error.contains("of account 123456789012, not of 999999999999"), "{error}");

    let keys = "<Credentials><AccessKeyId>OTHER</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>";
    let role = |account| Arn::parse(format!("arn:aws:iam::{account}:role/stepwarden")).unwrap();
    let source = |account| AccountSource { name: None, role_arn: role(account), external_id: None };
    let aws = Aws::new([
        on("AssumeRole", xml(keys)).with("999999999999"),
        caller_identity("999999999999").signed_by("OTHER"),
    ]);
    let aws = aws.accounts(vec![source("111111111111"), source("999999999999")]);
    let replay = aws.replay();
    let (entered, _) = aws.ask(async |environment| enter(environment, "999999999999").await.map(drop)).await;
    assert!(entered.is_ok(), "{entered:?}");
    assert_eq!(replay.count("AssumeRole"), 1);
}
