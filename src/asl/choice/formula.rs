/// A condition at its `And`, `Or` and `Not`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::asl) enum Formula {
    Constant(bool),
    Atom(Atom),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// What is asked of one thing, which its key names.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::asl) enum Atom {
    /// It holds or it does not.
    Fact(String),
    /// A value compared with one that is written there.
    Compare(String, Op, Mark),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::asl) enum Op {
    Less,
    LessOrEqual,
    Equal,
    /// False where there is no value; a negated `Equal` is true there.
    NotEqual,
    GreaterOrEqual,
    Greater,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::asl) enum Mark {
    Bool(bool),
    Number(f64),
    Text(String),
}

impl Formula {
    pub(in crate::asl) fn fact(key: String) -> Self {
        Self::Atom(Atom::Fact(key))
    }

    pub(in crate::asl) fn atoms(&self) -> Vec<&Atom> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Atom(atom) => vec![atom],
            Self::Not(inner) => inner.atoms(),
            Self::All(inner) | Self::Any(inner) => inner.iter().flat_map(Self::atoms).collect(),
        }
    }

    /// Its truth, given that of each atom.
    pub(in crate::asl) fn holds(&self, atom: &impl Fn(&Atom) -> bool) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Atom(one) => atom(one),
            Self::Not(inner) => !inner.holds(atom),
            Self::All(inner) => inner.iter().all(|inner| inner.holds(atom)),
            Self::Any(inner) => inner.iter().any(|inner| inner.holds(atom)),
        }
    }
}

impl Op {
    /// The other way round: `1 < a` says `a > 1`.
    pub(in crate::asl) fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Greater => Self::Less,
            Self::Equal | Self::NotEqual => self,
        }
    }

    pub(super) fn fits(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::GreaterOrEqual => order.is_ge(),
            Self::Greater => order.is_gt(),
        }
    }
}
