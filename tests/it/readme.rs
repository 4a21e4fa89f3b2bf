//! What is written for people says what the code says: generated tables, commands, names of rooms, links.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};
use stepwarden::audit::Band;
use stepwarden::aws::APIS;
use stepwarden::checks::CHECKS;
use stepwarden::cli::Cli;
use stepwarden::config::{KEYS, Written};
use stepwarden::detect::Kind;
use stepwarden::export::prometheus::{EMF_METRICS, METRICS};
use stepwarden::finding::Severity;
use stepwarden::model::{PartName, Quota};
use stepwarden::serve::OWN_METRICS;
use stepwarden::types::GapReason;

use crate::binary::Run;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares what stands between `<!-- name -->` and `<!-- /name -->` with `table`; writes it anew with UPDATE_EXPECT=1.
fn holds(file: &str, name: &str, table: &str) {
    let text = read(&path(file));
    let (before, rest) = text.split_once(&format!("<!-- {name} -->\n")).expect("the opening marker");
    let (written, after) = rest.split_once(&format!("<!-- /{name} -->\n")).expect("the closing marker");
    let table = format!("\n{table}\n");
    if std::env::var("UPDATE_EXPECT").is_ok_and(|value| value == "1") {
        let text = format!("{before}<!-- {name} -->\n{table}<!-- /{name} -->\n{after}");
        std::fs::write(path(file), text).expect("the page is written");
    } else {
        assert_eq!(
            written, table,
            "{file}: UPDATE_EXPECT=1 cargo test --test it readme writes the table of {name} anew"
        );
    }
}

#[test]
fn the_tables_are_those_of_the_code() {
    let mut checks = String::from("| check | family | severity | title |\n| --- | --- | --- | --- |\n");
    for check in CHECKS {
        let page = format!("src/checks/{}/{}.md", check.family, check.id);
        writeln!(checks, "| [{}]({page}) | {} | {} | {} |", check.id, check.family, check.severity, check.title)
            .unwrap();
    }
    holds("README.md", "checks", &checks);

    let mut rates = String::from("| API | at once | a second | source |\n| --- | --- | --- | --- |\n");
    for api in APIS {
        let (rate, source) = (api.rate, format!("{:?}", api.source).to_lowercase());
        writeln!(rates, "| {} | {} | {} | {source} |", api.name, rate.bucket, rate.refill_per_second).unwrap();
    }
    holds("docs/operations.md", "rates", &rates);

    holds("docs/configuration.md", "settings", &settings());

    let mut metrics = String::from("| metric | labels | help |\n| --- | --- | --- |\n");
    for metric in METRICS {
        writeln!(metrics, "| `{}` | {} | {} |", metric.name, metric.labels.join(", "), metric.help).unwrap();
    }
    holds("dashboards/README.md", "metrics", &metrics);

    holds("dashboards/README.md", "labels", &labels());

    let mut emf = String::from("| metric | dimensions |\n| --- | --- |\n");
    for metric in EMF_METRICS {
        writeln!(emf, "| `{}` | {} |", metric.name, metric.dimensions.join(", ")).unwrap();
    }
    holds("dashboards/README.md", "emf", &emf);

    let mut own = String::from("| metric | labels | help |\n| --- | --- | --- |\n");
    for metric in OWN_METRICS {
        writeln!(own, "| `{}` | {} | {} |", metric.name, metric.labels.join(", "), metric.help).unwrap();
    }
    holds("docs/serve.md", "metrics", &own);

    let mut types = String::from("| type | data | CloudWatch | Macie |\n| --- | --- | --- | --- |\n");
    for kind in Kind::all() {
        let data = format!("{:?}", kind.data).to_lowercase();
        writeln!(types, "| `{}` | {data} | {} | {} |", kind.id, kind.cloudwatch.join(", "), kind.macie.join(", "))
            .unwrap();
    }
    holds("docs/detection.md", "types", &types);
}

/// Every setting, by section.
fn settings() -> String {
    let mut sections: Vec<(&str, String)> = Vec::new();
    for key in KEYS.iter() {
        let section = key.path.split_once('.').map_or("everything", |(section, _)| section);
        let at = sections.iter().position(|(name, _)| *name == section).unwrap_or_else(|| {
            sections.push((section, String::new()));
            sections.len() - 1
        });
        let default = match key.value {
            Written::Default(value) => format!("`{value}`"),
            Written::Unset(_) => "none".to_owned(),
        };
        let cell = |text: &str| text.replace('|', "\\|");
        writeln!(sections[at].1, "| `{}` | {default} | {} | {} |", key.path, cell(key.expected), cell(key.why))
            .expect("a string takes all");
    }
    let table = |(name, rows): &(&str, String)| {
        format!("## {name}\n\n| setting | default | values | what it is |\n| --- | --- | --- | --- |\n{rows}")
    };
    sections.iter().map(table).collect::<Vec<_>>().join("\n")
}

