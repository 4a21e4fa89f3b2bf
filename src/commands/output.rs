use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Context;

use super::outcome::UsageError;
use crate::audit::Report;
use crate::cli::ColorArg;
use crate::export::settings::{ExportSettings, Format};
use crate::export::terminal::Style;
use crate::export::{json, prometheus, terminal};
use crate::store::write_atomically;

/// The file that the textfile collector picks up.
const TEXTFILE: &str = "stepwarden.prom";
/// Columns of a summary that is not written to a terminal, or to one that does not say.
const WIDTH: usize = 100;

/// The report as `report.json` holds it.
pub(super) fn json(report: &Report) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    json::write(report, &mut text)?;
    Ok(text)
}

/// How the summary looks where it goes.
pub(super) fn summary_style(color: ColorArg, verbose: bool) -> Style {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = match color {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => !plain && io::stdout().is_terminal(),
    };
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(WIDTH);
    Style { color, width: width.clamp(60, 160), verbose }
}

/// Makes the directories that will be written to, so that one that cannot be is known before the scan and not after it.
pub(super) fn prepare(settings: &ExportSettings) -> anyhow::Result<()> {
    for directory in [&settings.output_dir, &settings.textfile_dir].into_iter().flatten() {
        std::fs::create_dir_all(directory).with_context(|| format!("the directory {}", directory.display()))?;
    }
    Ok(())
}

/// Writes the report in every configured format. Data goes to files or to standard output; where data is on standard
/// output, the summary for people goes to standard error.
pub(super) fn write(report: &Report, settings: &ExportSettings, style: Style) -> anyhow::Result<()> {
    let data: Vec<_> = settings.formats.iter().copied().filter(|format| *format != Format::Terminal).collect();
    let to_stdout = settings.output_dir.is_none() && !data.is_empty();
    if to_stdout && data.len() > 1 {
        return Err(UsageError("two formats cannot share standard output: name an --output-dir".to_owned()).into());
    }
    for format in data {
        match &settings.output_dir {
            Some(directory) => write_file(report, format, directory)?,
            None => one(report, format, &mut io::stdout().lock())?,
        }
    }
    if let Some(directory) = &settings.textfile_dir {
        let path = directory.join(TEXTFILE);
        let written = write_atomically(&path, 0o644, |out| prometheus::write(report, out));
        written.with_context(|| format!("the metrics {}", path.display()))?;
    }
    if settings.formats.contains(&Format::Terminal) {
        if to_stdout {
            terminal::write(
                report,
                Style { color: style.color && io::stderr().is_terminal(), ..style },
                &mut io::stderr().lock(),
            )?;
        } else {
            let mut out = io::stdout().lock();
            terminal::write(report, style, &mut out)?;
            out.flush()?;
        }
    }
    Ok(())
}

fn write_file(report: &Report, format: Format, directory: &Path) -> anyhow::Result<()> {
    let path = directory.join(match format {
        Format::Json => "report.json",
        Format::Prometheus => "metrics.prom",
        Format::Terminal => "summary.txt",
    });
    write_atomically(&path, 0o644, |out| one(report, format, out))
        .with_context(|| format!("the file {}", path.display()))
}

fn one(report: &Report, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Json => json::write(report, out),
        Format::Prometheus => prometheus::write(report, out),
        Format::Terminal => terminal::write(report, Style { color: false, width: WIDTH, verbose: true }, out),
    }
}
