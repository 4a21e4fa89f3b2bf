use std::ops::Not;

/// Kleene's three values: what is known, and what depends on a context key that nobody has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tri {
    No,
    Unknown,
    Yes,
}

impl Tri {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        !(!self).and(!other)
    }

    /// The first certain `Yes` ends it.
    pub(super) fn any(items: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = Self::No;
        for item in items {
            sum = sum.or(item);
            if sum == Self::Yes {
                break;
            }
        }
        sum
    }

    /// The first certain `No` ends it.
    pub(super) fn all(items: impl IntoIterator<Item = Self>) -> Self {
        let mut product = Self::Yes;
        for item in items {
            product = product.and(item);
            if product == Self::No {
                break;
            }
        }
        product
    }
}

impl Not for Tri {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Tri {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}

/// Whether a comparison with any of the values holds, or, negated, with none of them. One that cannot be made (`None`) holds
/// in neither sense.
pub(super) fn over(pairs: impl Iterator<Item = Option<Tri>>, negated: bool) -> Tri {
    if negated {
        Tri::all(pairs.map(|pair| pair.map_or(Tri::No, |holds| !holds)))
    } else {
        Tri::any(pairs.map(|pair| pair.unwrap_or(Tri::No)))
    }
}
