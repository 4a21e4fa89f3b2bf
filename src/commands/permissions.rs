use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Value, json};

use super::configure;
use super::cost;
use super::narrow::narrow;
use super::outcome::Outcome;
use crate::aws::apis::SECURITY_HUB_BATCH_IMPORT_FINDINGS;
use crate::cli::{CommonArgs, PermissionsArgs};
use crate::collect::{CollectSettings, Environment};
use crate::send::settings::{Receiver, SendSettings};

/// Prints the IAM policy that the auditor needs for what is configured.
pub(super) fn run(args: PermissionsArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let mut config = configure::load(common)?;
    configure::apply_aws(&mut config, args.aws)?;
    configure::apply_checks(&mut config, &args.checks)?;
    configure::apply_send(&mut config, &args.send)?;
    narrow(&mut config);
    let mut out = std::io::stdout().lock();
    if args.cost {
        cost::write(&config, args.state_machines, &mut out)?;
        return Ok(Outcome::Done);
    }
    serde_json::to_writer_pretty(&mut out, &policy(&config.collect, &config.send))?;
    writeln!(out)?;
    Ok(Outcome::Done)
}

/// `AssumeRole` is asked for on exactly the configured roles; the rest only reads, and AWS offers no narrower resource
/// for most of it. Only sending writes, where it is asked for.
fn policy(settings: &CollectSettings, send: &SendSettings) -> Value {
    let actions: BTreeSet<_> = Environment::apis(settings).filter_map(|api| api.iam_action).collect();
    let (assume, read): (BTreeSet<_>, BTreeSet<_>) =
        actions.into_iter().partition(|action| *action == "sts:AssumeRole");
    let mut statements =
        vec![json!({"Sid": "StepwardenInventory", "Effect": "Allow", "Action": read, "Resource": "*"})];
    if !assume.is_empty() {
        let roles: BTreeSet<_> = settings.accounts.iter().map(|account| account.role_arn.as_str()).collect();
        statements.push(json!({"Sid": "StepwardenAccounts", "Effect": "Allow", "Action": assume, "Resource": roles}));
    }
    if send.sends_to(Receiver::SecurityHub) {
        let import = SECURITY_HUB_BATCH_IMPORT_FINDINGS.iam_action;
        statements
            .push(json!({"Sid": "StepwardenSecurityHub", "Effect": "Allow", "Action": [import], "Resource": "*"}));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}
