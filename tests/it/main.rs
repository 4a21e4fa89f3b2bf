//! All integration tests, in one binary: linking the SDK once is enough.

mod collectors;
mod replay;
