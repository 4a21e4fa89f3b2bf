//! The classes of evidence, in hundredths. Fixed, so that they can be compared and filtered.

/// A format that proves itself, whatever the key.
pub(super) const PROVEN: u8 = 95;
/// A check digit or a closed form, and a key that says so.
pub(super) const CHECKED: u8 = 90;
/// The right form, and a key that says so.
pub(super) const SHAPE: u8 = 85;
/// A secret by its key.
pub(super) const SECRET: u8 = 80;
/// The key alone, and a plausible value.
pub(super) const KEY: u8 = 75;
/// What stands beside or above it says so.
pub(super) const CONTEXT: u8 = 60;
/// A format that others share, under a key that does not contradict.
pub(super) const DOUBT: u8 = 50;
/// Not reported by default.
pub(super) const WEAK: u8 = 40;
