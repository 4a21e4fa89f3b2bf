use std::io::{self, Write};
use std::path::Path;

use ::prometheus::proto::MetricFamily;
use anyhow::Context;
use console::Term;

use super::color;
use super::outcome::Failures;
use crate::audit::Report;
use crate::cli::ColorArg;
use crate::export::sarif::Results;
use crate::export::settings::{ExportSettings, Format};
use crate::export::terminal::Style;
use crate::export::{asff, csv, html, json, junit, markdown, ocsf, prometheus, sarif, terminal};
use crate::store::{probe_directory, write_atomically};

/// Whether a report tells of everything or of quotas alone: the one does not write over the other's files, and a node
/// exporter that reads both finds no series twice where the whole one does not collect quotas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Quotas,
}

impl Extent {
    /// The file that the textfile collector picks up.
    fn textfile(self) -> &'static str {
        match self {
            Self::Whole => "stepwarden.prom",
            Self::Quotas => "stepwarden-quotas.prom",
        }
    }

    pub(super) fn families(self, report: &Report) -> Vec<MetricFamily> {
        match self {
            Self::Whole => prometheus::families(report),
            Self::Quotas => prometheus::quota_families(report),
        }
    }

    fn metrics(self) -> Writer {
        match self {
            Self::Whole => |report, out| prometheus::write(report, out),
            Self::Quotas => |report, out| prometheus::write_quotas(report, out),
        }
    }
}

/// Columns of a summary that is not written to a terminal.
const WIDTH: usize = 100;
/// Columns from which lines of text are no longer easy to read.
const WIDEST: usize = 160;
/// Columns below which a summary would fall apart.
const NARROWEST: usize = 40;

/// The report as `report.json` holds it.
pub(super) fn json(report: &Report) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    json::write(report, &mut text)?;
    Ok(text)
}

/// Writes a file in the directories that will be written to, and removes it, so that one that cannot be written to is
/// known before the scan and not after it.
pub(super) fn prepare(settings: &ExportSettings) -> anyhow::Result<()> {
    for directory in [&settings.output_dir, &settings.textfile_dir].into_iter().flatten() {
        probe_directory(directory).with_context(|| format!("the directory {}", directory.display()))?;
    }
    Ok(())
}

type Writer = fn(&Report, &mut dyn Write) -> io::Result<()>;

/// A format that is data: its file, and how it is written.
struct Data {
    file: String,
    write: Writer,
}

fn data(settings: &ExportSettings, extent: Extent) -> impl Iterator<Item = Data> {
    let part = match extent {
        Extent::Whole => "",
        Extent::Quotas => "-quotas",
    };
    let sarif: Writer = match settings.include_compliant {
        true => |report, out| sarif::write(report, Results::All, out),
        false => |report, out| sarif::write(report, Results::Failures, out),
    };
    settings.formats.iter().filter_map(move |format| {
        let (name, ending, write): (_, _, Writer) = match format {
            Format::Terminal => return None,
            Format::Json => ("report", "json", |report, out| json::write(report, out)),
            Format::Jsonl => ("report", "jsonl", |report, out| json::write_lines(report, out)),
            Format::Sarif => ("report", "sarif", sarif),
            Format::Ocsf => ("report", "ocsf.json", |report, out| ocsf::write(report, out)),
            Format::Asff => ("report", "asff.json", |report, out| asff::write(report, out)),
            Format::Csv => ("report", "csv", |report, out| csv::write(report, out)),
            Format::Html => ("report", "html", |report, out| html::write(report, out)),
            Format::Markdown => ("report", "md", |report, out| markdown::write(report, out)),
            Format::Junit => ("report", "junit.xml", |report, out| junit::write(report, out)),
            Format::Prometheus => ("metrics", "prom", extent.metrics()),
        };
        Some(Data { file: format!("{name}{part}.{ending}"), write })
    })
}

/// Writes the report to its files.
pub(super) fn write_files(report: &Report, settings: &ExportSettings, extent: Extent, failures: &mut Failures) {
    if let Some(directory) = &settings.output_dir {
        for Data { file, write } in data(settings, extent) {
            failures.note(write_file(&directory.join(file), |out| write(report, out)));
        }
    }
    if let Some(directory) = &settings.textfile_dir {
        let write = extent.metrics();
        failures.note(write_file(&directory.join(extent.textfile()), |out| write(report, out)));
    }
}

fn write_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    write_atomically(path, 0o644, write).with_context(|| format!("the file {}", path.display()))
}

/// Writes what goes to no file; the last thing to be done, as a reader may end it. Data goes to standard output; where
/// data is there, the summary for people goes to standard error.
pub(super) fn write_streams(
    report: &Report,
    settings: &ExportSettings,
    extent: Extent,
    color: ColorArg,
    verbose: bool,
    failures: &mut Failures,
) {
    let to_stdout = data(settings, extent).next().filter(|_| settings.output_dir.is_none());
    let data_on_stdout = to_stdout.is_some() || settings.emf;
    if let Some(Data { write, .. }) = to_stdout {
        failures.note(write_out(&mut io::stdout().lock(), |out| write(report, out)).context("standard output"));
    }
    if settings.emf {
        let families = extent.families(report);
        let write = |out: &mut dyn Write| prometheus::write_emf(&families, report.finished_at, out);
        failures.note(write_out(&mut io::stdout().lock(), write).context("standard output"));
    }
    if settings.formats.contains(&Format::Terminal) {
        let written = if data_on_stdout {
            let style = Style { color: color::on_stderr(color), width: width(&Term::stderr()), verbose };
            terminal::write(report, style, &mut io::stderr().lock()).context("standard error")
        } else {
            let style = Style { color: color::on_stdout(color), width: width(&Term::stdout()), verbose };
            write_out(&mut io::stdout().lock(), |out| terminal::write(report, style, out)).context("standard output")
        };
        failures.note(written);
    }
}

fn write_out(out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    write(out)?;
    out.flush()
}

fn width(terminal: &Term) -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let seen = || terminal.size_checked().map(|(_, columns)| usize::from(columns));
    width_of(said, seen)
}

/// What `COLUMNS` says, else what the terminal is.
fn width_of(said: Option<usize>, seen: impl FnOnce() -> Option<usize>) -> usize {
    let real = |columns: &usize| *columns > 0;
    let columns = said.filter(real).or_else(|| seen().filter(real)).unwrap_or(WIDTH);
    columns.clamp(NARROWEST, WIDEST)
}

#[cfg(test)]
mod tests {
    use super::width_of;

    #[test]
    fn the_summary_is_as_wide_as_the_terminal() {
        assert_eq!(width_of(None, || Some(80)), 80);
        assert_eq!(width_of(Some(72), || Some(80)), 72);
        assert_eq!(width_of(Some(0), || Some(0)), 100);
        assert_eq!(width_of(None, || None), 100);
        assert_eq!((width_of(None, || Some(20)), width_of(None, || Some(400))), (40, 160));
    }
}
