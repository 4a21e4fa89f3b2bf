//! `report.json`: the whole report for programs, in a published, versioned shape; `report.jsonl`: its findings as lines.

mod convert;
mod exposure;
mod lines;
mod over_time;
mod quotas;
mod v1;
mod words;

use std::io::{self, BufWriter, Write};
use std::marker::PhantomData;

use schemars::generate::SchemaSettings;
use serde::{Serialize, Serializer};

pub use lines::{HeadV1, LineV1, write_lines};
pub use over_time::{PassedV1, ResolvedV1, SuppressionUseV1, SuppressionV1, TrendPointV1};
pub use quotas::{QuotaForecastV1, QuotaV1, UsageKindV1};
pub use v1::{
    ApiUsageV1, ChangeV1, CollectorV1, CoverageV1, EvidenceV1, FindingV1, InventoryV1, LocationV1, MachineV1, ReasonV1,
    RemediationV1, ReportV1, ScoreV1,
};
pub use words::{BandV1, ChangeSinceV1, ConfidenceV1, FamilyV1, MachineKindV1, ReasonWordV1, SeverityV1, StatusV1};

use crate::audit::Report;

/// The version of the format that [`write()`] writes.
pub const SCHEMA_VERSION: &str = "1.1";

/// Writes the report as indented JSON with a line feed at its end. Findings and machines are converted one by one, so
/// that a large report is not held twice.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let findings = Each::<_, FindingV1>::of(&report.findings);
    let machines = Each::<_, MachineV1>::of(&report.machines);
    serde_json::to_writer_pretty(&mut out, &ReportV1::with(report, findings, machines))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The JSON schema (draft 2020-12) of [`ReportV1`].
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<ReportV1>().to_value()
}

/// A list that becomes `V`s as it is written.
struct Each<'a, T, V> {
    items: &'a [T],
    written_as: PhantomData<V>,
}

impl<'a, T, V> Each<'a, T, V> {
    fn of(items: &'a [T]) -> Self {
        Self { items, written_as: PhantomData }
    }
}

impl<'a, T, V: From<&'a T> + Serialize> Serialize for Each<'a, T, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.items.iter().map(V::from))
    }
}
