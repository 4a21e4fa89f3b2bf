"""The kinds of panel, as data that Grafana reads: a panel is a dictionary; where it lies is told by `board.py`."""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}

# Blue, amber and vermilion can be told apart without seeing red or green, and read on light paper and on dark.
# The number beside them says the same in text, and each description names its thresholds.
OK, WARNING, CRITICAL = "#3D8FD1", "#B8860B", "#CC3311"
COLOURS = {OK: "blue", WARNING: "amber", CRITICAL: "vermilion"}
SEVERITIES = {"critical": "#CC3311", "high": "#EE7733", "medium": "#DDAA33", "low": "#33BBEE", "info": "#999999"}
BANDS = {"critical": "#CC3311", "high": "#EE7733", "medium": "#DDAA33", "low": "#33BBEE", "none": "#999999"}
OUTCOMES = {"error": "#CC3311", "denied": "#EE7733", "throttled": "#DDAA33", "ok": "#3D8FD1"}
DATA = {"secret": "#CC3311", "pii": "#DDAA33"}
SUCCESS = [{"type": "value", "options": {"0": {"text": "failed", "color": CRITICAL}, "1": {"text": "ok", "color": OK}}}]
CALCULATIONS = {"calcs": ["lastNotNull"], "fields": "", "values": False}
CHECK_PAGE = "https://stepwarden.example.com/checks/${__value.raw}"


def query(expression, legend="", **more):
    return {"expr": expression, "legendFormat": legend or "__auto", **more}


def levels(warning=None, critical=None):
    """Thresholds from low and good to high and bad; with warning above critical, the other way round."""
    if warning is None:
        return [{"color": OK, "value": None}] + (
            [{"color": CRITICAL, "value": critical}] if critical is not None else []
        )
    if critical is not None and warning > critical:
        worst_first = [(CRITICAL, None), (WARNING, critical), (OK, warning)]
        return [{"color": colour, "value": value} for colour, value in worst_first]
    steps = [{"color": OK, "value": None}, {"color": WARNING, "value": warning}]
    return steps + ([{"color": CRITICAL, "value": critical}] if critical is not None else [])


def told(value, unit):
    if unit == "percentunit":
        return f"{value * 100:g} %"
    if unit == "s":
        return f"{value / 3600:g} h" if value >= 3600 else f"{value:g} s"
    return f"{value:g}"


def in_words(steps, unit):
    words = [f"{COLOURS[steps[0]['color']]} below {told(steps[1]['value'], unit)}"]
    words += [f"{COLOURS[step['color']]} from {told(step['value'], unit)}" for step in steps[1:]]
    return ", ".join(words)


def with_levels(description, steps, unit):
    """The thresholds in words, for those who do not see the colours."""
    graded = steps and len(steps) > 1
    return f"{description} Colours: {in_words(steps, unit)}." if graded else description


def override(kind, name, **properties):
    """`custom_` in a property's name stands for the plugin's own options."""
    values = [{"id": key.replace("custom_", "custom."), "value": value} for key, value in properties.items()]
    return {"matcher": {"id": kind, "options": name}, "properties": values}


def fixed(names):
    return [override("byName", name, color={"mode": "fixed", "fixedColor": colour}) for name, colour in names.items()]


def panel(kind, title, description, unit, queries, size, defaults, options, overrides=()):
    targets = [{"refId": chr(ord("A") + index), **one} for index, one in enumerate(queries)]
    width, height = size
    return {
        "type": kind,
        "title": title,
        "description": description,
        "gridPos": {"w": width, "h": height},
        "datasource": DATASOURCE,
        "targets": [{"datasource": DATASOURCE, **target} for target in targets],
        "fieldConfig": {"defaults": {"unit": unit, **defaults}, "overrides": list(overrides)},
        "options": options,
    }


def stat(
    title,
    description,
    unit,
    queries,
    width=3,
    steps=None,
    mappings=(),
    text="auto",
    height=4,
    no_value="unknown",
    decimals=None,
):
    steps = steps or levels()
    defaults = {
        "color": {"mode": "thresholds"},
        "thresholds": {"mode": "absolute", "steps": steps},
        "mappings": list(mappings),
        "noValue": no_value,
    }
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": CALCULATIONS,
        "showPercentChange": False,
        "textMode": text,
        "wideLayout": True,
    }
    described = description if mappings else with_levels(description, steps, unit)
    instant = [{"instant": True, "range": False, **one} for one in queries]
    return panel("stat", title, described, unit, instant, (width, height), defaults, options)


