//! All integration tests, in one binary: linking the SDK once is enough.

mod cases;
mod registry;
