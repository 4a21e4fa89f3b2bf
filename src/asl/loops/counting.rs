//! What the states of a loop change by themselves from turn to turn.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::graph::Graph;
use crate::asl::counter::{Condition, Test, must_leave, rules};
use crate::asl::machine::{Machine, Node};
use crate::asl::reads::{Dollar, Reads, Write, writes};
use crate::asl::{Integration, QueryLanguage};

/// The fields and variables that the states of a loop write.
pub(super) struct Counting<'a> {
    machine: &'a Machine<'a>,
    states: &'a BTreeSet<usize>,
    writes: BTreeMap<String, Vec<(usize, Reads)>>,
    /// Where calls put what they answer: the last key of the place, or nothing where it takes the place of everything.
    answers: Vec<(usize, String)>,
}

impl<'a> Counting<'a> {
    pub(super) fn of(machine: &'a Machine<'a>, states: &'a BTreeSet<usize>) -> Self {
        let mut counting = Self { machine, states, writes: BTreeMap::new(), answers: Vec::new() };
        for index in states {
            counting.read(*index);
        }
        counting
    }

    fn add(&mut self, index: usize, writes: Vec<Write>) {
        for Write { name, reads } in writes {
            self.writes.entry(name).or_default().push((index, reads));
        }
    }

    fn read(&mut self, index: usize) {
        let machine = self.machine;
        let node = &machine.nodes[index];
        let calls = matches!(node.kind, "Task" | "Map" | "Parallel");
        let dollar = if calls { Dollar::Answer } else { Dollar::Input };
        let template = |value: Option<&Value>, name: &str| {
            value.map(|value| writes(value, name, node.language, dollar)).unwrap_or_default()
        };
        match node.language {
            QueryLanguage::JsonPath if calls || node.kind == "Pass" => {
                if let Some(place) = place(node) {
                    let made = match node.kind {
                        "Pass" => node.json.get("Parameters"),
                        _ => node.json.get("ResultSelector"),
                    };
                    self.add(index, template(made, &place));
                    if let Some(result) = node.json.get("Result").filter(|_| node.kind == "Pass") {
                        // A result is a literal, whatever stands in it.
                        self.add(index, writes(result, &place, QueryLanguage::Jsonata, dollar));
                    }
                    if let (Some(path), "Pass", None) = (node.text("InputPath"), node.kind, made) {
                        let reads = Reads::of(path, node.language, dollar).unwrap_or_default();
                        self.add(index, vec![Write { name: place.clone(), reads }]);
                    }
                    self.answers.extend(calls.then_some((index, place)));
                }
            }
            QueryLanguage::JsonPath => {}
            QueryLanguage::Jsonata => {
                self.add(index, template(node.json.get("Output"), ""));
                self.answers.extend((calls && !node.json.contains_key("Output")).then(|| (index, String::new())));
            }
        }
        self.add(index, template(node.json.get("Assign"), ""));
        for list in ["Catch", "Choices"] {
            for (_, one) in node.objects(list) {
                let next = one.get("Next").and_then(Value::as_str).and_then(|next| machine.sibling(index, next));
                if next.is_some_and(|next| self.states.contains(&next)) {
                    self.add(index, template(one.get("Assign"), ""));
                    let output = one.get("Output").filter(|_| node.language == QueryLanguage::Jsonata);
                    self.add(index, template(output, ""));
                }
            }
        }
    }

    /// Whether each turn by way of `choice` brings its leaving nearer.
    pub(super) fn bounds(&self, choice: usize, graph: &Graph) -> bool {
        let leaves = |to: &str| self.machine.sibling(choice, to).is_none_or(|to| !self.states.contains(&to));
        let ends = |test: &Test| {
            test.reads.clock && test.ordered
                || test.reads.names.iter().any(|name| {
                    self.changed(name, &test.reads).is_some_and(|by| match by {
                        By::Time => true,
                        By::States(states) => !graph.returns(choice, self.states, &states),
                    })
                })
                || self.iterator(test).is_some_and(|states| !graph.returns(choice, self.states, &states))
        };
        must_leave(&self.machine.nodes[choice], &leaves, &ends)
    }

    /// No state of the loop calls anything or writes anything: each turn is like the one before.
    pub(super) fn is_idle(&self) -> bool {
        let plain = |index: &usize| matches!(self.machine.nodes[*index].kind, "Choice" | "Pass" | "Wait");
        self.writes.is_empty() && self.answers.is_empty() && self.states.iter().all(plain) && !self.drops_input()
    }

    /// A path or a template takes a part of the input, and the next turn a part of that.
    fn drops_input(&self) -> bool {
        let shaped = |index: &usize| {
            let node = &self.machine.nodes[*index];
            let fields = ["InputPath", "OutputPath", "Parameters", "Output", "Result"];
            fields.iter().any(|field| node.json.contains_key(*field))
                || node.objects("Choices").any(|(_, rule)| rule.contains_key("Output"))
        };
        self.states.iter().any(shaped)
    }

    /// What changes `name` whatever the world answers.
    fn changed(&self, name: &str, test: &Reads) -> Option<By> {
        let behind = self.behind(name);
        let all = || behind.iter().filter_map(|name| self.writes.get(name)).flatten();
        if all().any(|(_, reads)| reads.clock) {
            return Some(By::Time);
        }
        let mut states = BTreeSet::new();
        for name in behind.iter().filter(|name| self.steps(name)) {
            let writers = self.writes.get(name).into_iter().flatten();
            // Where it is set anew in the loop itself, it may never come to its end.
            if writers.clone().any(|(_, reads)| reads.is_constant()) {
                continue;
            }
            states.extend(writers.filter(|(_, reads)| !reads.outside).map(|(index, _)| *index));
        }
        if states.is_empty() { self.flag(name, test).map(By::States) } else { Some(By::States(states)) }
    }

