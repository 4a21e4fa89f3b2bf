use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::collect::{Event, Progress};
use crate::types::Region;

/// The terminal, which bars and log lines share.
static TERMINAL: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Standard error for log lines, with the bars out of their way while one is written.
#[derive(Debug, Default)]
pub(super) struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        TERMINAL.suspend(|| io::stderr().write(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// A line for each collector at work, on standard error.
pub(super) struct Bars {
    bars: Mutex<BTreeMap<(Region, &'static str), ProgressBar>>,
}

impl Bars {
    pub(super) fn new() -> Self {
        Self { bars: Mutex::new(BTreeMap::new()) }
    }

    pub(super) fn clear(self) {
        drop(self);
        // A terminal that is gone has nothing left to be cleared.
        let _ignored = TERMINAL.clear();
    }
}

impl Progress for Bars {
    fn tell(&self, region: &Region, collector: &'static str, event: Event) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry((region.clone(), collector)).or_insert_with(|| {
            let bar = TERMINAL.add(ProgressBar::new_spinner());
            bar.set_style(style("{spinner} {prefix}"));
            bar.set_prefix(format!("{region:<16} {collector}"));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        match event {
            Event::Started => {}
            Event::Counted(total) => {
                bar.set_style(style("{spinner} {prefix:<34} {bar:24} {pos}/{len}"));
                bar.set_length(total as u64);
            }
            Event::Advanced => bar.inc(1),
            Event::Finished => bar.finish_and_clear(),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates are fixed")
}
