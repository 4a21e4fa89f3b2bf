"""Whether panels tell the truth at a service's scrapes and at an hourly task's, by promtool's unit tests.

    windows.py [--promtool promtool]

The expressions are those of the committed dashboards. `_` is no sample, and `stale` what Prometheus notes at a scrape
that lacks a series; a pushed series has no such mark.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from boards import dashboards, expanded

REGION = 'account_id="111122223333", region="eu-west-1"'
OTHER = 'account_id="111122223333", region="us-east-1"'
ALIVE = "stepwarden_collector_success"
FINDINGS, QUOTA = "stepwarden_findings", 'quota="open_executions"'
SCRAPED = "1+0x300"
HOURLY = "1 " + "_x59 1 " * 4


def series(name, labels, values):
    return {"series": f"{name}{{{labels}}}", "values": values}


def service(where=REGION, process="a:9853", values=SCRAPED):
    return series(ALIVE, f'{where}, collector="iam", instance="{process}"', values)


def task(where=REGION, values=HOURLY):
    return series(ALIVE, f'{where}, collector="iam"', values)


def high(values, where=REGION, more=""):
    return series(FINDINGS, f'{where}, check="wildcard-action", severity="high"{more}', values)


def medium(values, where=REGION):
    return series(FINDINGS, f'{where}, check="shared-role", severity="medium"', values)


GRAVE = ("overview", "Critical and high", "A")
OLDEST = ("overview", "Oldest collection", "A")
SHARE = ("quotas", "Highest share used", "A")
LIMIT = series("stepwarden_quota_limit", f"{REGION}, {QUOTA}", HOURLY.replace("1", "100"))

# What is told, then at which minute which panel shows what; None is no series at all.
CASES = {
    "service: a finding that was mended is gone at once": (
        [service(), high("3x10 stale"), medium("1+0x300")],
        [(5, GRAVE, 3), (12, GRAVE, 0)],
    ),
    "service: two of them tell the same once": (
        [
            service(),
            service(process="b:9853"),
            high(SCRAPED, more=', instance="a:9853"'),
            high(SCRAPED, more=', instance="b:9853"'),
        ],
        [(30, GRAVE, 1)],
    ),
    "service: while it restarts, the last is shown": (
        [service(values="1x10 stale _x20 1x60"), high("2x10 stale _x20 2x60")],
        [(10, GRAVE, 2), (20, GRAVE, 2), (40, GRAVE, 2)],
    ),
    "task: a sample an hour is seen all the time": (
        [task(), high("2 _x59 2 _x59 2 _x59 2 _x59 2")],
        [(1, GRAVE, 2), (30, GRAVE, 2), (59, GRAVE, 2), (119, GRAVE, 2)],
    ),
    "task: one missed run leaves no gap, three do": (
        [task(values="1"), high("2")],
        [(61, GRAVE, 2), (149, GRAVE, 2), (181, GRAVE, None)],
    ),
    "task: a Region that is told is not overlaid by another's past": (
        [task(), task(OTHER, "1"), high("1 _x59 0 _x59 0 _x59 0"), high("4", OTHER)],
        [(30, GRAVE, 5), (61, GRAVE, 4), (181, GRAVE, 0)],
    ),
    "service: a collector that fails grows old": (
        [service(), series("stepwarden_last_success_timestamp_seconds", f'{REGION}, collector="tags"', "0x10 stale")],
        [(10, OLDEST, 600), (200, OLDEST, 12_000)],
    ),
    "nothing judged is not 0": ([service()], [(30, GRAVE, None)]),
    "judged and nothing found is 0": ([service(), medium("0+0x300")], [(30, GRAVE, 0)]),
    "service: a bound takes the place of an exact number": (
        [
            service(),
            series("stepwarden_quota_limit", f"{REGION}, {QUOTA}", "100+0x300"),
            series("stepwarden_quota_usage", f"{REGION}, {QUOTA}", "90x10 stale"),
            series("stepwarden_quota_usage_at_least", f"{REGION}, {QUOTA}", "_x11 40x300"),
        ],
        [(5, SHARE, 0.9), (12, SHARE, 0.4)],
    ),
    "task: an exact number and a later bound: the higher": (
        [
            task(),
            LIMIT,
            series("stepwarden_quota_usage", f"{REGION}, {QUOTA}", "40"),
            series("stepwarden_quota_usage_at_least", f"{REGION}, {QUOTA}", "_x60 70 _x59 70 _x59 70"),
        ],
        [(30, SHARE, 0.4), (61, SHARE, 0.7), (90, SHARE, 0.7)],
    ),
}


def expressions():
    return {
        (name, panel["title"], target["refId"]): expanded(target.get("expr", ""))
        for name, dashboard in dashboards().items()
        for panel in dashboard["panels"]
        for target in panel["targets"]
    }


def test(name, told, expected, known):
    checks = [
        {
            "expr": known[panel],
            "eval_time": f"{minute}m",
            "exp_samples": [] if value is None else [{"labels": "{}", "value": value}],
        }
        for minute, panel, value in expected
    ]
    return {"name": name, "interval": "1m", "input_series": told, "promql_expr_test": checks}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--promtool", default="promtool")
    promtool, known = parser.parse_args().promtool, expressions()
    tests = [test(name, told, expected, known) for name, (told, expected) in CASES.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "windows.json"
        # JSON is YAML too, which is what promtool reads.
        path.write_text(json.dumps({"evaluation_interval": "1m", "tests": tests}))
        said = subprocess.run([promtool, "test", "rules", str(path)], check=False, capture_output=True, text=True)
    print((said.stdout + said.stderr).replace(folder, "").strip() if said.returncode else f"{len(tests)} cases hold")
    sys.exit(said.returncode)


if __name__ == "__main__":
    main()
