use std::io::Write;

use crate::access::{Machine, Needs, needed};
use crate::cli::{KindArg, MachineArgs};
use crate::commands::definition::read::read;
use crate::commands::outcome::UsageError;
use crate::model::MachineKind;
use crate::types::Arn;

/// What the machine of the command line needs. Its definition passes the door first: a secret in it is never printed.
pub(super) fn needs(args: &MachineArgs) -> anyhow::Result<Needs> {
    let machine = machine(args)?;
    let Some(path) = &args.definition else {
        let live = "--definition is required: a live state machine cannot be read yet".to_owned();
        return Err(UsageError(live).into());
    };
    let definition = read(path)?;
    Ok(needed(definition.get(), &machine))
}

fn machine(args: &MachineArgs) -> anyhow::Result<Machine> {
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
            |arn| arn.service() == "kms",
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
