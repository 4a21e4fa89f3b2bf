use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A body of rules that auditors ask about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Standard {
    /// In lower case with hyphens.
    pub id: String,
    /// As its publisher writes it, with its edition.
    pub name: String,
    /// Where it can be read.
    pub url: String,
}

/// A rule of a standard that a check bears on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    pub standard: &'static Standard,
    /// As the standard numbers it.
    pub id: String,
}

#[derive(Deserialize)]
struct Written {
    standards: Vec<Standard>,
    /// By check, then by standard.
    checks: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// The one place that maps checks to standards.
static WRITTEN: LazyLock<Written> =
    LazyLock::new(|| serde_json::from_str(include_str!("standards.json")).expect("the tests read the file"));

/// The standards that checks are mapped to.
pub static STANDARDS: LazyLock<&'static [Standard]> = LazyLock::new(|| &WRITTEN.standards);

/// The controls that a check bears on, in the order of the standards. That nothing is found is no proof that a control is
/// met: most ask for more than what can be read in an account.
pub fn controls(check: &str) -> Vec<Control> {
    let Some(by_standard) = WRITTEN.checks.get(check) else { return Vec::new() };
    let of = |standard: &'static Standard| {
        let ids = by_standard.get(&standard.id).into_iter().flatten();
        ids.map(move |id| Control { standard, id: id.clone() })
    };
    STANDARDS.iter().flat_map(of).collect()
}

impl Control {
    /// `PCI DSS v4.0.1 10.2.1`.
    pub fn name(&self) -> String {
        format!("{} {}", self.standard.name, self.id)
    }
}
