"""A quota fills until the alert arrives, and empties until it is resolved."""

import json
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from account import ACCOUNT, QUIET
from processes import get, wait_for

NAME = "StepwardenQuotaAboveCritical"
# CloudWatch's count of open executions is a bound.
USAGE = f'stepwarden_quota_usage_at_least{{account_id="{ACCOUNT}",quota="open_executions",region="{QUIET}"}}'
QUERIES = Path(__file__).resolve().parent.parent / "grafana/queries.py"
MANY, FEW = 950_000, 120_000


def show(delivery):
    for one in delivery["alerts"]:
        labels, annotations = one["labels"], one["annotations"]
        print(f"  {one['status']}  {labels['alertname']} ({labels['severity']})  {annotations['summary']}")
        print(f"    {annotations['description']}")
        print(f"    What to do: {annotations['runbook_url']}", flush=True)


def deliveries(stack, status):
    """Those of the alert."""
    return [
        one
        for delivery in stack.deliveries
        for one in delivery["alerts"]
        if one["labels"]["alertname"] == NAME and one["labels"]["region"] == QUIET and one["status"] == status
    ]


def step(begun, what):
    print(f"{time.monotonic() - begun:6.1f} s  {what}", flush=True)


def drive(stack):
    """Prints each step; the first and the last are the account's, those between are real programs'."""
    begun = time.monotonic()
    step(begun, f"CloudWatch tells of {MANY:,} open executions in {QUIET}, of 1,000,000")
    told(stack, MANY)
    step(begun, f"the service's metric is {MANY:,}")
    wait_for("a pending alert", lambda: stack.alerts(NAME), 90)
    step(begun, f"Prometheus: {NAME} is {stack.alerts(NAME)[0]['state']}")
    fired = wait_for("a delivery", lambda: deliveries(stack, "firing"))[0]
    step(begun, "Alertmanager delivered it to the webhook:")
    show({"alerts": [fired]})
    step(begun, f"CloudWatch tells of {FEW:,} open executions")
    told(stack, FEW)
    step(begun, f"the service's metric is {FEW:,}")
    resolved = wait_for("a resolution", lambda: deliveries(stack, "resolved"))[0]
    step(begun, "Alertmanager delivered its end to the webhook:")
    show({"alerts": [resolved]})
    return 0


def told(stack, count):
    stack.account.tell_open_executions(count)
    wait_for(f"a metric of {count}", lambda: stack.metric(USAGE) == count)


def test(stack):
    """Prints a line for each fault; returns 1 where there is one."""
    faults = []

    def expect(holds, what):
        if not holds:
            faults.append(what)

    expect(stack.metric(USAGE) == 100_000, f"the metric begins at {stack.metric(USAGE)}")
    expect(not [one for one in stack.alerts(NAME) if one["labels"]["region"] == QUIET], "an alert before anything")
    begun = time.monotonic()
    told(stack, MANY)
    step(begun, "the metric moved")
    wait_for("a firing alert", lambda: [
        one for one in stack.alerts(NAME) if one["state"] == "firing" and one["labels"]["region"] == QUIET
    ])
    fired = wait_for("a delivery", lambda: deliveries(stack, "firing"))[0]
    step(begun, "the webhook was told")
    labels, annotations = fired["labels"], fired["annotations"]
    expect(labels["severity"] == "critical" and labels["account_id"] == ACCOUNT, f"labels {labels}")
    expect("95% of the quota" in annotations["summary"], annotations["summary"])
    whole = json.dumps([one["annotations"] for one in deliveries(stack, "firing")])
    if "goes-round" not in whole:
        named = wait_for("the holder's name", lambda: "goes-round" in json.dumps(stack.alerts(NAME)))
        expect(named, "the alert does not name who holds the quota")
    look(stack, expect)
    told(stack, FEW)
    wait_for("a resolution", lambda: deliveries(stack, "resolved"))
    step(begun, "it was resolved")
    print("\n".join(faults), end="\n" if faults else "")
    return int(bool(faults))


def look(stack, expect):
    """What Prometheus makes of the service, its rules, and the dashboards."""
    metrics = get(f"{stack.service}/metrics")[1]
    checked = subprocess.run(["promtool", "check", "metrics"], input=metrics, text=True, capture_output=True)
    expect(checked.returncode == 0, f"promtool check metrics: {checked.stdout}{checked.stderr}")
    targets = json.loads(get(f"{stack.prometheus}/api/v1/targets")[1])["data"]["activeTargets"]
    expect([one["health"] for one in targets] == ["up"], f"targets {targets}")
    groups = json.loads(get(f"{stack.prometheus}/api/v1/rules")[1])["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    sick = [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"]
    expect(len(rules) > 15 and not sick, f"rules {sick}")
    for rule in rules:
        if rule["type"] == "alerting":
            page = urlsplit(rule["annotations"]["runbook_url"]).path
            expect(get(f"{stack.service}{page}")[0] == 200, f"{rule['name']} leads to {page}, which is not there")
    asked = subprocess.run([sys.executable, str(QUERIES), stack.prometheus], text=True, capture_output=True)
    failed = [line for line in asked.stdout.splitlines() if not line.startswith("ok")]
    expect(asked.returncode == 0, f"dashboards: {failed[-20:]} {asked.stderr[-500:]}")
