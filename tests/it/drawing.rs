//! Drawings of definitions: against goldens that one can read (`UPDATE_EXPECT=1 cargo test drawing` rewrites them), and
//! by what must hold of any drawing.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::expect_file;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use stepwarden::asl::Definition;
use stepwarden::export::drawing::{Mark, Marks, dot, mermaid, svg, svg_file};
use stepwarden::graph::states::{Chart, Layout, Rect, layout};

use crate::binary::Run;

fn chart(document: &Value) -> Chart {
    Chart::of(&Definition::parse(document).expect("a definition"))
}

fn order() -> Value {
    json!({"StartAt": "Check", "States": {
        "Check": {"Type": "Choice", "Choices": [
            {"Variable": "$.paid", "BooleanEquals": true, "Next": "Both"},
            {"Variable": "$.free", "BooleanEquals": true, "Next": "Both"},
            {"Variable": "$.late", "BooleanEquals": true, "Next": "Wait"}], "Default": "Refuse"},
        "Wait": {"Type": "Wait", "Seconds": 60, "Next": "Check"},
        "Both": {"Type": "Parallel", "Next": "Each", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Refuse"}], "Branches": [
            {"StartAt": "Charge", "States": {"Charge": {"Type": "Task", "End": true,
                "Resource": "arn:aws:states:::lambda:invoke", "Retry": [{"ErrorEquals": ["States.Timeout"]}]}}},
            {"StartAt": "Tell", "States": {
                "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Told"},
                "Told": {"Type": "Succeed"}}}]},
        "Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "\"Pack\" <one>\u{202e}", "States": {
            "\"Pack\" <one>\u{202e}": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:putObject", "End": true}}}},
        "Refuse": {"Type": "Fail"}}})
}

#[test]
fn goldens() {
    let chart = chart(&order());
    expect_file!["../golden/graph.mmd"].assert_eq(&mermaid(&chart));
    expect_file!["../golden/graph.dot"].assert_eq(&dot(&chart));
    expect_file!["../golden/graph.svg"].assert_eq(&svg_file(&chart));
}

#[test]
fn the_command_draws_in_three_languages() {
    for (format, begins) in [("svg", "<svg"), ("mermaid", "flowchart TD\n"), ("dot", "digraph")] {
        let ran = Run::new(&["definition", "graph", "-", "--format", format]).input(&order().to_string()).run();
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        assert!(ran.stdout.starts_with(begins), "{}", ran.stdout);
    }
    let ran = Run::new(&["definition", "graph", "-"]).input("[]").run();
    assert_eq!(ran.code, 1);
}

#[test]
fn names_are_no_markup_and_marks_are_words() {
    let hostile = "</text><script>alert(1)</script>\" onload='x";
    let chart = chart(&json!({"StartAt": hostile, "States": {hostile: {"Type": "Pass", "End": true}}}));
    let data = vec!["EMAIL".to_owned(), hostile.to_owned()];
    let mark = Mark { findings: Some(("high".to_owned(), 2)), data, handed_on: vec!["CVV".to_owned()] };
    let marks = Marks { states: BTreeMap::from([(hostile, mark)]), arrows: BTreeMap::new() };
    let drawn = svg(&chart, hostile, &marks);
    assert!(!drawn.contains("<script") && !drawn.contains("\" onload") && drawn.contains("2 high"), "{drawn}");
    assert!(drawn.contains("◆ EMAIL +1"), "{drawn}");
    for text in [mermaid(&chart), dot(&chart)] {
        assert!(!text.contains("x\"\n") && !text.contains("<script>alert(1)</script>\" on"), "{text}");
    }
}

#[test]
fn what_carried_data_is_thick_and_says_so() {
    let chart = chart(&order());
    let at = |from: &str, to: &str| {
        let name = |state: usize| chart.states[state].name.as_str();
        chart.arrows.iter().position(|arrow| (name(arrow.from), name(arrow.to)) == (from, to)).expect("an arrow")
    };
    let handed_on = Mark { handed_on: vec!["EMAIL".to_owned()], ..Mark::default() };
    let marks = Marks {
        states: BTreeMap::from([("Charge", handed_on)]),
        arrows: BTreeMap::from([(at("Check", "Both"), vec!["EMAIL", "CVV"]), (at("Both", "Refuse"), vec!["<b>"])]),
    };
    let drawn = svg(&chart, "", &marks);
    assert_eq!(drawn.matches("class=\"a carries\"").count(), 1);
    assert_eq!(drawn.matches("class=\"a catch carries\"").count(), 1);
    for told in
        ["Check → Both: rule 1, rule 2; carries EMAIL, CVV", "; carries &lt;b&gt;", "rule 1, rule 2 ◆", "◇ EMAIL"]
    {
        assert!(drawn.contains(told), "{told}: {drawn}");
    }
}

