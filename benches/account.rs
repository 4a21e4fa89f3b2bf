//! Writes a large account as a snapshot file, for `benches/account.py` to audit:
//! `cargo bench --bench account -- FILE [ROLES] [MACHINES] [SEED]`. The same seed gives the same account.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::Timestamp;
use serde_json::{Value, json};
use stepwarden::asl::Definition;
use stepwarden::detect::{Clean, Door, HashKey};
use stepwarden::iam::Policy;
use stepwarden::model::{
    DefinitionRef, Details, Encryption, EventRule, EventTarget, Iam, InlinePolicy, KmsKey, KmsKeys, LogGroup, LogLevel,
    Logging, MachineKind, MachineStatus, PartValue, Principal, Role, RuleState, SnapshotLine, StateMachine,
    StateMachines,
};
use stepwarden::types::{AccountId, Arn, Observed, Region};

const ACCOUNT: &str = "123456789012";
const PARTNER: &str = "999988887777";
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
const TEAMS: [&str; 6] = ["payments", "orders", "search", "data", "platform", "support"];
/// Of a hundred roles, so many are some machine's; the others are people's, pipelines' and suppliers'.
const EXECUTION_ROLES: usize = 70;

/// Sebastiano Vigna's splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).expect("31 bits fit") % sides
    }

    fn percent(&mut self, share: usize) -> bool {
        self.roll(100) < share
    }

    fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.roll(of.len())]
    }
}

fn arn(text: String) -> Arn {
    Arn::parse(text).expect("the generator writes ARNs")
}

fn iam_arn(kind: &str, name: &str) -> Arn {
    arn(format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}"))
}

fn clean<T>(document: Value, parse: impl FnOnce(&Value) -> Option<T>) -> Clean<T> {
    let door = Door::new(HashKey::new(*b"bench"));
    let read = door.json(document).clean.read(|value| parse(value).ok_or("not legal"));
    read.expect("the generator writes legal documents")
}

fn policy(document: Value) -> Observed<Clean<Policy>> {
    Observed::known(clean(document, |value| Policy::parse(value).ok()))
}

