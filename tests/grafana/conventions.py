"""What is asked of every dashboard beyond the schema: the house's conventions, and what Grafana's own linter asks."""

import re
from itertools import combinations

KINDS = ("stat", "timeseries", "bargauge", "table")
# Stats first, then what has a history, then lists.
ORDER = {"stat": 0, "timeseries": 1, "bargauge": 2, "table": 2}
UNITS = {"none", "short", "locale", "percentunit", "s", "Bps", "cps", "reqps", "dateTimeFromNow"}
DATASOURCES = {"prometheus": ".*", "cloudwatch": "*"}
COLUMNS = 24
BUILT_IN = re.compile(r"^__")


def faults(name, dashboard):
    yield from of_frame(name, dashboard)
    yield from of_variables(dashboard)
    yield from of_grid(dashboard["panels"])
    for panel in dashboard["panels"]:
        for fault in of_panel(panel, kind_of(dashboard)):
            yield f"{panel['title']}: {fault}"


def kind_of(dashboard):
    return dashboard["templating"]["list"][0]["query"]


def of_frame(name, dashboard):
    demands = {
        "a fixed uid": dashboard.get("uid") == f"stepwarden-{name}",
        "a title `Stepwarden / …`": dashboard.get("title", "").startswith("Stepwarden / "),
        "a description": bool(dashboard.get("description")),
        "the tag stepwarden": dashboard.get("tags") == ["stepwarden"],
        "schema version 39 to 41": 39 <= dashboard.get("schemaVersion", 0) <= 41,
        "editable false": dashboard.get("editable") is False,
        "a refresh": bool(dashboard.get("refresh")),
        "links by tag that keep time and variables": [
            (link["type"], link["tags"], link["includeVars"], link["keepTime"]) for link in dashboard["links"]
        ]
        == [("dashboards", ["stepwarden"], True, True)],
    }
    yield from (f"lacks {what}" for what, holds in demands.items() if not holds)
    yield from (
        f"has {key}, which belongs to an export" for key in ("__inputs", "__requires", "id") if key in dashboard
    )


def of_variables(dashboard):
    variables = dashboard["templating"]["list"]
    names = [variable["name"] for variable in variables]
    if names[:3] != ["datasource", "account_id", "region"]:
        yield f"begins with the variables {names[:3]}"
    first = variables[0]
    if (first["type"], first["label"]) != ("datasource", "Data source") or first["query"] not in DATASOURCES:
        yield "has no variable for the data source"
    for variable in variables[1:]:
        for key, wanted in {"type": "query", "refresh": 2, "multi": True, "includeAll": True}.items():
            if variable.get(key) != wanted:
                yield f"${variable['name']}: {key} is not {wanted}"
        if variable.get("allValue") != DATASOURCES.get(first["query"]):
            yield f"${variable['name']}: all of it is not one matcher"
    text = str([panel["targets"] for panel in dashboard["panels"]]) + str([one.get("query") for one in variables])
    used = {name for name in re.findall(r"\$\{?([a-z_]+)", text) if not BUILT_IN.match(name)}
    used |= {"datasource"}
    yield from (f"${name} is used and not a variable" for name in sorted(used - set(names)))
    yield from (f"${name} is not used" for name in sorted(set(names) - used))


def of_grid(panels):
    places = [panel["gridPos"] for panel in panels]
    for panel, place in zip(panels, places):
        if place["x"] < 0 or place["x"] + place["w"] > COLUMNS:
            yield f"{panel['title']} is outside of the grid"
    for (one, a), (other, b) in combinations(zip(panels, places), 2):
        apart = (
            a["x"] + a["w"] <= b["x"]
            or b["x"] + b["w"] <= a["x"]
            or a["y"] + a["h"] <= b["y"]
            or b["y"] + b["h"] <= a["y"]
        )
        if not apart:
            yield f"{one['title']} and {other['title']} overlap"
    for what, key in (("id", "id"), ("title", "title")):
        values = [panel[key] for panel in panels]
        yield from (
            f"two panels with the {what} {value}" for value in sorted(set(values), key=str) if values.count(value) > 1
        )
    ranks = [
        ORDER.get(panel["type"], 0)
        for panel in sorted(panels, key=lambda one: (one["gridPos"]["y"], one["gridPos"]["x"]))
    ]
    if ranks != sorted(ranks):
        yield "does not go from stats to histories to lists"


def of_panel(panel, datasource):
    defaults = panel["fieldConfig"]["defaults"]
    if panel["type"] not in KINDS:
        yield f"is a {panel['type']}"
    yield from (f"lacks a {key}" for key in ("title", "description") if not panel.get(key))
    units = [defaults.get("unit")] + [value for key, value in properties(panel) if key == "unit"]
    yield from (f"has the unit {unit}" for unit in units if unit not in UNITS)
    wanted = {"type": datasource, "uid": "${datasource}"}
    if any(one.get("datasource") != wanted for one in (panel, *panel["targets"])):
        yield "does not ask the chosen data source"
    if not panel["targets"]:
        yield "asks nothing"
    references = [target["refId"] for target in panel["targets"]]
    if len(set(references)) != len(references):
        yield "has two queries of one name"
    yield from of_words(panel, defaults)


def properties(panel):
    return [
        (one["id"], one["value"]) for override in panel["fieldConfig"]["overrides"] for one in override["properties"]
    ]


def of_words(panel, defaults):
    """A colour alone tells nothing to those who do not see it."""
    scales = [defaults.get("thresholds")] + [value for key, value in properties(panel) if key == "thresholds"]
    graded = any(scale and len(scale["steps"]) > 1 for scale in scales)
    if graded and "Colours: " not in panel["description"]:
        yield "has thresholds that its description does not tell"
    if panel["type"] in ("stat", "bargauge") and not defaults.get("noValue"):
        yield "does not say what it shows for nothing"
