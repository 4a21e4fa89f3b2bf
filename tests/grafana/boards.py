"""The committed dashboards, as the tests beside this file read them."""

import json
import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "dashboards" / "grafana"
CATALOGUES = (CHECKOUT / "dashboards" / "README.md", CHECKOUT / "docs" / "serve.md")
METRIC = re.compile(r"\bstepwarden_[a-z_]+")
# What Grafana puts for its variables. All of a variable is its `allValue`; the rest depends on the time range.
EVERYTHING = ".*"
SPANS = {"$__rate_interval": "1m", "$__interval": "1m", "$__range": "1h"}


def dashboards():
    """By file name, without its extension."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def is_prometheus(dashboard):
    return dashboard["templating"]["list"][0]["query"] == "prometheus"


def expanded(expression, spans=SPANS):
    for variable, span in spans.items():
        expression = expression.replace(variable, span)
    return re.sub(r"\$\{?[a-z_]+\}?", EVERYTHING, expression)


def queries(dashboard):
    """Each panel with each of its targets."""
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel, target


def label_values(query):
    """The series and the label that a variable's query asks for."""
    series, label = re.fullmatch(r"label_values\((.+), ([a-z_]+)\)", query).groups()
    return series, label


def catalogue():
    """The labels of every metric, from the tables `| metric | labels | help |`."""
    rows = {}
    for path in CATALOGUES:
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) == 3 and re.fullmatch(r"`stepwarden_[a-z_]+`", cells[0]):
                rows[cells[0].strip("`")] = set(filter(None, cells[1].replace(" ", "").split(",")))
    return rows
