"""Start executions that go on running, in a Region of their own: one that waits in a loop, and one whose Map Run is open."""

import argparse
import json

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--endpoint", "--account", "--region"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()
    session = boto3.Session("test", "test", region_name=arguments.region)
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    states = session.client("stepfunctions", endpoint_url=arguments.endpoint, config=config)
    for name, definition in MACHINES.items():
        role = f"arn:aws:iam::{arguments.account}:role/runs"
        created = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)
        states.start_execution(stateMachineArn=created["stateMachineArn"], name="of-jane-doe", input="[1, 2]")


if __name__ == "__main__":
    main()
