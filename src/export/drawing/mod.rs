//! The states of a definition drawn: as SVG, and in the languages of Mermaid and Graphviz. Equal definitions give equal
//! texts.

mod dot;
mod mermaid;
mod svg;
pub mod text;

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::{Mark, Marks, STYLE, svg, svg_file};

use crate::graph::states::Chart;

/// The scopes of a state, each with its number in the chart.
fn inside(chart: &Chart, state: usize) -> impl Iterator<Item = usize> {
    chart.scopes.iter().enumerate().filter(move |(_, scope)| scope.owner == Some(state)).map(|(index, _)| index)
}

/// What a scope is called in its state.
fn scope_name(kind: &str, place: usize) -> String {
    if kind == "Map" { "each item".to_owned() } else { format!("branch {}", place + 1) }
}
