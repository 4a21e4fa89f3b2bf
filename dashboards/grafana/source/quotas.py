"""What a Region still has left: usage against limits, and when it will be gone."""

from source.board import dashboard, label_variable, variables
from source.panels import bargauge, column, levels, override, query, stat, table, timeseries
from source.promql import SELECTED, WINDOW, gauge, selector

OF_QUOTAS = f'{SELECTED}, quota=~"$quota"'
SHARE = levels(0.8, 0.9)
# Nearer is worse: these read from the low end.
LEFT = levels(86_400, 14_400)
DAY = 86_400


def usage():
    """Exact where it is known, else the lower bound."""
    exact, at_least = selector("quota_usage", OF_QUOTAS), selector("quota_usage_at_least", OF_QUOTAS)
    fresh = f"({exact} or {at_least})"
    exact_held, at_least_held = f"last_over_time({exact}[{WINDOW}])", f"last_over_time({at_least}[{WINDOW}])"
    # Two runs of a task may know differently: which was later cannot be asked cheaply, so the higher counts.
    held = f"({exact_held} > {at_least_held} or {at_least_held} or {exact_held})"
    region_is_fresh = selector("collector_success", SELECTED)
    return f"max by (account_id, region, quota) ({fresh} or {held} unless on (account_id, region) {region_is_fresh})"


def of_quota(name, *labels):
    return gauge(name, "quota", *labels, selected=SELECTED, where='quota=~"$quota"')


USAGE, LIMIT = usage(), of_quota("quota_limit")
RATIO = f"{USAGE} / {LIMIT}"
LEFT_SECONDS = f"clamp_min({of_quota('quota_exhaustion_timestamp_seconds')} - time(), 0)"
FULLEST = f"and topk(5, {RATIO})"
BACKLOG, THROTTLED = gauge("map_run_backlog"), gauge("execution_throttled")

STATS = [
    stat(
        "Highest share used",
        "Usage over limit of the quota that is nearest its limit.",
        "percentunit",
        [query(f"max({RATIO})")],
        4,
        SHARE,
        decimals=0,
    ),
    stat(
        "Quotas from 80 %",
        "Quotas of an account and Region whose usage is at least 80 % of the limit.",
        "none",
        [query(f"count({RATIO} >= 0.8) or 0 * count({RATIO})")],
        4,
        levels(1),
    ),
    stat(
        "Used up within a day",
        "Quotas that will be used up within 24 hours if usage grows on as it does.",
        "none",
        [query(f"count({LEFT_SECONDS} < {DAY}) or 0 * count({LIMIT})")],
        4,
        levels(None, 1),
    ),
    stat(
        "First used up in",
        "Time until the first quota is used up, if usage grows on as it does.",
        "s",
        [query(f"min({LEFT_SECONDS})")],
        4,
        LEFT,
        no_value="none grows",
        decimals=1,
    ),
    stat(
        "Map Runs that wait",
        "Map Runs that wait to be started, because as many as are allowed are open.",
        "none",
        [query(f"sum({BACKLOG}) or 0 * count({LIMIT})")],
        4,
        levels(1),
    ),
    stat(
        "Throttled states",
        "States and retries of Standard executions that were throttled in the last 3 hours.",
        "none",
        [query(f"sum({THROTTLED})")],
        4,
        levels(1),
    ),
]

TRENDS = [
    [
        timeseries(
            "Share used, by quota",
            "Usage over limit of each quota, in the account and Region where it is highest.",
            "percentunit",
            [query(f"max by (quota) ({RATIO})", "{{quota}}")],
            min=0,
        ),
        timeseries(
            "Usage and limit of the fullest five",
            "The five quotas that are nearest their limits: what is used, and what is allowed (dashed). The scale is logarithmic.",
            "short",
            [
                query(f"{USAGE} {FULLEST}", "used: {{quota}} {{region}} {{account_id}}"),
                query(f"{LIMIT} {FULLEST}", "limit: {{quota}} {{region}} {{account_id}}"),
            ],
            log=True,
            overrides=[override("byRegexp", "/^limit: /", custom_lineStyle={"fill": "dash", "dash": [8, 8]})],
        ),
    ],
    [
        timeseries(
            "Time until used up",
            "How long the 10 quotas that are first used up will last if usage grows on as it does. Empty where none grows.",
            "s",
            [query(f"bottomk(10, {LEFT_SECONDS})", "{{region}} {{quota}}, {{account_id}}")],
            width=8,
        ),
        timeseries(
            "Waiting Map Runs by Region",
            "Map Runs that wait to be started, as CloudWatch approximates them.",
            "none",
            [
                query(
                    f"sum by (account_id, region) ({BACKLOG}) or 0 * count by (account_id, region) ({LIMIT})",
                    "{{account_id}} {{region}}",
                )
            ],
            width=8,
        ),
        timeseries(
            "Throttled states by Region",
            "States and retries of Standard executions that were throttled in the 3 hours before each point.",
            "none",
            [query(f"sum by (account_id, region) ({THROTTLED})", "{{account_id}} {{region}}")],
            width=8,
        ),
    ],
]

TABLES = [
    [
        table(
            "Quotas",
            "The 100 that are nearest their limits. Usage is exact, or at least so many where only a lower bound is known. "
            "Nothing under Used up in: usage does not grow.",
            {"account_id": "Account", "region": "Region", "quota": "Quota"},
            [
                column(f"topk(100, {RATIO})", "Share used", "percentunit", SHARE),
                column(f"{of_quota('quota_usage')} and topk(100, {RATIO})", "Usage", "locale"),
                column(f"{of_quota('quota_usage_at_least')} and topk(100, {RATIO})", "At least", "locale"),
                column(f"{LIMIT} and topk(100, {RATIO})", "Limit", "locale"),
                column(f"{LEFT_SECONDS} and topk(100, {RATIO})", "Used up in", "s"),
            ],
            width=15,
            height=12,
        ),
        bargauge(
            "State machines that hold most",
            "What the five state machines that hold most of a quota hold at least. Told only above the quota's warning level.",
            "short",
            [
                query(
                    f"topk(20, {of_quota('quota_top_usage', 'state_machine')})",
                    "{{state_machine}}: {{quota}} {{region}}",
                )
            ],
            width=9,
            height=12,
            no_value="none known",
        ),
    ],
]

QUOTA = label_variable("quota", "Quota", f"label_values(stepwarden_quota_limit{{{SELECTED}}}, quota)")
DASHBOARD = dashboard(
    "quotas",
    "Quotas",
    "Usage of the quotas of AWS Step Functions, their limits, who holds them and when they will be used up.",
    [STATS, *TRENDS, *TABLES],
    variables(QUOTA),
)
