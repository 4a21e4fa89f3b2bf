use crate::asl::{Bound, Start, Task};
use crate::model::EventTarget;
use crate::types::Arn;

/// One machine's executions start those of another, or of the same.
#[derive(Debug)]
pub struct Edge<'a> {
    pub from: usize,
    pub to: usize,
    /// The likeliest and least bounded first; never empty.
    pub ways: Vec<Way<'a>>,
}

/// One way in which that happens.
#[derive(Debug)]
pub struct Way<'a> {
    pub how: How<'a>,
    pub likelihood: Likelihood,
    pub bound: Bound,
}

#[derive(Debug)]
pub enum How<'a> {
    /// A state starts it, through this version or alias. `chosen`: by what its input names, as far as the role lets it.
    Task { start: &'a Start, qualifier: Option<String>, chosen: bool },
    /// A rule of the default event bus takes its status events and has the other as target.
    Rule { arn: &'a Arn, name: &'a str, target: &'a EventTarget },
    /// A state calls a function whose role may start it.
    Function { task: &'a Task, function: Arn, role: &'a Arn },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// Nothing speaks against it, and little for it.
    May,
    /// It is what the rights were given for, or what runs is an older definition.
    Likely,
    Sure,
}

impl<'a> Edge<'a> {
    pub(super) fn add(&mut self, way: Way<'a>) {
        self.ways.push(way);
        self.ways.sort_by_key(|way| (std::cmp::Reverse(way.likelihood), way.bound));
    }

    pub fn way(&self) -> &Way<'a> {
        &self.ways[0]
    }

    /// For an id: without what comes and goes with the states.
    pub fn kind(&self) -> String {
        match &self.way().how {
            How::Task { .. } => "task".to_owned(),
            How::Rule { name, .. } => format!("rule {name}"),
            How::Function { function, .. } => format!("function {}", function.name()),
        }
    }

    /// For a person: the states, or what stands between.
    pub fn label(&self) -> String {
        match &self.way().how {
            How::Task { .. } => {
                let states = self.ways.iter().filter_map(|way| match &way.how {
                    How::Task { start, .. } => Some(start.state.as_str()),
                    _ => None,
                });
                states.collect::<Vec<_>>().join(" and ")
            }
            How::Rule { .. } => self.kind(),
            How::Function { task, function, .. } => format!("{}, function {}", task.state, function.name()),
        }
    }

    /// The execution that starts stays open until the next has ended.
    pub fn waits(&self) -> bool {
        matches!(&self.way().how, How::Task { start, .. } if start.waits)
    }

    /// One execution starts several, whatever a Choice says.
    pub fn multiplies(&self) -> bool {
        let several = self.ways.iter().filter(|way| way.bound == Bound::None).count() > 1;
        several || matches!(&self.way().how, How::Task { start, .. } if start.in_map)
    }
}
