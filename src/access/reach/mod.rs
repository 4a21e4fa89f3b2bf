//! Who reaches a state machine: which principals of the account read its executions, start, stop or change it, act as its
//! role, or answer its tasks, by which statements.
//!
//! A principal's policies are cut down to the statements that are about this at all; principals whose rest says the same
//! are judged as one, and so are machines that the same statements match. So 1,000 roles and 1,000 machines take some
//! thousand evaluations, not a million.
//!
//! The answers are those of the account's own policies: service control policies and the policies of sessions can only
//! take away from them.

mod answer;
mod bits;
mod holders;
mod key;
mod powers;
mod way;

use std::collections::BTreeMap;

pub use holders::{Holder, Source};
pub use key::{Key, KeyUse};
pub use powers::{Gain, Powers};
pub use way::Way;

use crate::model::Iam;
use crate::types::{Arn, Gap, Observed};
use answer::{Answers, Class, Universe};
use holders::{Group, Holders};
use way::{Need, On, all_needs};

/// A state machine, as the index asks about it.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    pub machine: &'a Arn,
    pub role: Option<&'a Arn>,
    /// The log group to which it writes the data of its executions.
    pub group: Option<&'a Arn>,
    /// Activities that its definition names.
    pub activities: Vec<&'a str>,
    /// The labels of its Distributed Maps, whose children have ARNs of their own; `*` for one that the service makes.
    pub map_labels: Vec<&'a str>,
}

/// The index of an account.
#[derive(Debug)]
pub struct Reach {
    account: String,
    groups: Vec<Group>,
    needs: Vec<Need>,
    /// The lists of needs of each way, by number.
    ways: BTreeMap<Way, Vec<Vec<usize>>>,
    /// By group and need.
    answers: Vec<Vec<Vec<Class>>>,
    /// What of each kind belongs to a machine, by number.
    machines: BTreeMap<Arn, Vec<(On, usize)>>,
    gap: Option<Gap>,
}

/// Principals whose policies say the same of everything that is asked here.
#[derive(Debug, Clone, Copy)]
pub struct Circle<'r> {
    number: usize,
    group: &'r Group,
}

/// A machine's place in the index.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'r> {
    numbers: &'r [(On, usize)],
}

/// How a principal reaches a machine in one way.
#[derive(Debug, Clone)]
pub struct Access<'r> {
    pub way: Way,
    /// No condition decides.
    pub sure: bool,
    /// By a statement that names no machine in particular.
    pub broad: bool,
    /// The statements that allow it; where some name no machine in particular, those.
    pub by: Vec<&'r Source>,
}

impl Reach {
    /// Of a half-read list of principals those that are in it are known.
    pub fn new(account: &str, partition: &str, iam: &Observed<&Iam>, targets: &[Target<'_>]) -> Self {
        let needs = all_needs();
        let holders = match iam.seen() {
            (Some(iam), gap) => Holders::of(iam, gap.cloned(), &needs),
            (None, gap) => Holders { groups: Vec::new(), gap: gap.cloned() },
        };
        let mut regions: Vec<&str> = targets.iter().map(|target| target.machine.region()).collect();
        regions.sort_unstable();
        regions.dedup();
        let mut universes: BTreeMap<On, Universe> = On::ALL
            .into_iter()
            .map(|on| (on, Universe::new(&regions, |region| unnamed(on, partition, region, account))))
            .collect();
        let mut machines = BTreeMap::new();
        for target in targets {
            let region = regions.binary_search(&target.machine.region()).expect("each target's Region is in the list");
            let numbers = On::ALL.into_iter().flat_map(|on| {
                let universe = universes.get_mut(&on).expect("there is one of each kind");
                target.numbers(on, region, universe).into_iter().map(move |number| (on, number))
            });
            machines.insert(target.machine.clone(), numbers.collect());
        }
        let mut memory = Answers::default();
        let answer = |(number, group): (usize, &Group)| -> Vec<Vec<Class>> {
            let contexts: Vec<_> = regions.iter().map(|region| group.context(account, region)).collect();
            let one =
                |need: (usize, &Need)| memory.of((number, group), &contexts, (need.0, *need.1), &universes[&need.1.1]);
            needs.iter().enumerate().map(one).collect()
        };
        let answers: Vec<_> = holders.groups.iter().enumerate().map(answer).collect();
        let reaching =
            holders.groups.into_iter().zip(answers).filter(|(_, answers)| answers.iter().any(|one| !one.is_empty()));
        let (groups, answers) = reaching.unzip();
        let number = |need: &Need| needs.binary_search(need).expect("every need of a way is among all needs");
        let lists = |way: Way| way.needs().iter().map(|list| list.iter().map(number).collect()).collect();
        let ways = Way::ALL.into_iter().map(|way| (way, lists(way))).collect();
        Self { account: account.to_owned(), groups, needs, ways, answers, machines, gap: holders.gap }
    }

    /// Why principals may reach machines that are not among those found.
    pub fn gap(&self) -> Option<&Gap> {
        self.gap.as_ref()
    }

    pub fn circles(&self) -> impl Iterator<Item = Circle<'_>> {
        self.groups.iter().enumerate().map(|(number, group)| Circle { number, group })
    }

