use std::io::{self, Write};
use std::process::{ExitCode, Termination};

use crate::audit::settings::ExitSettings;
use crate::audit::{Report, Status};

/// How the process ends. The numbers are contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Failed,
    Usage,
    /// Findings at or above `--fail-on`.
    Findings,
    /// Part of what was asked for could not be evaluated.
    Incomplete,
    /// 130 or 143.
    Signal(u8),
}

impl Outcome {
    /// Findings win over what could not be read.
    pub(super) fn of(report: &Report, exit: ExitSettings, signal: Option<u8>) -> Self {
        let fails = |severity| report.of_status(Status::NonCompliant).any(|finding| finding.severity >= severity);
        match signal {
            Some(code) => Self::Signal(code),
            None if exit.fail_on.is_some_and(fails) => Self::Findings,
            None => Self::incomplete_if(report.is_incomplete(), exit.allow_incomplete),
        }
    }

    pub(super) fn incomplete_if(incomplete: bool, allowed: bool) -> Self {
        if incomplete && !allowed { Self::Incomplete } else { Self::Done }
    }
}

impl Termination for Outcome {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Findings => 3,
            Self::Incomplete => 4,
            Self::Signal(code) => code,
        })
    }
}

fn is_closed_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
    let json = || cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    io.or_else(json) == Some(io::ErrorKind::BrokenPipe)
}

/// A fault of the command line or the configuration: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct UsageError(pub(super) String);

/// Says what went wrong on standard error.
pub(super) fn report(error: &anyhow::Error) -> Outcome {
    // A reader that has seen enough (`stepwarden man | head`) is no failure.
    if error.chain().any(is_closed_pipe) {
        return Outcome::Done;
    }
    let usage = error.is::<UsageError>();
    let lines: Vec<_> = format!("{error:#}").lines().map(str::to_owned).collect();
    let mut stderr = anstream::stderr().lock();
    for line in lines {
        // Nothing is left to be done where standard error is gone too.
        let _ignored = writeln!(stderr, "stepwarden: {line}");
    }
    if usage { Outcome::Usage } else { Outcome::Failed }
}
