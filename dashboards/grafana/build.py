"""Write the dashboards from their sources.

build.py            write dashboards/grafana/*.json
build.py --check    fail where a written one is not what the sources say
"""

import argparse
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from source import auditor, overview, overview_cloudwatch, permissions, quotas, sensitive_data  # noqa: E402

DASHBOARDS = {
    "overview": overview,
    "quotas": quotas,
    "sensitive-data": sensitive_data,
    "permissions": permissions,
    "auditor": auditor,
    "overview-cloudwatch": overview_cloudwatch,
}


def texts():
    for name, module in DASHBOARDS.items():
        yield HERE / f"{name}.json", json.dumps(module.DASHBOARD, indent=2, ensure_ascii=False) + "\n"


def stale():
    """Files that differ from their sources, are missing, or have none."""
    wanted = dict(texts())
    differing = [
        path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    return differing + sorted(set(HERE.glob("*.json")) - set(wanted))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a file is not current")
    if not parser.parse_args().check:
        for path, text in texts():
            path.write_text(text, encoding="utf-8")
        return
    faults = stale()
    for path in faults:
        print(f"{path.name} is not what its source says: run dashboards/grafana/build.py")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
