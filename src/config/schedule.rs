use std::fmt;
use std::str::FromStr;

use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::PartName;

/// How often an account is audited, and what AWS bills for that.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pub quotas: Plan,
    pub inventory: Plan,
    pub executions: Plan,
    /// USD for 1,000 metrics that are requested from CloudWatch, or analysed by Metrics Insights.
    pub usd_per_thousand_metrics: f64,
}

impl Default for Schedule {
    /// The price is that of us-east-1. Source: <https://aws.amazon.com/cloudwatch/pricing/>.
    fn default() -> Self {
        let minutes = |minutes| Plan::Every(SignedDuration::from_mins(minutes));
        Self { quotas: minutes(1), inventory: minutes(60), executions: minutes(15), usd_per_thousand_metrics: 0.01 }
    }
}

impl Schedule {
    pub fn plan(&self, group: Group) -> &Plan {
        match group {
            Group::Quotas => &self.quotas,
            Group::Inventory => &self.inventory,
            Group::Executions => &self.executions,
        }
    }
}

/// Collectors that share a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    Quotas,
    Inventory,
    Executions,
}

impl Group {
    /// In the order in which a service makes its first pass: what others look into comes first, what takes long last.
    pub const ALL: [Self; 3] = [Self::Inventory, Self::Quotas, Self::Executions];

    pub fn of(part: PartName) -> Self {
        match part {
            PartName::Quotas | PartName::QuotaHolders => Self::Quotas,
            PartName::Executions | PartName::Running | PartName::StartRates => Self::Executions,
            _ => Self::Inventory,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quotas => "quotas",
            Self::Inventory => "inventory",
            Self::Executions => "executions",
        }
    }
}

/// When a group of collectors is due.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    Every(SignedDuration),
    /// Five fields, in UTC.
    Cron(Box<Cron>),
}

/// The shortest and the longest interval.
const SHORTEST: SignedDuration = SignedDuration::from_secs(1);
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 31);
/// Of a mean month, in hours.
const MONTH: SignedDuration = SignedDuration::from_hours(730);

impl FromStr for Plan {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(every) = text.parse::<SignedDuration>() {
            return if (SHORTEST..=LONGEST).contains(&every) { Ok(Self::Every(every)) } else { Err(()) };
        }
        if text.split_whitespace().count() != 5 {
            return Err(());
        }
        let plan = Self::Cron(Box::new(text.parse().map_err(|_| ())?));
        // What never comes, such as the 30th of February, is no plan.
        plan.next(Timestamp::UNIX_EPOCH).map(|_| plan).ok_or(())
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(every) => write!(f, "{every:#}"),
            Self::Cron(cron) => write!(f, "{}", cron.pattern),
        }
    }
}

impl Plan {
    /// The first time after `at`. `None`: there is none.
    pub fn next(&self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(every) => at.checked_add(*every).ok(),
            Self::Cron(cron) => {
                let next = cron.find_next_occurrence(&at.to_zoned(TimeZone::UTC), false).ok()?;
                Some(next.timestamp())
            }
        }
    }

    /// How long it is from the tick after `at` to the one after that.
    pub fn interval(&self, at: Timestamp) -> SignedDuration {
        let first = self.next(at);
        let second = first.and_then(|first| self.next(first));
        first.zip(second).map_or(LONGEST, |(first, second)| second.duration_since(first))
    }

    /// Runs in a mean month.
    #[expect(clippy::cast_precision_loss, reason = "some millions")]
    pub fn runs_a_month(&self) -> f64 {
        match self {
            Self::Every(every) => MONTH.as_secs_f64() / every.as_secs_f64(),
            Self::Cron(_) => {
                let end = Timestamp::UNIX_EPOCH + MONTH;
                let next = |at: &Timestamp| self.next(*at).filter(|next| *next <= end);
                std::iter::successors(next(&Timestamp::UNIX_EPOCH), next).count() as f64
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::Plan;

    #[test]
    fn intervals_and_cron_expressions() {
        let at: Timestamp = "2026-11-23T10:07:00Z".parse().unwrap();
        for (text, next, runs) in [
            ("1m", "2026-11-23T10:08:00Z", 43_800.0),
            ("90s", "2026-11-23T10:08:30Z", 29_200.0),
            ("2h", "2026-11-23T12:07:00Z", 365.0),
            ("*/15 * * * *", "2026-11-23T10:15:00Z", 2_920.0),
            ("0 6 * * 1", "2026-11-30T06:00:00Z", 4.0),
        ] {
            let plan: Plan = text.parse().unwrap();
            assert_eq!((plan.next(at).unwrap().to_string().as_str(), plan.runs_a_month()), (next, runs), "{text}");
        }
        let every: Plan = "*/15 * * * *".parse().unwrap();
        assert_eq!(every.interval(at), SignedDuration::from_mins(15));
    }

    #[test]
    fn what_is_none() {
        for text in ["", "0s", "-1m", "hourly", "1000h", "* * * *", "61 * * * *", "0 0 30 2 *", "* * * * * *"] {
            assert!(text.parse::<Plan>().is_err(), "{text}");
        }
    }
}
