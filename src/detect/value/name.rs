//! Names of persons, by their letters. Whether it is a name at all, the key has said.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::fast_hash::FastHash;

/// Lower-case words that stand in names.
const PARTICLES: [&str; 44] = [
    "van", "von", "de", "der", "den", "del", "della", "di", "da", "do", "dos", "das", "du", "des", "la", "le", "las",
    "los", "el", "al", "bin", "bint", "ibn", "ben", "abu", "y", "e", "i", "of", "zu", "zum", "zur", "ter", "ten", "te",
    "op", "av", "af", "d", "o", "san", "st", "jr", "sr",
];

/// Words that make a name one of a thing, a company or a role.
const THINGS: [&str; 224] = [
    "infra",
    "core",
    "fetch",
    "deploy",
    "run",
    "check",
    "get",
    "create",
    "update",
    "delete",
    "send",
    "notify",
    "load",
    "extract",
    "transform",
    "publish",
    "manual",
    "approval",
    "summary",
    "main",
    "daily",
    "weekly",
    "monthly",
    "source",
    "target",
    "repo",
    "repository",
    "stage",
    "action",
    "filter",
    "list",
    "view",
    "page",
    "form",
    "field",
    "column",
    "index",
    "cache",
    "log",
    "logs",
    "metric",
    "alarm",
    "alert",
    "policy",
    "rule",
    "role",
    "key",
    "token",
    "secret",
    "config",
    "settings",
    "digital",
    "international",
    "global",
    "smart",
    "online",
    "market",
    "delivery",
    "shipping",
    "order-flow",
    "confirmation",
    "shipped",
    "received",
    "started",
    "finished",
    "customer",
    "client",
    "vendor",
    "supplier",
    "partner",
    "high",
    "low",
    "medium",
    "priority",
    "tier",
    "level",
    "inc",
    "ltd",
    "llc",
    "llp",
    "gmbh",
    "ag",
    "kg",
    "plc",
    "corp",
    "corporation",
    "company",
    "co",
    "group",
    "holding",
    "holdings",
    "limited",
    "partners",
    "solutions",
    "systems",
    "services",
    "service",
    "technologies",
    "technology",
    "software",
    "labs",
    "studio",
    "studios",
    "bank",
    "insurance",
    "university",
    "college",
    "school",
    "hospital",
    "clinic",
    "hotel",
    "restaurant",
    "store",
    "shop",
    "team",
    "department",
    "dept",
    "support",
    "admin",
    "administrator",
    "system",
    "root",
    "user",
    "users",
    "guest",
    "anonymous",
    "default",
    "test",
    "tester",
    "demo",
    "example",
    "sample",
    "prod",
    "production",
    "staging",
    "dev",
    "development",
    "server",
    "cluster",
    "database",
    "db",
    "queue",
    "topic",
    "table",
    "bucket",
    "function",
    "lambda",
    "job",
    "task",
    "step",
    "state",
    "workflow",
    "pipeline",
    "process",
    "order",
    "orders",
    "invoice",
    "payment",
    "payments",
    "product",
    "item",
    "plan",
    "standard",
    "premium",
    "basic",
    "enterprise",
    "free",
    "pro",
    "trial",
    "subscription",
    "account",
    "project",
    "model",
    "version",
    "release",
    "build",
    "report",
    "export",
    "import",
    "batch",
    "event",
    "events",
    "message",
    "notification",
    "email",
    "mail",
    "template",
    "campaign",
    "newsletter",
    "marketing",
    "sales",
    "billing",
    "finance",
    "engineering",
    "operations",
    "ops",
    "platform",
    "infrastructure",
    "api",
    "app",
    "application",
    "web",
    "mobile",
    "device",
    "sensor",
    "region",
    "zone",
    "office",
    "warehouse",
    "approve",
    "approved",
    "pending",
    "active",
    "inactive",
    "enabled",
    "disabled",
    "complete",
    "completed",
    "failed",
    "success",
    "error",
    "validate",
    "gateway",
    "network",
];

type Words = LazyLock<HashSet<&'static str, FastHash>>;
static PARTICLE_SET: Words = LazyLock::new(|| PARTICLES.into_iter().collect());
static THING_SET: Words = LazyLock::new(|| THINGS.into_iter().collect());

