use super::Chart;
use super::layers::{Layers, layers};
use super::order::{Ranks, order};
use super::place::place;

/// Where all of a [`Chart`] stands, in CSS pixels from the upper left.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    pub width: f64,
    pub height: f64,
    /// Of each state.
    pub states: Vec<Rect>,
    /// Of each scope but the machine itself.
    pub frames: Vec<Frame>,
    /// Of each arrow.
    pub routes: Vec<Route>,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// The outline of a branch or an item processor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub scope: usize,
    pub rect: Rect,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// An arrow from its first to its last point: straight within a row, curved between rows, so points come in pairs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Route {
    pub points: Vec<Point>,
}

/// A state without states inside.
const STATE: (f64, f64) = (176.0, 58.0);
/// Name and kind of a state that has others inside.
const TITLE: f64 = 46.0;
/// Around what stands inside.
const MARGIN: f64 = 18.0;
/// Between rows: room for the label of an arrow and the marks of start and end.
const ROW_GAP: f64 = 54.0;
const BEND: f64 = 40.0;
/// Beside a state, for an arrow to itself.
const LOOP: f64 = 26.0;

/// Scopes are laid out from the innermost outwards, each then a box of a known size in its state.
pub fn layout(chart: &Chart) -> Layout {
    let parts = Parts::of(chart);
    let mut sizes = vec![STATE; chart.states.len()];
    let mut drawn: Vec<Drawn> = chart.scopes.iter().map(|_| Drawn::default()).collect();
    // A scope comes before those inside it.
    for scope in (0..chart.scopes.len()).rev() {
        drawn[scope] = draw(chart, &parts, scope, &sizes);
        if let Some(owner) = chart.scopes[scope].owner {
            sizes[owner] = around(parts.inside[owner].iter().map(|inner| &drawn[*inner]));
        }
    }
    let mut layout = Layout {
        states: vec![Rect::default(); chart.states.len()],
        routes: vec![Route::default(); chart.arrows.len()],
        ..Layout::default()
    };
    let mut at = vec![Point { x: 0.0, y: 0.0 }; chart.scopes.len()];
    for scope in 0..chart.scopes.len() {
        let (origin, own) = (at[scope], &drawn[scope]);
        if chart.scopes[scope].owner.is_some() {
            let rect = Rect { x: origin.x, y: origin.y, width: own.width, height: own.height };
            layout.frames.push(Frame { scope, rect });
        } else {
            (layout.width, layout.height) = (own.width, own.height);
        }
        for (state, rect) in &own.states {
            layout.states[*state] = Rect { x: origin.x + rect.x, y: origin.y + rect.y, ..*rect };
            let mut x = origin.x + rect.x + MARGIN;
            for inner in &parts.inside[*state] {
                at[*inner] = Point { x, y: origin.y + rect.y + TITLE };
                x += drawn[*inner].width + MARGIN;
            }
        }
        for (arrow, route) in &own.routes {
            let moved = route.iter().map(|point| Point { x: origin.x + point.x, y: origin.y + point.y });
            layout.routes[*arrow].points = moved.collect();
        }
    }
    layout
}

/// What belongs to which scope, and which scopes stand in which state.
struct Parts {
    states: Vec<Vec<usize>>,
    arrows: Vec<Vec<usize>>,
    inside: Vec<Vec<usize>>,
}

impl Parts {
    fn of(chart: &Chart) -> Self {
        let scopes = chart.scopes.len();
        let (states, arrows) = (vec![Vec::new(); scopes], vec![Vec::new(); scopes]);
        let mut parts = Self { states, arrows, inside: vec![Vec::new(); chart.states.len()] };
        for (index, state) in chart.states.iter().enumerate() {
            parts.states[state.scope].push(index);
        }
        for (index, arrow) in chart.arrows.iter().enumerate() {
            parts.arrows[chart.states[arrow.from].scope].push(index);
        }
        for (index, scope) in chart.scopes.iter().enumerate() {
            if let Some(owner) = scope.owner {
                parts.inside[owner].push(index);
            }
        }
        parts
    }
}

fn around<'a>(inner: impl Iterator<Item = &'a Drawn>) -> (f64, f64) {
    let (mut width, mut height) = (MARGIN, 0.0_f64);
    for drawn in inner {
        width += drawn.width + MARGIN;
        height = height.max(drawn.height);
    }
    (width.max(STATE.0), TITLE + height + MARGIN)
}

/// One scope, from its own upper left.
#[derive(Default)]
struct Drawn {
    width: f64,
    height: f64,
    states: Vec<(usize, Rect)>,
    routes: Vec<(usize, Vec<Point>)>,
}

/// One scope while it is drawn; its states by their place in it.
struct Sheet<'a> {
    sizes: Vec<(f64, f64)>,
    arrows: &'a [(usize, usize)],
    layers: Layers,
    rows: Ranks,
    x: Vec<f64>,
    /// Upper and lower edge of each row.
    y: Vec<(f64, f64)>,
}

