use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Ends the collection at the first SIGINT or SIGTERM, so that what was done is saved; the second ends the process.
pub(super) struct Signals {
    pub(super) cancel: CancellationToken,
    received: Arc<AtomicU8>,
}

impl Signals {
    pub(super) fn listen() -> std::io::Result<Self> {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let signals = Self { cancel: CancellationToken::new(), received: Arc::new(AtomicU8::new(0)) };
        let (cancel, received) = (signals.cancel.clone(), signals.received.clone());
        tokio::spawn(async move {
            loop {
                let code = tokio::select! {
                    _ = interrupt.recv() => 130,
                    _ = terminate.recv() => 143,
                };
                if received.swap(code, Ordering::SeqCst) != 0 {
                    std::process::exit(i32::from(code));
                }
                tracing::warn!("stopping: what was collected so far will be saved (once more to stop at once)");
                cancel.cancel();
            }
        });
        Ok(signals)
    }

    /// The exit code of the signal that was received.
    pub(super) fn received(&self) -> Option<u8> {
        Some(self.received.load(Ordering::SeqCst)).filter(|code| *code != 0)
    }
}
