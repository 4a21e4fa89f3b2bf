use std::io::IsTerminal;

use anyhow::Context;

use super::outcome::UsageError;
use crate::checks::CHECKS;
use crate::cli::{AuditArgs, AwsArgs, CommonArgs, LogFormatArg};
use crate::collect::settings::{AccountSource, Regions};
use crate::config::Config;
use crate::telemetry::{self, LogFormat};
use crate::types::{Arn, Region};

/// The configuration of file and environment; logging is set up by it.
pub(super) fn load(common: &CommonArgs) -> anyhow::Result<Config> {
    let file = match &common.config {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|error| UsageError(format!("the configuration {}: {error}", path.display())))?;
            Some((path.display().to_string(), text))
        }
    };
    let file = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut config = Config::load(file, variables(), &check_ids()).map_err(|faults| UsageError(faults.to_string()))?;
    config.log.format = match common.log_format {
        Some(LogFormatArg::Text) => LogFormat::Text,
        Some(LogFormatArg::Json) => LogFormat::Json,
        None => config.log.format,
    };
    telemetry::start(config.log, std::io::stderr().is_terminal());
    Ok(config)
}

/// The environment; a variable that is not Unicode cannot be one of ours.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn check_ids() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.id).collect()
}

/// Flags stand above file and environment.
pub(super) fn apply_aws(config: &mut Config, args: AwsArgs) -> anyhow::Result<()> {
    let AwsArgs { profile, regions, assume_roles, external_id, endpoint_url } = args;
    config.aws.profile = profile.or(config.aws.profile.take());
    config.aws.endpoint_url = endpoint_url.or(config.aws.endpoint_url.take());
    if !regions.is_empty() {
        config.collect.regions = regions_of(regions)?;
    }
    if !assume_roles.is_empty() {
        let source = |role: String| {
            let role_arn = Arn::parse(role).map_err(|error| UsageError(format!("--assume-role: {error}")))?;
            Ok(AccountSource { name: None, role_arn, external_id: external_id.clone() })
        };
        config.collect.accounts = assume_roles.into_iter().map(source).collect::<anyhow::Result<_>>()?;
    }
    Ok(())
}

fn regions_of(names: Vec<String>) -> anyhow::Result<Regions> {
    if names.iter().any(|name| name == "all-enabled") {
        return Ok(Regions::AllEnabled);
    }
    let mut regions = Vec::new();
    for name in names {
        let region = Region::parse(name.clone()).ok().filter(|region| *region != Region::global());
        let region = region.with_context(|| UsageError(format!("--region {name}: a Region looks like eu-west-1")));
        regions.push(region.map_err(|error| UsageError(error.to_string()))?);
    }
    regions.dedup();
    Ok(Regions::Named(regions))
}

pub(super) fn apply_audit(config: &mut Config, args: &AuditArgs) -> anyhow::Result<()> {
    let usage = |flag: &str, message: String| UsageError(format!("{flag}: {message}"));
    if !args.only.is_empty() {
        config.selection.only.clone_from(&args.only);
    }
    config.selection.skip.extend(args.skip.iter().cloned());
    if !args.formats.is_empty() {
        let parse = |name: &String| name.parse().map_err(|message| usage("--format", message));
        config.export.formats = args.formats.iter().map(parse).collect::<Result<_, _>>()?;
    }
    if args.output_dir.is_some() {
        config.export.output_dir.clone_from(&args.output_dir);
    }
    for sink in &args.metrics {
        let Some(directory) = sink.strip_prefix("textfile=").filter(|directory| !directory.is_empty()) else {
            return Err(usage("--metrics", "expected textfile=DIR".to_owned()).into());
        };
        config.export.textfile_dir = Some(directory.into());
    }
    if let Some(severity) = &args.fail_on {
        config.exit.fail_on = Some(severity.parse().map_err(|message| usage("--fail-on", message))?);
    }
    config.exit.allow_incomplete |= args.allow_incomplete;
    config.validate(&check_ids()).map_err(|faults| UsageError(faults.to_string()).into())
}
