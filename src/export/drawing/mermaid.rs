use std::fmt::Write;

use super::{inside, scope_name, text::visible};
use crate::graph::states::Chart;

/// As a Mermaid flowchart.
pub fn mermaid(chart: &Chart) -> String {
    let mut out = "flowchart TD\n".to_owned();
    if !chart.scopes.is_empty() {
        scope(chart, 0, 1, &mut out);
    }
    for (index, state) in chart.states.iter().enumerate() {
        if state.is_start {
            line(&mut out, 1, &format!("s{index}:::start"));
        }
        if state.is_end {
            line(&mut out, 1, &format!("s{index}:::ends"));
        }
    }
    out.push_str("  classDef start stroke-width:3px\n  classDef ends stroke-dasharray:1 0,stroke-width:3px\n");
    for arrow in &chart.arrows {
        let (from, to, label) = (arrow.from, arrow.to, label(&arrow.label));
        let drawn = match (arrow.catch, arrow.label.is_empty()) {
            (false, true) => format!("s{from} --> s{to}"),
            (false, false) => format!("s{from} -- \"{label}\" --> s{to}"),
            (true, true) => format!("s{from} -.-> s{to}"),
            (true, false) => format!("s{from} -. \"{label}\" .-> s{to}"),
        };
        line(&mut out, 1, &drawn);
    }
    out
}

fn scope(chart: &Chart, scope_index: usize, depth: usize, out: &mut String) {
    for (index, state) in chart.states.iter().enumerate().filter(|(_, state)| state.scope == scope_index) {
        let retry = if state.retries { " ↻" } else { "" };
        let told = format!("{}<br/>{}{retry}", label(&state.name), label(&state.told));
        let mut inner = inside(chart, index).enumerate().peekable();
        if inner.peek().is_none() {
            let (open, close) = if state.kind == "Choice" { ("{{", "}}") } else { ("[", "]") };
            line(out, depth, &format!("s{index}{open}\"{told}\"{close}"));
            continue;
        }
        line(out, depth, &format!("subgraph s{index}[\"{told}\"]"));
        for (place, inner) in inner {
            line(out, depth + 1, &format!("subgraph c{inner}[\"{}\"]", scope_name(&state.kind, place)));
            scope(chart, inner, depth + 2, out);
            line(out, depth + 1, "end");
        }
        line(out, depth, "end");
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    writeln!(out, "{}{text}", "  ".repeat(depth)).expect("writing to a string");
}

/// Mermaid's own escapes; nothing of a name is markup.
fn label(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | '`' | ';' | '\\' | '*' | '_' | '[' | ']' | '{' | '}' | '|' => {
                write!(out, "#{};", u32::from(c)).expect("writing to a string");
            }
            c => out.push(c),
        }
    }
    out
}
