use std::collections::BTreeMap;
use std::fmt::Write;

use super::scope_name;
use super::text::{cut, lines, visible, xml};
use crate::graph::states::{Arrow, Chart, ChartState, Layout, Point, Rect, Route, layout};

/// What stands on a drawing beside the definition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks<'a> {
    /// By the name of the state; names are unique in a definition.
    pub states: BTreeMap<&'a str, Mark>,
    /// Types of sensitive data that an arrow carried, by its number in the chart.
    pub arrows: BTreeMap<usize, Vec<&'a str>>,
}

/// What stands on a state beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mark {
    /// The worst finding's severity, and how many findings there are.
    pub findings: Option<(String, usize)>,
    /// Types of sensitive data that were seen there.
    pub data: Vec<String>,
    /// Types that it hands on by the names of fields.
    pub handed_on: Vec<String>,
}

/// The colours and strokes of a drawing, light and dark; kinds of arrows and states differ by stroke and text too.
pub const STYLE: &str = include_str!("chart.css");

/// A file of its own.
pub fn svg_file(chart: &Chart) -> String {
    let drawn = svg(chart, "States", &Marks::default());
    drawn.replacen("<title>", &format!("<style>{STYLE}</style><title>"), 1) + "\n"
}

/// One element.
pub fn svg(chart: &Chart, title: &str, marks: &Marks<'_>) -> String {
    let layout = layout(chart);
    let (width, height) = (n(layout.width), n(layout.height));
    let mut out = format!(
        "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"><title>{}</title>",
        xml(title)
    );
    // A state comes before those inside it, so that no box hides what it holds.
    for (state, rect) in chart.states.iter().zip(&layout.states) {
        box_of(state, *rect, &mut out);
    }
    frames(chart, &layout, &mut out);
    let carried = |arrow: usize| marks.arrows.get(&arrow).map(|kinds| kinds.join(", "));
    for (index, (arrow, route)) in chart.arrows.iter().zip(&layout.routes).enumerate() {
        self::arrow(chart, arrow, route, carried(index).as_deref(), &mut out);
    }
    for (state, rect) in chart.states.iter().zip(&layout.states) {
        words(state, *rect, marks.states.get(state.name.as_str()), &mut out);
    }
    for (index, (arrow, route)) in chart.arrows.iter().zip(&layout.routes).enumerate() {
        label(arrow, route, marks.arrows.contains_key(&index), &mut out);
    }
    out.push_str("</svg>");
    out
}

macro_rules! put {
    ($out:expr, $($text:tt)*) => { write!($out, $($text)*).expect("writing to a string") };
}

/// To a tenth of a pixel.
fn n(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn box_of(state: &ChartState, rect: Rect, out: &mut String) {
    let class = match state.kind.as_str() {
        "Task" => "task",
        "Choice" => "choice",
        "Parallel" | "Map" => "holder",
        "Succeed" => "succeed",
        "Fail" => "fail",
        _ => "other",
    };
    let (x, y, width, height) = (n(rect.x), n(rect.y), n(rect.width), n(rect.height));
    let round = if state.kind == "Choice" { 22 } else { 6 };
    put!(out, "<rect class=\"s {class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>");
    let middle = n(rect.x + rect.width / 2.0);
    if state.is_start {
        put!(out, "<circle class=\"start\" cx=\"{middle}\" cy=\"{}\" r=\"5\"/>", n(rect.y - 9.0));
    }
    if state.is_end {
        let at = n(rect.y + rect.height + 9.0);
        put!(out, "<circle class=\"end\" cx=\"{middle}\" cy=\"{at}\" r=\"5\"/>");
        put!(out, "<circle class=\"start\" cx=\"{middle}\" cy=\"{at}\" r=\"2\"/>");
    }
}

fn frames(chart: &Chart, layout: &Layout, out: &mut String) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for frame in &layout.frames {
        let Some(owner) = chart.scopes[frame.scope].owner else { continue };
        let place = counts.entry(owner).or_default();
        let Rect { x, y, width, height } = frame.rect;
        put!(
            out,
            "<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/><text class=\"k\" x=\"{}\" \
             y=\"{}\">{}</text>",
            n(x),
            n(y),
            n(width),
            n(height),
            n(x + 8.0),
            n(y + 13.0),
            scope_name(&chart.states[owner].kind, *place)
        );
        *place += 1;
    }
}

fn arrow(chart: &Chart, arrow: &Arrow, route: &Route, carried: Option<&str>, out: &mut String) {
    let [first, rest @ ..] = route.points.as_slice() else { return };
    let mut path = format!("M{} {}", n(first.x), n(first.y));
    let mut before = first;
    for (index, point) in rest.iter().enumerate() {
        if index % 2 == 0 {
            if point != before {
                put!(path, "L{} {}", n(point.x), n(point.y));
            }
        } else {
            let middle = n(f64::midpoint(before.y, point.y));
            put!(path, "C{} {middle} {} {middle} {} {}", n(before.x), n(point.x), n(point.x), n(point.y));
        }
        before = point;
    }
    let class = match (arrow.catch, carried.is_some()) {
        (false, false) => "a",
        (true, false) => "a catch",
        (false, true) => "a carries",
        (true, true) => "a catch carries",
    };
    let name = |state: usize| xml(&chart.states[state].name);
    let how = if arrow.label.is_empty() { String::new() } else { format!(": {}", xml(&arrow.label)) };
    let carried = carried.map(|kinds| format!("; carries {}", xml(kinds))).unwrap_or_default();
    put!(
        out,
        "<path class=\"{class}\" d=\"{path}\"><title>{} → {}{how}{carried}</title></path><path class=\"h\" d=\"{}\"/>",
        name(arrow.from),
        name(arrow.to),
        head(*first, *before, arrow.from == arrow.to)
    );
}

