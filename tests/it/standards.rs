//! The mapping of checks to standards names checks that there are, and controls that there are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use stepwarden::checks::CHECKS;
use stepwarden::finding::{STANDARDS, controls};

fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("the file");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn checks_are_mapped_to_controls_that_there_are() {
    let written = read("src/finding/standards.json");
    let ids: BTreeSet<_> = CHECKS.iter().map(|check| check.id).collect();
    for (check, by_standard) in written["checks"].as_object().expect("checks") {
        assert!(ids.contains(check.as_str()), "there is no check {check}");
        let known = |standard: &str| STANDARDS.iter().any(|known| known.id == standard);
        assert!(by_standard.as_object().expect("standards").keys().all(|standard| known(standard)), "{check}");
    }
    let known: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_value(read("tests/standards/controls.json")).expect("titles by id by standard");
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for control in CHECKS.iter().flat_map(|check| controls(check.id)) {
        assert!(known[&control.standard.id].contains_key(&control.id), "there is no {}", control.name());
        used.entry(control.standard.id.clone()).or_default().insert(control.id);
    }
    assert_eq!(used.keys().len(), STANDARDS.len(), "a standard without a control");
}
