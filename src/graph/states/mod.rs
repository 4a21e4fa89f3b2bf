//! A definition's states as they are drawn: what stands in what, what leads to what, and where on the paper.

mod chart;
mod layers;
mod layout;
mod order;
mod place;

pub use chart::{Arrow, Chart, ChartState, Scope};
pub use layout::{Frame, Layout, Point, Rect, Route, layout};
