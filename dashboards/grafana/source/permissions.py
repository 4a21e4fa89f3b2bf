"""What roles and their trust policies allow beyond need: the checks of the family `access`."""

from source import families
from source.board import dashboard
from source.checks import of_family
from source.panels import column, levels, query, stat, table, timeseries
from source.promql import findings, gauge, total

FAMILY = "access"
# What lets a role's holder become more, or lets others become the role, before what is merely too much.
TAKEOVER = 'check=~"privilege-escalation|trust-policy-broad|trust-policy-confused-deputy|definition-writers"'
WILDCARD = 'check=~"wildcard-action|wildcard-resource|runtime-target-wildcard|log-delivery-wildcard"'
NEED = 'check=~"excess-grant|unused-xray-grant|missing-grant|missing-xray-grant"'

STATS = [
    families.grave(FAMILY),
    families.all_open(FAMILY),
    stat(
        "Ways to take over",
        "Findings of escalation, of broad trust, of confused deputies, and of definitions that others may write.",
        "none",
        [query(total(findings(TAKEOVER)))],
        4,
        levels(None, 1),
    ),
    families.coverage(FAMILY),
    families.unjudged(FAMILY),
    families.accepted(FAMILY),
]

TRENDS = [
    [families.by_severity(FAMILY), families.by_check(FAMILY)],
    [
        timeseries(
            "Findings by kind",
            "Takeover: escalation, trust, writers. Wildcard: actions, resources, targets. Need: granted but not used, or used but not granted.",
            "none",
            [
                query(total(findings(TAKEOVER)), "takeover"),
                query(total(findings(WILDCARD)), "wildcard"),
                query(total(findings(NEED)), "need"),
            ],
        ),
        families.coverage_trend(FAMILY),
    ],
]

TABLES = [
    [families.findings_table(FAMILY), families.unjudged_table(FAMILY)],
    [
        table(
            "Accepted findings",
            "Findings that suppressions or a baseline accept, by check.",
            {"check": "Check", "account_id": "Account", "region": "Region"},
            [column(gauge("findings_suppressed", "check", where=of_family(FAMILY)), "Accepted")],
            height=8,
        )
    ],
]

DASHBOARD = dashboard(
    "permissions",
    "Permissions",
    "What the roles of state machines may do beyond need, and who may assume them. IAM is of the whole account: its Region is global.",
    [STATS, *TRENDS, *TABLES],
)
