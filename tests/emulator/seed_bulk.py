"""Many small state machines in one Region, for a benchmark: all kinds of settings, few kinds of definitions."""

from concurrent.futures import ThreadPoolExecutor

import demo_account as demo
import demo_definitions as definitions

ROLES = 20
LOG_GROUPS = 50
THREADS = 8
DEFINITIONS = [
    definitions.PAYMENTS_CAPTURE,
    definitions.RETENTION_SWEEP,
    definitions.RETURNS_APPROVAL,
    definitions.LEGACY_IMPORT,
    definitions.INVOICE_RENDER,
]
GRANTS = [
    demo.functions(demo.EAST, "payments-authorize:live", "payments-capture:live"),
    demo.LOG_DELIVERY,
    demo.TRACING,
]


def seed_bulk(account, count):
    """Makes `count` machines and what they refer to; returns the count."""
    iam, logs, states = (account.client(service) for service in ("iam", "logs", "stepfunctions"))
    texts = [account.text(definition, demo.EAST) for definition in DEFINITIONS]

    def role(number):
        name = f"bulk-role-{number:02}"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=account.trust(guarded=number % 2 == 0))
        iam.put_role_policy(RoleName=name, PolicyName="execution", PolicyDocument=account.policy(GRANTS))

    def log_group(number):
        path = f"{demo.GROUP_PREFIX}bulk-{number:02}"
        logs.create_log_group(logGroupName=path)
        if number % 2 == 0:
            logs.put_retention_policy(logGroupName=path, retentionInDays=30)

    def machine(number):
        """Every fifth machine is an Express one; three in four log; one in three is traced; one in two has tags."""
        logging = {}
        if number % 4:
            destination = account.group_arn(demo.EAST, f"bulk-{number % LOG_GROUPS:02}") + ":*"
            logging = {
                "loggingConfiguration": {
                    "level": "ERROR",
                    "includeExecutionData": False,
                    "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": destination}}],
                }
            }
        states.create_state_machine(
            name=f"bulk-{number:06}",
            definition=texts[number % len(texts)],
            roleArn=account.role_arn(f"bulk-role-{number % ROLES:02}"),
            type="EXPRESS" if number % 5 == 4 else "STANDARD",
            tracingConfiguration={"enabled": number % 3 == 0},
            tags=[{"key": "owner", "value": f"team-{number % 7}"}] if number % 2 else [],
            **logging,
        )

    with ThreadPoolExecutor(THREADS) as pool:
        for make, amount in ((role, ROLES), (log_group, LOG_GROUPS), (machine, count)):
            list(pool.map(make, range(amount)))
    return count
