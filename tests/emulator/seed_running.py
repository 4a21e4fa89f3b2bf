"""Start executions that go on running, in a Region of their own: one that waits in a loop, and one whose Map Run is open.

With --crowded CloudWatch tells of 900,000 open executions, 10,000 more each hour, most of them of the one in a loop.
"""

import argparse
import json
from datetime import UTC, datetime, timedelta

import boto3
from botocore.config import Config

PAUSE = {"Type": "Wait", "Seconds": 3600}
ITEMS = {
    "StartAt": "Pause",
    "States": {"Pause": {**PAUSE, "End": True}},
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
}
MACHINES = {
    "goes-round": {"StartAt": "Pause", "States": {"Pause": {**PAUSE, "Next": "Pause"}}},
    "goes-through": {"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemProcessor": ITEMS, "End": True}}},
}


def crowd(cloudwatch, machines):
    """Points by the minute and by the hour, and what each machine started and ended in the last hours."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    ago = [timedelta(minutes=minutes) for minutes in range(30, 0, -1)]
    ago += [timedelta(hours=hours) for hours in range(14 * 24, 0, -1)]
    points = [("OpenExecutionCount", 900_000 - 10_000 * (back / timedelta(hours=1)), back, []) for back in ago]
    points += [("OpenExecutionLimit", 1_000_000, back, []) for back in ago[:30]]
    for machine, (started, ended) in zip(machines, [(50, 0), (60, 60)]):
        dimensions = [{"Name": "StateMachineArn", "Value": machine}]
        for back in ago[::3]:
            if back < timedelta(hours=3):
                points.append(("ExecutionsStarted", started, back, dimensions))
                points.append(("ExecutionsSucceeded", ended, back, dimensions))
    data = [
        {"MetricName": name, "Value": max(value, 0), "Timestamp": now - back, "Dimensions": dimensions}
        for name, value, back, dimensions in points
    ]
    cloudwatch.put_metric_data(Namespace="AWS/States", MetricData=data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--endpoint", "--account", "--region"):
        parser.add_argument(name, required=True)
    parser.add_argument("--crowded", action="store_true")
    arguments = parser.parse_args()
    session = boto3.Session("test", "test", region_name=arguments.region)
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    states = session.client("stepfunctions", endpoint_url=arguments.endpoint, config=config)
    machines = []
    for name, definition in MACHINES.items():
        role = f"arn:aws:iam::{arguments.account}:role/runs"
        created = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)
        machines.append(created["stateMachineArn"])
        states.start_execution(stateMachineArn=created["stateMachineArn"], name="of-jane-doe", input="[1, 2]")
    if arguments.crowded:
        crowd(session.client("cloudwatch", endpoint_url=arguments.endpoint, config=config), machines)


if __name__ == "__main__":
    main()
