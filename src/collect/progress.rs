use crate::types::Region;

/// What a collection tells while it runs.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    Started,
    /// That many items will be read one by one.
    Counted(usize),
    /// One of them was.
    Advanced,
    Finished,
}

/// Somebody who watches: progress bars, or nobody.
pub trait Progress: Send + Sync {
    fn tell(&self, region: &Region, collector: &'static str, event: Event);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn tell(&self, _: &Region, _: &'static str, _: Event) {}
}
