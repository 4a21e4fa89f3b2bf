//! stepwarden audits AWS accounts for what goes wrong, leaks or runs out around AWS Step Functions.
//!
//! This page is the map of the house. Data flows one way:
//!
//! ```text
//! collect  ->  Snapshot  ->  View  ->  checks  ->  Evaluations  ->  audit  ->  Report  ->  export
//! (AWS)        (facts+gaps)  (indexes) (pure)      (outcomes)       (score)    (value)     (files, metrics)
//! ```
//!
//! Nothing downstream of a snapshot talks to AWS; nothing upstream of it judges. The rooms stand on floors, and a room
//! may import only from floors below its own (`tests/it/house.rs` keeps that):
//!
//! | floor | rooms |
//! | --- | --- |
//! | 0 | [`types`]: words that everyone shares |
//! | 1 | [`asl`]: definitions · [`iam`]: policies · [`detect`]: the door that keeps secrets out · [`forecast`]: when a usage meets its limit · [`aws`]: clients, budget |
//! | 2 | [`model`]: what an account looks like |
//! | 3 | [`collect`]: AWS to snapshot parts · [`access`]: what a role grants, who reaches a machine · [`graph`]: cycles among machines |
//! | 4 | [`exposure`]: where a machine's sensitive data is, and how far it travels |
//! | 5 | [`finding`]: the vocabulary of judging |
//! | 6 | [`checks`]: one file a check |
//! | 7 | [`audit`]: evaluations to a report |
//! | 8 | [`store`]: what is kept between runs · [`export`]: one file a format · [`send`]: to receivers · [`telemetry`]: the log |
//! | 9 | [`config`]: every room's settings, composed · [`cli`]: the command line, as types |
//! | 10 | [`serve`]: collectors on schedules, and HTTP |
//! | 11 | [`commands`]: one file a subcommand |

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
pub mod exposure;
pub mod finding;
pub mod forecast;
pub mod graph;
pub mod iam;
pub mod model;
pub mod send;
pub mod serve;
pub mod store;
pub mod telemetry;
pub mod types;
