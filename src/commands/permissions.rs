use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Value, json};

use super::configure;
use super::cost;
use super::narrow::narrow;
use super::outcome::Outcome;
use super::tier;
use crate::aws::apis::SECURITY_HUB_BATCH_IMPORT_FINDINGS;
use crate::cli::{CommonArgs, PermissionsArgs};
use crate::collect::Environment;
use crate::collect::settings::Regions;
use crate::config::Config;
use crate::send::settings::{MetricsSettings, Receiver};
use crate::store::settings::{BucketUrl, Location, StoreSettings};

/// Prints the IAM policy that the auditor needs for what is configured.
pub(super) fn run(args: PermissionsArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let mut config = configure::load(common)?;
    configure::apply_aws(&mut config, args.aws)?;
    configure::apply_checks(&mut config, &args.checks)?;
    configure::apply_send(&mut config, &args.send)?;
    narrow(&mut config);
    if let Some(tier) = args.tier {
        config.collect.tier = tier;
    }
    let mut out = std::io::stdout().lock();
    if args.cost {
        cost::write(&config, args.state_machines, &mut out)?;
        return Ok(Outcome::Done);
    }
    serde_json::to_writer_pretty(&mut out, &policy(&config))?;
    writeln!(out)?;
    Ok(Outcome::Done)
}

/// `AssumeRole` is asked for on exactly the configured roles; the rest only reads, and AWS offers no narrower resource
/// for most of it. Only sending and a store in S3 write, where they are asked for.
pub(super) fn policy(config: &Config) -> Value {
    let actions: BTreeSet<_> = Environment::apis(&config.collect).filter_map(|api| api.iam_action).collect();
    let (assume, read): (BTreeSet<_>, BTreeSet<_>) =
        actions.into_iter().partition(|action| *action == "sts:AssumeRole");
    let mut statements =
        vec![json!({"Sid": "StepwardenInventory", "Effect": "Allow", "Action": read, "Resource": "*"})];
    if !assume.is_empty() {
        let roles: BTreeSet<_> = config.collect.accounts.iter().map(|account| account.role_arn.as_str()).collect();
        statements.push(json!({"Sid": "StepwardenAccounts", "Effect": "Allow", "Action": assume, "Resource": roles}));
    }
    if config.send.sends_to(Receiver::SecurityHub) {
        let import = SECURITY_HUB_BATCH_IMPORT_FINDINGS.iam_action;
        statements
            .push(json!({"Sid": "StepwardenSecurityHub", "Effect": "Allow", "Action": [import], "Resource": "*"}));
    }
    statements.extend(remote_write(&config.send.metrics));
    if let Some(Location::Bucket(there)) = &config.store.location {
        statements.extend(store(there, &config.store, partition_of(config)));
    }
    statements.extend(tier::denials(config.collect.tier));
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// To a workspace of Amazon Managed Prometheus, where its URL names one.
fn remote_write(settings: &MetricsSettings) -> Option<Value> {
    let region = settings.signs_for()?;
    let path = settings.remote_write_url.as_deref()?.split_once("/workspaces/").map(|(_, path)| path);
    let workspace = path.and_then(|path| path.split('/').next());
    let resource = workspace.map_or_else(
        || "*".to_owned(),
        |workspace| format!("arn:{}:aps:{region}:*:workspace/{workspace}", partition(region.as_str())),
    );
    Some(json!({
        "Sid": "StepwardenRemoteWrite", "Effect": "Allow", "Action": ["aps:RemoteWrite"], "Resource": resource,
    }))
}

/// Of the bucket, by its Region, the Regions that are audited, or the roles.
fn partition_of(config: &Config) -> &str {
    let audited = match &config.collect.regions {
        Regions::Named(regions) => regions.first(),
        Regions::AllEnabled => None,
    };
    let region = config.store.bucket_region.as_ref().or(audited).map(|region| partition(region.as_str()));
    let role = || config.collect.accounts.first().map(|account| account.role_arn.partition());
    region.or_else(role).unwrap_or("aws")
}

fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// What the store needs, on its prefix alone.
fn store(there: &BucketUrl, settings: &StoreSettings, partition: &str) -> Vec<Value> {
    let bucket = format!("arn:{partition}:s3:::{}", there.bucket());
    let objects = |name: &str| format!("{bucket}/{}", there.key(name));
    let mut statements = vec![
        json!({
            "Sid": "StepwardenStore", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": objects("*"),
        }),
        // Without it S3 says of an object that is missing that it is denied; that question names no prefix.
        json!({
            "Sid": "StepwardenStoreNames", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": bucket,
            "Condition": {"StringLikeIfExists": {"s3:prefix": there.key("*")}},
        }),
    ];
    if settings.keep_days.is_some() {
        statements.push(json!({
            "Sid": "StepwardenStoreRetention", "Effect": "Allow", "Action": ["s3:DeleteObject"],
            "Resource": objects("reports/*"),
        }));
    }
    if let Some(key) = &settings.bucket_key {
        statements.push(json!({
            "Sid": "StepwardenStoreKey", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key.as_str(),
        }));
    }
    statements
}
