//! stepwarden.
pub mod access;
pub mod asl;
pub mod audit;
pub mod aws;
pub mod checks;
pub mod cli;
pub mod collect;
pub mod commands;
pub mod config;
pub mod detect;
pub mod export;
pub mod finding;
pub mod iam;
pub mod model;
pub mod store;
pub mod telemetry;
pub mod types;
