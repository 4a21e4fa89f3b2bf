"""Fill an emulator with the demo account (or, with --bulk, with many small machines for a benchmark).

A seed expects an empty emulator: whatever it does not accept raises. It prints one line of JSON that says what it made.
It runs with the interpreter of the virtualenv that holds boto3.
"""

import argparse
import io
import json
import urllib.request
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
from botocore.config import Config

import demo_account as demo
from seed_bulk import seed_bulk

ACCOUNTS = {"moto": "123456789012", "ministack": "000000000000"}


class Account:
    """The emulated account: its clients, and the words that stand for its id and key in the demo data."""

    def __init__(self, endpoint, account_id):
        self.endpoint, self.id, self.key = endpoint, account_id, ""
        self.session = boto3.Session("test", "test", region_name=demo.EAST)
        self.clients = {}

    def client(self, service, region=demo.EAST):
        if (service, region) not in self.clients:
            config = Config(retries={"total_max_attempts": 1}, proxies={}, max_pool_connections=16)
            self.clients[service, region] = self.session.client(
                service, region_name=region, endpoint_url=self.endpoint, config=config
            )
        return self.clients[service, region]

    def text(self, document, region=""):
        """A document as JSON text, with its placeholders filled in."""
        text = json.dumps(document)
        return text.replace("{account}", self.id).replace("{region}", region).replace("{key}", self.key)

    def policy(self, statements):
        return self.text({"Version": "2012-10-17", "Statement": statements})

    def role_arn(self, name):
        return f"arn:aws:iam::{self.id}:role/{name}"

    def policy_arn(self, name):
        return f"arn:aws:iam::{self.id}:policy/{name}"

    def group_arn(self, region, name):
        return f"arn:aws:logs:{region}:{self.id}:log-group:{demo.GROUP_PREFIX}{name}"

    def trust(self, guarded):
        """Who may assume an execution role: Step Functions, guarded against a confused deputy or not."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        if guarded:
            statement["Condition"] = {
                "StringEquals": {"aws:SourceAccount": self.id},
                "ArnLike": {"aws:SourceArn": f"arn:aws:states:*:{self.id}:stateMachine:*"},
            }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def seed_identity(account):
    """Roles, policies, groups and users."""
    iam = account.client("iam")
    for name, statements in demo.MANAGED_POLICIES.items():
        iam.create_policy(PolicyName=name, PolicyDocument=account.policy(statements))
    for name, role in demo.ROLES.items():
        boundary = {"PermissionsBoundary": account.policy_arn(role.boundary)} if role.boundary else {}
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=account.trust(role.guarded),
            Description=role.description,
            **boundary,
        )
        if role.inline:
            iam.put_role_policy(RoleName=name, PolicyName="execution", PolicyDocument=account.policy(role.inline))
        for policy in role.managed:
            iam.attach_role_policy(RoleName=name, PolicyArn=account.policy_arn(policy))
    for name, statements in demo.GROUPS.items():
        iam.create_group(GroupName=name)
        iam.put_group_policy(GroupName=name, PolicyName="access", PolicyDocument=account.policy(statements))
    for name, user in demo.USERS.items():
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="access", PolicyDocument=account.policy(user["inline"]))
        for group in user["groups"]:
            iam.add_user_to_group(GroupName=group, UserName=name)
    supplier = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{demo.SUPPLIER_ACCOUNT}:root"},
                "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "acme"}}}
    iam.create_role(RoleName=demo.SUPPLIER_ROLE, AssumeRolePolicyDocument=account.policy([supplier]))
    grants = account.policy(demo.SUPPLIER_GRANTS)
    iam.put_role_policy(RoleName=demo.SUPPLIER_ROLE, PolicyName="access", PolicyDocument=grants)


def seed_log_groups(account):
    for name, groups in demo.LOG_GROUPS.items():
        for group in groups:
            logs = account.client("logs", group.region)
            path = demo.GROUP_PREFIX + name
            key = account.key if group.key else None
            if group.disabled_key:
                kms = account.client("kms", group.region)
                key = kms.create_key(Description="logs")["KeyMetadata"]["Arn"]
            logs.create_log_group(logGroupName=path, **({"kmsKeyId": key} if key else {}))
            if group.disabled_key:
                kms.disable_key(KeyId=key.rsplit("/", 1)[-1])
            if group.retention_days:
                logs.put_retention_policy(logGroupName=path, retentionInDays=group.retention_days)
    delivery = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": demo.LOG_WRITE_ACTIONS,
        "Resource": account.group_arn(demo.EAST, "*"),
    }
    account.client("logs").put_resource_policy(
        policyName="AWSLogDeliveryWrite20150319", policyDocument=account.policy([delivery])
    )


def seed_machine(account, machine):
    encryption = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": account.key, "kmsDataKeyReusePeriodSeconds": 300}
    logging = {"level": machine.log_level, "includeExecutionData": machine.log_data}
    if machine.log_level != "OFF":
        destination = account.group_arn(machine.region, machine.name) + ":*"
        logging["destinations"] = [{"cloudWatchLogsLogGroup": {"logGroupArn": destination}}]
    states = account.client("stepfunctions", machine.region)
    published = machine.published if account.id != ACCOUNTS["moto"] else None  # moto publishes nothing
    definition = published or machine.definition
    created = states.create_state_machine(
        name=machine.name,
        definition=account.text(definition, machine.region),
        roleArn=account.role_arn(machine.role),
        type=machine.type,
        tracingConfiguration={"enabled": machine.tracing},
        tags=[{"key": key, "value": value} for key, value in machine.tags.items()],
        **({"loggingConfiguration": logging} if machine.log_level != "OFF" else {}),
        **({"encryptionConfiguration": encryption} if machine.key else {}),
    )
    if published:
        arn = created["stateMachineArn"]
        version = states.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
        route = {"stateMachineVersionArn": version, "weight": 100}
        states.create_state_machine_alias(name="live", routingConfiguration=[route])
        states.update_state_machine(stateMachineArn=arn, definition=account.text(machine.definition, machine.region))


def seed_machines(account):
    """State machines and activities; one role and one log group are gone by the end."""
    iam, logs = account.client("iam"), account.client("logs")
    vanished_group = demo.GROUP_PREFIX + demo.VANISHED_GROUP
    iam.create_role(RoleName=demo.VANISHED_ROLE, AssumeRolePolicyDocument=account.trust(guarded=False))
    logs.create_log_group(logGroupName=vanished_group)
    for region, name, tags in demo.ACTIVITIES:
        tags = [{"key": key, "value": value} for key, value in tags.items()]
        account.client("stepfunctions", region).create_activity(name=name, tags=tags)
    for machine in demo.MACHINES:
        seed_machine(account, machine)
    iam.delete_role(RoleName=demo.VANISHED_ROLE)
    logs.delete_log_group(logGroupName=vanished_group)


def seed_watch(account):
    """Alarms on failures, and where logs are sent."""
    for alarm in demo.ALARMS:
        machine = f"arn:aws:states:{alarm.region}:{account.id}:stateMachine:{alarm.machine}"
        account.client("cloudwatch", alarm.region).put_metric_alarm(
            AlarmName=f"{alarm.machine}-{alarm.metric}",
            Namespace="AWS/States",
            MetricName=alarm.metric,
            Dimensions=[{"Name": "StateMachineArn", "Value": machine}],
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
            ActionsEnabled=alarm.heard,
            AlarmActions=[f"arn:aws:sns:{alarm.region}:{account.id}:on-call"],
        )
    for region, name, subscription in demo.SUBSCRIPTIONS:
        account.client("logs", region).put_subscription_filter(
            logGroupName=demo.GROUP_PREFIX + name,
            filterName=subscription,
            filterPattern="",
            destinationArn=f"arn:aws:lambda:{region}:{account.id}:function:{demo.FUNCTION}",
        )


def seed_surroundings(account):
    """A grant on the key, rules on the default event bus, and a function with a policy of its own."""
    account.client("kms").create_grant(
        KeyId=account.key, GranteePrincipal=account.role_arn("PaymentsCaptureRole"), Operations=["Decrypt"]
    )
    for rule in demo.RULES:
        events = account.client("events", rule.region)
        pattern = {"EventPattern": json.dumps(rule.pattern).replace("{account}", account.id)} if rule.pattern else {}
        schedule = {"ScheduleExpression": rule.schedule} if rule.schedule else {}
        events.put_rule(Name=rule.name, State="ENABLED", **pattern, **schedule)
        role = {"RoleArn": account.role_arn(rule.role)} if rule.role else {}
        target = {"Id": "target", "Arn": rule.target.replace("{account}", account.id), **role}
        events.put_targets(Rule=rule.name, Targets=[target])
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("main.py", "def handler(event, context):\n    return event\n")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    account.client("iam").create_role(RoleName=demo.FUNCTION_ROLE, AssumeRolePolicyDocument=account.policy([trust]))
    functions = account.client("lambda")
    functions.create_function(
        FunctionName=demo.FUNCTION,
        Runtime="python3.13",
        Handler="main.handler",
        Role=account.role_arn(demo.FUNCTION_ROLE),
        Code={"ZipFile": archive.getvalue()},
    )
    functions.add_permission(FunctionName=demo.FUNCTION, **demo.FUNCTION_CALLER)


def seed_stores(account):
    """The bucket of a Distributed Map's results, and a table that a machine puts items into."""
    buckets, name = account.client("s3"), demo.RESULT_BUCKET.replace("{account}", account.id)
    buckets.create_bucket(Bucket=name)
    buckets.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": False,
            "IgnorePublicAcls": False,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    account.client("dynamodb").create_table(
        TableName=demo.TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def put_metrics(account, region, points):
    """Points of Step Functions: name, value, time and dimensions."""
    data = [
        {"MetricName": name, "Value": value, "Unit": "Count", "Timestamp": at, "Dimensions": dimensions}
        for name, value, at, dimensions in points
    ]
    account.client("cloudwatch", region).put_metric_data(Namespace="AWS/States", MetricData=data)


def seed_quotas(account):
    """What AWS raised."""
    for region, raised in demo.RAISED.items():
        for code, value in raised.items():
            account.client("service-quotas", region).request_service_quota_increase(
                ServiceCode="states", QuotaCode=code, DesiredValue=value
            )


def seed_metrics(account):
    """What Step Functions would publish: a point a minute, the last one now."""
    now = datetime.now(UTC).replace(microsecond=0)
    minutes = [now - timedelta(minutes=minute) for minute in range(demo.METRIC_MINUTES, -1, -1)]
    for region, metrics in demo.METRICS.items():
        data = [
            {"MetricName": name, "Value": value, "Unit": "Count", "Timestamp": minute}
            for name, value in metrics.items()
            for minute in minutes
        ]
        account.client("cloudwatch", region).put_metric_data(Namespace="AWS/States", MetricData=data)
    for region, buckets in demo.BUCKETS.items():
        for (dimension, value), (consumed, throttled, refill) in buckets.items():
            dimensions = [{"Name": dimension, "Value": value}]
            points = [("ConsumedCapacity", consumed, minute) for minute in minutes]
            points += [("ProvisionedRefillRate", refill, minutes[-1]), ("ProvisionedBucketSize", refill, minutes[-1])]
            points += [("ThrottledEvents", throttled, minutes[0])] if throttled else []
            put_metrics(account, region, [(name, number, minute, dimensions) for name, number, minute in points])
    for region, machines in demo.PUBLISHED.items():
        for machine, counts in machines.items():
            arn = f"arn:aws:states:{region}:{account.id}:stateMachine:{machine}"
            dimensions = [{"Name": "ResourceArn", "Value": arn}]
            put_metrics(account, region, [(name, count, minutes[-2], dimensions) for name, count in counts.items()])
    usage = {
        "MetricName": "StateMachineCount",
        "Dimensions": [{"Name": name, "Value": value} for name, value in demo.USAGE_DIMENSIONS.items()],
        "Value": sum(machine.region == demo.EAST for machine in demo.MACHINES),
        "Unit": "None",
    }
    account.client("cloudwatch").put_metric_data(
        Namespace="AWS/Usage", MetricData=[{**usage, "Timestamp": minute} for minute in minutes]
    )


def seed_history(account):
    """Two weeks in which open executions grew, a point an hour."""
    now = datetime.now(UTC).replace(microsecond=0)
    for region, (metric, an_hour) in demo.GROWTH.items():
        points = [
            {
                "MetricName": metric,
                "Value": demo.METRICS[region][metric] - an_hour * hours,
                "Unit": "Count",
                "Timestamp": now - timedelta(hours=hours),
            }
            for hours in range(14 * 24, 0, -1)
        ]
        account.client("cloudwatch", region).put_metric_data(Namespace="AWS/States", MetricData=points)


def seed_executions(account):
    """Executions whose data is personal or secret, and an Express execution as it is vended to its log group."""
    for region, machine, name, data in demo.EXECUTIONS:
        arn = f"arn:aws:states:{region}:{account.id}:stateMachine:{machine}"
        account.client("stepfunctions", region).start_execution(stateMachineArn=arn, name=name, input=json.dumps(data))
    region, machine, data = demo.LOGGED
    milliseconds = int((datetime.now(UTC) - timedelta(minutes=5)).timestamp() * 1000)
    event = {
        "id": "2",
        "type": "TaskStateEntered",
        "details": {"name": "Enrich", "input": json.dumps(data), "inputDetails": {"truncated": "false"}},
        "previous_event_id": "0",
        "event_timestamp": str(milliseconds),
        "execution_arn": f"arn:aws:states:{region}:{account.id}:express:{machine}:visit-1:0a1b2c3d",
        "redrive_count": "0",
    }
    logs = account.client("logs", region)
    group, stream = demo.GROUP_PREFIX + machine, f"states/{machine}/2026-01-01-00-00/0a1b2c3d"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    message = {"timestamp": milliseconds, "message": json.dumps(event)}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[message])


