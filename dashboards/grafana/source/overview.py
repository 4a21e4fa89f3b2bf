"""Where an account stands: the first page to open."""

from source.board import dashboard
from source.checks import FAMILIES, of_family
from source.panels import BANDS, SEVERITIES, bargauge, column, levels, query, stat, table, timeseries
from source.promql import REMEMBERED, SELECTED, findings, gauge, selector, severity, total

RISK = levels(40, 70)
COVERAGE = levels(0.95, 0.8)
# Inventory is collected hourly: after two hours and a half a run was missed, after six hours five were.
AGE = levels(9000, 21600)
# A whole account's risk is told as that of the Region `global`, whatever Regions are chosen.
ACCOUNTS = 'account_id=~"$account_id", region="global"'
GRAVE = 'severity=~"critical|high"'


def new(within, where=""):
    """A new finding is told of until the next tick alone, so its highest within a time is what to look at."""
    series = selector("findings_new", SELECTED, where)
    return f"max by (account_id, region, severity) (max_over_time({series}[{within}]))"


def in_band(band):
    return gauge("state_machines_by_risk", "band", where=f'band="{band}"')


def age(*labels):
    """A collector that fails has no fresh time: its last one counts on, and grows old."""
    last = f"last_over_time({selector('last_success_timestamp_seconds', SELECTED)}[{REMEMBERED}])"
    return f"time() - max by ({', '.join(('account_id', 'region', *labels))}) ({last})"


STATS = [
    stat(
        "Highest risk",
        "Mean risk of an account's state machines, 0 to 100: of the account where it is highest.",
        "none",
        [query(f"max({gauge('risk_score', selected=ACCOUNTS)})")],
        steps=RISK,
        decimals=1,
    ),
    stat(
        "State machines",
        "State machines of all chosen Regions whose list was read to its end.",
        "none",
        [query(f"sum({gauge('state_machines', 'kind')})")],
    ),
    stat(
        "Critical and high",
        "Findings of these severities that are open.",
        "none",
        [query(total(findings(GRAVE)))],
        steps=levels(None, 1),
    ),
    stat(
        "New findings",
        "The most that were new at one time within the time range, in each Region and severity. Unknown while nothing of before is known.",
        "none",
        [query(f"sum({new('$__range')})")],
        steps=levels(1),
    ),
    stat(
        "Accepted",
        "Findings that suppressions or a baseline accept. They are in no other number.",
        "none",
        [query(total(gauge("findings_suppressed", "check")))],
    ),
    stat(
        "Sensitive machines",
        "State machines whose executions were seen to carry secrets, or data of persons (pii). One that carries both counts for both.",
        "none",
        [query(f"sum by (data) ({gauge('sensitive_state_machines', 'data')})", "{{data}}")],
        steps=levels(None, 1),
        text="value_and_name",
    ),
    stat(
        "Lowest coverage",
        "Share of evaluations that reached a verdict, where it is lowest among accounts, Regions and families. No finding means little where coverage is low.",
        "percentunit",
        [query(f"min({gauge('coverage_ratio', 'family')})")],
        steps=COVERAGE,
        decimals=0,
    ),
    stat(
        "Oldest collection",
        "Since a collector last read all that it was to read, where that is longest ago. After a day without it is unknown.",
        "s",
        [query(f"max({age('collector')})")],
        steps=AGE,
        decimals=1,
    ),
]

TRENDS = [
    [
        timeseries(
            "Risk by account and Region",
            "Mean risk of the state machines that could be read, 0 to 100; the Region global is the whole account. The 20 highest.",
            "none",
            [query(f"topk(20, {gauge('risk_score')})", "{{account_id}} {{region}}")],
            min=0,
            max=100,
            decimals=1,
        ),
        timeseries(
            "Findings by severity",
            "Open findings of all checks.",
            "none",
            [query(total(findings(severity(one))), one) for one in SEVERITIES],
            colours=SEVERITIES,
            stacked=True,
        ),
    ],
    [
        timeseries(
            "Findings by family",
            "Open findings by the family of their check.",
            "none",
            [query(total(findings(of_family(family))), family) for family in FAMILIES],
            stacked=True,
        ),
        timeseries(
            "New findings by severity",
            "Findings that were not open in the report before. A service tells of them until its next tick, so each point is the highest since the point before.",
            "none",
            [query(f"sum({new('$__rate_interval', severity(one))})", one) for one in SEVERITIES],
            colours=SEVERITIES,
            stacked=True,
            bars=True,
        ),
    ],
    [
        timeseries(
            "Coverage by family",
            "Share of evaluations that reached a verdict, of the account and Region where it is lowest.",
            "percentunit",
            [query(f"min by (family) ({gauge('coverage_ratio', 'family')})", "{{family}}")],
            min=0,
            max=1,
        ),
        timeseries(
            "State machines by band of risk",
            "State machines that could be read, by their own risk.",
            "none",
            [query(f"sum({in_band(one)})", one) for one in BANDS],
            colours=BANDS,
            stacked=True,
        ),
    ],
]

PLACE = {"account_id": "Account", "region": "Region"}
TABLES = [
    [
        table(
            "Accounts and Regions",
            "Where to begin. A number that is missing is unknown. Risk counts state machines; findings count all resources.",
            PLACE,
            [
                column(gauge("risk_score"), "Risk", steps=RISK, decimals=1),
                column(f"sum by (account_id, region) ({gauge('state_machines', 'kind')})", "State machines"),
                *[
                    column(total(findings(severity(one)), "account_id", "region"), one.capitalize())
                    for one in SEVERITIES
                ],
                column(
                    f"min by (account_id, region) ({gauge('coverage_ratio', 'family')})",
                    "Coverage",
                    "percentunit",
                    COVERAGE,
                ),
                column(f"max by (account_id, region) ({age('collector')})", "Oldest collection", "s", AGE),
            ],
            height=8,
        )
    ],
    [
        table(
            "Checks with the most findings",
            "Open findings of all chosen accounts and Regions, of the 50 checks and severities that have most. The check leads to its page.",
            {"check": "Check", "severity": "Severity"},
            [column(f"topk(50, sum by (check, severity) ({findings()}) > 0)", "Findings")],
            width=14,
        ),
        bargauge(
            "State machines that carry sensitive data",
            "State machines whose executions were seen to carry secrets or data of persons (pii), of the 20 Regions with most.",
            "none",
            [query(f"topk(20, {gauge('sensitive_state_machines', 'data')})", "{{account_id}} {{region}} {{data}}")],
            width=10,
            height=10,
            steps=levels(1),
        ),
    ],
]

DASHBOARD = dashboard(
    "overview",
    "Overview",
    "Risk, findings and coverage of AWS Step Functions by account and Region.",
    [STATS, *TRENDS, *TABLES],
)
