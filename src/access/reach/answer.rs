use std::collections::HashMap;
use std::rc::Rc;

use super::bits::Bits;
use super::holders::{Group, Line, Source};
use super::way::{Need, On};
use crate::iam::{Context, Decision, Effect, Policies, Request, Verdict};

/// What one action can be asked about: resources of the account, by Region.
#[derive(Debug, Default)]
pub(super) struct Universe {
    names: Vec<String>,
    blocks: Vec<Block>,
    known: HashMap<(usize, String), usize>,
}

/// The resources of one Region.
#[derive(Debug)]
struct Block {
    members: Bits,
    /// What a statement that names none of them in particular fits: a resource that is called `*`.
    unnamed: String,
}

/// Who may do something to which resources: those of one class are all answered alike.
#[derive(Debug, Clone)]
pub(super) struct Class {
    members: Bits,
    pub(super) sure: bool,
    pub(super) by: Vec<By>,
}

#[derive(Debug, Clone)]
pub(super) struct By {
    pub(super) source: Rc<Source>,
    /// It names no resource in particular.
    pub(super) broad: bool,
}

impl Universe {
    /// `unnamed`: how a resource of a Region is called that no statement names.
    pub(super) fn new(regions: &[&str], unnamed: impl Fn(&str) -> String) -> Self {
        let block = |region: &&str| Block { members: Bits::default(), unnamed: unnamed(region) };
        Self { names: Vec::new(), blocks: regions.iter().map(block).collect(), known: HashMap::new() }
    }

    /// The number of a resource of a Region (by its place in the list), which it gets where it has none yet.
    pub(super) fn number(&mut self, region: usize, name: String) -> usize {
        let next = self.names.len();
        let number = *self.known.entry((region, name.clone())).or_insert(next);
        if number == next {
            self.names.push(name);
            self.blocks[region].members.insert(number);
        }
        number
    }

    /// The number of the resource that stands for all that no statement names.
    pub(super) fn unnamed(&mut self, region: usize) -> usize {
        self.number(region, self.blocks[region].unnamed.clone())
    }
}

/// Which resources of a universe a statement's resources match, for sure and perhaps.
type Split = Rc<(Bits, Bits)>;

/// Answers needs, and remembers which resources which statements match.
#[derive(Debug, Default)]
pub(super) struct Answers {
    splits: HashMap<(usize, On, Option<usize>), Split>,
}

impl Answers {
    /// What the principals of a group may do: `group` is its number.
    ///
    /// Resources that the same statements match are judged as one, by the first of them: what a policy says of a resource
    /// it says by matching it, and everything else of a call is the same within a Region.
    pub(super) fn of(
        &mut self,
        (number, group): (usize, &Group),
        contexts: &[Context],
        (at, need): (usize, Need),
        universe: &Universe,
    ) -> Vec<Class> {
        let about = |line: &&Line| line.needs & (1 << at) != 0;
        let own = || group.identity.iter().flat_map(|part| part.lines.iter().filter(about));
        if !own().any(|line| line.effect == Effect::Allow) {
            return Vec::new();
        }
        let bounding = group.boundary.iter().flat_map(|part| part.lines.iter().filter(about));
        let mut classes = Vec::new();
        let lines: Vec<_> = own().chain(bounding).collect();
        for (block, context) in universe.blocks.iter().zip(contexts) {
            let mut parts = vec![block.members.clone()];
            for line in &lines {
                let split = self.split(line, need.1, universe, contexts, group.personal.then_some(number));
                parts = parts.iter().flat_map(|part| divided(part, &split)).collect();
            }
            classes
                .extend(parts.into_iter().filter_map(|members| judged(group, members, need, universe, block, context)));
        }
        classes
    }

    fn split(
        &mut self,
        line: &Line,
        on: On,
        universe: &Universe,
        contexts: &[Context],
        personal: Option<usize>,
    ) -> Split {
        let key = (line.resources_id, on, personal);
        if let Some(split) = self.splits.get(&key) {
            return Rc::clone(split);
        }
        let (mut sure, mut perhaps) = (Bits::default(), Bits::default());
        for (block, context) in universe.blocks.iter().zip(contexts) {
            for number in block.members.iter() {
                match line.resources.matches(&universe.names[number], context) {
                    Some(true) => sure.insert(number),
                    Some(false) => {}
                    None => perhaps.insert(number),
                }
            }
        }
        let split = Rc::new((sure, perhaps));
        self.splits.insert(key, Rc::clone(&split));
        split
    }
}

fn divided(part: &Bits, split: &(Bits, Bits)) -> Vec<Bits> {
    let (sure, perhaps) = split;
    let pieces = [part.and(sure), part.and(perhaps), part.without(sure).without(perhaps)];
    pieces.into_iter().filter(|piece| piece.first().is_some()).collect()
}

fn judged(
    group: &Group,
    members: Bits,
    (action, _): Need,
    universe: &Universe,
    block: &Block,
    context: &Context,
) -> Option<Class> {
    let resource = &universe.names[members.first()?];
    let policies = Policies {
        identity: group.identity.iter().map(|part| &part.compiled).collect(),
        boundary: group.boundary.as_ref().map(|part| vec![&part.compiled]),
        ..Policies::default()
    };
    let principal = group.holders.first()?.arn.as_str();
    let request = Request::new(principal, action, resource, context);
    let sure = match policies.evaluate(&request) {
        Verdict::Decided(Decision::Allowed) => true,
        Verdict::DependsOn(_) => false,
        Verdict::Decided(_) => return None,
    };
    let mut by = Vec::new();
    for part in &group.identity {
        for applies in part.compiled.applying(&request) {
            if applies.effect == Effect::Allow && (applies.for_sure || !sure) {
                let line = &part.lines[applies.statement];
                let broad = !line.by_tag && line.resources.matches(&block.unnamed, context) == Some(true);
                by.push(By { source: Rc::clone(&line.source), broad });
            }
        }
    }
    Some(Class { members, sure, by })
}

impl Class {
    pub(super) fn contains(&self, number: usize) -> bool {
        self.members.contains(number)
    }
}
