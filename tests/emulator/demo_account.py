"""The demo account: roles, log groups, state machines and metrics with known faults, as data.

`{account}` and `{region}` are filled in by the seed, `{key}` by the ARN of the customer managed key that it makes in
us-east-1. `payments-capture` is right in everything; each other machine says what is wrong with it.
"""

from dataclasses import dataclass, field

import demo_definitions as definitions
import planted

EAST, WEST = "us-east-1", "eu-west-1"
GROUP_PREFIX = "/aws/vendedlogs/states/"

XRAY_ACTIONS = [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
]
# None of these eight can be granted on anything narrower than "*".
LOG_DELIVERY_ACTIONS = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
]
LOG_WRITE_ACTIONS = ["logs:CreateLogStream", "logs:PutLogEvents"]
EVENTS_ACTIONS = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]


def allow(sid, actions, resources="*", **elements):
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources, **elements}


def functions(region, *names):
    arns = [f"arn:aws:lambda:{region}:{{account}}:function:{name}" for name in names]
    return allow("Invoke", "lambda:InvokeFunction", arns)


def log_writes(name, *regions):
    groups = [f"arn:aws:logs:{region}:{{account}}:log-group:{GROUP_PREFIX}{name}:*" for region in regions]
    return allow("WriteOwnLogs", LOG_WRITE_ACTIONS, groups)


TRACING = allow("Tracing", XRAY_ACTIONS)
LOG_DELIVERY = allow("LogDelivery", LOG_DELIVERY_ACTIONS)


@dataclass
class Role:
    inline: list
    managed: list = field(default_factory=list)
    boundary: str | None = None
    description: str = "Execution role of a Step Functions state machine"
    guarded: bool = False  # trust policy with aws:SourceArn and aws:SourceAccount


@dataclass
class LogGroup:
    region: str
    retention_days: int | None
    key: bool = False
    disabled_key: bool = False  # a second key, which is disabled once the group is there


@dataclass
class Machine:
    region: str
    name: str
    role: str
    definition: dict
    type: str = "STANDARD"
    log_level: str = "OFF"
    log_data: bool = False
    tracing: bool = False
    key: bool = False
    tags: dict = field(default_factory=dict)
    # Version 1, which the alias `live` starts.
    published: dict | None = None


# Log delivery decrypts what an encrypted state machine logs, and CloudWatch Logs encrypts it again.
KEY_POLICY = [
    allow("Account", "kms:*", Principal={"AWS": "arn:aws:iam::{account}:root"}),
    allow(
        "LogDelivery",
        "kms:Decrypt",
        Principal={"Service": "delivery.logs.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceAccount": "{account}"}},
    ),
    allow(
        "Logs",
        ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Principal={"Service": "logs.us-east-1.amazonaws.com"},
    ),
]

MANAGED_POLICIES = {
    "InvoiceRenderAccess": [
        functions(EAST, "invoice-render"),
        allow("StoreInvoices", "s3:PutObject", "arn:aws:s3:::acme-invoices-{account}/*"),
        TRACING,
    ],
    "DeveloperBoundary": [
        allow("Workloads", ["sqs:*", "sns:*", "lambda:*", "states:*", "logs:*", "xray:*"]),
        {"Sid": "NoIdentity", "Effect": "Deny", "Action": "iam:*", "Resource": "*"},
    ],
}

KEY_OF_PAYMENTS = [
    allow(
        "ExecutionData",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        "{key}",
        Condition={
            "StringEquals": {
                "kms:EncryptionContext:aws:states:stateMachineArn": (
                    "arn:aws:states:us-east-1:{account}:stateMachine:payments-capture"
                )
            }
        },
    ),
    allow(
        "EncryptedLogs",
        "kms:GenerateDataKey",
        "{key}",
        Condition={"StringEquals": {"kms:EncryptionContext:SourceArn": "arn:aws:logs:us-east-1:{account}:*"}},
    ),
]
MONTHLY_CLOSE_GRANTS = [
    allow("StartCapture", "states:StartExecution", "arn:aws:states:us-east-1:{account}:stateMachine:payments-capture"),
    allow(
        "FollowCapture",
        ["states:DescribeExecution", "states:StopExecution"],
        "arn:aws:states:us-east-1:{account}:execution:payments-capture:*",
    ),
    allow(
        "CaptureEvents",
        EVENTS_ACTIONS,
        "arn:aws:events:us-east-1:{account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule",
    ),
]
CUSTOMER_EXPORT_GRANTS = [
    allow("ReadCustomers", "s3:GetObject", "arn:aws:s3:::acme-crm-{account}/customers.json"),
    allow(
        "WriteExport",
        ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
        "arn:aws:s3:::acme-lake-{account}/customer-export/*",
    ),
    allow("StartChildren", "states:StartExecution", "arn:aws:states:us-east-1:{account}:stateMachine:customer-export"),
    allow(
        "FollowChildren", "states:DescribeExecution", "arn:aws:states:us-east-1:{account}:execution:customer-export:*"
    ),
]
PARTNER_SYNC_GRANTS = [
    allow("RunLoad", "ecs:RunTask", "arn:aws:ecs:us-east-1:{account}:task-definition/ledger-load:7"),
    allow("FollowLoad", ["ecs:StopTask", "ecs:DescribeTasks"], "arn:aws:ecs:us-east-1:{account}:task/batch/*"),
    allow("LoadEvents", EVENTS_ACTIONS, "arn:aws:events:us-east-1:{account}:rule/StepFunctionsGetEventsForECSTaskRule"),
]
RETURNS_QUEUES = [f"arn:aws:sqs:{region}:{{account}}:returns-inbox" for region in (EAST, WEST)]

