use serde::{Deserialize, Serialize};

use super::Gap;

/// A collected thing: the only way one is stored, so that no check can read what was not read.
///
/// Absent is not unseen: a role that AWS says does not exist is `Known(None)`, a role list that was denied is
/// `Missing`. And "none among some" is not "none": a half-read list is `Partial`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum Observed<T> {
    Known {
        value: T,
    },
    /// A half-read list: what is in it was seen, what is not in it is unknown.
    Partial {
        value: T,
        gap: Gap,
    },
    /// The last known value of a part that has failed since.
    Stale {
        value: T,
        gap: Gap,
    },
    Missing {
        gap: Gap,
    },
}

impl<T> Observed<T> {
    pub fn known(value: T) -> Self {
        Self::Known { value }
    }

    pub fn missing(gap: Gap) -> Self {
        Self::Missing { gap }
    }

    /// A list that is whole where no gap was met on the way.
    pub fn listed(value: T, gap: Option<Gap>) -> Self {
        match gap {
            None => Self::Known { value },
            Some(gap) => Self::Partial { value, gap },
        }
    }

    /// The value if it is whole and fresh: the only form a verdict about the whole may rest on.
    pub fn whole(&self) -> Result<&T, &Gap> {
        match self {
            Self::Known { value } => Ok(value),
            Self::Partial { gap, .. } | Self::Stale { gap, .. } | Self::Missing { gap } => Err(gap),
        }
    }

    /// What of the value may be judged item by item (whole or half read, but fresh), with the gap beside it.
    pub fn seen(&self) -> (Option<&T>, Option<&Gap>) {
        match self {
            Self::Known { value } => (Some(value), None),
            Self::Partial { value, gap } => (Some(value), Some(gap)),
            Self::Stale { gap, .. } | Self::Missing { gap } => (None, Some(gap)),
        }
    }

    /// The value in whatever state, for inventories and for replacing one part by another; never for a verdict.
    pub fn last_known(&self) -> Option<&T> {
        match self {
            Self::Known { value } | Self::Partial { value, .. } | Self::Stale { value, .. } => Some(value),
            Self::Missing { .. } => None,
        }
    }

    pub fn gap(&self) -> Option<&Gap> {
        self.seen().1
    }

    pub fn as_ref(&self) -> Observed<&T> {
        match self {
            Self::Known { value } => Observed::Known { value },
            Self::Partial { value, gap } => Observed::Partial { value, gap: gap.clone() },
            Self::Stale { value, gap } => Observed::Stale { value, gap: gap.clone() },
            Self::Missing { gap } => Observed::Missing { gap: gap.clone() },
        }
    }

    /// What remains when the next collection of the same part answered `next`: a failure keeps the last known value
    /// beside its gap, anything else replaces the old value whole.
    #[must_use]
    pub fn replaced_by(self, next: Self) -> Self {
        match (self, next) {
            (
                Self::Known { value } | Self::Partial { value, .. } | Self::Stale { value, .. },
                Self::Missing { gap },
            ) => Self::Stale { value, gap },
            (_, next) => next,
        }
    }
}

impl<T> From<Result<T, Gap>> for Observed<T> {
    fn from(result: Result<T, Gap>) -> Self {
        match result {
            Ok(value) => Self::Known { value },
            Err(gap) => Self::Missing { gap },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Observed;
    use crate::types::{Gap, GapReason};

    fn gap() -> Gap {
        Gap::new(GapReason::Denied, "no")
    }

    #[test]
    fn only_a_whole_fresh_value_supports_a_verdict() {
        assert_eq!(Observed::known(1).whole(), Ok(&1));
        assert!(Observed::listed(1, Some(gap())).whole().is_err());
        assert!(Observed::Stale { value: 1, gap: gap() }.whole().is_err());
        assert!(Observed::<u8>::missing(gap()).whole().is_err());
    }

    #[test]
    fn a_failed_part_keeps_the_last_known_value_beside_its_gap() {
        let kept = Observed::known(1).replaced_by(Observed::missing(gap()));
        assert_eq!(kept, Observed::Stale { value: 1, gap: gap() });
        assert_eq!(kept.seen(), (None, Some(&gap())));
        assert_eq!(kept.replaced_by(Observed::known(2)), Observed::known(2));
    }
}
