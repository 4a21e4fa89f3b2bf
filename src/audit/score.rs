//! The one place where numbers come from verdicts. [`EXPLANATION`] says in words what the functions do.

use serde::{Deserialize, Serialize};

use crate::finding::{Confidence, Keeps, Severity, Spread};

/// Printed by `stepwarden explain`.
pub const EXPLANATION: &str = "\
Score of a finding: severity gives the base (critical 90, high 70, medium 40, low 15, info 0), confidence scales it
(high 1.0, medium 0.8, low 0.5), and exposure adds up to 10: 2 for each doubling of the machines that share it, 1 for
each doubling of the principals that read the data, 2 where it is kept for more than 90 days and 3 where for ever.
Risk of a machine: 100 x (1 - product over its findings of (1 - score/100)); a role's or log group's finding counts for
every machine that uses it. Risk of a Region or account: the mean over the machines that could be read.
Bands: none 0, low below 40, medium below 70, high below 90, critical from 90.";

/// A band of risk, as dashboards count machines by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    None,
    Low,
    Medium,
    High,
    Critical,
}

impl Band {
    pub const ALL: [Self; 5] = [Self::None, Self::Low, Self::Medium, Self::High, Self::Critical];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    pub(super) fn of(risk: f64) -> Self {
        match risk {
            risk if risk <= 0.0 => Self::None,
            risk if risk < 40.0 => Self::Low,
            risk if risk < 70.0 => Self::Medium,
            risk if risk < 90.0 => Self::High,
            _ => Self::Critical,
        }
    }
}

/// Longer than Step Functions itself keeps a history.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const HISTORY_DAYS: u32 = 90;

/// 0 to 100, to one decimal.
pub(super) fn finding_score(severity: Severity, confidence: Confidence, machines: usize, spread: Spread) -> f64 {
    let base: f64 = match severity {
        Severity::Critical => 90.0,
        Severity::High => 70.0,
        Severity::Medium => 40.0,
        Severity::Low => 15.0,
        Severity::Info => return 0.0,
    };
    let scale = match confidence {
        Confidence::High => 1.0,
        Confidence::Medium => 0.8,
        Confidence::Low => 0.5,
    };
    let doublings = |count: usize| f64::from(count.max(1).ilog2());
    let lives = match spread.keeps {
        Keeps::Forever => 3.0,
        Keeps::Days(days) if days > HISTORY_DAYS => 2.0,
        Keeps::Days(_) | Keeps::Unknown => 0.0,
    };
    let exposure = 2.0 * doublings(machines) + doublings(spread.readers) + lives;
    round(base.mul_add(scale, exposure.min(10.0)).min(100.0))
}

/// 0 to 100, to one decimal.
pub(super) fn machine_risk(scores: impl Iterator<Item = f64>) -> f64 {
    let safe: f64 = scores.map(|score| 1.0 - score / 100.0).product();
    round(100.0 * (1.0 - safe))
}

/// The mean; absent where there is nothing to take it of.
pub(super) fn mean_risk(risks: &[f64]) -> Option<f64> {
    let count = u32::try_from(risks.len()).ok().filter(|count| *count > 0)?;
    Some(round(risks.iter().sum::<f64>() / f64::from(count)))
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::{Band, finding_score, machine_risk, mean_risk};
    use crate::finding::{Confidence, Keeps, Severity, Spread};

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn as_explained() {
        for (severity, confidence, machines, score) in [
            (Severity::Critical, Confidence::High, 1, 90.0),
            (Severity::High, Confidence::Medium, 1, 56.0),
            (Severity::Medium, Confidence::Low, 4, 24.0),
            (Severity::Low, Confidence::High, 1_000_000, 25.0),
            (Severity::Info, Confidence::High, 100, 0.0),
        ] {
            let seen = finding_score(severity, confidence, machines, Spread::default());
            assert!(close(seen, score), "{severity} {confidence} {machines}");
        }
        for (readers, keeps, score) in [
            (0, Keeps::Unknown, 70.0),
            (1, Keeps::Days(90), 70.0),
            (8, Keeps::Days(365), 75.0),
            (9, Keeps::Forever, 76.0),
            (1_000, Keeps::Forever, 80.0),
        ] {
            let seen = finding_score(Severity::High, Confidence::High, 1, Spread { readers, keeps });
            assert!(close(seen, score), "{readers} {keeps:?}");
        }
        assert!(close(machine_risk([40.0, 15.0].into_iter()), 49.0));
        assert!(close(machine_risk([].into_iter()), 0.0));
        assert_eq!(mean_risk(&[]), None);
        assert_eq!(mean_risk(&[10.0, 20.0]), Some(15.0));
        let bands = [0.0, 39.9, 40.0, 89.9, 90.0].map(Band::of);
        assert_eq!(bands, [Band::None, Band::Low, Band::Medium, Band::High, Band::Critical]);
    }
}
