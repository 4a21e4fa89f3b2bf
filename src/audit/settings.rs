//! Which checks run and what fails a scan.

/// Which checks run: all but `skip`, or only `only`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckSelection {
    pub only: Vec<String>,
    pub skip: Vec<String>,
}

impl CheckSelection {
    pub fn selects(&self, id: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|name| name == id);
        (self.only.is_empty() || named(&self.only)) && !named(&self.skip)
    }
}
