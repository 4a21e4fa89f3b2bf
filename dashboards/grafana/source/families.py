"""Panels that the dashboards of one family of checks share."""

from source.checks import of_family
from source.panels import SEVERITIES, column, levels, query, stat, table, timeseries
from source.promql import findings, gauge, severity, total

GRAVE = 'severity=~"critical|high"'


def grave(family):
    return stat(
        "Critical and high",
        "Findings of these severities that are open.",
        "none",
        [query(total(findings(f"{of_family(family)}, {GRAVE}")))],
        4,
        levels(None, 1),
    )


def all_open(family):
    return stat(
        "All findings",
        "Findings that are open, of whatever severity.",
        "none",
        [query(total(findings(of_family(family))))],
        4,
        levels(1),
    )


def coverage(family):
    return stat(
        "Lowest coverage",
        "Share of evaluations that reached a verdict, in the account and Region where it is lowest. No finding means little where coverage is low.",
        "percentunit",
        [query(f"min({gauge('coverage_ratio', 'family', where=f'family={quoted(family)}')})")],
        4,
        levels(0.95, 0.8),
        decimals=0,
    )


def unjudged(family):
    return stat(
        "Not judged",
        "Evaluations that lacked data.",
        "none",
        [query(total(gauge("insufficient_data", "check", "reason", where=of_family(family))))],
        4,
        levels(1),
    )


def accepted(family):
    return stat(
        "Accepted",
        "Findings that suppressions or a baseline accept. They are in no other number.",
        "none",
        [query(total(gauge("findings_suppressed", "check", where=of_family(family))))],
        4,
    )


def by_severity(family):
    return timeseries(
        "Findings by severity",
        "Open findings of these checks.",
        "none",
        [query(total(findings(f"{of_family(family)}, {severity(one)}")), one) for one in SEVERITIES],
        colours=SEVERITIES,
        stacked=True,
    )


def by_check(family):
    return timeseries(
        "Findings by check",
        "Open findings of the 15 checks that have most.",
        "none",
        [query(f"topk(15, sum by (check) ({findings(of_family(family))}))", "{{check}}")],
        stacked=True,
    )


def findings_table(family, width=14):
    return table(
        "Findings",
        "How many resources of an account and Region fail a check, of the 200 with most. The report names them. The check leads to its page.",
        {"check": "Check", "severity": "Severity", "account_id": "Account", "region": "Region"},
        [column(f"topk(200, {findings(of_family(family))} > 0)", "Findings")],
        width,
        12,
    )


def unjudged_table(family, width=10):
    series = gauge("insufficient_data", "check", "reason", where=of_family(family))
    return table(
        "What could not be judged",
        "Evaluations of the chosen accounts and Regions that lacked data, by what stood in their way.",
        {"check": "Check", "reason": "Reason"},
        [column(f"sum by (check, reason) ({series})", "Evaluations")],
        width,
        12,
    )


def coverage_trend(family, width=12):
    return timeseries(
        "Coverage by account and Region",
        "Share of evaluations that reached a verdict. The 20 lowest.",
        "percentunit",
        [
            query(
                f"bottomk(20, {gauge('coverage_ratio', 'family', where=f'family={quoted(family)}')})",
                "{{account_id}} {{region}}",
            )
        ],
        width,
        min=0,
        max=1,
    )


def quoted(word):
    return f'"{word}"'