def timeseries(
    title,
    description,
    unit,
    queries,
    width=12,
    height=8,
    colours=None,
    stacked=False,
    bars=False,
    overrides=(),
    log=False,
    **bounds,
):
    custom = {
        "drawStyle": "bars" if bars else "line",
        "lineWidth": 1 if stacked or bars else 2,
        "fillOpacity": 60 if bars else 30 if stacked else 0,
        "showPoints": "auto",
        # An hour between two samples is how a task reports, not a gap.
        "spanNulls": 9_000_000,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "scaleDistribution": {"type": "log", "log": 10} if log else {"type": "linear"},
        # A logarithmic scale has no 0.
        **({} if log else {"axisSoftMin": 0}),
    }
    defaults = {"color": {"mode": "palette-classic-by-name"}, "custom": custom, "noValue": "unknown", **bounds}
    place = "right" if width >= 12 else "bottom"
    options = {
        "legend": {"calcs": ["lastNotNull", "max"], "displayMode": "table", "placement": place, "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    named = fixed(colours or {})
    return panel(
        "timeseries", title, description, unit, queries, (width, height), defaults, options, [*named, *overrides]
    )


def bargauge(title, description, unit, queries, width=12, height=8, steps=None, no_value="unknown", **bounds):
    defaults = {
        "color": {"mode": "thresholds"},
        "thresholds": {"mode": "absolute", "steps": steps or levels()},
        "noValue": no_value,
        "min": 0,
        **bounds,
    }
    options = {
        "displayMode": "basic",
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
        "maxVizHeight": 40,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "left",
        "orientation": "horizontal",
        "reduceOptions": CALCULATIONS,
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "text",
    }
    described = with_levels(description, steps, unit)
    instant = [{"instant": True, "range": False, **one} for one in queries]
    return panel("bargauge", title, described, unit, instant, (width, height), defaults, options)


def column(expression, name, unit="none", steps=None, mappings=(), **more):
    """A table's column of values. Those of labels are named by `table`."""
    return {"expr": expression, "name": name, "unit": unit, "steps": steps, "mappings": list(mappings), **more}


def column_override(one):
    properties = {"unit": one["unit"]}
    if one["steps"]:
        properties["thresholds"] = {"mode": "absolute", "steps": one["steps"]}
        properties["color"] = {"mode": "thresholds"}
        properties["custom_cellOptions"] = {"type": "color-text"}
    if one["mappings"]:
        properties["mappings"] = one["mappings"]
        properties["custom_cellOptions"] = {"type": "color-text"}
    return override("byName", one["name"], **properties)


def table(title, description, labels, columns, width=24, height=10, sort=None, descending=True):
    """One row for each set of labels, with a column for each expression. `labels`: of the series, to their headings."""
    queries = [query(one["expr"], instant=True, range=False, format="table") for one in columns]
    # A table of one query calls its values `Value`, one of many `Value #A`.
    values = [f"Value #{chr(ord('A') + index)}" if len(columns) > 1 else "Value" for index in range(len(columns))]
    names = {**labels, **{value: one["name"] for value, one in zip(values, columns)}}
    organize = {
        "excludeByName": {"Time": True},
        "includeByName": {},
        "indexByName": {name: index for index, name in enumerate(names)},
        "renameByName": names,
    }
    overrides = [column_override(one) for one in columns]
    if "check" in labels:
        link = {"title": "What this check says", "url": CHECK_PAGE, "targetBlank": True}
        overrides.append(override("byName", labels["check"], links=[link]))
    options = {
        "cellHeight": "sm",
        "frameIndex": 0,
        "showHeader": True,
        "sortBy": [{"displayName": sort or columns[0]["name"], "desc": descending}],
    }
    defaults = {
        "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False},
        "noValue": "",
    }
    made = panel(
        "table", title, described(description, columns), "none", queries, (width, height), defaults, options, overrides
    )
    made["transformations"] = [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}]
    return made


def described(description, columns):
    graded = [f"{one['name']} {in_words(one['steps'], one['unit'])}" for one in columns if one["steps"]]
    return f"{description} Colours: {'; '.join(graded)}." if graded else description