/// The values of the labels that have few.
fn labels() -> String {
    let words = |words: Vec<&str>| words.join(", ");
    let families: std::collections::BTreeSet<_> = CHECKS.iter().map(|check| check.family.as_str()).collect();
    let rows = [
        ("check", "a check's id; `stepwarden checks` lists them".to_owned()),
        ("family", words(families.into_iter().collect())),
        ("severity", words(Severity::ALL.map(Severity::as_str).into())),
        ("reason", words(GapReason::ALL.map(GapReason::as_str).into())),
        ("collector", words(PartName::ALL.iter().map(|part| part.as_str()).collect())),
        ("quota", words(Quota::ALL.iter().map(|quota| quota.as_str()).collect())),
        (
            "state_machine",
            "names of state machines, five at most for each quota of a Region, and only above its warning level"
                .to_owned(),
        ),
        ("kind", "standard, express; unknown for a type that this version does not know".to_owned()),
        ("band", words(Band::ALL.map(Band::as_str).into())),
        ("data", "pii, secret".to_owned()),
    ];
    let mut table = String::from("| label | values |\n| --- | --- |\n");
    for (label, values) in rows {
        writeln!(table, "| `{label}` | {values} |").expect("a string takes all");
    }
    table
}

#[test]
fn the_changelog_names_every_check() {
    let changelog = read(&path("CHANGELOG.md"));
    for check in CHECKS {
        assert!(changelog.contains(&format!("Check `{}`", check.id)), "CHANGELOG.md: no Added line for {}", check.id);
    }
}

#[test]
fn the_policies_are_what_permissions_prints() {
    for tier in ["inventory", "executions", "payloads"] {
        let printed = Run::new(&["permissions", "--tier", tier]).run().expect(0).stdout;
        expect_test::expect_file![path(&format!("deploy/policies/{tier}.json"))].assert_eq(&printed);
    }
}

#[test]
fn the_cost_is_what_permissions_prints() {
    holds("docs/operations.md", "cost", &Run::new(&["permissions", "--cost"]).run().expect(0).stdout);
}

/// What a folder holds.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// Every Markdown page that people read.
fn pages() -> Vec<PathBuf> {
    let families = entries(&path("src/checks")).into_iter().filter(|entry| entry.is_dir());
    let parts = entries(&path("deploy")).into_iter().filter(|entry| entry.is_dir());
    let folders = ["", "docs", "deploy", "dashboards"].map(path).into_iter().chain(families).chain(parts);
    let files = folders.flat_map(|folder| entries(&folder));
    files.filter(|file| file.extension().is_some_and(|extension| extension == "md")).collect()
}

#[test]
fn relative_links_lead_to_files() {
    for page in pages() {
        for link in read(&page).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            let there = link.contains("://") || page.parent().unwrap().join(file).exists();
            assert!(there, "{}: {link} leads nowhere", page.display());
        }
    }
}

/// What a page names in code, but for the check that CONTRIBUTING makes up. The changelog tells of what was, too.
#[test]
fn files_that_are_named_are_there() {
    let rooms = ["src/", "tests/", "docs/", "deploy/", "dashboards/", "benches/"];
    let made_up = |name: &str| name.contains("alarm-missing") || name.contains("alarm_missing");
    for page in pages().into_iter().filter(|page| !page.ends_with("CHANGELOG.md")) {
        let text = read(&page);
        let named = text.split('`').skip(1).step_by(2).filter(|code| rooms.iter().any(|room| code.starts_with(room)));
        for name in named.filter(|name| !name.contains([' ', '*', '<', '{']) && !made_up(name)) {
            assert!(path(name).exists(), "{}: there is no {name}", page.display());
        }
    }
}

/// The commands of fenced `sh` blocks, continued lines joined.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("\n```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    blocks.flat_map(|block| block.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Each `stepwarden` command in the pages is one that the binary understands, and each of its subcommands is in the
/// README.
#[test]
fn commands_are_understood() {
    for page in pages() {
        for line in commands(&read(&page)) {
            let command = line.split(['|', '>', '#']).next().unwrap_or_default();
            if command.starts_with("stepwarden ") {
                let parsed = Cli::try_parse_from(command.split_whitespace());
                assert!(parsed.is_ok(), "{}: {line}\n{}", page.display(), parsed.unwrap_err());
            }
        }
    }
    let readme = read(&path("README.md"));
    for subcommand in Cli::command().get_subcommands() {
        let name = format!("stepwarden {}", subcommand.get_name());
        let whole = |rest: &str| !rest.starts_with(char::is_alphanumeric);
        assert!(readme.split(&name).skip(1).any(whole), "README.md does not speak of `{name}`");
    }
}

#[test]
fn the_house_map_names_every_room() {
    let map = read(&path("CONTRIBUTING.md"));
    for entry in entries(&path("src")) {
        let name = entry.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(map.contains(&format!("`{name}`")), "CONTRIBUTING.md: the map lacks `{name}`");
    }
}
