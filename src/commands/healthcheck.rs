use super::configure;
use super::outcome::Outcome;
use crate::cli::CommonArgs;
use crate::serve;

/// Asks the service of this host whether it works.
pub(super) fn run(common: &CommonArgs) -> anyhow::Result<Outcome> {
    let config = configure::load(common)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve::healthcheck(&config.serve)).map_err(anyhow::Error::msg)?;
    Ok(Outcome::Done)
}
