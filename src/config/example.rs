//! The example file.

use super::key::{Key, Written};
use super::keys::KEYS;

const HEAD: &str = "\
# The settings of stepwarden: each with its default, or commented out with an example where it has none.
#
# An environment variable stands above this file: STEPWARDEN_ and the key in capitals, with _ for . and -, such as
# STEPWARDEN_BUDGET_SHARE=0.5 or STEPWARDEN_REGIONS=eu-west-1,us-east-1. A flag stands above both.
";

/// `config.example.toml`: every setting with its default and what it is for.
pub fn example() -> String {
    let mut section = "";
    let keys = KEYS.iter().map(|key| {
        let header = if key.section() == section || is_table(key) {
            String::new()
        } else {
            section = key.section();
            format!("\n[{section}]")
        };
        format!("{header}\n# {}\n{}\n", key.why, written(key))
    });
    let keys: String = keys.collect();
    format!("{HEAD}{keys}")
}

fn written(key: &Key) -> String {
    match key.value {
        Written::Default(value) => format!("{} = {value}", key.name()),
        Written::Unset(block) if is_table(key) => {
            block.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n")
        }
        Written::Unset(value) => format!("# {} = {value}", key.name()),
    }
}

/// Whether the setting stands below a header of its own.
fn is_table(key: &Key) -> bool {
    matches!(key.value, Written::Unset(block) if block.starts_with('['))
}