    /// The names that `name` is made of within the loop, itself among them.
    fn behind(&self, name: &str) -> BTreeSet<String> {
        let (mut behind, mut waiting) = (BTreeSet::from([name.to_owned()]), vec![name.to_owned()]);
        while let Some(name) = waiting.pop() {
            let reads = self.writes.get(&name).into_iter().flatten().filter(|(_, reads)| !reads.outside);
            for read in reads.flat_map(|(_, reads)| &reads.names) {
                if behind.insert(read.clone()) {
                    waiting.push(read.clone());
                }
            }
        }
        behind
    }

    /// A name is computed from itself, straight away or by way of others.
    fn steps(&self, name: &str) -> bool {
        let mut met = BTreeSet::new();
        let mut waiting = vec![(name.to_owned(), false)];
        while let Some((at, computed)) = waiting.pop() {
            for (_, reads) in self.writes.get(&at).into_iter().flatten().filter(|(_, reads)| !reads.outside) {
                if reads.wanders {
                    continue;
                }
                let computed = computed || reads.computes;
                if computed && reads.names.contains(name) {
                    return true;
                }
                let next = reads.names.iter().map(|read| (read.clone(), computed));
                waiting.extend(next.filter(|next| met.insert(next.clone())));
            }
        }
        false
    }

    /// The states that set `name` to what does not change within the loop, where nothing else sets it: a flag.
    fn flag(&self, name: &str, test: &Reads) -> Option<BTreeSet<usize>> {
        let writers = self.writes.get(name)?;
        let fixed = |reads: &Reads| {
            !reads.outside && !reads.computes && reads.names.iter().all(|name| !self.writes.contains_key(name))
        };
        let answered = |place: &String| test.keys.contains("$") && (place.is_empty() || test.keys.contains(place));
        let own = writers.iter().all(|(_, reads)| fixed(reads)) && !self.answers.iter().any(|(_, at)| answered(at));
        own.then(|| writers.iter().map(|(index, _)| *index).collect())
    }

    /// The functions of the loop that count for it, by the words of what is compared: AWS's own example of a loop has one.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-create-iterate-pattern-section.html>.
    fn iterator(&self, test: &Test) -> Option<BTreeSet<usize>> {
        if !test.reads.keys.iter().any(|key| counts(key, test.numeric)) {
            return None;
        }
        let function = |index: &usize| {
            let resource = self.machine.nodes[*index].text("Resource").map(Integration::of);
            resource.is_some_and(|integration| match integration {
                Integration::LambdaFunction { .. } | Integration::Unknown => true,
                other => other.is_sdk_call("lambda", "invoke") || other.is_optimised("lambda", "invoke"),
            })
        };
        let states: BTreeSet<_> = self.states.iter().copied().filter(function).collect();
        (!states.is_empty()).then_some(states)
    }
}

enum By {
    /// The time goes by itself.
    Time,
    /// These states, each time that an execution comes to them.
    States(BTreeSet<usize>),
}

/// The last key of the place of a result; `None` where it is dropped.
fn place(node: &Node<'_>) -> Option<String> {
    match node.json.get("ResultPath") {
        Some(Value::Null) => None,
        Some(Value::String(path)) => {
            let reads = Reads::of(path, QueryLanguage::JsonPath, Dollar::Input).unwrap_or_default();
            Some(reads.names.into_iter().next().unwrap_or_default())
        }
        _ => Some(String::new()),
    }
}

/// The words of a name, in small letters: `retryCount` is `retry count`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c.is_uppercase() || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(last)) = (c.is_alphanumeric(), words.last_mut()) {
            last.extend(c.to_lowercase());
        }
    }
    words
}

/// AWS's own example answers whether to go on; of other words only a number is a count.
fn counts(name: &str, numeric: bool) -> bool {
    const COUNTERS: [&str; 7] = ["counter", "index", "iteration", "iterations", "iterator", "loops", "turns"];
    const NUMBERS: [&str; 6] = ["attempt", "attempts", "retries", "retry", "retrycount", "tries"];
    let counts = |word: &str| COUNTERS.contains(&word) || (numeric && NUMBERS.contains(&word));
    name.eq_ignore_ascii_case("count") || words(name).iter().any(|word| counts(word))
}

/// Whether a Choice asks for the next page, or for what is left.
pub(super) fn pages(choice: &Node<'_>) -> bool {
    const WORDS: [&str; 16] = [
        "batch",
        "continuation",
        "cursor",
        "evaluated",
        "items",
        "left",
        "list",
        "marker",
        "more",
        "next",
        "offset",
        "page",
        "pages",
        "queue",
        "remaining",
        "rest",
    ];
    fn any(condition: &Condition, asks: &dyn Fn(&Test) -> bool) -> bool {
        match condition {
            Condition::All(inner) | Condition::Any(inner) => inner.iter().any(|one| any(one, asks)),
            Condition::Not(inner) => any(inner, asks),
            Condition::Test(test) => asks(test),
        }
    }
    let asks =
        |test: &Test| test.reads.keys.iter().any(|key| words(key).iter().any(|word| WORDS.contains(&word.as_str())));
    rules(choice).iter().any(|rule| any(&rule.condition, &asks))
}
