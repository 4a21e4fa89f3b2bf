//! Every combination of what the rules can tell apart is tried. Things of different names count as independent, so that
//! more is tried than can be: what none of them shows is never so.

use std::collections::BTreeMap;

use super::{Atom, Formula, Mark, Op};

/// What is known of a list of rules of which the first that holds is taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cover {
    /// For values of the types that they compare with, one holds.
    pub(super) whole: bool,
    /// There may be values, of whatever type, that none holds for.
    pub(super) falls_through: bool,
    /// Of each rule, whether it may be the first that holds.
    pub(super) taken: Vec<bool>,
}

/// Combinations that are tried, times the atoms of the rules; of one Choice, and of all of a definition.
const MOST: usize = 100_000;
pub(super) const MOST_OF_ALL: usize = 20 * MOST;

/// What one thing may be, as far as the rules can tell.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Is {
    Fact(bool),
    Bool(bool),
    /// The marks of its numbers in order stand at odd places, what lies between them at even ones.
    Number(usize),
    Text(usize),
    /// Of another type, or not there: no comparison holds.
    Other,
}

#[derive(Debug, Default)]
struct Thing<'a> {
    fact: bool,
    bools: bool,
    numbers: Vec<f64>,
    texts: Vec<&'a str>,
}

impl Thing<'_> {
    fn values(&self) -> Vec<Is> {
        let regions = |marks: usize| if marks == 0 { 0 } else { 2 * marks + 1 };
        let mut values = Vec::new();
        if self.fact {
            values.extend([Is::Fact(true), Is::Fact(false)]);
        }
        if self.bools {
            values.extend([Is::Bool(true), Is::Bool(false)]);
        }
        values.extend((0..regions(self.numbers.len())).map(Is::Number));
        values.extend((0..regions(self.texts.len())).map(Is::Text));
        if !self.fact {
            values.push(Is::Other);
        }
        values
    }
}

impl Cover {
    /// `None`: there is too much to be tried. What it takes is taken from `budget`.
    pub(super) fn of(rules: &[Formula], budget: &mut usize) -> Option<Self> {
        let atoms: Vec<_> = rules.iter().flat_map(Formula::atoms).collect();
        let things = things(&atoms);
        let domains: Vec<_> = things.values().map(Thing::values).collect();
        let combinations = domains.iter().try_fold(1_usize, |all, domain| all.checked_mul(domain.len()))?;
        let work = combinations.checked_mul(atoms.len().max(1)).filter(|work| *work <= MOST)?;
        *budget = budget.checked_sub(work)?;
        let mut cover = Self { whole: true, falls_through: false, taken: vec![false; rules.len()] };
        for number in 0..combinations {
            let mut rest = number;
            let mut values = BTreeMap::new();
            for (key, domain) in things.keys().zip(&domains) {
                values.insert(*key, domain[rest % domain.len()]);
                rest /= domain.len();
            }
            let holds = |atom: &Atom| holds(atom, &things, &values);
            match rules.iter().position(|rule| rule.holds(&holds)) {
                Some(first) => cover.taken[first] = true,
                None => {
                    cover.falls_through = true;
                    cover.whole &= values.values().any(|value| *value == Is::Other);
                }
            }
        }
        Some(cover)
    }
}

fn things<'a>(atoms: &[&'a Atom]) -> BTreeMap<&'a str, Thing<'a>> {
    let mut things: BTreeMap<&str, Thing<'_>> = BTreeMap::new();
    for atom in atoms {
        match atom {
            Atom::Fact(key) => things.entry(key).or_default().fact = true,
            Atom::Compare(key, _, Mark::Bool(_)) => things.entry(key).or_default().bools = true,
            Atom::Compare(key, _, Mark::Number(number)) => things.entry(key).or_default().numbers.push(*number),
            Atom::Compare(key, _, Mark::Text(text)) => things.entry(key).or_default().texts.push(text),
        }
    }
    for thing in things.values_mut() {
        thing.numbers.sort_by(f64::total_cmp);
        thing.numbers.dedup();
        thing.texts.sort_unstable();
        thing.texts.dedup();
    }
    things
}

fn holds(atom: &Atom, things: &BTreeMap<&str, Thing<'_>>, values: &BTreeMap<&str, Is>) -> bool {
    let (key, op, mark) = match atom {
        Atom::Fact(key) => return values.get(key.as_str()) == Some(&Is::Fact(true)),
        Atom::Compare(key, op, mark) => (key.as_str(), *op, mark),
    };
    let (Some(thing), Some(value)) = (things.get(key), values.get(key)) else { return false };
    let at = |place: Option<usize>| place.map(|place| 2 * place + 1);
    let order = match (value, mark) {
        (Is::Bool(value), Mark::Bool(mark)) => Some(value.cmp(mark)),
        (Is::Number(region), Mark::Number(mark)) => {
            at(thing.numbers.iter().position(|number| number.total_cmp(mark).is_eq())).map(|at| region.cmp(&at))
        }
        (Is::Text(region), Mark::Text(mark)) => {
            at(thing.texts.iter().position(|text| text == mark)).map(|at| region.cmp(&at))
        }
        (Is::Other | Is::Fact(_), _) => return false,
        _ => None,
    };
    // Values of different types are different.
    order.map_or(op == Op::NotEqual, |order| op.fits(order))
}
