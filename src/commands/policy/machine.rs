use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::live::{self, Answer, LiveRole, Question};
use crate::access::{Machine, Needs, needed};
use crate::cli::{CommonArgs, KindArg, MachineArgs};
use crate::commands::definition::read::read;
use crate::commands::outcome::UsageError;
use crate::detect::Clean;
use crate::model::MachineKind;
use crate::types::Arn;

/// What the machine of the command line needs and, where `role` is asked for, what its live role holds. The definition
/// passes the door first: a secret in it is never printed.
pub(super) fn look_up(
    args: &MachineArgs,
    common: &CommonArgs,
    role: bool,
) -> anyhow::Result<(Needs, Option<LiveRole>)> {
    let said = said(args)?;
    let needs_machine = args.definition.is_none() || role && said.role.is_none();
    if needs_machine && said.arn.is_none() {
        let lacks = match args.definition {
            None => "--definition is required, or the --state-machine-arn of a live state machine",
            Some(_) => {
                "--granted is required, or --execution-role-arn or --state-machine-arn to say whose live role is meant"
            }
        };
        return Err(UsageError(lacks.to_owned()).into());
    }
    // A live role is held against the live machine's settings too.
    let describe = needs_machine || role && said.arn.is_some();
    let definition = args.definition.as_deref().map(read).transpose()?.map(Clean::into_inner);
    let answer = if describe || role {
        live::read(Question { said, definition, describe, role }, &args.access, common)?
    } else {
        Answer { machine: said, definition, role: None }
    };
    let definition = answer.definition.context("no definition was read")?;
    Ok((needed(&definition, &answer.machine), answer.role))
}

/// Standard input can be only one of what is read.
pub(super) fn read_once<const N: usize>(paths: [(&str, Option<&Path>); N]) -> Result<(), UsageError> {
    let stdin = paths.iter().filter(|(_, path)| path.is_some_and(|path| path.as_os_str() == "-"));
    let flags: Vec<_> = stdin.map(|(flag, _)| *flag).collect();
    if flags.len() > 1 {
        return Err(UsageError(format!("only one of {} can be standard input", flags.join(" and "))));
    }
    Ok(())
}

/// What the flags say of it.
fn said(args: &MachineArgs) -> anyhow::Result<Machine> {
    let arn = |flag: &str, text: &Option<String>, fits: fn(&Arn) -> bool, form: &str| -> anyhow::Result<Option<Arn>> {
        let Some(text) = text else { return Ok(None) };
        let arn = Arn::parse(text.clone()).map_err(|error| UsageError(format!("{flag}: {error}")))?;
        if !fits(&arn) {
            return Err(UsageError(format!("{flag}: expected an ARN such as {form}")).into());
        }
        Ok(Some(arn))
    };
    Ok(Machine {
        arn: arn(
            "--state-machine-arn",
            &args.state_machine_arn,
            |arn| arn.service() == "states" && arn.resource().starts_with("stateMachine:"),
            "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
        )?,
        kind: args.kind.map(|kind| match kind {
            KindArg::Standard => MachineKind::Standard,
            KindArg::Express => MachineKind::Express,
        }),
        role: arn(
            "--execution-role-arn",
            &args.execution_role_arn,
            |arn| arn.service() == "iam" && arn.resource().starts_with("role/"),
            "arn:aws:iam::123456789012:role/orders",
        )?,
        logging: arn(
            "--logging",
            &args.logging,
            |arn| arn.service() == "logs" && arn.resource().starts_with("log-group:"),
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/orders:*",
        )?,
        tracing: args.tracing,
        key: arn(
            "--kms-key",
            &args.kms_key,
            // A policy on an alias allows nothing with its key.
            |arn| arn.service() == "kms" && arn.resource().starts_with("key/"),
            "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        )?,
    })
}

/// Says on standard error which tasks are not in the policy.
pub(super) fn warn(needs: &Needs) -> std::io::Result<()> {
    let mut stderr = anstream::stderr().lock();
    for task in &needs.undecided {
        writeln!(stderr, "stepwarden: state {}: {}", task.state, task.why)?;
    }
    for (role, needed) in &needs.others {
        let actions: std::collections::BTreeSet<_> = needed.iter().map(|need| need.action.as_str()).collect();
        let actions = actions.into_iter().collect::<Vec<_>>().join(", ");
        writeln!(stderr, "stepwarden: the role {role} needs {actions}")?;
    }
    Ok(())
}
