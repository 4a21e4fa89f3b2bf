use std::io::Write;
use std::path::Path;

use super::read::read;
use crate::cli::GraphFormat;
use crate::commands::outcome::Outcome;
use crate::export::drawing::{dot, mermaid, svg_file};
use crate::graph::states::Chart;

/// Prints the drawing of a definition.
pub(super) fn run(path: &Path, format: GraphFormat) -> anyhow::Result<Outcome> {
    let definition = read(path)?;
    let chart = Chart::of(definition.get());
    let drawn = match format {
        GraphFormat::Svg => svg_file(&chart),
        GraphFormat::Mermaid => mermaid(&chart),
        GraphFormat::Dot => dot(&chart),
    };
    std::io::stdout().lock().write_all(drawn.as_bytes())?;
    Ok(Outcome::Done)
}
