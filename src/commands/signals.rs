use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Ends the collection at the first SIGHUP, SIGINT or SIGTERM, so that what was done is saved; the second ends the
/// process, and so does the first once the collection is over.
pub(super) struct Signals {
    pub(super) cancel: CancellationToken,
    received: Arc<AtomicU8>,
}

/// Of [`Signals::received`], which else is an exit code.
const NONE: u8 = 0;
const COLLECTED: u8 = 1;

impl Signals {
    /// Listens for as long as the runtime lives.
    pub(super) fn listen() -> std::io::Result<Self> {
        let mut hangup = unless_ignored(SignalKind::hangup())?;
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let signals = Self { cancel: CancellationToken::new(), received: Arc::new(AtomicU8::new(NONE)) };
        let (cancel, received) = (signals.cancel.clone(), signals.received.clone());
        tokio::spawn(async move {
            loop {
                let code = tokio::select! {
                    () = next(&mut hangup) => 129,
                    _ = interrupt.recv() => 130,
                    _ = terminate.recv() => 143,
                };
                if received.swap(code, Ordering::SeqCst) != NONE {
                    std::process::exit(i32::from(code));
                }
                tracing::warn!("stopping: what was collected so far will be saved (once more to stop at once)");
                cancel.cancel();
            }
        });
        Ok(signals)
    }

    /// The collection is over: the exit code of the signal that ended it, if one did.
    pub(super) fn collected(&self) -> Option<u8> {
        let before = self.received.compare_exchange(NONE, COLLECTED, Ordering::SeqCst, Ordering::SeqCst);
        before.err()
    }
}

async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// What the parent has ignored, as `nohup` does, stays so. (Shells ignore SIGINT for what a script starts in the
/// background; one that is sent all the same is meant.)
fn unless_ignored(kind: SignalKind) -> std::io::Result<Option<Signal>> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if is_ignored(&status, kind.as_raw_value()) { Ok(None) } else { signal(kind).map(Some) }
}

/// Reads the mask of Linux; elsewhere there is no such file, and no signal counts as ignored.
fn is_ignored(status: &str, number: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (number - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::is_ignored;

    #[test]
    fn the_mask_of_ignored_signals() {
        let status = "Name:\tstepwarden\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001001\n";
        assert!(is_ignored(status, 1) && is_ignored(status, 13));
        assert!(!is_ignored(status, 2) && !is_ignored(status, 15) && !is_ignored("", 1));
    }
}
