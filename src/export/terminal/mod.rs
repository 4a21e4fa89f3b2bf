use crate::audit::Report;
use std::io;
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub color: bool,
    pub width: usize,
    pub verbose: bool,
}
pub fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{} {:?}", report.findings.len(), style)
}
