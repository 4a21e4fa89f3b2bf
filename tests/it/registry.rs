//! The registries, the folder and the pages say the same.

use std::collections::BTreeSet;
use std::path::Path;

use stepwarden::checks::CHECKS;
use stepwarden::collect::COLLECTORS;
use stepwarden::model::PartName;

const HEADINGS: [&str; 7] = [
    "## What it checks",
    "## Why it matters",
    "## Example",
    "## Remediation",
    "## When to suppress",
    "## Does not see",
    "## References",
];

#[test]
fn ids_are_sorted_unique_and_lawful() {
    let ids: Vec<_> = CHECKS.iter().map(|check| check.id).collect();
    for pair in ids.windows(2) {
        assert!(pair[0] < pair[1], "src/checks/mod.rs: CHECKS is sorted by id: {} comes before {}", pair[1], pair[0]);
    }
    for id in ids {
        let lawful = |piece: &str| !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(id.split('-').count() > 1 && id.split('-').all(lawful), "{id}: lower-case words joined by dashes");
    }
}

/// `<family>/<id with _>.rs` and `<family>/<id>.md`, and nothing else.
#[test]
fn files_and_registry_are_the_same_set() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    let mut files = BTreeSet::new();
    for family in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(&family).unwrap().map(|entry| entry.unwrap().path()) {
            let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
            if name(&file) != "mod.rs" {
                files.insert(format!("{}/{}", name(&family), name(&file)));
            }
        }
    }
    let expected: BTreeSet<_> = CHECKS
        .iter()
        .flat_map(|check| {
            let family = check.family.as_str();
            [format!("{family}/{}.rs", check.id.replace('-', "_")), format!("{family}/{}.md", check.id)]
        })
        .collect();
    assert_eq!(files, expected, "files (left) against CHECKS in src/checks/mod.rs (right)");
}

#[test]
fn pages_have_the_fixed_headings_in_order() {
    for check in CHECKS {
        let headings: Vec<_> = check.page.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}.md", check.id);
        let titles: Vec<_> = check.page.lines().take(1).collect();
        assert_eq!(titles, [format!("# {}", check.id)], "{}.md begins with its id", check.id);
        for section in check.page.split("\n## ").skip(1) {
            assert!(section.lines().skip(1).any(|line| !line.trim().is_empty()), "{}.md: empty: {section}", check.id);
        }
    }
}

#[test]
fn pages_and_checks_say_the_same() {
    for check in CHECKS {
        let reads: Vec<_> = check.reads.iter().map(|part| PartName::as_str(*part)).collect();
        let head = format!(
            "# {}\n\n| severity | confidence |\n| --- | --- |\n| {} | {} |\n\n| reads | since |\n| --- | --- |\n| {} | {} |\n\n## ",
            check.id,
            check.severity,
            check.confidence,
            reads.join(", "),
            check.since,
        );
        assert!(check.page.starts_with(&head), "{}.md should begin with\n{head}", check.id);
        let references = check.page.split("## References").nth(1).unwrap_or_default();
        let listed: Vec<_> =
            references.lines().filter_map(|line| line.strip_prefix("- <")?.strip_suffix('>')).collect();
        assert_eq!(listed, check.references, "{}.md lists the check's references", check.id);
        assert!(check.references[0].starts_with("https://docs.aws.amazon.com/"), "{}: AWS's page first", check.id);
        assert!(!check.title.is_empty() && !check.title.ends_with('.') && !check.reads.is_empty(), "{}", check.id);
    }
}

/// Collectors run in rounds; one that waited for itself, or for what runs elsewhere, would never run.
#[test]
fn collectors_wait_only_for_those_before_them() {
    for (index, collector) in COLLECTORS.iter().enumerate() {
        for part in collector.after {
            let before = COLLECTORS[..index].iter().find(|other| other.part == *part);
            assert_eq!(before.map(|other| other.scope), Some(collector.scope), "{collector:?} waits for {part:?}");
        }
    }
}

/// A finding can be folded only into that of a check there is, and folding comes to an end.
#[test]
fn checks_yield_to_checks_that_exist_and_never_in_a_circle() {
    let find = |id: &str| CHECKS.iter().find(|check| check.id == id);
    for check in CHECKS {
        let mut reached: BTreeSet<&str> = check.yields_to.iter().copied().collect();
        let mut open: Vec<_> = reached.iter().copied().collect();
        while let Some(id) = open.pop() {
            let speaker = find(id).unwrap_or_else(|| panic!("{} yields to {id}, which is no check", check.id));
            open.extend(speaker.yields_to.iter().filter(|next| reached.insert(next)));
        }
        assert!(!reached.contains(check.id), "{} yields to itself by way of {reached:?}", check.id);
    }
}
