use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};

use crate::asl::{Definition, Document};
use crate::detect::{Clean, Door, HashKey};
use crate::store::random_key;
use crate::types::JsonPointer;

/// AWS takes 1 MiB; what is much larger is no definition.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Reads the definition of a file, or of standard input for `-`. Like a definition from AWS it passes the door, so no
/// secret in it is printed.
pub(in crate::commands) fn read(path: &Path) -> anyhow::Result<Clean<Definition>> {
    let name = || format!("the definition {}", path.display());
    parse(&text(path).with_context(name)?).with_context(name)
}

fn text(path: &Path) -> anyhow::Result<String> {
    let reader: Box<dyn Read> = match path.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => Box::new(std::fs::File::open(path)?),
    };
    let mut bytes = Vec::new();
    reader.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        bail!("it is larger than {LARGEST} bytes");
    }
    let text = String::from_utf8(bytes).ok().context("it is not UTF-8")?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn parse(text: &str) -> anyhow::Result<Clean<Definition>> {
    // The hashes of what the door saw are not shown here.
    let door = Door::new(HashKey::new(random_key()));
    let document = match Document::read(text) {
        Ok(document) => document,
        // Its pointer is made of keys that have not passed the door.
        Err(error) => bail!("{}", door.text(&error.to_string()).clean.into_inner()),
    };
    let duplicates =
        document.duplicates.iter().map(|pointer| JsonPointer::written(door.text(pointer.as_str()).clean.into_inner()));
    let duplicates: Vec<_> = duplicates.collect();
    let clean = door.json(document.value).clean;
    Ok(clean.read(|value| Definition::parse(value).map(|definition| definition.with_duplicates(duplicates)))?)
}
