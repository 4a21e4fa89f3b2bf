//! The arrow rules of the house: arrows run down only, the pure rooms touch nothing of the world, siblings that must not
//! know each other do not.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms and their floors; an arrow may only run to a lower floor.
const FLOORS: [(&str, u8); 26] = [
    ("types", 0),
    ("asl", 1),
    ("iam", 1),
    ("detect", 1),
    ("forecast", 1),
    ("aws", 1),
    ("model", 2),
    ("access", 3),
    ("collect", 3),
    ("graph", 3),
    ("exposure", 4),
    ("finding", 5),
    ("checks", 6),
    ("audit", 7),
    ("store", 8),
    ("export", 8),
    ("send", 8),
    ("telemetry", 8),
    ("config", 9),
    ("cli", 9),
    ("serve", 10),
    ("commands", 11),
    ("main", 11),
    ("lib", 11),
    ("build", 11),
    ("stepwarden", 11),
];

const PURE: [&str; 13] = [
    "types", "model", "asl", "iam", "detect", "forecast", "access", "graph", "exposure", "finding", "checks", "audit",
    "export",
];
const MAY_NAME_AWS: [&str; 3] = ["aws", "collect", "store"];

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut sources) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).expect("below src").to_owned();
                let first = relative.components().next().expect("a part").as_os_str().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).expect("a source file");
                sources.push((first.trim_end_matches(".rs").to_owned(), relative, text));
            }
        }
    }
    sources
}

fn floor(room: &str) -> u8 {
    let known = FLOORS.iter().find(|(name, _)| *name == room);
    known.unwrap_or_else(|| panic!("the room {room} has no floor: give it one")).1
}

/// The words that follow `crate::` in code (comments left out), braces opened one level.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            found.extend(list.split('}').next().unwrap_or_default().split(',').map(|item| word(item.trim())));
        } else {
            found.insert(word(rest));
        }
    }
    found.remove("");
    found
}

#[test]
fn arrows_run_down_only() {
    for (room, path, text) in sources() {
        for target in imports(&text) {
            if target != room && FLOORS.iter().any(|(name, _)| *name == target) {
                assert!(floor(&target) < floor(&room), "{}: {room} imports {target}", path.display());
            }
        }
    }
}

#[test]
fn the_pure_rooms_touch_nothing_of_the_world() {
    let world = [
        "tokio",
        "aws_sdk",
        "aws_config",
        "aws_smithy",
        "std::fs",
        "std::env",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
    ];
    for (room, path, text) in sources() {
        // Tests within a file may read what they like; the rule is about what ships.
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<_> = shipped.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for line in code {
            for word in world.iter().filter(|_| PURE.contains(&room.as_str())) {
                let string = line.contains(&format!("\"{word}"));
                assert!(!line.contains(word) || string, "{}: {word} in {line}", path.display());
            }
            assert!(MAY_NAME_AWS.contains(&room.as_str()) || !line.contains("aws_sdk_"), "{}: {line}", path.display());
        }
    }
    for room in PURE.iter().filter(|room| **room != "types") {
        let head = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room).join("mod.rs"));
        let head = head.expect("every room has a mod.rs");
        assert!(
            head.contains("#![deny(clippy::disallowed_types, clippy::disallowed_methods)]"),
            "{room} does not deny IO"
        );
    }
}

#[test]
fn checks_collectors_and_exporters_do_not_know_their_siblings() {
    for (room, path, text) in sources() {
        let file = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let inner = path.components().count() == 3;
        match room.as_str() {
            "checks" if inner && file != "mod" => {
                assert!(!text.contains("super::") || text.contains("#[cfg(test)]"), "{}", path.display());
                assert!(!imports(&text).contains("checks"), "{}", path.display());
            }
            "collect" if text.contains("static COLLECTOR:") => {
                let shared = [
                    "collector",
                    "definitions",
                    "described",
                    "holding",
                    "pages",
                    "progress",
                    "series",
                    "settings",
                    "starters",
                ];
                for (at, _) in text.match_indices("use super::") {
                    let word: String = text[at + "use super::".len()..]
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    assert!(
                        shared.contains(&word.as_str()) || text[..at].contains("#[cfg(test)]"),
                        "{}: {word}",
                        path.display()
                    );
                }
            }
            "export" => assert!(!imports(&text).contains("export"), "{}", path.display()),
            _ => {}
        }
    }
}

/// One idea a file.
#[test]
fn files_stay_small() {
    for (_, path, text) in sources() {
        assert!(text.lines().count() <= 400, "{} has {} lines", path.display(), text.lines().count());
    }
}