/// A chain of which every state can fail to the same end, and one long way back.
#[test]
fn a_thousand_states() {
    let state = |at: usize| {
        let next = if at + 1 < 1_000 { format!("s{}", at + 1) } else { "s0".to_owned() };
        json!({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": next,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "failed"}]})
    };
    let mut states: Map<_, _> = (0..1_000).map(|at| (format!("s{at}"), state(at))).collect();
    states.insert("failed".to_owned(), json!({"Type": "Fail"}));
    let chart = chart(&json!({"StartAt": "s0", "States": states}));
    let started = std::time::Instant::now();
    let laid_out = layout(&chart);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    stands(&chart, &laid_out);
    assert_eq!(svg(&chart, "", &Marks::default()), svg(&chart, "", &Marks::default()));
}

/// No state over another of its scope, each inside what holds it, each arrow from its state to its state.
fn stands(chart: &Chart, layout: &Layout) {
    let inside = |inner: &Rect, outer: &Rect| {
        inner.x >= outer.x
            && inner.y >= outer.y
            && inner.x + inner.width <= outer.x + outer.width + 0.01
            && inner.y + inner.height <= outer.y + outer.height + 0.01
    };
    let apart = |a: &Rect, b: &Rect| {
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
    };
    let paper = Rect { x: 0.0, y: 0.0, width: layout.width, height: layout.height };
    let mut by_scope: BTreeMap<usize, Vec<&Rect>> = BTreeMap::new();
    for (state, rect) in chart.states.iter().zip(&layout.states) {
        let frame = layout.frames.iter().find(|frame| frame.scope == state.scope).map_or(&paper, |frame| &frame.rect);
        assert!(inside(rect, frame), "{} stands out", state.name);
        by_scope.entry(state.scope).or_default().push(rect);
    }
    for frame in &layout.frames {
        let owner = chart.scopes[frame.scope].owner.expect("a holder");
        assert!(inside(&frame.rect, &layout.states[owner]));
    }
    for rects in by_scope.values() {
        for (at, one) in rects.iter().enumerate() {
            assert!(rects[at + 1..].iter().all(|other| apart(one, other)), "states overlap");
        }
    }
    let touches = |point: &stepwarden::graph::states::Point, rect: &Rect| {
        let close = 0.01;
        point.x >= rect.x - close
            && point.x <= rect.x + rect.width + close
            && point.y >= rect.y - close
            && point.y <= rect.y + rect.height + close
    };
    for (arrow, route) in chart.arrows.iter().zip(&layout.routes) {
        let ends = (route.points.first().expect("a point"), route.points.last().expect("a point"));
        assert!(touches(ends.0, &layout.states[arrow.from]) && touches(ends.1, &layout.states[arrow.to]));
    }
}

/// What stands inside a state, what comes next, and whether it is a Map or a Choice.
type Drawn = (Option<Vec<Value>>, Vec<prop::sample::Index>, bool);

fn machine(depth: u32) -> BoxedStrategy<Value> {
    let names = prop::collection::btree_set("[a-d\"<&\u{202e}]{1,3}", 1..7);
    let inner: BoxedStrategy<Option<Vec<Value>>> = if depth == 0 {
        Just(None).boxed()
    } else {
        prop::option::weighted(0.3, prop::collection::vec(machine(depth - 1), 1..3)).boxed()
    };
    let state = (inner, prop::collection::vec(any::<prop::sample::Index>(), 0..4), any::<bool>());
    (names, prop::collection::vec(state, 7), any::<prop::sample::Index>())
        .prop_map(|(names, states, start)| {
            let names: Vec<_> = names.into_iter().collect();
            let state = |(at, (inner, next, map)): (usize, Drawn)| {
                let to = |index: &prop::sample::Index| names[index.index(names.len())].clone();
                let next: Vec<_> = next.iter().map(to).collect();
                let catch: Vec<_> =
                    next.iter().skip(1).map(|to| json!({"ErrorEquals": ["States.ALL"], "Next": to})).collect();
                let mut state = match inner {
                    Some(mut inner) if map => json!({"Type": "Map", "ItemProcessor": inner.remove(0), "Catch": catch}),
                    Some(inner) => json!({"Type": "Parallel", "Branches": inner, "Catch": catch}),
                    None if map => {
                        let rules: Vec<_> = next.iter().skip(1).map(|to| json!({"Next": to})).collect();
                        return (
                            names[at].clone(),
                            json!({"Type": "Choice", "Choices": rules, "Default": next.first()}),
                        );
                    }
                    None => json!({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Catch": catch}),
                };
                match next.first() {
                    Some(to) => state["Next"] = json!(to),
                    None => state["End"] = json!(true),
                }
                (names[at].clone(), state)
            };
            let states: Map<_, _> = states.into_iter().take(names.len()).enumerate().map(state).collect();
            json!({"StartAt": names[start.index(names.len())], "States": states})
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn every_state_and_transition_is_drawn_once(document in machine(2)) {
        let definition = Definition::parse(&document).expect("a definition");
        let chart = Chart::of(&definition);
        prop_assert_eq!(chart.states.len(), definition.states.len());
        let transitions: BTreeSet<_> = definition.states.iter().enumerate().flat_map(|(from, state)| {
            state.edges.iter().map(move |edge| (from, edge.to.clone(), edge.kind == stepwarden::asl::EdgeKind::Catch))
        }).collect();
        let drawn: BTreeSet<_> = chart.arrows.iter().map(|arrow| (arrow.from, chart.states[arrow.to].name.clone(), arrow.catch)).collect();
        prop_assert_eq!(&drawn, &transitions);
        prop_assert_eq!(drawn.len(), chart.arrows.len());
        stands(&chart, &layout(&chart));
        let picture = svg(&chart, "", &Marks::default());
        prop_assert_eq!(picture.matches("<rect class=\"s ").count(), chart.states.len());
        prop_assert_eq!(picture.matches("<path class=\"a").count(), chart.arrows.len());
        let flow = mermaid(&chart);
        for index in 0..chart.states.len() {
            let lines = |text: &str| {
                let nodes = [format!("s{index}["), format!("s{index}{{{{"), format!("subgraph s{index}[")];
                text.lines().filter(|line| nodes.iter().any(|node| line.trim_start().starts_with(node))).count()
            };
            prop_assert_eq!(lines(&flow), 1);
        }
        prop_assert_eq!(flow.matches("-->").count() + flow.matches(".->").count(), chart.arrows.len());
        prop_assert_eq!(dot(&chart).lines().filter(|line| line.trim_start().starts_with('s') && line.contains(" -> ")).count(), chart.arrows.len());
    }
}
