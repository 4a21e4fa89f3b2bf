//! Any text is refused as a definition, or can be parsed, asked, stored and read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stepwarden::asl::{Definition, Document};

fuzz_target!(|text: &str| {
    let Ok(document) = Document::read(text) else { return };
    let Ok(definition) = Definition::parse(&document.value) else { return };
    for task in &definition.tasks {
        task.targets();
    }
    let stored = serde_json::to_string(&definition).expect("facts are JSON");
    serde_json::from_str::<Definition>(&stored).expect("facts are read back");
});
