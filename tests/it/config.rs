//! The configuration: its table of keys, its example, its faults, and the environment.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use expect_test::{expect, expect_file};
use stepwarden::collect::settings::Regions;
use stepwarden::config::{Config, Faults, Flags, KEYS, Key, Kind, Known, Written, example};
use stepwarden::export::settings::Format;
use stepwarden::finding::Severity;
use stepwarden::model::PartName;
use stepwarden::store::settings::Location;

fn known() -> Known {
    Known {
        checks: vec!["open-execution-quota", "secret-in-definition"],
        apis: vec!["states:DescribeStateMachine", "states:ListStateMachines"],
    }
}

fn here(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn load(file: Option<&str>, env: &[(&str, &str)]) -> Result<Config, Faults> {
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(file.map(|text| ("config.toml", text)), env, &known())
}

fn faults(file: Option<&str>, env: &[(&str, &str)]) -> String {
    load(file, env).expect_err("it is wrong").to_string()
}

#[test]
fn nothing_gives_the_defaults() {
    assert_eq!(load(None, &[]).unwrap(), Config::default());
    assert_eq!(load(Some(""), &[]).unwrap(), Config::default());
}

#[test]
fn the_example_file_is_that_of_the_keys() {
    expect_file![here("config.example.toml")].assert_eq(&example());
    assert_eq!(load(Some(&example()), &[]).unwrap(), Config::default());
}

/// Comments that explain begin with a capital or a number; those that hold a setting do not.
#[test]
fn the_example_file_is_right_with_its_examples() {
    let setting = |line: &str| line.starts_with(|c: char| c.is_ascii_lowercase() || "[\"".contains(c));
    let uncommented = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if setting(rest) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    let text: String = example().lines().map(uncommented).collect();
    let text = text.replace("\"wildcard-resource\"", "\"secret-in-definition\"");
    let config = load(Some(&text), &[]).unwrap();
    assert_eq!(config.accepted.suppressions[0].actions, ["athena:*"]);
    assert_eq!(config.aws.profile.as_deref(), Some("audit"));
    assert_eq!(config.aws.budget.rates.keys().collect::<Vec<_>>(), ["states:DescribeStateMachine"]);
    assert_eq!(config.collect.accounts[0].role_arn.account(), "123456789012");
    assert_eq!(config.collect.accounts[0].external_id.as_deref(), Some("stepwarden-payments"));
    assert_eq!(config.store.location, Some(Location::Directory("/var/lib/stepwarden".into())));
    assert_eq!(config.detect.detectors[0].pattern, r"\bM-[0-9]{8}\b");
    assert_eq!(config.detect.allow[0].types, ["EMAIL"]);
}

#[test]
fn faults_of_detection_name_their_setting_and_no_pattern() {
    let file = r#"
[detect]
disabled_types = ["EMAIL", "EMIAL"]
[[detect.detectors]]
id = "MEMBER"
pattern = "hunter2("
[[detect.detectors]]
id = "LOUD"
patern = "x"
data = "people"
[[detect.allow]]
types = ["MEMBER"]
"#;
    expect![[r#"
        config.toml:3: detect.disabled_types[1]: "EMIAL" is no type; did you mean EMAIL?
        config.toml:7: detect.detectors[1]: pattern is missing
        config.toml:9: unknown key detect.detectors[1].patern; did you mean pattern?
        config.toml:10: detect.detectors[1].data: expected pii, health, financial or secret
        config.toml:11: detect.allow[0]: it needs a pattern or a pointer, or it would allow everything"#]]
    .assert_eq(&faults(Some(file), &[]));
    let file = file.replace("patern = \"x\"\ndata = \"people\"", "pattern = \"x\"");
    expect![[r#"
        config.toml:3: detect.disabled_types[1]: "EMIAL" is no type; did you mean EMAIL?
        config.toml:4: detect.detectors[0]: the pattern is no regular expression, or is too large
        config.toml:10: detect.allow[0]: it needs a pattern or a pointer, or it would allow everything"#]]
    .assert_eq(&faults(Some(&file), &[]));
}

#[test]
fn keys_are_lawful_and_explained() {
    let lawful = |c: char| c.is_ascii_lowercase() || "._-".contains(c);
    for key in KEYS.iter() {
        assert!(key.path.chars().all(lawful), "{}: use a-z . _ -", key.path);
        let why = key.why.ends_with('.') && key.why.starts_with(|c: char| c.is_ascii_uppercase());
        assert!(why && key.why.len() <= 118, "{}: say why in one line, as a sentence", key.path);
    }
    let paths: BTreeSet<_> = KEYS.iter().map(|key| key.path).collect();
    let variables: BTreeSet<_> = KEYS.iter().map(Key::variable).collect();
    assert_eq!((paths.len(), variables.len()), (KEYS.len(), KEYS.len()), "a path or a variable stands twice");
}

#[test]
fn every_collector_but_that_of_identity_has_its_key() {
    let keys = KEYS.iter().filter(|key| key.section() == "collectors" && key.kind == Kind::Switch);
    let keys: BTreeSet<_> = keys.map(Key::name).collect();
    let parts = PartName::ALL.iter().filter(|part| **part != PartName::Identity);
    assert_eq!(keys, parts.map(|part| part.as_str()).collect());
    for part in keys {
        let config = load(Some(&format!("[collectors]\n{part} = false\n")), &[]).unwrap();
        let disabled: BTreeSet<_> = config.collect.disabled.iter().map(|part| part.as_str()).collect();
        assert_eq!(disabled, BTreeSet::from([part, "last_accessed"]));
    }
}

/// A value that is not the default.
fn other(path: &str, value: Written) -> &'static str {
    match (path, value) {
        ("regions", _) => "eu-west-1",
        ("collectors.tier", _) => "inventory",
        ("report.formats" | "log.format", _) => "json",
        ("report.fail_on", _) => "high",
        ("report.send", _) => "security-hub",
        ("store.hash_key_env", _) => "SECRET",
        ("log.level", _) => "debug",
        ("detect.disabled_types", _) => "EmailAddress",
        ("detect.detectors", _) => r#"[{ id = "MEMBER", pattern = "M-[0-9]{8}" }]"#,
        ("detect.allow", _) => r#"[{ pointer = "/test/.*" }]"#,
        ("checks.only" | "checks.skip", _) => "open-execution-quota",
        ("checks.trusted_accounts", _) => "123456789012",
        (path, _) if path.ends_with(".expected") => "arn:aws:iam::123456789012:role/deploy-*",
        (path, _) if path.ends_with(".critical") => "0.9",
        ("budget.rates", _) => r#"{ "states:DescribeStateMachine" = { bucket = 1, refill_per_second = 2.5 } }"#,
        ("suppressions", _) => r#"[{ regions = ["eu-west-1"], reason = "a test" }]"#,
        (path, _) if path.starts_with("routing.") => "squad",
        (path, _) if path.starts_with("metrics.") && path.ends_with("_url") => "https://metrics.example.com/write",
        ("serve.hosts", _) => "audit.internal",
        ("serve.listen", _) => "127.0.0.1:7000",
        (path, _) if path.starts_with("schedule.") => "7m",
        ("accounts", _) => r#"[{ role_arn = "arn:aws:iam::123456789012:role/stepwarden" }]"#,
        ("checks.alias-to-old-version.days", _) => "14",
        (_, Written::Default("true")) => "false",
        (_, Written::Default("false")) => "true",
        (_, Written::Default(number)) if number.starts_with("0.") => "0.5",
        (_, Written::Default(_)) => "7",
        (_, Written::Unset(example)) => example,
    }
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    for key in KEYS.iter() {
        let variable = key.variable();
        let config = load(None, &[(&variable, other(key.path, key.value))]);
        let config = config.unwrap_or_else(|faults| panic!("{variable}: {faults}"));
        assert_ne!(config, Config::default(), "{variable} changes nothing");
    }
}

#[test]
fn the_environment_stands_above_the_file() {
    let file = "regions = [\"eu-west-1\"]\n[budget]\nshare = 0.1\n[log]\nlevel = \"wrong, but not used\"\n";
    let env = [
        ("STEPWARDEN_CONFIG", "config.toml"),
        ("STEPWARDEN_BUDGET_SHARE", "0.5"),
        ("STEPWARDEN_LOG_LEVEL", "debug"),
        ("STEPWARDEN_AWS_PROFILE", "123"),
        ("STEPWARDEN_REPORT_FORMATS", "json, terminal, json"),
        ("STEPWARDEN_REPORT_FAIL_ON", "high"),
        ("STEPWARDEN_CHECKS_STATE_MACHINE_QUOTA_WARNING", "0.7"),
        ("STEPWARDEN_CHECKS_SKIP", r#"["secret-in-definition"]"#),
        ("STEPWARDEN_STORE_LOCATION", ""),
        ("PATH", "/bin"),
    ];
    let config = load(Some(file), &env).unwrap();
    assert!((config.aws.budget.share - 0.5).abs() < f64::EPSILON);
    assert!((config.checks.thresholds("state-machine-quota").warning - 0.7).abs() < f64::EPSILON);
    assert_eq!(config.aws.profile.as_deref(), Some("123"));
    assert_eq!(config.export.formats, [Format::Json, Format::Terminal]);
    assert_eq!(config.exit.fail_on, Some(Severity::High));
    assert_eq!(config.selection.skip, ["secret-in-definition"]);
    assert!(matches!(&config.collect.regions, Regions::Named(regions) if regions[0].as_str() == "eu-west-1"));
    assert_eq!(config.store.location, None);
}

#[test]
fn regions_can_be_all_that_are_enabled_again() {
    for all in ["all-enabled", r#""all-enabled""#, r#"["all-enabled"]"#] {
        let config = load(Some("regions = [\"eu-west-1\"]"), &[("STEPWARDEN_REGIONS", all)]);
        assert_eq!(config.unwrap(), Config::default(), "{all}");
    }
    let config = load(None, &[("STEPWARDEN_REGIONS", "eu-west-1,us-east-1")]).unwrap();
    assert!(matches!(config.collect.regions, Regions::Named(regions) if regions.len() == 2));
}

#[test]
fn faults_of_the_environment_name_the_variable_and_no_secret() {
    let env = [
        ("STEPWARDEN_ACCOUNTS", "hunter2"),
        ("STEPWARDEN_AWS_ENDPOINT_URL", "hunter2"),
        ("STEPWARDEN_BUDGET_SHARE", "3"),
        ("STEPWARDEN_BUDGET_UNLIMITED", "yes"),
        ("STEPWARDEN_BUDJET_SHARE", "0.5"),
        ("STEPWARDEN_CHECKS_OPEN_EXECUTION_QUOTA_CRITICAL", "0.2"),
        ("STEPWARDEN_CHECKS_ONLY", "open-execution-quota,secret-in-defintion"),
        ("STEPWARDEN_HASHKEY", "hunter2"),
        ("STEPWARDEN_PROFILE", "audit"),
        ("STEPWARDEN_REGIONS", "eu-west-1,europe"),
        ("STEPWARDEN_TOKEN", "hunter2"),
    ];
    expect![[r#"
        STEPWARDEN_ACCOUNTS: expected [[accounts]] tables with name, role_arn and external_id
        STEPWARDEN_AWS_ENDPOINT_URL: expected an http:// or https:// URL with a host, such as http://localhost:4566
        STEPWARDEN_BUDGET_SHARE: expected a number from 0.001 to 1, got 3
        STEPWARDEN_BUDGET_UNLIMITED: expected true or false, got "yes"
        STEPWARDEN_BUDJET_SHARE: no setting has this name; did you mean STEPWARDEN_BUDGET_SHARE?
        STEPWARDEN_CHECKS_ONLY: checks.only[1]: there is no check "secret-in-defintion"; did you mean secret-in-definition?
        STEPWARDEN_CHECKS_OPEN_EXECUTION_QUOTA_CRITICAL: checks.open-execution-quota.warning: expected less than critical (0.2), got 0.8
        STEPWARDEN_HASHKEY: no setting has this name; did you mean STEPWARDEN_HASH_KEY?
        STEPWARDEN_PROFILE: no setting has this name; did you mean STEPWARDEN_AWS_PROFILE?
        STEPWARDEN_REGIONS: regions[1]: expected a Region like eu-west-1, got "europe"
        STEPWARDEN_TOKEN: no setting has this name"#]].assert_eq(&faults(None, &env));
}

#[test]
fn the_variable_of_the_hash_key_is_no_setting() {
    let own = ("STEPWARDEN_PEPPER", "hunter2");
    let named = ("STEPWARDEN_STORE_HASH_KEY_ENV", "STEPWARDEN_PEPPER");
    assert_eq!(load(None, &[("STEPWARDEN_HASH_KEY", "hunter2")]).unwrap(), Config::default());
    assert_eq!(load(None, &[own, named]).unwrap().store.hash_key_env, "STEPWARDEN_PEPPER");
    assert_eq!(load(Some("store.hash_key_env = \"STEPWARDEN_PEPPER\""), &[own]).unwrap().store.location, None);
    assert!(load(None, &[own]).is_err());
    assert!(load(None, &[("STEPWARDEN_STORE_HASH_KEY_ENV", "STEPWARDEN_LOG_LEVEL")]).is_err());
}

#[test]
fn variables_that_kubernetes_makes_for_a_service_are_no_settings() {
    let links = [
        ("STEPWARDEN_SERVICE_HOST", "10.0.0.1"),
        ("STEPWARDEN_SERVICE_PORT", "9000"),
        ("STEPWARDEN_SERVICE_PORT_METRICS", "9000"),
        ("STEPWARDEN_PORT", "tcp://10.0.0.1:9000"),
        ("STEPWARDEN_PORT_9000_TCP_ADDR", "10.0.0.1"),
        ("STEPWARDEN_METRICS_SERVICE_HOST", "10.0.0.1"),
    ];
    assert_eq!(load(None, &links).unwrap(), Config::default());
}

#[test]
fn the_command_line_is_held_to_the_same_rules() {
    let flags = |set: fn(&mut Flags<'_>)| {
        let mut config = load(Some("checks.skip = [\"open-execution-quota\"]"), &[]).unwrap();
        let mut flags = Flags::over(&mut config);
        set(&mut flags);
        flags.check(&known()).expect_err("it is wrong").to_string()
    };
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let faults = [
        flags(|flags| flags.text("--endpoint-url", "aws.endpoint_url", Some("https://".to_owned()))),
        flags(|flags| flags.texts("--region", "regions", &["eu-west-1".to_owned(), "europe".to_owned()])),
        flags(|flags| {
            let roles = ["arn:aws:s3:::x".to_owned(), "arn:aws:iam::123456789012:role/audit".to_owned()];
            flags.roles("--assume-role", &roles, "--external-id", Some("hunter 2"));
        }),
        flags(|flags| {
            let role = |name| format!("arn:aws:iam::123456789012:role/{name}");
            flags.roles("--assume-role", &[role("one"), role("two")], "--external-id", None);
        }),
        flags(|flags| flags.text("--fail-on", "report.fail_on", Some("bad".to_owned()))),
        flags(|flags| flags.texts("--check", "checks.only", &["secret-in-defintion".to_owned()])),
        flags(|flags| flags.texts("--check", "checks.only", &["open-execution-quota".to_owned()])),
        flags(|flags| flags.skip("--skip-check", &["secret-in-definition".to_owned()])),
        flags(|flags| flags.texts("--format", "report.formats", &["json".to_owned(), "prometheus".to_owned()])),
    ];
    expect![[r#"
        --endpoint-url: expected an http:// or https:// URL with a host, such as http://localhost:4566
        --region: expected a Region like eu-west-1, got "europe"
        --assume-role: expected a role ARN like arn:aws:iam::123456789012:role/stepwarden
        --external-id: expected 2 to 1224 letters, digits or any of _ + = , . @ : / -
        --assume-role: account 123456789012 is named twice: one role for each account
        --fail-on: expected none, critical, high, medium, low or info, got "bad"
        --check: there is no check "secret-in-defintion"; did you mean secret-in-definition?
        --check: no check is left to run: all that are selected are skipped
        --skip-check: no check is left to run: all that are selected are skipped
        --format: formats other than terminal, and metrics.emf, cannot share standard output; set report.output_dir, or --output-dir"#]]
    .assert_eq(&faults.join("\n"));
    let mut config = Config::default();
    let mut flags = Flags::over(&mut config);
    flags.texts("--region", "regions", &words(&["us-east-1", "eu-west-1", "us-east-1"]));
    flags.text("--fail-on", "report.fail_on", Some("none".to_owned()));
    flags.check(&known()).unwrap();
    assert!(matches!(config.collect.regions, Regions::Named(regions) if regions.len() == 2));
}

/// Each file with what is said of it beside it.
#[test]
fn invalid_files_are_refused_in_these_words() {
    let files = fs::read_dir(here("tests/config/invalid")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    assert!(files.len() >= 12);
    for path in files {
        let said = faults(Some(&fs::read_to_string(&path).unwrap()), &[]);
        assert!(!said.contains("hunter2") && !said.contains("40320"), "{}: {said}", path.display());
        expect_file![path.with_extension("txt")].assert_eq(&format!("{said}\n"));
    }
}