fn draw(chart: &Chart, parts: &Parts, scope: usize, sizes: &[(f64, f64)]) -> Drawn {
    let states = &parts.states[scope];
    let local = |state: usize| states.binary_search(&state).unwrap_or_default();
    let own: Vec<_> = parts.arrows[scope].iter().map(|arrow| &chart.arrows[*arrow]).collect();
    let arrows: Vec<_> = own.iter().map(|arrow| (local(arrow.from), local(arrow.to))).collect();
    let starts: Vec<_> =
        states.iter().filter(|state| chart.states[**state].is_start).map(|state| local(*state)).collect();
    let layers = layers(states.len(), &starts, &arrows);
    let rows = order(&layers, &arrows);
    let mut sheet = Sheet {
        sizes: states.iter().map(|state| sizes[*state]).collect(),
        arrows: &arrows,
        layers,
        rows,
        x: Vec::new(),
        y: Vec::new(),
    };
    sheet.place();
    let (left, right) = sheet.edges();
    let shift = MARGIN - left;
    let rect = |index: usize| {
        let (width, height) = sheet.sizes[index];
        let (top, bottom) = sheet.y[sheet.layers.row[index]];
        Rect { x: sheet.x[index] + shift - width / 2.0, y: f64::midpoint(top, bottom) - height / 2.0, width, height }
    };
    let moved = |index: usize| {
        sheet.route(index).into_iter().map(|point| Point { x: point.x + shift, ..point }).collect::<Vec<_>>()
    };
    Drawn {
        width: right - left + 2.0 * MARGIN,
        height: sheet.y.last().map_or(0.0, |row| row.1) + MARGIN * 1.6,
        states: states.iter().enumerate().map(|(index, state)| (*state, rect(index))).collect(),
        routes: parts.arrows[scope].iter().enumerate().map(|(index, arrow)| (*arrow, moved(index))).collect(),
    }
}

impl Sheet<'_> {
    fn width(&self, node: usize) -> f64 {
        let Some((width, _)) = self.sizes.get(node) else { return BEND };
        if self.arrows.contains(&(node, node)) { width + 2.0 * LOOP } else { *width }
    }

    fn place(&mut self) {
        let widths: Vec<_> = (0..self.rows.below.len()).map(|node| self.width(node)).collect();
        self.x = place(&self.rows, &|node| widths[node]);
        let mut top = MARGIN * 1.6;
        for row in &self.rows.rows {
            let height = row.iter().filter_map(|node| self.sizes.get(*node)).map(|size| size.1).fold(0.0, f64::max);
            self.y.push((top, top + height));
            top += height + ROW_GAP;
        }
    }

    fn edges(&self) -> (f64, f64) {
        let nodes = 0..self.rows.below.len();
        let left = nodes.clone().map(|node| self.x[node] - self.width(node) / 2.0).fold(f64::INFINITY, f64::min);
        let right = nodes.map(|node| self.x[node] + self.width(node) / 2.0).fold(f64::NEG_INFINITY, f64::max);
        if left.is_finite() { (left, right) } else { (0.0, 0.0) }
    }

    /// Where a state's box begins and ends; the row may be higher.
    fn reach(&self, state: usize) -> (f64, f64) {
        let (top, bottom) = self.y[self.layers.row[state]];
        let (middle, half) = (f64::midpoint(top, bottom), self.sizes[state].1 / 2.0);
        (middle - half, middle + half)
    }

    fn route(&self, arrow: usize) -> Vec<Point> {
        let (from, to) = self.arrows[arrow];
        if from == to {
            let (x, (top, bottom)) = (self.x[from] + self.sizes[from].0 / 2.0, self.reach(from));
            let (upper, lower) = (top + (bottom - top) * 0.3, top + (bottom - top) * 0.7);
            return [(x, lower), (x + LOOP, lower), (x + LOOP, upper), (x, upper)]
                .map(|(x, y)| Point { x, y })
                .to_vec();
        }
        let back = self.layers.back[arrow];
        let (upper, lower) = if back { (to, from) } else { (from, to) };
        // Beside each other, so that an arrow there and one back can be told apart.
        let aside = if back { 14.0 } else { 0.0 };
        let (row, last) = (self.layers.row[upper], self.layers.row[lower]);
        let mut points = vec![Point { x: self.x[upper] + aside, y: self.reach(upper).1 }];
        points.push(Point { x: self.x[upper] + aside, y: self.y[row].1 });
        for (step, bend) in self.rows.bends[arrow].iter().enumerate() {
            let (top, bottom) = self.y[row + 1 + step];
            points.extend([top, bottom].map(|y| Point { x: self.x[*bend], y }));
        }
        points.push(Point { x: self.x[lower] + aside, y: self.y[last].0 });
        points.push(Point { x: self.x[lower] + aside, y: self.reach(lower).0 });
        if back {
            points.reverse();
        }
        points
    }
}
