//! What is claimed of a definition holds in every run: small random machines, run by a tiny interpreter with random
//! inputs, answers, choices and faults. And no document makes the parser panic.

mod any;
mod run;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;
use stepwarden::asl::Definition;

use any::{any_json, machine};
use run::{Run, Variables};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_claimed_holds_in_every_run(machine in machine(false), dice in proptest::collection::vec(any::<u8>(), 16..17)) {
        let definition = Definition::parse(&machine).expect("a machine");
        let claims: BTreeMap<_, _> = definition.tasks.iter().map(|task| (task.pointer.as_str(), &task.arguments)).collect();
        for shift in 0..16 {
            let mut dice = dice.clone();
            dice.rotate_left(shift);
            let mut run = Run { claims: claims.clone(), dice, rolled: shift, steps: 0, faults: Vec::new() };
            let input = run.anything();
            run.machine(&machine, "", input, Variables::new());
            prop_assert!(run.faults.is_empty(), "{:?}\n{machine:#}", run.faults);
        }
    }

    #[test]
    fn no_document_makes_the_parser_panic(document in any_json(), states in proptest::collection::btree_map("[a-c]", any_json(), 0..3)) {
        let _one = Definition::parse(&document);
        if let Ok(definition) = Definition::parse(&json!({"StartAt": "a", "States": states})) {
            let stored = serde_json::to_string(&definition).expect("facts are JSON");
            prop_assert!(serde_json::from_str::<Definition>(&stored).is_ok(), "{stored}");
        }
    }
}