ROLES = {
    "PaymentsCaptureRole": Role(
        [
            functions(EAST, "payments-authorize:live", "payments-capture:live"),
            TRACING,
            LOG_DELIVERY,
            log_writes("payments-capture", EAST),
            *KEY_OF_PAYMENTS,
        ],
        guarded=True,
    ),
    # X-Ray rights, from a customer managed policy, that the untraced machine does not use.
    "InvoiceRenderRole": Role([], managed=["InvoiceRenderAccess"]),
    # No X-Ray rights although the machine is traced.
    "CustomerExportRole": Role(
        [functions(EAST, "customer-export"), *CUSTOMER_EXPORT_GRANTS, LOG_DELIVERY], guarded=True
    ),
    # All ten log actions on "*", as AWS's own documentation shows them: two could be narrowed.
    "OrdersFulfilmentRole": Role(
        [
            allow("Stock", "dynamodb:UpdateItem", "arn:aws:dynamodb:us-east-1:{account}:table/stock"),
            allow("Picks", "sqs:SendMessage", "arn:aws:sqs:us-east-1:{account}:warehouse-picks"),
            allow("Updates", "sns:Publish", "arn:aws:sns:us-east-1:{account}:order-updates"),
            allow("Logs", LOG_DELIVERY_ACTIONS + LOG_WRITE_ACTIONS),
            TRACING,
        ]
    ),
    "ReturnsApprovalRole": Role(
        [allow("Inbox", "sqs:SendMessage", RETURNS_QUEUES), LOG_DELIVERY, log_writes("returns-approval", EAST, WEST)],
        boundary="DeveloperBoundary",
        guarded=True,
    ),
    # Any function, and all of S3, which the machine never uses.
    "PartnerSyncRole": Role(
        [
            allow("Invoke", "lambda:InvokeFunction"),
            allow("Buckets", "s3:*"),
            *PARTNER_SYNC_GRANTS,
            LOG_DELIVERY,
        ],
        description=f"Partner sync; break-glass {planted.DESCRIPTION_PASSWORD}",
    ),
    # Everything but IAM.
    "RetentionSweepRole": Role([{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}]),
    "MonthlyCloseRole": Role([functions(EAST, "books-close"), *MONTHLY_CLOSE_GRANTS, LOG_DELIVERY], guarded=True),
    "ClickstreamEnrichRole": Role(
        [functions(WEST, "clickstream-enrich"), LOG_DELIVERY, log_writes("clickstream-enrich", WEST)], guarded=True
    ),
    "GdprErasureRole": Role(
        [functions(WEST, "erase-crm"), allow("EraseMail", "sts:AssumeRole", definitions.MAIL_ROLE)], guarded=True
    ),
    "CatalogueCrawlRole": Role(
        [allow("StartIndex", "states:StartExecution", "arn:aws:states:eu-west-1:{account}:stateMachine:catalogue-index")],
        guarded=True,
    ),
    "CatalogueIndexRole": Role(
        [allow("StartCrawl", "states:StartExecution", "arn:aws:states:eu-west-1:{account}:stateMachine:catalogue-crawl")],
        guarded=True,
    ),
    "StockRefreshRole": Role([], guarded=True),
    # What EventBridge starts the machine with, whose success it is that it waits for.
    "StockRefreshRuleRole": Role(
        [allow("StartRefresh", "states:StartExecution", "arn:aws:states:eu-west-1:{account}:stateMachine:stock-refresh")],
        guarded=True,
    ),
    "WarehouseStocktakeRole": Role([LOG_DELIVERY, log_writes("warehouse-stocktake", WEST)], guarded=True),
}
# Made for its machine, then deleted: the machine names a role that does not exist.
VANISHED_ROLE = "LegacyImportRole"

