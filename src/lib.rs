//! stepwarden.
pub mod access;
pub mod asl;
pub mod audit;
pub mod checks;
pub mod detect;
pub mod export;
pub mod finding;
pub mod iam;
pub mod model;
pub mod types;
