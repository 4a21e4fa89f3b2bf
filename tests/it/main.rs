//! All integration tests, in one binary: linking the SDK once is enough.

mod access;
mod asl;
mod asl_soundness;
mod bad_input;
mod binary;
mod cases;
mod collectors;
mod config;
mod detect;
mod emulator;
mod end_to_end;
mod executions;
mod export;
mod forecast;
mod history;
mod house;
mod iam;
mod leak;
mod policy;
mod reach;
mod readme;
mod registry;
mod replay;
mod running;
mod shell;
mod validator;