def seed_auditors(account, policies):
    """A user with each of the policies, by name; returns their access keys. The emulator holds them to it."""
    iam = account.client("iam")
    keys = {}
    for name, policy in policies.items():
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="audit", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        keys[name] = {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}
    return keys


def enforce_iam(endpoint):
    """From here on moto checks every signature and every policy; the seed's own credentials open nothing any more."""
    headers = {"Content-Type": "text/plain"}
    request = urllib.request.Request(f"{endpoint}/moto-api/reset-auth", data=b"0", headers=headers, method="POST")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--kind", choices=sorted(ACCOUNTS), required=True)
    parser.add_argument("--bulk", type=int, metavar="N", help="seed N small machines in us-east-1 instead")
    parser.add_argument("--auditors", metavar="FILE", help="users by name with their policies, to which they are held")
    arguments = parser.parse_args()

    account = Account(arguments.endpoint, ACCOUNTS[arguments.kind])
    summary = {"kind": arguments.kind, "account": account.id}
    if arguments.bulk:
        summary["machines"] = {demo.EAST: seed_bulk(account, arguments.bulk)}
    else:
        account.key = account.client("kms").create_key(Description="payments")["KeyMetadata"]["Arn"]
        account.client("kms").put_key_policy(
            KeyId=account.key, PolicyName="default", Policy=account.policy(demo.KEY_POLICY)
        )
        seed_identity(account)
        seed_log_groups(account)
        seed_machines(account)
        seed_surroundings(account)
        seed_watch(account)
        seed_executions(account)
        seed_stores(account)
        seed_metrics(account)
        seed_history(account)
        if arguments.kind == "moto":
            seed_quotas(account)
        regions = [machine.region for machine in demo.MACHINES]
        summary["machines"] = {region: regions.count(region) for region in demo.METRICS}
        summary["key"] = account.key
    if arguments.auditors:
        policies = json.loads(Path(arguments.auditors).read_text(encoding="utf-8"))
        summary["auditors"] = seed_auditors(account, policies)
        if arguments.kind == "moto":
            enforce_iam(arguments.endpoint)
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
