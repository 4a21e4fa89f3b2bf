//! What is wrong in a definition, each fault with its place.

use super::machine::Machine;
use super::problem::Problems;

pub(super) fn machine(_machine: &Machine<'_>, _problems: &mut Problems) {}
