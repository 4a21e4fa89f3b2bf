use std::net::SocketAddr;
use std::path::Path;

use super::outcome::UsageError;
use super::{baseline, color};
use crate::audit::Whose;
use crate::aws::APIS;
use crate::checks::CHECKS;
use crate::cli::{AccessArgs, AuditArgs, AwsArgs, ChecksArgs, CommonArgs, LogFormatArg};
use crate::config::{Config, FILE_VARIABLE, Faults, Flags, Known};
use crate::telemetry::{self, LogFormat};

/// The configuration of file and environment; logging is set up by it.
pub(super) fn load(common: &CommonArgs) -> anyhow::Result<Config> {
    let config = load_again(common)?;
    telemetry::start(config.log, color::on_stderr(common.color), super::progress::LogWriter::default);
    Ok(config)
}

/// The same, where logging was set up before.
pub(super) fn load_again(common: &CommonArgs) -> anyhow::Result<Config> {
    let named = || std::env::var_os(FILE_VARIABLE).filter(|path| !path.is_empty()).map(Into::into);
    let file = common.config.clone().or_else(named).map(|path| read(&path)).transpose()?;
    let file = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut config = Config::load(file, variables(), &known()).map_err(usage)?;
    config.log.format = match common.log_format {
        Some(LogFormatArg::Text) => LogFormat::Text,
        Some(LogFormatArg::Json) => LogFormat::Json,
        None => config.log.format,
    };
    Ok(config)
}

/// The name and the text of a configuration file; `-` is standard input.
fn read(path: &Path) -> Result<(String, String), UsageError> {
    let (name, text) = match path.as_os_str() == "-" {
        true => ("standard input".to_owned(), std::io::read_to_string(std::io::stdin())),
        false => (path.display().to_string(), std::fs::read_to_string(path)),
    };
    match text {
        Ok(text) => Ok((name, text)),
        Err(error) => Err(UsageError(format!("the configuration {name}: {error}"))),
    }
}

/// The environment; a variable that is not Unicode cannot be one of ours.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn known() -> Known {
    let checks = CHECKS.iter().map(|check| check.id).collect();
    Known { checks, apis: APIS.iter().map(|api| api.name).collect() }
}

#[expect(clippy::needless_pass_by_value)]
fn usage(faults: Faults) -> UsageError {
    UsageError(faults.to_string())
}

/// Flags stand above file and environment.
pub(super) fn apply_aws(config: &mut Config, args: AwsArgs) -> anyhow::Result<()> {
    let mut flags = Flags::over(config);
    flags.texts("--region", "regions", &args.regions);
    access(&mut flags, args.access);
    Ok(flags.check(&known()).map_err(usage)?)
}

/// Where a service of this configuration listens. One that runs may have refused what is wrong in the file now, so that
/// only the address itself has to be right: the flag's, else the environment's, else, where all of it is right, the file's.
/// With it, what is wrong.
pub(super) fn listen(common: &CommonArgs, flag: Option<String>) -> anyhow::Result<(SocketAddr, Option<anyhow::Error>)> {
    const KEY: &str = "STEPWARDEN_SERVE_LISTEN";
    let own = variables().filter(|(name, _)| name == KEY);
    let (mut config, fault) = match (&flag, load_again(common)) {
        (Some(_), _) => (Config::default(), None),
        (None, Ok(config)) => (config, None),
        (None, Err(fault)) => (Config::load(None, own, &known()).map_err(usage)?, Some(fault)),
    };
    apply_listen(&mut config, flag)?;
    Ok((config.serve.listen, fault))
}

pub(super) fn apply_listen(config: &mut Config, listen: Option<String>) -> anyhow::Result<()> {
    let mut flags = Flags::over(config);
    flags.text("--listen", "serve.listen", listen);
    Ok(flags.check(&known()).map_err(usage)?)
}

pub(super) fn apply_access(config: &mut Config, args: AccessArgs) -> anyhow::Result<()> {
    let mut flags = Flags::over(config);
    access(&mut flags, args);
    Ok(flags.check(&known()).map_err(usage)?)
}

fn access(flags: &mut Flags<'_>, args: AccessArgs) {
    let AccessArgs { profile, assume_roles, external_id, endpoint_url } = args;
    flags.text("--profile", "aws.profile", profile);
    flags.text("--endpoint-url", "aws.endpoint_url", endpoint_url);
    flags.roles("--assume-role", &assume_roles, "--external-id", external_id.as_deref());
}

pub(super) fn apply_checks(config: &mut Config, args: &ChecksArgs) -> anyhow::Result<()> {
    let mut flags = Flags::over(config);
    flags.texts("--check", "checks.only", &args.only);
    flags.skip("--skip-check", &args.skip);
    Ok(flags.check(&known()).map_err(usage)?)
}

pub(super) fn apply_send(config: &mut Config, receivers: &[String]) -> anyhow::Result<()> {
    let mut flags = Flags::over(config);
    flags.texts("--send", "report.send", receivers);
    Ok(flags.check(&known()).map_err(usage)?)
}

pub(super) fn apply_audit(config: &mut Config, args: &AuditArgs) -> anyhow::Result<()> {
    if args.output_dir.is_some() {
        config.export.output_dir.clone_from(&args.output_dir);
    }
    config.exit.allow_incomplete |= args.allow_incomplete;
    config.export.include_compliant |= args.include_compliant;
    config.selection.list_passed = config.export.include_compliant;
    config.accepted.baseline = args.baseline.as_deref().map(baseline::read).transpose()?;
    config.whose = Whose { owners: args.owners.clone(), stacks: args.stacks.clone() };
    apply_checks(config, &args.checks)?;
    config.export.emf |= args.metrics.iter().any(|sink| sink == "emf");
    let mut flags = Flags::over(config);
    for sink in args.metrics.iter().filter(|sink| *sink != "emf") {
        let (key, value) = metrics_key(sink)?;
        flags.text("--metrics", key, Some(value.to_owned()));
    }
    flags.texts("--format", "report.formats", &args.formats);
    flags.text("--fail-on", "report.fail_on", args.fail_on.clone());
    Ok(flags.check(&known()).map_err(usage)?)
}

/// The setting that a sink names, and its value.
fn metrics_key(sink: &str) -> Result<(&'static str, &str), UsageError> {
    let keys = [
        ("textfile=", "metrics.textfile_dir"),
        ("remote-write=", "metrics.remote_write_url"),
        ("pushgateway=", "metrics.pushgateway_url"),
    ];
    let named = keys.into_iter().find_map(|(name, key)| Some((key, sink.strip_prefix(name)?)));
    named.filter(|(_, value)| !value.is_empty()).ok_or_else(|| {
        UsageError("--metrics: expected emf, textfile=DIR, remote-write=URL or pushgateway=URL".to_owned())
    })
}
