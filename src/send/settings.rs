//! Who receives reports.

use std::str::FromStr;

/// A receiver of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// AWS Security Hub, by BatchImportFindings.
    SecurityHub,
}

/// Who receives reports; nobody unless it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SendSettings {
    pub receivers: Vec<Receiver>,
}

impl SendSettings {
    pub fn sends_to(&self, receiver: Receiver) -> bool {
        self.receivers.contains(&receiver)
    }
}

impl FromStr for Receiver {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "security-hub" => Ok(Self::SecurityHub),
            _ => Err("expected security-hub".to_owned()),
        }
    }
}
