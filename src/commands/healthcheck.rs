use super::configure;
use super::outcome::Outcome;
use crate::cli::{CommonArgs, HealthcheckArgs};
use crate::serve;

/// Asks the service of this host whether it works.
pub(super) fn run(args: HealthcheckArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let listen = configure::listen(common, args.listen)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve::healthcheck(listen)).map_err(anyhow::Error::msg)?;
    Ok(Outcome::Done)
}
