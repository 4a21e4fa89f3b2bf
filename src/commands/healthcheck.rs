use super::configure;
use super::outcome::Outcome;
use crate::cli::{CommonArgs, HealthcheckArgs};
use crate::serve;

/// Asks the service of this host whether it works.
pub(super) fn run(args: HealthcheckArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let (listen, fault) = configure::listen(common, args.listen)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match (runtime.block_on(serve::healthcheck(listen)), fault) {
        (Ok(()), _) => Ok(Outcome::Done),
        (Err(why), None) => anyhow::bail!(why),
        (Err(why), Some(fault)) => {
            anyhow::bail!("{why}; and the configuration, which may name another address, is wrong: {fault}")
        }
    }
}
