use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use super::machine;
use crate::access::{Grants, ManagedPolicies, difference};
use crate::cli::{CommonArgs, MachineArgs};
use crate::commands::outcome::Outcome;
use crate::detect::{Door, HashKey};
use crate::iam::{Policy, PolicyKind, read_json};
use crate::store::random_key;

/// A role holds at most 10,240 characters of inline policies and 20 managed ones of 6,144.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Prints how far the granted policies are from what the definition needs.
pub(super) fn run(args: &MachineArgs, granted: Option<&Path>, common: &CommonArgs) -> anyhow::Result<Outcome> {
    machine::read_once([
        ("--definition", args.definition.as_deref()),
        ("--granted", granted),
        ("--config", common.config.as_deref()),
    ])?;
    let given = granted.map(|path| read(path).with_context(|| format!("the policies {}", path.display())));
    let given = given.transpose()?;
    let (needs, live) = machine::look_up(args, common, given.is_none())?;
    let mut managed = ManagedPolicies::default();
    let grants = match (&given, &live) {
        (Some(policies), _) => Grants::of_documents(policies, None),
        (None, Some(role)) => role.grants(&mut managed)?,
        (None, None) => bail!("no policies were read"),
    };
    let difference = difference(&needs, &grants);
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
        let policy = Policy::parse(&document).and_then(|policy| policy.check(PolicyKind::Identity).map(|()| policy));
        policy.with_context(|| format!("policy {index}"))
    };
    documents.into_iter().enumerate().map(parse).collect()
}
