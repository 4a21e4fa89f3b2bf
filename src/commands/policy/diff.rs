use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use super::machine;
use crate::access::{Grants, difference};
use crate::cli::MachineArgs;
use crate::commands::outcome::{Outcome, UsageError};
use crate::detect::{Door, HashKey};
use crate::iam::{Policy, read_json};
use crate::store::random_key;

/// A role holds at most 10,240 characters of inline policies and 20 managed ones of 6,144.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Prints how far the granted policies are from what the definition needs.
pub(super) fn run(args: &MachineArgs, granted: Option<&Path>) -> anyhow::Result<Outcome> {
    let Some(path) = granted else {
        let live = "--granted is required: a live role cannot be read yet".to_owned();
        return Err(UsageError(live).into());
    };
    if path.as_os_str() == "-" && args.definition.as_deref().is_some_and(|definition| definition.as_os_str() == "-") {
        return Err(UsageError("only one of --definition and --granted can be standard input".to_owned()).into());
    }
    let needs = machine::needs(args)?;
    let policies = read(path).with_context(|| format!("the policies {}", path.display()))?;
    let difference = difference(&needs, &Grants::of_documents(&policies, None));
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &difference).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(Outcome::incomplete_if(!needs.undecided.is_empty(), false))
}

/// A list of documents, or one document. They are printed again, so they pass the door.
fn read(path: &Path) -> anyhow::Result<Vec<Policy>> {
    let reader: Box<dyn Read> = match path.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => Box::new(std::fs::File::open(path)?),
    };
    let mut text = String::new();
    reader.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        bail!("they are larger than {LARGEST} bytes");
    }
    let documents = match read_json(&text)? {
        Value::Array(documents) => documents,
        one => vec![one],
    };
    let door = Door::new(HashKey::new(random_key()));
    let parse = |(index, document): (usize, Value)| {
        let document = door.json(document).clean.into_inner();
        Policy::parse(&document).with_context(|| format!("policy {index}"))
    };
    documents.into_iter().enumerate().map(parse).collect()
}