fn is_in(words: &Words, word: &str) -> bool {
    words.contains(word)
}

/// A part of a name: a first name, a family name with its particles.
pub(in super::super) fn is_name_part(text: &str) -> bool {
    words(text, 5).is_some()
}

/// A whole name. A single word needs a capital; where nothing but the context says that it is a person, two are needed.
pub(in super::super) fn is_full_name(text: &str, fewest: usize) -> bool {
    // Surname first, with a comma.
    let seen = match text.split_once(',') {
        Some((last, first)) if !first.contains(',') => words(&format!("{} {}", first.trim(), last.trim()), 7),
        _ => words(text, 7),
    };
    seen.is_some_and(|seen| {
        let enough = seen.count >= fewest || seen.is_ideographic;
        enough && !seen.has_thing && (seen.is_capital || (fewest < 2 && seen.count >= 2))
    })
}

/// A whole name where keys are names of persons, mostly: numbers of customers by city stand there too.
pub(in super::super) fn is_name_as_key(text: &str) -> bool {
    const PLACES: [&str; 30] = [
        "abu", "addis", "bad", "buenos", "cape", "east", "el", "fort", "great", "hong", "kuala", "la", "lake", "las",
        "le", "los", "mount", "new", "north", "port", "rio", "saint", "san", "santa", "sao", "south", "st", "tel",
        "united", "west",
    ];
    let first = text.split([' ', '.']).next().unwrap_or_default().to_lowercase();
    text.contains(' ') && !PLACES.contains(&first.as_str()) && is_full_name(text, 2)
}

struct Seen {
    count: usize,
    is_capital: bool,
    has_thing: bool,
    /// Scripts that write a whole name without a space.
    is_ideographic: bool,
}

fn words(text: &str, most: usize) -> Option<Seen> {
    const LONGEST: usize = 80;
    let text = text.trim();
    if text.len() < 2 || text.len() > LONGEST {
        return None;
    }
    let is_part_of_name = |c: char| {
        c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\'' | '’' | '`' | '・' | '·' | '\u{300}'..='\u{36f}')
    };
    if !text.chars().all(is_part_of_name) {
        return None;
    }
    let mut seen = Seen { count: 0, is_capital: true, has_thing: false, is_ideographic: false };
    let mut parts = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        parts += 1;
        let lower = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        if lower.is_empty() {
            return None;
        }
        if is_in(&PARTICLE_SET, &lower) && parts > 1 {
            continue;
        }
        seen.count += 1;
        seen.has_thing |= is_in(&THING_SET, &lower);
        let first = word.chars().find(|c| c.is_alphabetic())?;
        seen.is_ideographic |=
            matches!(first, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
        let particle_before_capital = word.contains(['\'', '’']);
        seen.is_capital &= !first.is_lowercase() || is_in(&PARTICLE_SET, &lower) || particle_before_capital;
        if is_camel(word) {
            return None;
        }
    }
    (seen.count > 0 && parts <= most).then_some(seen)
}

/// `ProcessOrder`; but not `McDonald`, `DeShawn` or `O'Brien`.
fn is_camel(word: &str) -> bool {
    let mut run = 0;
    let mut previous_lower = false;
    for c in word.chars() {
        if c.is_uppercase() && previous_lower && run > 3 {
            return true;
        }
        previous_lower = c.is_lowercase();
        run = if c.is_alphabetic() { run + 1 } else { 0 };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{is_full_name, is_name_part};

    #[test]
    fn names() {
        for name in [
            "Jane Doe",
            "Dr. Hans-Peter von Müller",
            "O'Brien, Mary",
            "María José de la Cruz",
            "山田 太郎",
            "JANE DOE",
            "Seán McDonald",
        ] {
            assert!(is_full_name(name, 2), "{name}");
        }
        for part in ["Jane", "jane", "van der Berg", "O'Brien", "김", "Smith-Jones"] {
            assert!(is_name_part(part) || part.len() < 4, "{part}");
        }
        for thing in [
            "ProcessOrder",
            "nightly-export",
            "Standard Plan",
            "prod-cluster-1",
            "Acme Inc.",
            "Step 3: Approve",
            "a_b",
            "x@y",
        ] {
            assert!(!is_full_name(thing, 2), "{thing}");
        }
    }
}
