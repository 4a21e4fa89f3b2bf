use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::gather::{hash_key, now};
use super::narrow::narrow;
use super::outcome::Outcome;
use super::{configure, fast};
use crate::aws::Session;
use crate::cli::{CommonArgs, ServeArgs};
use crate::config::Config;
use crate::serve::Service;
use crate::store::Store;

/// Collects on schedules and serves, until a signal comes.
pub(super) fn run(args: ServeArgs, common: CommonArgs) -> anyhow::Result<Outcome> {
    let config = apply(configure::load(&common)?, &args)?;
    let store = Store::open(&config.store, &config.aws)?;
    let key = hash_key(&config, store.as_ref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let handle = runtime.handle().clone();
    let served = handle.block_on(async {
        let cancel = CancellationToken::new();
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let mut hangup = signal(SignalKind::hangup())?;
        let session = Session::load(&config.aws).await;
        let load = Box::new(move || {
            let config = configure::load_again(&common).and_then(|config| apply(config, &args));
            config.map_err(|error| format!("{error:#}"))
        });
        let service = Arc::new(Service::new(config, load, session, store, key, now));
        let reloaded = service.clone();
        let stop = cancel.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => break,
                    _ = terminate.recv() => break,
                    _ = hangup.recv() => {
                        let service = reloaded.clone();
                        // What is wrong is logged there.
                        drop(tokio::task::spawn_blocking(move || service.reload()).await);
                    }
                }
            }
            tracing::info!("stopping");
            stop.cancel();
        });
        anyhow::Ok(service.run(cancel).await?)
    });
    // What hangs there is not waited for.
    runtime.shutdown_background();
    served?;
    Ok(Outcome::Done)
}

/// Flags stand above file and environment, also after a reload.
fn apply(mut config: Config, args: &ServeArgs) -> anyhow::Result<Config> {
    configure::apply_aws(&mut config, args.aws.clone())?;
    configure::apply_listen(&mut config, args.listen.clone())?;
    fast::without_quotas(&mut config);
    narrow(&mut config);
    Ok(config)
}