fn head(first: Point, tip: Point, aside: bool) -> String {
    let (dx, dy) = match () {
        () if aside => (-1.0, 0.0),
        () if tip.y < first.y => (0.0, -1.0),
        () => (0.0, 1.0),
    };
    let (back, half) = (7.0, 3.5);
    let (x, y) = (tip.x - dx * back, tip.y - dy * back);
    let corner = |side: f64| format!("{} {}", n(x + dy * half * side), n(y + dx * half * side));
    format!("M{} {}L{}L{}Z", n(tip.x), n(tip.y), corner(1.0), corner(-1.0))
}

fn label(arrow: &Arrow, route: &Route, carries: bool, out: &mut String) {
    let [_, from, to, ..] = route.points.as_slice() else { return };
    let text = match (arrow.label.as_str(), carries) {
        ("", false) => return,
        ("", true) => "◆".to_owned(),
        (label, false) => cut(label, 22),
        (label, true) => format!("{} ◆", cut(label, 20)),
    };
    let (x, y) = if arrow.from == arrow.to {
        (from.x + 4.0, f64::midpoint(from.y, to.y))
    } else {
        (f64::midpoint(from.x, to.x), f64::midpoint(from.y, to.y) + 3.0)
    };
    let side = if arrow.from == arrow.to { "l near" } else { "l" };
    put!(out, "<text class=\"{side}\" x=\"{}\" y=\"{}\">{}</text>", n(x), n(y), xml(&text));
}

fn xml_of_cut(text: &str, columns: usize) -> String {
    // What is cut is visible already; escaping it again changes nothing but markup.
    xml(&cut(text, columns))
}

fn words(state: &ChartState, rect: Rect, mark: Option<&Mark>, out: &mut String) {
    let holds = matches!(state.kind.as_str(), "Parallel" | "Map");
    let (x, middle) = (rect.x, rect.x + rect.width / 2.0);
    put!(out, "<g class=\"w\"><title>{} ({})</title>", xml(&state.name), xml(&state.told));
    let name = lines(&state.name, if holds { 24 } else { 22 });
    let name = if holds { vec![cut(&visible(&state.name), 24)] } else { name };
    let mut y = rect.y + if name.len() > 1 || holds { 17.0 } else { 25.0 };
    for line in name {
        put!(out, "<text class=\"n\" x=\"{}\" y=\"{}\">{}</text>", n(middle), n(y), xml(&line));
        y += 14.0;
    }
    let retry = if state.retries { " ↻ retry" } else { "" };
    let told = xml_of_cut(&state.told, if state.retries { 20 } else { 28 });
    put!(out, "<text class=\"k c\" x=\"{}\" y=\"{}\">{told}{retry}</text></g>", n(middle), n(y + 1.0));
    let Some(mark) = mark else { return };
    if let Some((severity, count)) = &mark.findings {
        let told = format!("{count} {severity}");
        pill(&format!("p {severity}"), (rect.x + rect.width + 6.0, rect.y), true, &told, out);
    }
    let (sign, what, kinds) = match mark.data.is_empty() {
        false => ('◆', "Sensitive data seen here", &mark.data),
        true => ('◇', "Handed on here, by the names of fields", &mark.handed_on),
    };
    if let [first, rest @ ..] = kinds.as_slice() {
        let more = if rest.is_empty() { String::new() } else { format!(" +{}", rest.len()) };
        let told = format!("{sign} {}{more}", cut(first, 18));
        put!(out, "<g><title>{what}: {}</title>", xml(&kinds.join(", ")));
        let y = if holds { rect.y } else { rect.y + rect.height };
        pill("p data", (x - 6.0, y), false, &told, out);
        out.push_str("</g>");
    }
}

/// A label on the border of a state; `right`: it ends at `at`.
fn pill(class: &str, at: (f64, f64), right: bool, text: &str, out: &mut String) {
    let wide = |c: char| if c.is_ascii_lowercase() || c == ' ' { 6.0 } else { 8.0 };
    let width = text.chars().fold(16.0, |sum, c| sum + if c.is_ascii() { wide(c) } else { 11.0 });
    let x = if right { at.0 - width } else { at.0 };
    put!(
        out,
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"16\" rx=\"8\"/><text class=\"pt\" x=\"{}\" \
         y=\"{}\">{}</text>",
        n(x),
        n(at.1 - 8.0),
        n(width),
        n(x + width / 2.0),
        n(at.1 + 3.5),
        xml(text)
    );
}
