"""Panels as HTML and SVG, from what Prometheus answered. Of its own making: a preview, not Grafana."""

import re
from html import escape

from units import colour, written

PALETTE = ("#3D8FD1", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#9467BD", "#8C8C3C", "#5B7F95", "#B07AA1")


def name_of(labels, legend):
    if legend == "__auto":
        return ", ".join(f"{key}={value}" for key, value in sorted(labels.items())) or "Value"
    return re.sub(r"{{([a-z_]+)}}", lambda found: labels.get(found.group(1), ""), legend)


def fixed_colour(panel, name):
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"] == {"id": "byName", "options": name}:
            for one in override["properties"]:
                if one["id"] == "color" and "fixedColor" in one["value"]:
                    return one["value"]["fixedColor"]
    return None


def is_dashed(panel, name):
    for override in panel["fieldConfig"]["overrides"]:
        matcher = override["matcher"]
        if matcher["id"] == "byRegexp" and re.search(matcher["options"].strip("/"), name):
            return True
    return False


def mapped(value, mappings):
    """The text and the colour that stand for a value, where it has some."""
    for mapping in mappings:
        found = mapping["options"].get(f"{value:g}")
        if found:
            return found["text"], found["color"]
    return None, None


def shown(value, defaults):
    text, tint = mapped(value, defaults.get("mappings", []))
    tint = tint or colour(value, defaults.get("thresholds", {}).get("steps", []))
    return text or written(value, defaults["unit"], defaults.get("decimals")), tint


def nothing(panel):
    return f'<p class="none">{escape(panel["fieldConfig"]["defaults"].get("noValue") or "No data")}</p>'


def stat(panel, answers):
    defaults, mode = panel["fieldConfig"]["defaults"], panel["options"]["textMode"]
    parts = []
    for target, series in answers:
        for one in series:
            text, tint = shown(float(one["value"][1]), defaults)
            name = name_of(one["metric"], target["legendFormat"])
            if mode == "name":
                text, name = name, ""
            label = f"<small>{escape(name)}</small>" if mode == "value_and_name" else ""
            parts.append(f'<div>{label}<b style="color:{tint}">{escape(text)}</b></div>')
    return f'<div class="stat n{len(parts)}">{"".join(parts)}</div>' if parts else nothing(panel)


def bargauge(panel, answers):
    defaults = panel["fieldConfig"]["defaults"]
    rows = [
        (name_of(one["metric"], target["legendFormat"]), float(one["value"][1]))
        for target, series in answers
        for one in series
    ]
    if not rows:
        return nothing(panel)
    top = defaults.get("max") or max(value for _, value in rows) or 1
    lines = []
    for name, value in rows:
        text, tint = shown(value, defaults)
        bar = f'<i style="width:{max(value / top, 0) * 100:.1f}%;background:{tint}"></i>'
        lines.append(
            f'<li><span title="{escape(name)}">{escape(name)}</span><u>{bar}</u><b style="color:{tint}">{escape(text)}</b></li>'
        )
    return f'<ul class="bars">{"".join(lines)}</ul>'


def table(panel, answers):
    names = panel["transformations"][-1]["options"]["renameByName"]
    labels = [key for key in names if not key.startswith("Value")]
    values = [key for key in names if key.startswith("Value")]
    rows = {}
    for value, (_, series) in zip(values, answers):
        for one in series:
            key = tuple(one["metric"].get(label, "") for label in labels)
            rows.setdefault(key, {})[value] = float(one["value"][1])
    if not rows:
        return nothing(panel)
    sort = panel["options"]["sortBy"][0]
    order, sign = {name: key for key, name in names.items()}[sort["displayName"]], -1 if sort["desc"] else 1
    in_order = sorted(rows.items(), key=lambda row: sign * row[1].get(order, float("-inf")))
    heads = "".join(
        f'<th class="{"" if key in labels else "number"}">{escape(name)}</th>' for key, name in names.items()
    )
    body = "".join(f"<tr>{line(panel, names, key, values, row)}</tr>" for key, row in in_order)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def line(panel, names, labels, values, row):
    cells = [f"<td>{escape(label)}</td>" for label in labels]
    for value in values:
        wanted = field_of(panel, names[value])
        text, tint = shown(row[value], wanted) if value in row else ("", None)
        style = f' style="color:{tint}"' if tint else ""
        cells.append(f'<td class="number"{style}>{escape(text)}</td>')
    return "".join(cells)


def field_of(panel, name):
    field = {"unit": panel["fieldConfig"]["defaults"]["unit"]}
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"]["options"] == name:
            field.update({one["id"]: one["value"] for one in override["properties"]})
    return field


def panel_html(panel, answers):
    kinds = {"stat": stat, "bargauge": bargauge, "table": table}
    return kinds[panel["type"]](panel, answers)