LOG_GROUPS = {
    "payments-capture": [LogGroup(EAST, 30, key=True)],
    "orders-fulfilment": [LogGroup(EAST, None)],
    "returns-approval": [LogGroup(EAST, 90), LogGroup(WEST, 90)],
    "partner-sync": [LogGroup(EAST, 30, disabled_key=True)],
    "monthly-close": [LogGroup(EAST, 30)],
    "clickstream-enrich": [LogGroup(WEST, 14)],
    "warehouse-stocktake": [LogGroup(WEST, 30)],
}
# Made for its machine, then deleted: the machine logs into nothing.
VANISHED_GROUP = "customer-export"

ACTIVITIES = [(WEST, "warehouse-count", {"owner": "warehouse"}), (WEST, "manual-approval", {})]

FINANCE = {"owner": "finance-platform", "stack": "payments-prod"}
MACHINES = [
    Machine(EAST, "payments-capture", "PaymentsCaptureRole", definitions.PAYMENTS_CAPTURE, log_level="ERROR",
            tracing=True, key=True, tags=FINANCE),
    Machine(EAST, "invoice-render", "InvoiceRenderRole", definitions.INVOICE_RENDER, type="EXPRESS"),
    Machine(EAST, "customer-export", "CustomerExportRole", definitions.CUSTOMER_EXPORT, log_level="ERROR", tracing=True,
            tags={"owner": "crm", "stack": "crm-export"}),
    Machine(EAST, "legacy-import", VANISHED_ROLE, definitions.LEGACY_IMPORT),
    Machine(EAST, "orders-fulfilment", "OrdersFulfilmentRole", definitions.ORDERS_FULFILMENT, log_level="ALL",
            log_data=True, tracing=True, tags={"owner": "logistics", "stack": "orders-prod"}),
    Machine(EAST, "returns-approval", "ReturnsApprovalRole", definitions.RETURNS_APPROVAL, log_level="ERROR"),
    Machine(EAST, "partner-sync", "PartnerSyncRole", definitions.PARTNER_SYNC, log_level="ERROR",
            tags={"owner": "partners", "stack": "partner-sync", "deploy-token": planted.TAG_TOKEN}),
    Machine(EAST, "retention-sweep", "RetentionSweepRole", definitions.RETENTION_SWEEP),
    Machine(EAST, "monthly-close", "MonthlyCloseRole", definitions.MONTHLY_CLOSE, log_level="ERROR", tags=FINANCE),
    Machine(WEST, "returns-approval", "ReturnsApprovalRole", definitions.RETURNS_APPROVAL, log_level="ERROR"),
    Machine(WEST, "clickstream-enrich", "ClickstreamEnrichRole", definitions.CLICKSTREAM_ENRICH, type="EXPRESS",
            log_level="ALL", log_data=True, tags={"owner": "marketing", "stack": "clickstream"},
            published=definitions.CLICKSTREAM_ENRICH_FIRST),
    Machine(WEST, "gdpr-erasure", "GdprErasureRole", definitions.GDPR_ERASURE),
    Machine(WEST, "warehouse-stocktake", "WarehouseStocktakeRole", definitions.WAREHOUSE_STOCKTAKE, log_level="ERROR",
            tags={"owner": "logistics"}),
    # These start one another, or by a rule themselves. None of them is ever executed here.
    Machine(WEST, "catalogue-crawl", "CatalogueCrawlRole", definitions.CATALOGUE_CRAWL),
    Machine(WEST, "catalogue-index", "CatalogueIndexRole", definitions.CATALOGUE_INDEX),
    Machine(WEST, "stock-refresh", "StockRefreshRole", definitions.STOCK_REFRESH),
]

# Executions that hold personal data and a secret: Region, machine, name and input.
EXECUTIONS = [
    (EAST, "orders-fulfilment", "order-1",
     {"order": {"sku": "A-1"}, "customer": {"email": planted.CUSTOMER_EMAIL, "creditCard": planted.CUSTOMER_CARD}}),
    (EAST, "customer-export", planted.EXECUTION_NAME, {"token": planted.GITHUB_TOKEN}),
]
# What an Express machine logged.
LOGGED = (WEST, "clickstream-enrich", {"visitor": {"email": planted.SHOPPER_EMAIL}})


@dataclass
class Rule:
    """A rule on the default event bus, with the one target that it has."""

    region: str
    name: str
    target: str
    pattern: dict | None = None
    schedule: str | None = None
    role: str | None = None


