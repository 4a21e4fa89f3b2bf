"""Whether the committed dashboards are what Grafana reads and what the house asks. Prints one line for each fault.

    lint.py [--binary target/debug/stepwarden]

It runs with the interpreter of the virtualenv that holds requirements.txt.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
from jsonschema import Draft7Validator

import boards
import cloudwatch
import conventions
import expressions

HERE = Path(__file__).resolve().parent
# Grafana's Python types are those of 10.1: these keys came later. The schema, which is newer, knows them.
NEWER = {"builtIn", "legend", "maxVizHeight", "namePlacement", "percentChangeColorMode"}
NEWER |= {"showPercentChange", "sizing", "wideLayout"}


def validator(schema):
    return Draft7Validator(schema)


def schema_faults(dashboard, whole, parts):
    yield from errors(whole, dashboard)
    for panel in dashboard["panels"]:
        known = parts.get(panel["type"], {})
        told = {"options": panel["options"], "custom": panel["fieldConfig"]["defaults"].get("custom", {})}
        for part, schema in known.items():
            yield from (f"{panel['title']}: {part}: {fault}" for fault in errors(schema, told[part]))
        fields = {"properties": {}} if "custom" not in known else known["custom"].schema["definitions"]["FieldConfig"]
        for key, _ in conventions.properties(panel):
            if key.startswith("custom.") and key.removeprefix("custom.") not in fields["properties"]:
                yield f"{panel['title']}: a {panel['type']} has no {key}"


def errors(schema, instance):
    for error in schema.iter_errors(instance):
        for cause in causes(error):
            yield f"{'.'.join(map(str, cause.absolute_path))}: {cause.message[:300]}"


def causes(error):
    """Where one of many shapes was allowed: the faults of the shape that is nearest."""
    if not error.context:
        return [error]
    branches = {}
    for one in error.context:
        branches.setdefault(one.schema_path[0], []).append(one)
    return [cause for one in min(branches.values(), key=len) for cause in causes(one)]


def lost(before, after, path=""):
    """What Grafana's own types did not know, or read otherwise. Their defaults may come on top."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key in after:
                yield from lost(value, after[key], f"{path}.{key}")
            elif key not in NEWER:
                yield f"{path}.{key} is not read"
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after)):
            yield from lost(one, other, f"{path}[{index}]")
    elif before != after:
        yield f"{path} is read as {after!r}"


def round_trip_faults(dashboard):
    yield from lost(dashboard, json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard))))


def query_faults(dashboard, catalogue):
    for panel, target in boards.queries(dashboard):
        for fault in dict.fromkeys(expressions.faults(target["expr"], catalogue)):
            yield f"{panel['title']} [{target['refId']}]: {fault}"
    for variable in dashboard["templating"]["list"][1:]:
        series, label = boards.label_values(variable["query"])
        metric = boards.METRIC.match(series).group()
        if label not in catalogue.get(metric, ()):
            yield f"${variable['name']}: {metric} has no label {label}"


def unseen_faults(dashboards, catalogue):
    """Every metric is worth a panel, or it is not worth a metric."""
    of_prometheus = [one for one in dashboards.values() if boards.is_prometheus(one)]
    shown = {
        metric
        for dashboard in of_prometheus
        for _, target in boards.queries(dashboard)
        for metric in boards.METRIC.findall(target["expr"])
    }
    yield from (f"{metric} is in no dashboard" for metric in sorted(set(catalogue) - shown))


def build_faults():
    said = subprocess.run(
        [sys.executable, str(boards.FOLDER / "build.py"), "--check"], stdout=subprocess.PIPE, text=True
    )
    yield from said.stdout.splitlines()
    if said.returncode and not said.stdout:
        yield "build.py --check failed"


def family_faults(binary):
    if not binary.is_file():
        print(f"SKIPPED: the list of checks by family (no {binary})")
        if os.environ.get("CI") == "true":
            yield "the binary is missing, and CI=true"
        return
    sys.path.insert(0, str(boards.FOLDER))
    from source.checks import FAMILIES

    listed = json.loads(
        subprocess.run([str(binary), "checks", "--format", "json"], check=True, stdout=subprocess.PIPE).stdout
    )
    told = {(check, family) for family, checks in FAMILIES.items() for check in checks}
    real = {(one["id"], one["family"]) for one in listed}
    yield from (f"{check} of {family} is not in source/checks.py" for check, family in sorted(real - told))
    yield from (f"{check} of {family} is in source/checks.py alone" for check, family in sorted(told - real))


def all_faults(binary):
    plugins.register_default_plugins()
    whole = validator(json.loads((HERE / "dashboard.schema.json").read_text()))
    panels = json.loads((HERE / "panels.schema.json").read_text())
    parts = {kind: {part: validator(schema) for part, schema in both.items()} for kind, both in panels.items()}
    dashboards, catalogue = boards.dashboards(), boards.catalogue()
    for name, dashboard in dashboards.items():
        of_source = (
            query_faults(dashboard, catalogue) if boards.is_prometheus(dashboard) else cloudwatch.faults(dashboard)
        )
        checks = (
            schema_faults(dashboard, whole, parts),
            round_trip_faults(dashboard),
            conventions.faults(name, dashboard),
        )
        for faults in (*checks, of_source):
            yield from (f"{name}: {fault}" for fault in faults)
    counts = Counter(dashboard.get("uid") for dashboard in dashboards.values())
    yield from (f"two dashboards with the uid {uid}" for uid, count in counts.items() if count > 1)
    yield from unseen_faults(dashboards, catalogue)
    yield from build_faults()
    yield from family_faults(binary)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = boards.CHECKOUT / "target" / "debug" / "stepwarden"
    parser.add_argument(
        "--binary", type=Path, default=default, help="stepwarden, whose checks are held against the dashboards'"
    )
    faults = list(all_faults(parser.parse_args().binary))
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