/// What a task calls and on what, by service.
fn grant(dice: &mut Dice, name: &str) -> (Vec<&'static str>, String) {
    let region = dice.one(&REGIONS);
    let at = |service: &str, rest: String| format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}");
    match dice.roll(16) {
        0..4 => (vec!["lambda:InvokeFunction"], at("lambda", format!("function:{name}"))),
        4 | 5 => {
            (vec!["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], at("dynamodb", format!("table/{name}")))
        }
        6 | 7 => (vec!["s3:GetObject", "s3:PutObject"], format!("arn:aws:s3:::{name}/in/*")),
        8 => (vec!["sqs:SendMessage"], at("sqs", name.to_owned())),
        9 => (vec!["sns:Publish"], at("sns", name.to_owned())),
        10 => (vec!["states:StartExecution"], at("states", format!("stateMachine:{name}"))),
        11 => (vec!["states:DescribeExecution", "states:StopExecution"], at("states", format!("execution:{name}:*"))),
        12 => (
            vec!["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            at("events", "rule/StepFunctionsGetEvents*".to_owned()),
        ),
        13 => (vec!["kms:Decrypt", "kms:GenerateDataKey"], at("kms", format!("key/{name}"))),
        14 => (vec!["iam:PassRole"], iam_arn("role", &format!("{name}-task")).to_string()),
        _ => (vec!["secretsmanager:GetSecretValue"], at("secretsmanager", format!("secret:{name}-AbCdEf"))),
    }
}

/// A statement as people write them: mostly narrow, often widened, sometimes under a condition or a denial.
fn statement(dice: &mut Dice, name: &str) -> Value {
    let (actions, resource) = grant(dice, name);
    let service = actions[0].split(':').next().expect("an action has a service");
    let actions: Value = match dice.roll(100) {
        0..70 => json!(actions),
        70..82 => json!(format!("{service}:*")),
        82..92 => json!(&format!("{}*", &actions[0][..=(service.len() + 3)])),
        92..96 => json!(actions.iter().map(|action| action.to_uppercase()).collect::<Vec<_>>()),
        _ => json!([format!("{service}:Get*"), format!("{service}:List*")]),
    };
    let resource: Value = match dice.roll(100) {
        0..60 => json!(resource),
        60..75 => json!("*"),
        75..85 => json!(format!("{resource}*")),
        85..92 => json!([resource, format!("{resource}-old")]),
        _ => json!(resource.replace(name, "${aws:PrincipalTag/team}*")),
    };
    let effect = if dice.percent(8) { "Deny" } else { "Allow" };
    let mut statement = json!({ "Effect": effect, "Resource": resource });
    statement[if dice.percent(4) { "NotAction" } else { "Action" }] = actions;
    if dice.percent(50) {
        statement["Sid"] = json!(format!("S{}", dice.roll(1_000)));
    }
    if dice.percent(18) {
        statement["Condition"] = match dice.roll(5) {
            0 => json!({"StringEquals": {"aws:RequestedRegion": REGIONS}}),
            1 => json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
            2 => json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
            3 => json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}),
            _ => json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:role/*")}}),
        };
    }
    statement
}

fn document(dice: &mut Dice, name: &str) -> Value {
    let count = [1, 2, 2, 3, 4, 6][dice.roll(6)];
    let mut statements: Vec<Value> = (0..count).map(|_| statement(dice, name)).collect();
    if dice.percent(50) {
        statements.push(json!({"Effect": "Allow", "Resource": "*", "Action": ["logs:CreateLogDelivery",
            "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
            "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"]}));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// Managed policies, AWS's own cut down to the services that matter here.
fn managed() -> BTreeMap<Arn, Observed<Clean<Policy>>> {
    let allow = |actions: Value| json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}});
    let mut reads: Vec<String> = (0..600).map(|index| format!("service{index}:Get*")).collect();
    reads.extend(
        [
            "states:Describe*",
            "states:GetExecutionHistory",
            "states:List*",
            "logs:FilterLogEvents",
            "logs:Get*",
            "logs:StartQuery",
        ]
        .map(str::to_owned),
    );
    let list = [
        ("AdministratorAccess", allow(json!("*"))),
        ("ReadOnlyAccess", allow(json!(reads))),
        ("AWSStepFunctionsFullAccess", allow(json!("states:*"))),
        ("AWSStepFunctionsReadOnlyAccess", allow(json!(["states:Describe*", "states:Get*", "states:List*"]))),
        ("ViewOnlyAccess", allow(json!(["states:List*", "logs:Describe*", "s3:List*"]))),
        (
            "PowerUserAccess",
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}}),
        ),
        (
            "boundary",
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"},
            {"Effect": "Deny", "Action": "states:UpdateStateMachine", "Resource": "*"}]}),
        ),
    ];
    list.into_iter().map(|(name, document)| (iam_arn("policy", name), policy(document))).collect()
}

fn trust(principal: &Value) -> Observed<Clean<Policy>> {
    policy(
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}}),
    )
}

fn principal(dice: &mut Dice, kind: &str, name: &str, attached: &[&str], inline: usize) -> Principal {
    let inline =
        (0..inline).map(|index| InlinePolicy { name: format!("p{index}"), policy: policy(document(dice, name)) });
    Principal {
        arn: iam_arn(kind, name),
        inline: inline.collect(),
        attached: attached.iter().map(|name| iam_arn("policy", name)).collect(),
        boundary: dice.percent(15).then(|| iam_arn("policy", "boundary")),
        groups: Vec::new(),
    }
}

fn iam(dice: &mut Dice, roles: usize) -> Iam {
    let mut iam = Iam { policies: managed(), ..Iam::default() };
    let step_functions = json!({"Service": "states.amazonaws.com"});
    for index in 0..roles {
        let (name, attached, inline, who) = if index < execution_roles(roles) {
            (
                format!("{}-execution-{index}", TEAMS[index % TEAMS.len()]),
                vec![],
                1 + dice.roll(3),
                step_functions.clone(),
            )
        } else {
            let attached = match dice.roll(20) {
                0 => vec!["AdministratorAccess"],
                1..4 => vec!["ReadOnlyAccess"],
                4 => vec!["PowerUserAccess"],
                5 => vec!["AWSStepFunctionsFullAccess"],
                6 => vec!["AWSStepFunctionsReadOnlyAccess", "ViewOnlyAccess"],
                7..12 => vec!["ViewOnlyAccess"],
                _ => vec![],
            };
            let who =
                if dice.percent(10) { json!({ "AWS": PARTNER }) } else { json!({"Service": "lambda.amazonaws.com"}) };
            (format!("{}-role-{index}", TEAMS[index % TEAMS.len()]), attached, dice.roll(3), who)
        };
        let principal = principal(dice, "role", &name, &attached, inline);
        iam.roles.insert(principal.arn.clone(), Role { principal, trust: trust(&who) });
    }
    iam.groups = TEAMS.iter().map(|team| principal(dice, "group", team, &["ViewOnlyAccess"], 1)).collect();
    for index in 0..roles / 10 {
        let team = TEAMS[index % TEAMS.len()];
        let mut user = principal(dice, "user", &format!("person-{index}"), &[], 0);
        user.groups = vec![team.to_owned()];
        iam.users.push(user);
    }
    iam
}

fn execution_roles(roles: usize) -> usize {
    roles * EXECUTION_ROLES / 100
}

/// A machine's definition: a chain of tasks, with a choice, a map or a callback among them.
fn definition(dice: &mut Dice, name: &str) -> Value {
    let mut states = serde_json::Map::new();
    let count = 2 + dice.roll(8);
    for index in 0..count {
        let call =
            |resource: &str, parameters: Value| json!({"Type": "Task", "Resource": resource, "Parameters": parameters});
        let mut state = match dice.roll(8) {
            0 | 1 => call("arn:aws:states:::lambda:invoke", json!({"FunctionName": name, "Payload.$": "$"})),
            2 => call("arn:aws:states:::dynamodb:getItem", json!({"TableName": name, "Key": {"id": {"S.$": "$.id"}}})),
            3 => call(
                "arn:aws:states:::sqs:sendMessage",
                json!({"QueueUrl": format!("https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/{name}"), "MessageBody.$": "$"}),
            ),
            4 => call("arn:aws:states:::aws-sdk:s3:getObject", json!({"Bucket": name, "Key.$": "$.key"})),
            5 => call("arn:aws:states:::states:startExecution.sync:2", json!({"StateMachineArn.$": "$.child"})),
            6 => {
                json!({"Type": "Task", "Resource": format!("arn:aws:states:eu-west-1:{ACCOUNT}:activity:{name}"), "TimeoutSeconds": 60})
            }
            _ => {
                json!({"Type": "Map", "ItemProcessor": {"StartAt": "Each", "States": {"Each": {"Type": "Pass", "End": true}}}})
            }
        };
        if index + 1 == count {
            state["End"] = json!(true);
        } else {
            state["Next"] = json!(format!("Step {}", index + 1));
        }
        states.insert(format!("Step {index}"), state);
    }
    json!({"StartAt": "Step 0", "TimeoutSeconds": 3_600, "States": states})
}

fn machine(
    dice: &mut Dice,
    list: &mut StateMachines,
    region: &str,
    index: usize,
    roles: usize,
) -> (Option<Arn>, Option<String>) {
    let name = format!("{}-machine-{index}", TEAMS[index % TEAMS.len()]);
    let at = |service: &str, rest: String| arn(format!("arn:aws:{service}:{region}:{ACCOUNT}:{rest}"));
    let text = definition(dice, &name);
    let sha256 = format!("{name}-definition");
    let bytes = text.to_string().len();
    list.definitions.insert(sha256.clone(), clean(text, |value| Definition::parse(value).ok()));
    let group = dice.percent(70).then(|| at("logs", format!("log-group:/aws/vendedlogs/states/{name}")));
    let key = dice.percent(10).then(|| format!("arn:aws:kms:{region}:{ACCOUNT}:key/{}", dice.roll(20)));
    let role = index % execution_roles(roles);
    let details = Details {
        status: Some(MachineStatus::Active),
        role_arn: Observed::known(iam_arn("role", &format!("{}-execution-{role}", TEAMS[role % TEAMS.len()]))),
        logging: Logging {
            level: if group.is_some() { LogLevel::All } else { LogLevel::Off },
            include_execution_data: dice.percent(50),
            destination: group.clone(),
        },
        tracing_enabled: dice.percent(30),
        encryption: match &key {
            Some(key) => Encryption::Customer { kms_key_id: key.clone() },
            None => Encryption::AwsOwned,
        },
        definition: Observed::known(DefinitionRef { sha256, bytes, observations: Vec::new() }),
        description: None,
        description_observations: Vec::new(),
    };
    let kind = if dice.percent(25) { MachineKind::Express } else { MachineKind::Standard };
    let arn = at("states", format!("stateMachine:{name}"));
    list.machines.push(StateMachine { arn, kind, created_at: None, details: Observed::known(details) });
    (group, key)
}

fn key() -> KmsKey {
    let policy =
        policy(json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}}}));
    KmsKey {
        state: Some("Enabled".to_owned()),
        manager: Some("CUSTOMER".to_owned()),
        origin: None,
        deletion_at: None,
        policy,
        grants: Observed::known(Vec::new()),
    }
}

fn log_group(arn: &Arn) -> LogGroup {
    LogGroup {
        name: arn.resource().trim_start_matches("log-group:").to_owned(),
        retention_days: Some(30),
        kms_key_id: None,
        class: None,
        data_protection: None,
        account_data_protection: false,
        stored_bytes: None,
    }
}

fn rules(region: &str) -> BTreeMap<Arn, EventRule> {
    let rule = EventRule {
        name: "central".to_owned(),
        state: RuleState::Enabled,
        pattern: Some(Observed::known(clean(json!({"source": ["aws.states"]}), |value| Some(value.clone())))),
        managed_by: None,
        targets: Observed::known(vec![EventTarget {
            id: clean(json!("bus"), |value| value.as_str().map(str::to_owned)),
            arn: arn(format!("arn:aws:events:{region}:{PARTNER}:event-bus/default")),
            role_arn: None,
            passes_data: Some(true),
        }]),
    };
    BTreeMap::from([(arn(format!("arn:aws:events:{region}:{ACCOUNT}:rule/central")), rule)])
}

fn region_parts(dice: &mut Dice, region: &str, machines: usize, roles: usize) -> Vec<PartValue> {
    let (mut list, mut groups, mut keys) = (StateMachines::default(), BTreeMap::new(), KmsKeys::default());
    for index in 0..machines {
        let (group, named) = machine(dice, &mut list, region, index, roles);
        if let Some(group) = group {
            let value = log_group(&group);
            groups.insert(group, Observed::known(Some(value)));
        }
        if let Some(named) = named {
            let own = arn(named.clone());
            keys.keys.entry(own.clone()).or_insert_with(key);
            keys.named.insert(named, Observed::known(Some(own)));
        }
    }
    vec![
        PartValue::StateMachines(Observed::known(list)),
        PartValue::LogGroups(Observed::known(groups)),
        PartValue::KmsKeys(Observed::known(keys)),
        PartValue::EventRules(Observed::known(rules(region))),
        PartValue::Tags(Observed::known(BTreeMap::new())),
        PartValue::FunctionPolicies(Observed::known(BTreeMap::new())),
    ]
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let Some(path) = arguments.first() else { return Ok(()) };
    let number = |at: usize, default: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (roles, machines) = (number(1, 1_000), number(2, 1_000));
    let mut dice = Dice(number(3, 1) as u64);
    let mut parts = vec![(Region::GLOBAL, PartValue::Iam(Observed::known(iam(&mut dice, roles))))];
    for region in REGIONS {
        let share = machines / REGIONS.len();
        parts.extend(region_parts(&mut dice, region, share, roles).into_iter().map(|part| (region, part)));
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for (region, data) in parts {
        let line = SnapshotLine {
            stepwarden_snapshot: SnapshotLine::VERSION,
            account_id: AccountId::parse(ACCOUNT).expect("twelve digits"),
            region: Region::parse(region).expect("a Region"),
            observed_at: Timestamp::UNIX_EPOCH,
            data,
        };
        writeln!(file, "{}", serde_json::to_string(&line)?)?;
    }
    file.flush()
}
