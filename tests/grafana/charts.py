"""Time series as inline SVG. The lines stretch with the panel, so that words stand beside them in HTML."""

import math
import time
from html import escape

from drawing import PALETTE, fixed_colour, is_dashed, name_of, nothing
from units import written

WIDTH, HEIGHT = 1000, 300


def timeseries(panel, answers, start, end):
    lines = series_of(panel, answers)
    if not lines:
        return nothing(panel)
    stacked = panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
    drawn = piled(lines) if stacked else [{**one, "base": None} for one in lines]
    scale = Scale(panel, drawn, start, end)
    bars = panel["fieldConfig"]["defaults"]["custom"]["drawStyle"] == "bars"
    marks = [bar(one, scale) if bars else area(one, scale, stacked) for one in drawn]
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">{scale.grid()}{"".join(marks)}</svg>'
    plot = f'<div class="plot">{scale.labels()}{svg}</div><div class="times">{times(start, end)}</div>'
    place = panel["options"]["legend"]["placement"]
    return f'<div class="chart {place}"><div class="canvas">{plot}</div>{legend(lines, panel)}</div>'


def series_of(panel, answers):
    lines = []
    for target, series in answers:
        for one in series:
            name = name_of(one["metric"], target["legendFormat"])
            points = {float(at): float(value) for at, value in one["values"]}
            tint = fixed_colour(panel, name) or PALETTE[len(lines) % len(PALETTE)]
            lines.append({"name": name, "points": points, "colour": tint, "dash": is_dashed(panel, name)})
    return lines


def piled(lines):
    """Each on top of those before it."""
    sums, drawn = {}, []
    for one in lines:
        base = {at: sums.get(at, 0) for at in one["points"]}
        points = {at: base[at] + value for at, value in one["points"].items()}
        sums.update(points)
        drawn.append({**one, "points": points, "base": base})
    return drawn


class Scale:
    def __init__(self, panel, drawn, start, end):
        defaults = panel["fieldConfig"]["defaults"]
        values = [value for one in drawn for value in one["points"].values()]
        self.unit, self.start, self.end = defaults["unit"], start, end
        self.log = defaults["custom"]["scaleDistribution"]["type"] == "log"
        if self.log:
            self.low, self.high = 0, math.ceil(math.log10(max([*values, 10])))
            self.ticks = [10**power for power in range(0, self.high + 1, max(1, self.high // 4))]
        else:
            self.low, top = 0, max(values)
            step = nice((defaults.get("max") or top or 1) / 4)
            self.high = defaults.get("max") or step * math.ceil((top or 1) / step)
            self.ticks = [step * index for index in range(round(self.high / step) + 1)]

    def x(self, at):
        return (at - self.start) / (self.end - self.start) * WIDTH

    def part(self, value):
        value = math.log10(max(value, 1)) if self.log else value
        return (value - self.low) / (self.high - self.low)

    def y(self, value):
        return HEIGHT * (1 - self.part(value))

    def grid(self):
        return "".join(
            f'<line x1="0" x2="{WIDTH}" y1="{self.y(one):.1f}" y2="{self.y(one):.1f}"/>' for one in self.ticks
        )

    def labels(self):
        return "".join(
            f'<span style="top:{100 - self.part(one) * 100:.1f}%">{written(one, self.unit)}</span>'
            for one in self.ticks
        )


def nice(rough):
    """1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)


def area(one, scale, filled):
    path = [f"{scale.x(at):.1f},{scale.y(value):.1f}" for at, value in one["points"].items()]
    dash = ' stroke-dasharray="6 5"' if one["dash"] else ""
    stroke = f'<polyline points="{" ".join(path)}" stroke="{one["colour"]}"{dash}/>'
    if len(path) == 1:
        at, value = next(iter(one["points"].items()))
        stroke = f'<circle cx="{scale.x(at):.1f}" cy="{scale.y(value):.1f}" r="4" fill="{one["colour"]}"/>'
    if not filled:
        return stroke
    back = [f"{scale.x(at):.1f},{scale.y(value):.1f}" for at, value in reversed(one["base"].items())]
    return f'<polygon points="{" ".join(path + back)}" fill="{one["colour"]}"/>{stroke}'


def bar(one, scale):
    width = max(2, WIDTH / max(len(one["points"]), 1) * 0.7)
    parts = []
    for at, value in one["points"].items():
        base = one["base"][at] if one["base"] else 0
        height = scale.y(base) - scale.y(value)
        if height > 0:
            place = (
                f'x="{scale.x(at) - width / 2:.1f}" y="{scale.y(value):.1f}" width="{width:.1f}" height="{height:.1f}"'
            )
            parts.append(f'<rect {place} fill="{one["colour"]}"/>')
    return "".join(parts)


def times(start, end):
    marks = [start + (end - start) * index / 4 for index in range(5)]
    return "".join(f"<span>{time.strftime('%H:%M:%S', time.gmtime(one))}</span>" for one in marks)


def legend(lines, panel):
    defaults, rows = panel["fieldConfig"]["defaults"], []
    for one in lines:
        values = list(one["points"].values())
        numbers = "".join(
            f"<td>{escape(written(value, defaults['unit'], defaults.get('decimals')))}</td>"
            for value in (values[-1], max(values))
        )
        mark = f'<i style="background:{one["colour"]}"></i>'
        rows.append(f'<tr><th title="{escape(one["name"])}">{mark}{escape(one["name"])}</th>{numbers}</tr>')
    return f'<div class="legend"><table><tr><td></td><td>last</td><td>max</td></tr>{"".join(rows)}</table></div>'
