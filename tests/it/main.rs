//! All integration tests, in one binary: linking the SDK once is enough.

mod access;
mod bad_input;
mod binary;
mod cases;
mod collectors;
mod config;
mod emulator;
mod end_to_end;
mod export;
mod house;
mod policy;
mod registry;
mod replay;
mod validator;
