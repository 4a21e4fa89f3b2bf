//! The compiled binary, run as a user would, with nothing in the environment that could sway it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Where a real counterpart is missing its tests are skipped, which `make test` says; in CI they fail.
pub(crate) fn nothing_may_be_skipped() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// One run of `stepwarden`.
#[derive(Debug)]
pub(crate) struct Run {
    command: Command,
}

/// What it left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        Self::of(env!("CARGO_BIN_EXE_stepwarden"), arguments)
    }

    /// A script of the shell, which can start it as no `Command` can.
    pub(crate) fn shell(script: &str) -> Self {
        Self::of("/bin/sh", &["-c", script])
    }

    fn of(program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Without these the SDK would look for a profile, and for an instance's metadata on the network.
        command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        Self { command }
    }

    /// Against an emulator: its credentials, no budget, no second attempts.
    pub(crate) fn emulated(arguments: &[&str], endpoint: &str) -> Self {
        Self::new(arguments)
            .argument("--endpoint-url")
            .argument(endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("STEPWARDEN_BUDGET_UNLIMITED", "true")
            .env("STEPWARDEN_AWS_MAX_ATTEMPTS", "1")
    }

    pub(crate) fn argument(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What it reads on standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        writer.write_all(text.as_bytes()).expect("a short text fits into a pipe");
        self.command.stdin(reader);
        self
    }

    /// Where its standard output goes, in place of [`Ran::stdout`].
    pub(crate) fn output(mut self, to: impl Into<Stdio>) -> Self {
        self.command.stdout(to);
        self
    }

    pub(crate) fn run(mut self) -> Ran {
        Ran::of(self.command.output().expect("the binary starts"))
    }

    /// Starts it, lets `meanwhile` work with its process id, and waits for its end.
    pub(crate) fn run_while(mut self, meanwhile: impl FnOnce(u32)) -> Ran {
        let child = self.command.spawn().expect("the binary starts");
        // Ours of what it was given, such as the end of a pipe, goes.
        drop(self.command);
        let kill = Kill(child.id());
        meanwhile(child.id());
        std::mem::forget(kill);
        Ran::of(child.wait_with_output().expect("the binary ends"))
    }
}

/// Ends a process whose test failed.
struct Kill(u32);

impl Drop for Kill {
    fn drop(&mut self) {
        drop(Command::new("kill").args(["-KILL", &self.0.to_string()]).status());
    }
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        let code = output.status.code().expect("it ends by itself, not by a signal");
        Self { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Fails with all there is to see where the exit code is another.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}
