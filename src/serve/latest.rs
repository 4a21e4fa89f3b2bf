//! The last report, as it is served: what is asked for often is written once.

use std::io;
use std::sync::OnceLock;

use axum::body::Bytes;

use crate::audit::Report;
use crate::export::{html, json, prometheus};

pub(super) struct Latest {
    pub(super) report: Report,
    /// Of the report alone; the process's own counters stand beside it.
    pub(super) metrics: Bytes,
    page: OnceLock<Bytes>,
    json: OnceLock<Bytes>,
}

impl std::fmt::Debug for Latest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Latest").field("as_of", &self.report.as_of).finish_non_exhaustive()
    }
}

impl Latest {
    pub(super) fn new(report: Report) -> Self {
        let metrics = written(|out| prometheus::write(&report, out));
        Self { report, metrics, page: OnceLock::new(), json: OnceLock::new() }
    }

    pub(super) fn page(&self) -> &Bytes {
        self.page.get_or_init(|| written(|out| html::write(&self.report, out)))
    }

    pub(super) fn json(&self) -> &Bytes {
        self.json.get_or_init(|| written(|out| json::write(&self.report, out)))
    }
}

fn written(write: impl Fn(&mut dyn io::Write) -> io::Result<()>) -> Bytes {
    let mut out = Vec::new();
    write(&mut out).expect("writing to memory");
    out.into()
}