    /// A machine to ask about; `None` where it was not among the targets.
    pub fn spot(&self, machine: &Arn) -> Option<Spot<'_>> {
        self.machines.get(machine).map(|numbers| Spot { numbers })
    }

    /// In which of `ways` the principals of `circle` reach the machine, keys left aside.
    pub fn accesses(&self, circle: Circle<'_>, spot: Spot<'_>, ways: &[Way]) -> Vec<Access<'_>> {
        ways.iter().filter_map(|way| self.access(circle.number, spot.numbers, *way)).collect()
    }

    fn access(&self, group: usize, numbers: &[(On, usize)], way: Way) -> Option<Access<'_>> {
        let all = self.ways[&way].iter().filter_map(|list| self.together(group, numbers, way, list));
        all.max_by_key(|access| (access.sure, access.broad))
    }

    /// All needs of a list.
    fn together(&self, group: usize, numbers: &[(On, usize)], way: Way, list: &[usize]) -> Option<Access<'_>> {
        let mut access = Access { way, sure: !way.leaves_something_open(), broad: true, by: Vec::new() };
        for at in list {
            let classes = &self.answers[group][*at];
            if classes.is_empty() {
                return None;
            }
            let about_what = self.needs[*at].1;
            let about = || numbers.iter().filter(|(on, _)| *on == about_what).map(|(_, number)| *number);
            let held = classes.iter().filter(|class| about().any(|number| class.contains(number)));
            let class = held.max_by_key(|class| class.sure)?;
            access.sure &= class.sure;
            access.broad &= !about_what.tells_machines_apart() || class.by.iter().any(|by| by.broad);
            let broad = class.by.iter().any(|by| by.broad);
            for by in class.by.iter().filter(|by| by.broad == broad) {
                if !access.by.contains(&&*by.source) {
                    access.by.push(&by.source);
                }
            }
        }
        Some(access)
    }
}

impl<'r> Circle<'r> {
    /// Never empty.
    pub fn holders(&self) -> &'r [Holder] {
        &self.group.holders
    }
}

impl Target<'_> {
    fn numbers(&self, on: On, region: usize, universe: &mut Universe) -> Vec<usize> {
        let group = |end: &str| self.group.map(|group| format!("{group}{end}"));
        let name = match on {
            On::Machine => Some(self.machine.to_string()),
            On::Execution => {
                return self.executions().into_iter().map(|name| universe.number(region, name)).collect();
            }
            // A log group's ARN ends so wherever its events are meant.
            On::Group => group(":*"),
            On::Stream => group(":log-stream:*"),
            On::Role => self.role.map(Arn::to_string),
            On::Activity => {
                return self
                    .activities
                    .iter()
                    .map(|activity| universe.number(region, (*activity).to_owned()))
                    .collect();
            }
            On::NewMachine | On::Rule | On::Anything => return vec![universe.unnamed(region)],
        };
        name.map(|name| universe.number(region, name)).into_iter().collect()
    }

    /// Every execution of the machine, and every child of its Distributed Maps, as ones that are called `*`: a statement
    /// about some of them does not reach it.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html>.
    fn executions(&self) -> Vec<String> {
        let machine = self.machine;
        let (partition, region, account) = (machine.partition(), machine.region(), machine.account());
        let name = |kind: &str, rest: &str| {
            format!("arn:{partition}:states:{region}:{account}:{kind}:{}{rest}", machine.name())
        };
        let children = self
            .map_labels
            .iter()
            .flat_map(|label| [name("execution", &format!("/{label}:*")), name("express", &format!("/{label}:*:*"))]);
        std::iter::once(name("execution", ":*")).chain(children).collect()
    }
}

/// How a resource is called that no statement names.
fn unnamed(on: On, partition: &str, region: &str, account: &str) -> String {
    let (service, resource) = match on {
        On::Machine | On::NewMachine => ("states", "stateMachine:*"),
        On::Execution => ("states", "execution:*:*"),
        On::Activity => ("states", "activity:*"),
        On::Group => ("logs", "log-group:*:*"),
        On::Stream => ("logs", "log-group:*:log-stream:*"),
        On::Rule => ("events", "rule/*"),
        On::Role => return format!("arn:{partition}:iam::{account}:role/*"),
        On::Anything => return "*".to_owned(),
    };
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}

#[cfg(test)]
mod tests;
