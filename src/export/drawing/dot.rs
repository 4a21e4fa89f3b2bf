use std::fmt::Write;

use super::{inside, scope_name, text::visible};
use crate::graph::states::Chart;

/// In the language of Graphviz. A state that has others inside is the head of a cluster.
pub fn dot(chart: &Chart) -> String {
    let mut out = "digraph states {\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  \
                   edge [fontname=\"sans-serif\", fontsize=10];\n"
        .to_owned();
    if !chart.scopes.is_empty() {
        scope(chart, 0, 1, &mut out);
    }
    for arrow in &chart.arrows {
        let style = if arrow.catch { ", style=dashed" } else { "" };
        line(&mut out, 1, &format!("s{} -> s{} [label=\"{}\"{style}];", arrow.from, arrow.to, label(&arrow.label)));
    }
    out.push_str("}\n");
    out
}

fn scope(chart: &Chart, scope_index: usize, depth: usize, out: &mut String) {
    for (index, state) in chart.states.iter().enumerate().filter(|(_, state)| state.scope == scope_index) {
        let retry = if state.retries { " ↻" } else { "" };
        let shape = match state.kind.as_str() {
            "Choice" => ", shape=diamond",
            _ if state.is_end => ", peripheries=2",
            _ => "",
        };
        let start = if state.is_start { ", penwidth=2" } else { "" };
        let node =
            format!("s{index} [label=\"{}\\n{}{retry}\"{shape}{start}];", label(&state.name), label(&state.told));
        let mut inner = inside(chart, index).enumerate().peekable();
        if inner.peek().is_none() {
            line(out, depth, &node);
            continue;
        }
        line(out, depth, &format!("subgraph cluster_s{index} {{"));
        line(out, depth + 1, &node);
        for (place, inner) in inner {
            line(out, depth + 1, &format!("subgraph cluster_c{inner} {{"));
            line(out, depth + 2, &format!("label=\"{}\"; style=dashed;", scope_name(&state.kind, place)));
            scope(chart, inner, depth + 2, out);
            line(out, depth + 1, "}");
        }
        line(out, depth, "}");
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    writeln!(out, "{}{text}", "  ".repeat(depth)).expect("writing to a string");
}

fn label(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('"', "\\\"")
}
