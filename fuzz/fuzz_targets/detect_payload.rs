//! Any payload is inspected, and what is told of it is bounded; any text passes the door.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepwarden::detect::{Detectors, Door, HashKey, Seen};

fuzz_target!(|text: &str| {
    let mut detectors = Detectors::default().with_hash_key(HashKey::new(*b"fuzz"));
    let mut report = |seen: Seen| {
        if let Seen::Finding(finding) = seen {
            assert!(finding.length as usize <= text.len() && finding.confidence <= 100);
        }
    };
    detectors.inspect_payload(text, &mut report);
    detectors.inspect_text(text, &mut report);
    let door = Door::new(HashKey::new(*b"fuzz"));
    door.text(text);
    if let Ok(document) = serde_json::from_str::<serde_json::Value>(text) {
        let state = serde_json::json!({ "StartAt": "A", "States": { "A": { "Parameters": document } } });
        door.json(state);
    }
});
