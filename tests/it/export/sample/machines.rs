//! State machines of the hand-made report, and what of sensitive data one of them carries.

use stepwarden::audit::{Band, MachineReport};
use stepwarden::exposure::{CopyPlace, DataCopy, Exposure, Lock, Masking, Readers, Until, by_kind, history_until};
use stepwarden::model::{DataField, DataPlace, LogLevel, MachineKind, Sample, Sighting, Source};
use stepwarden::types::{Arn, Data, JsonPointer, Observation};

use super::{HOSTILE, account, at, machine_arn, region, throttled};

pub(super) fn machine(
    place: &str,
    name: &str,
    kind: MachineKind,
    risk: Option<(f64, Band)>,
    findings: &[usize],
) -> MachineReport {
    MachineReport {
        arn: machine_arn(place, name),
        account_id: account(),
        region: region(place),
        kind,
        risk: risk.map(|(risk, _)| risk),
        band: risk.map(|(_, band)| band),
        readable: risk.is_some(),
        findings: findings.iter().map(|number| format!("{number:032x}")).collect(),
        owner: None,
        stack: None,
        exposure: None,
        picture: None,
    }
}

fn sighting(kind: &str, data: Data, state: Option<&str>, pointer: &str) -> Sighting {
    Sighting {
        place: DataPlace { state: state.map(str::to_owned), field: DataField::Input },
        seen: Observation {
            kind: kind.to_owned(),
            data,
            pointer: JsonPointer::written(pointer),
            count: 1,
            length: 16,
            keyed_hash: "0123456789abcdef".to_owned(),
            confidence: 95,
        },
        executions: 4,
        first: at("2026-11-10T06:00:00Z"),
        last: at("2026-11-19T06:00:00Z"),
    }
}

/// Two types in a history that is read by many and in a log group of which nothing is known but its name.
fn exposure() -> Exposure {
    let seen = [
        sighting("EMAIL", Data::Pii, None, "/customer/email"),
        sighting("GITHUB_TOKEN", Data::Secret, Some(HOSTILE), "/token"),
    ];
    let carried = by_kind(&seen);
    let kinds: Vec<_> = carried.iter().map(|one| one.kind.clone()).collect();
    let group = Arn::parse("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/orders");
    let log_group = CopyPlace::LogGroup {
        arn: group.expect("an ARN"),
        level: LogLevel::All,
        include_execution_data: true,
        infrequent: false,
    };
    let copies = vec![
        DataCopy {
            place: CopyPlace::History,
            proven: true,
            kinds: kinds.clone(),
            lock: Some(Ok(Lock::AwsOwned)),
            masking: Masking::NotOffered,
            until: Some(Ok(history_until(at("2026-11-19T06:00:00Z")))),
            readers: Some(Readers { count: 12, gap: None }),
        },
        DataCopy {
            place: log_group,
            proven: false,
            kinds,
            lock: Some(Err(throttled())),
            masking: Masking::Off,
            until: Some(Ok(Until::Never)),
            readers: Some(Readers { count: 3, gap: Some(throttled()) }),
        },
    ];
    let sample = Sample {
        source: Source::History,
        executions: 25,
        new: 25,
        listed: 1_200,
        listed_whole: false,
        bytes: 81_920,
        new_bytes: 81_920,
        oldest: Some(at("2026-11-01T06:00:00Z")),
        newest: Some(at("2026-11-19T06:00:00Z")),
    };
    Exposure { carried, sample, copies, unread: vec![throttled()] }
}

pub(super) fn machines() -> Vec<MachineReport> {
    let standard = MachineKind::Standard;
    let orders = machine("eu-west-1", "orders", standard, Some((89.2, Band::High)), &[3, 4, 5, 12]);
    vec![
        machine("eu-west-1", "payments", MachineKind::Express, Some((98.2, Band::Critical)), &[1, 3, 4]),
        MachineReport { exposure: Some(exposure()), ..orders },
        machine("us-east-1", "refunds", standard, Some((40.0, Band::Medium)), &[6]),
        machine("us-east-1", "notifications", MachineKind::Express, Some((40.0, Band::Medium)), &[7]),
        machine("us-east-1", "reconciliation", standard, Some((40.0, Band::Medium)), &[8]),
        machine("us-east-1", HOSTILE, standard, Some((15.0, Band::Low)), &[11]),
        machine("eu-west-1", "archive", standard, Some((0.0, Band::None)), &[]),
        machine("us-east-1", "legacy", standard, None, &[20, 21]),
    ]
}
