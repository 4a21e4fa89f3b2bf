"""A dashboard around its panels: variables, links, and where each panel lies."""

from source.panels import DATASOURCE
from source.promql import WINDOW

COLUMNS = 24
LINKS = [
    {
        "asDropdown": True,
        "icon": "external link",
        "includeVars": True,
        "keepTime": True,
        "tags": ["stepwarden"],
        "targetBlank": False,
        "title": "Stepwarden",
        "tooltip": "",
        "type": "dashboards",
        "url": "",
    }
]
BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
OF_PROMETHEUS = (
    f"Gauges are looked up over the last {WINDOW} where nothing fresher is known, "
    "so that a task that reports once an hour is seen too."
)


def datasource_variable(kind):
    return {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": kind,
        "refresh": 1,
        "hide": 0,
        "regex": "",
    }


def query_variable(name, label, query, all_value, datasource=DATASOURCE):
    """Read again with the time range; all of it by one matcher, however many there are."""
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": datasource,
        "query": query,
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": all_value,
        "current": {"text": ["All"], "value": ["$__all"]},
        "hide": 0,
        "regex": "",
    }


def label_variable(name, label, values):
    return query_variable(name, label, values, ".*")


def variables(*more):
    account = "label_values(stepwarden_collector_success, account_id)"
    region = 'label_values(stepwarden_collector_success{account_id=~"$account_id"}, region)'
    return [
        datasource_variable("prometheus"),
        label_variable("account_id", "Account", account),
        label_variable("region", "Region", region),
        *more,
    ]


def placed(rows):
    """The panels with their places and ids: each row as high as its highest, and exactly as wide as the grid."""
    panels, top = [], 0
    for row in rows:
        left = 0
        for panel in row:
            size = panel["gridPos"]
            panels.append({**panel, "id": len(panels) + 1, "gridPos": {**size, "x": left, "y": top}})
            left += size["w"]
        if left != COLUMNS:
            raise SystemExit(f"a row is {left} columns wide, not {COLUMNS}: {[panel['title'] for panel in row]}")
        top += max(panel["gridPos"]["h"] for panel in row)
    return panels


def dashboard(slug, title, description, rows, templates=None, refresh="1m", since="now-24h", note=OF_PROMETHEUS):
    return {
        "uid": f"stepwarden-{slug}",
        "title": f"Stepwarden / {title}",
        "description": f"{description} {note}".strip(),
        "tags": ["stepwarden"],
        "schemaVersion": 41,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "browser",
        "time": {"from": since, "to": "now"},
        "refresh": refresh,
        "timepicker": {},
        "weekStart": "",
        "fiscalYearStartMonth": 0,
        "links": LINKS,
        "annotations": {"list": [BUILT_IN]},
        "templating": {"list": templates or variables()},
        "panels": placed(rows),
    }
