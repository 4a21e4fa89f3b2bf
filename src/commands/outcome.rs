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
    /// 129, 130 or 143.
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

/// A signal came before there was anything to save; the exit code is its.
#[derive(Debug, thiserror::Error)]
#[error("stopped by a signal before AWS gave its first answer: there is nothing to save")]
pub(super) struct Stopped(pub(super) u8);

/// What failed after the work was done: each is told, and the rest is done nevertheless.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<anyhow::Error>);

impl Failures {
    /// A reader that has seen enough changes nothing about how the work ended.
    pub(super) fn note(&mut self, result: Result<(), impl Into<anyhow::Error>>) {
        self.0.extend(result.err().map(Into::into).filter(|error| !error.chain().any(is_closed_pipe)));
    }

    /// Says what failed, if anything did, or how the work ended.
    pub(super) fn or(self, outcome: Outcome) -> Outcome {
        self.0.iter().fold(outcome, |_, error| report(error))
    }
}

/// Says what went wrong on standard error.
pub(super) fn report(error: &anyhow::Error) -> Outcome {
    // A reader that has seen enough (`stepwarden man | head`) is no failure.
    if error.chain().any(is_closed_pipe) {
        return Outcome::Done;
    }
    let lines: Vec<_> = format!("{error:#}").lines().map(str::to_owned).collect();
    let mut stderr = anstream::stderr().lock();
    for line in lines {
        // Nothing is left to be done where standard error is gone too.
        let _ignored = writeln!(stderr, "stepwarden: {line}");
    }
    match error.downcast_ref::<Stopped>() {
        Some(Stopped(code)) => Outcome::Signal(*code),
        None if error.is::<UsageError>() => Outcome::Usage,
        None => Outcome::Failed,
    }
}
