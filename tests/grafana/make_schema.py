"""Make dashboard.schema.json and panels.schema.json anew from Grafana's published types; NOTICE says of which version.

    npm install --ignore-scripts @grafana/schema@13.2.3 ts-json-schema-generator@2.4.0
    make_schema.py node_modules

Descriptions are left out: they are most of the text, and no validator reads them.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
KINDS = ("stat", "timeseries", "table", "bargauge")
# What a panel's own part of the field configuration may hold; the others have none.
WITH_FIELDS = ("timeseries", "table")


def without_descriptions(node):
    if isinstance(node, dict):
        return {
            key: without_descriptions(value)
            for key, value in node.items()
            if not (key in ("description", "deprecated") and isinstance(value, str))
        }
    return [without_descriptions(one) for one in node] if isinstance(node, list) else node


def schema(modules, types, name):
    generator = modules / ".bin" / "ts-json-schema-generator"
    path = modules / "@grafana" / "schema" / "dist" / "types" / "raw" / types / "types.gen.d.ts"
    command = [str(generator), "--path", str(path), "--type", name, "--no-type-check"]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return without_descriptions(json.loads(said.stdout))


def panels(modules):
    for kind in KINDS:
        types = f"composable/{kind}/panelcfg/x"
        parts = {"options": schema(modules, types, "Options")}
        if kind in WITH_FIELDS:
            parts["custom"] = schema(modules, types, "FieldConfig")
        yield kind, parts


def write(name, content):
    (HERE / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    write("dashboard.schema.json", schema(folder, "dashboard/x", "Dashboard"))
    write("panels.schema.json", dict(panels(folder)))
