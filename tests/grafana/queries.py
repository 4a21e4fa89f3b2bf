"""Run every query of every Prometheus dashboard on a Prometheus that has scraped stepwarden.

    queries.py http://127.0.0.1:9090

Prints a line for each, `ok <dashboard> <panel> <query> series=N`. It fails where one does not parse, returns nothing
(but for those of may_be_empty.py), returns a series twice, or lacks a label that its legend or its table names.
"""

import argparse
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

from boards import SPANS, dashboards, expanded, is_prometheus, label_values, queries
from may_be_empty import MAY_BE_EMPTY

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(address, path, **parameters):
    """What Prometheus answers, or the text of its refusal."""
    url = f"{address.rstrip('/')}{path}?{urllib.parse.urlencode(parameters)}"
    try:
        with DIRECT.open(url, timeout=30) as answer:
            return json.load(answer)["data"], None
    except urllib.error.HTTPError as refusal:
        return None, json.load(refusal).get("error", str(refusal))


def named_labels(panel, target):
    """The labels that a reader is shown: those of the legend, and a table's columns."""
    shown = set(re.findall(r"{{([a-z_]+)}}", target["legendFormat"]))
    for transformation in panel.get("transformations", []):
        columns = transformation["options"].get("renameByName", {})
        shown |= {name for name in columns if not name.startswith("Value")}
    return shown


def fault_of(panel, target, series, may_be_empty):
    if not series:
        return None if may_be_empty else "no series"
    labels = [one["metric"] for one in series]
    if len({json.dumps(one, sort_keys=True) for one in labels}) != len(labels):
        return "a series is there twice"
    missing = {name for name in named_labels(panel, target) for one in labels if name not in one}
    return f"series without the label {', '.join(sorted(missing))}" if missing else None


def check_panel(address, name, panel, target, spans):
    key = (name, panel["title"], target["refId"])
    answer, refusal = ask(address, "/api/v1/query", query=expanded(target["expr"], spans))
    series = answer["result"] if answer else []
    fault = refusal or fault_of(panel, target, series, key in MAY_BE_EMPTY)
    told = f"{name} / {panel['title']} [{target['refId']}]"
    if fault:
        print(f"FAULT {told}: {fault}\n      {target['expr']}")
    else:
        print(f"ok {told} series={len(series)}" + (f" ({MAY_BE_EMPTY[key]})" if not series else ""))
    return not fault


def check_variable(address, name, variable):
    series, label = label_values(variable["query"])
    answer, refusal = ask(address, f"/api/v1/label/{label}/values", **{"match[]": expanded(series)})
    if not answer:
        print(f"FAULT {name} / ${variable['name']}: {refusal or 'no values'}")
        return False
    print(f"ok {name} / ${variable['name']} values={len(answer)}")
    return True


def run(address, spans):
    results, seen = [], set()
    for name, dashboard in dashboards().items():
        if not is_prometheus(dashboard):
            continue
        for variable in dashboard["templating"]["list"][1:]:
            results.append(check_variable(address, name, variable))
        for panel, target in queries(dashboard):
            seen.add((name, panel["title"], target["refId"]))
            results.append(check_panel(address, name, panel, target, spans))
    for key in sorted(set(MAY_BE_EMPTY) - seen):
        print(f"FAULT may_be_empty.py: there is no {' / '.join(key)}")
        results.append(False)
    print(f"{results.count(True)} of {len(results)} hold")
    return all(results) and results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="of Prometheus, http://HOST:PORT")
    parser.add_argument("--rate-interval", default=SPANS["$__rate_interval"], help="what stands for $__rate_interval")
    arguments = parser.parse_args()
    spans = {**SPANS, "$__rate_interval": arguments.rate_interval}
    sys.exit(0 if run(arguments.address, spans) else 1)


if __name__ == "__main__":
    main()
