"""Secrets and data of persons in executions, logs and definitions: the checks of the family `data`."""

from source import families
from source.board import dashboard
from source.panels import DATA, column, levels, query, stat, table, timeseries
from source.promql import findings, gauge, rate, total

FAMILY = "data"
MACHINES = gauge("sensitive_state_machines", "data")
# Where data that was seen in executions goes on living, or leaves for.
COPIES = 'check=~"sensitive-data-in-logs|unmasked-log-group|log-retention-excessive|task-token-in-logs"'
EGRESS = 'check=~"eventbridge-egress|log-subscription-egress|result-bucket-unprotected|sensitive-store-unprotected"'


def of(data):
    return gauge("sensitive_state_machines", "data", where=f'data="{data}"')


STATS = [
    stat(
        "With secrets",
        "State machines whose executions were seen to carry secrets in plain text.",
        "none",
        [query(f"sum({of('secret')})")],
        4,
        levels(None, 1),
    ),
    stat(
        "With data of persons",
        "State machines whose executions were seen to carry data of persons (pii).",
        "none",
        [query(f"sum({of('pii')})")],
        4,
        levels(1),
    ),
    families.grave(FAMILY),
    families.all_open(FAMILY),
    families.coverage(FAMILY),
    families.unjudged(FAMILY),
]

TRENDS = [
    [
        timeseries(
            "State machines that carry sensitive data",
            "State machines whose executions were seen to carry secrets or data of persons (pii). One that carries both counts for both.",
            "none",
            [query(f"sum by (data) ({MACHINES})", "{{data}}")],
            colours=DATA,
        ),
        families.by_severity(FAMILY),
    ],
    [
        families.by_check(FAMILY),
        timeseries(
            "Copies and ways out",
            "Copies: logs that hold, show or keep sensitive data. Ways out: subscriptions, rules, buckets and tables that it reaches.",
            "none",
            [query(total(findings(COPIES)), "copies"), query(total(findings(EGRESS)), "ways out")],
        ),
    ],
    [
        timeseries(
            "Executions inspected",
            "Executions whose data was read for the first time. Of a service: a task counts anew in each run.",
            "cps",
            [query(rate("executions_inspected_total", "account_id", "region"), "{{account_id}} {{region}}")],
            width=8,
        ),
        timeseries(
            "Payload inspected",
            "Payload that the detectors inspected. Of a service: a task counts anew in each run.",
            "Bps",
            [query(rate("payload_bytes_inspected_total", "account_id", "region"), "{{account_id}} {{region}}")],
            width=8,
        ),
        families.coverage_trend(FAMILY, 8),
    ],
]

TABLES = [
    [
        table(
            "Accounts and Regions",
            "State machines that were seen to carry sensitive data, and findings about it. A number that is missing is unknown.",
            {"account_id": "Account", "region": "Region"},
            [
                column(f"max by (account_id, region) ({of('secret')})", "With secrets", steps=levels(None, 1)),
                column(f"max by (account_id, region) ({of('pii')})", "With data of persons", steps=levels(1)),
                column(total(findings(COPIES), "account_id", "region"), "Copies"),
                column(total(findings(EGRESS), "account_id", "region"), "Ways out"),
            ],
            height=8,
        )
    ],
    [families.findings_table(FAMILY), families.unjudged_table(FAMILY)],
]

DASHBOARD = dashboard(
    "sensitive-data",
    "Sensitive data",
    "Where executions carry secrets and data of persons, where copies of it live, and how well it is guarded.",
    [STATS, *TRENDS, *TABLES],
)