@dataclass
class Alarm:
    """An alarm on one metric of one state machine."""

    region: str
    machine: str
    metric: str
    heard: bool = True


ALARMS = [
    Alarm(EAST, "payments-capture", "ExecutionsFailed"),
    Alarm(EAST, "payments-capture", "ExecutionsTimedOut"),
    # Its actions are switched off.
    Alarm(WEST, "clickstream-enrich", "ExecutionsFailed", heard=False),
]
# The log group's events, input and output included, go to the function.
SUBSCRIPTIONS = [(EAST, "orders-fulfilment", "to-function")]
RULES = [
    # Whatever becomes of an execution leaves Step Functions here, input and output included.
    Rule(EAST, "failed-executions", "arn:aws:sns:us-east-1:{account}:on-call",
         pattern={"source": ["aws.states"], "detail": {"status": ["FAILED", "TIMED_OUT"]}}),
    Rule(EAST, "nightly-close", "arn:aws:states:us-east-1:{account}:stateMachine:monthly-close",
         schedule="rate(1 day)", role="MonthlyCloseRole"),
    Rule(WEST, "refresh-again", "arn:aws:states:eu-west-1:{account}:stateMachine:stock-refresh",
         pattern={"source": ["aws.states"], "detail": {"status": ["SUCCEEDED"],
                  "stateMachineArn": ["arn:aws:states:eu-west-1:{account}:stateMachine:stock-refresh"]}},
         role="StockRefreshRuleRole"),
    Rule(EAST, "instance-stopped", "arn:aws:sns:us-east-1:{account}:on-call", pattern={"source": ["aws.ec2"]}),
]
# A function that its machine names as a task's resource, and who may invoke it besides.
FUNCTION = "legacy-import"
FUNCTION_ROLE = "LegacyImportFunctionRole"
FUNCTION_CALLER = {
    "StatementId": "Uploads",
    "Action": "lambda:InvokeFunction",
    "Principal": "s3.amazonaws.com",
    "SourceArn": "arn:aws:s3:::acme-uploads",
}

# Where results and items come to rest. The bucket is open to whoever is let in by an ACL, has S3's own keys and keeps
# everything; the table has a key of AWS and no recovery.
RESULT_BUCKET = "acme-lake-{account}"
TABLE = "retention-sweeps"

# Who can read execution data, and who can redirect it.
GROUPS = {"DataAnalysts": [allow("ReadExecutions", ["states:GetExecutionHistory", "states:DescribeExecution"])]}
USERS = {
    "dana": {"groups": ["DataAnalysts"], "inline": [allow("ReadLogs", "logs:FilterLogEvents")]},
    "ci-deployer": {"groups": [], "inline": [allow("Deploy", ["states:UpdateStateMachine", "iam:PassRole"])]},
}
# A supplier that watches whether executions fail, and reads what failed with them.
SUPPLIER_ROLE = "UptimeWatchRole"
SUPPLIER_ACCOUNT = "210987654321"
SUPPLIER_GRANTS = [allow("Watch", ["states:List*", "states:DescribeExecution"])]
METRICS = {
    EAST: {
        "OpenExecutionCount": 850_000,
        "OpenExecutionLimit": 1_000_000,
        "ApproximateOpenMapRunCount": 960,
        "OpenMapRunLimit": 1_000,
        "ApproximateMapRunBacklogSize": 12,
    },
    WEST: {"OpenExecutionCount": 0, "OpenExecutionLimit": 1_000_000},
}
# Token buckets by Region: what CloudWatch calls them, requests a minute, requests throttled in all, and what AWS
# provisioned. In the east DescribeExecution is nearly used up and StartExecution was throttled once.
BUCKETS = {
    EAST: {
        ("ServiceMetric", "StateTransition"): (60_000, 0, 5_000),
        ("APIName", "StartExecution"): (1_200, 7, 300),
        ("APIName", "DescribeExecution"): (820, 0, 15),
        ("APIName", "ListExecutions"): (12, 0, 5),
    },
    WEST: {("ServiceMetric", "StateTransition"): (600, 0, 5_000)},
}
# Versions and aliases of the machines that published of late.
PUBLISHED = {EAST: {"orders-fulfilment": {"VersionCount": 870, "AliasCount": 3}}}
# Quotas that AWS raised for the account, by their code in Service Quotas, which MiniStack lacks.
RAISED = {EAST: {"L-00000001": 120_000}}
USAGE_DIMENSIONS = {"Service": "States", "Type": "Resource", "Resource": "StateMachineCount", "Class": "None"}
METRIC_MINUTES = 9
# What grows, and by how much an hour.
GROWTH = {EAST: ("OpenExecutionCount", 625)}
