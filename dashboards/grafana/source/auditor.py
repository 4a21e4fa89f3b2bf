"""Whether stepwarden itself works: what it read, how long it took, what it spent."""

from source.board import dashboard
from source.overview import AGE, age
from source.panels import CRITICAL, OK, OUTCOMES, SUCCESS, column, levels, query, stat, table, timeseries
from source.promql import WINDOW, gauge, rate, total

SUCCEEDED = gauge("collector_success", "collector")
DURATION = gauge("collector_duration_seconds", "collector")
RELOADED = [
    {
        "type": "value",
        "options": {"0": {"text": "failed: old one in force", "color": CRITICAL}, "1": {"text": "ok", "color": OK}},
    }
]
INSUFFICIENT = gauge("insufficient_data", "check", "reason")


def of_process(name):
    """Gauges of the process itself have neither account nor Region: while one process tells, older ones do not count."""
    fresh = f"stepwarden_{name}"
    return f"({fresh} or last_over_time({fresh}[{WINDOW}]) unless on () {fresh})"


def late(*labels):
    return f"sum by ({', '.join(labels)}) (increase(stepwarden_ticks_late_total[$__rate_interval]))"


STATS = [
    stat(
        "Version",
        "What runs. Two versions side by side: an update is under way, or one was forgotten.",
        "none",
        [query(f"max by (version) ({of_process('build_info')})", "{{version}}")],
        text="name",
    ),
    stat(
        "Collectors that fail",
        "Collectors of an account and Region that did not read all that they were to read.",
        "none",
        [query(f"count({SUCCEEDED} == 0) or 0 * count({SUCCEEDED})")],
        steps=levels(1),
    ),
    stat(
        "Oldest collection",
        "Since a collector last read all that it was to read, where that is longest ago. After a day without it is unknown.",
        "s",
        [query(f"max({age('collector')})")],
        steps=AGE,
        decimals=1,
    ),
    stat("Not judged", "Evaluations that lacked data.", "none", [query(total(INSUFFICIENT))], steps=levels(1)),
    stat(
        "Slowest collector",
        "How long the slowest collector took the last time.",
        "s",
        [query(f"max({DURATION})")],
        steps=levels(60, 900),
        decimals=1,
    ),
    stat(
        "Late ticks",
        "Ticks that came late or not at all just now: the ones before took too long. Of a service only.",
        "none",
        [query(late("schedule"), "{{schedule}}")],
        steps=levels(1),
        text="value_and_name",
        decimals=0,
    ),
    stat(
        "Last reload",
        "Whether the last reload of the configuration succeeded. Of a service only.",
        "none",
        [query(f"min({of_process('config_last_reload_successful')})")],
        mappings=RELOADED,
    ),
    stat(
        "Configuration age",
        "How long ago the configuration was last loaded with success. Of a service only.",
        "s",
        [query(f"time() - min({of_process('config_last_reload_success_timestamp_seconds')})")],
        decimals=1,
    ),
]

TRENDS = [
    [
        timeseries(
            "Duration of collectors",
            "How long each collector took, in the account and Region where it took longest.",
            "s",
            [query(f"max by (collector) ({DURATION})", "{{collector}}")],
        ),
        timeseries(
            "Failing collectors by Region",
            "Collectors that did not read all that they were to read, by account and Region.",
            "none",
            [query(f"sum by (account_id, region) ({SUCCEEDED} == bool 0)", "{{account_id}} {{region}}")],
            stacked=True,
        ),
    ],
    [
        timeseries(
            "AWS requests by outcome",
            "Calls of AWS, each attempt counted. Of a service only.",
            "reqps",
            [query(rate("aws_requests_total", where=f'outcome="{one}"'), one) for one in OUTCOMES],
            colours=OUTCOMES,
            stacked=True,
        ),
        timeseries(
            "AWS requests by API",
            "Calls of the 15 APIs that are called most, each attempt counted. Of a service only.",
            "reqps",
            [query(f"topk(15, {rate('aws_requests_total', 'api')})", "{{api}}")],
        ),
    ],
    [
        timeseries(
            "Wait for the request budget",
            "Seconds that calls waited for the request budget in each second, of the 15 APIs that waited most. Of a service only.",
            "s",
            [query(f"topk(15, {rate('aws_budget_wait_seconds_total', 'api')})", "{{api}}")],
            width=8,
        ),
        timeseries(
            "Late ticks by schedule",
            "Ticks that came late or not at all since the point before: the ones before took too long. Of a service only.",
            "none",
            [query(late("schedule"), "{{schedule}}")],
            width=8,
            bars=True,
        ),
        timeseries(
            "Insufficient data by reason",
            "Evaluations that could not be made, by what stood in their way.",
            "none",
            [query(f"sum by (reason) ({INSUFFICIENT})", "{{reason}}")],
            width=8,
            stacked=True,
        ),
    ],
    [
        timeseries(
            "Age of collections",
            "Since each collector last read all that it was to read, in the account and Region where that is longest ago.",
            "s",
            [query(f"max by (collector) ({age('collector')})", "{{collector}}")],
            width=24,
        )
    ],
]

TABLES = [
    [
        table(
            "Collectors",
            "The last run of each collector in each account and Region. Without an age it has not read all for a day.",
            {"account_id": "Account", "region": "Region", "collector": "Collector"},
            [
                column(SUCCEEDED, "Success", mappings=SUCCESS),
                column(DURATION, "Duration", "s"),
                column(age("collector"), "Age", "s", AGE),
            ],
            width=14,
            height=12,
            sort="Success",
            descending=False,
        ),
        table(
            "What could not be judged",
            "Evaluations of the chosen accounts and Regions that lacked data, by what stood in their way.",
            {"check": "Check", "reason": "Reason"},
            [column(f"sum by (check, reason) ({INSUFFICIENT})", "Evaluations")],
            width=10,
            height=12,
        ),
    ],
    [
        table(
            "AWS requests",
            "Calls a second of each API by outcome, of the 50 that are called most. Of a service only.",
            {"api": "API", "outcome": "Outcome"},
            [column(f"topk(50, {rate('aws_requests_total', 'api', 'outcome')})", "Requests", "reqps")],
            height=9,
        )
    ],
]

DASHBOARD = dashboard(
    "auditor",
    "Auditor",
    "Whether stepwarden itself works: collectors, requests to AWS, ages and what could not be judged.",
    [STATS, *TRENDS, *TABLES],
)
