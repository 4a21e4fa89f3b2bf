"""What changes in the emulated account while the service watches it."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
# Executions of `goes-round` and `goes-through` run here; what else is seeded is in the other two Regions.
QUIET = "eu-north-1"
REGIONS = ("us-east-1", "eu-west-1", QUIET)
PASSES = json.dumps({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
ROLE = f"arn:aws:iam::{ACCOUNT}:role/runs"


class Account:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        # What is told next is of the minute after: CloudWatch's number of a minute is its highest. None is in the future.
        self.minute = datetime.now(UTC) - timedelta(minutes=5)

    def client(self, service, region):
        session = boto3.Session("test", "test", region_name=region)
        return session.client(service, endpoint_url=self.endpoint, config=Config(proxies={}))

    def start_executions(self):
        script = Path(__file__).parent.parent / "emulator/seed_running.py"
        command = [sys.executable, str(script), "--endpoint", self.endpoint]
        subprocess.run([*command, "--account", ACCOUNT, "--region", QUIET], check=True)

    def tell_open_executions(self, count):
        """As CloudWatch would in the next minute: the count, its limit, and who started them."""
        self.minute += timedelta(minutes=1)
        now = self.minute
        machine = f"arn:aws:states:{QUIET}:{ACCOUNT}:stateMachine:goes-round"
        started = {"Name": "StateMachineArn", "Value": machine}
        data = [("OpenExecutionCount", count, now, []), ("OpenExecutionLimit", 1_000_000, now, [])]
        data += [("ExecutionsStarted", 50, now - timedelta(minutes=ago), [started]) for ago in (3, 2, 1)]
        points = [
            {"MetricName": name, "Value": value, "Timestamp": at, "Dimensions": dimensions}
            for name, value, at, dimensions in data
        ]
        self.client("cloudwatch", QUIET).put_metric_data(Namespace="AWS/States", MetricData=points)

    def create(self, name, region):
        created = self.client("stepfunctions", region).create_state_machine(name=name, definition=PASSES, roleArn=ROLE)
        return created["stateMachineArn"]

    def delete(self, arn, region):
        self.client("stepfunctions", region).delete_state_machine(stateMachineArn=arn)
