"""GetMetricData over what was put, as CloudWatch answers it.

Stock moto gives a query without dimensions the points of every series of that name, forgets the namespace of one with
dimensions, answers Metrics Insights with everything that there is, and looks at all points anew for each minute. This
replaces it: one series is one namespace, name and set of dimensions, points fall into periods since the epoch, and of
Metrics Insights there is as much as an inventory of top users needs:

    SELECT FUNCTION(metric) FROM SCHEMA("namespace", dimension, ...) [WHERE dimension = 'value' [AND ...]]
    [GROUP BY dimension, ...] [ORDER BY FUNCTION() [ASC|DESC]] [LIMIT n]

What else is asked is refused, so that a test does not pass on an answer to another question.
"""

import re
from datetime import UTC, datetime, timedelta

from moto.cloudwatch.models import CloudWatchBackend, MetricDatum

INSIGHTS_WINDOW = timedelta(hours=3)
INSIGHTS_SERIES = 500
QUERY = re.compile(
    r"\s*SELECT\s+(?P<function>AVG|COUNT|MAX|MIN|SUM)\(\s*\"?(?P<metric>[\w.]+)\"?\s*\)"
    r"\s+FROM\s+SCHEMA\(\s*\"(?P<namespace>[^\"]+)\"\s*(?P<keys>(?:,\s*\"?\w+\"?\s*)*)\)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?"
    r"(?:\s+GROUP\s+BY\s+(?P<group>\"?\w+\"?(?:\s*,\s*\"?\w+\"?)*))?"
    r"(?:\s+ORDER\s+BY\s+(?P<order>AVG|COUNT|MAX|MIN|SUM)\(\s*\)(?:\s+(?P<way>ASC|DESC))?)?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?\s*",
    re.IGNORECASE,
)
CONDITION = re.compile(r"\s*\"?(\w+)\"?\s*=\s*'([^']*)'\s*")
STATISTICS = {"AVG": "Average", "COUNT": "SampleCount", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}


class Refusal(Exception):
    """A query that this does not know."""

    def __init__(self, message):
        super().__init__(message)
        self.code, self.message = "ValidationError", message


def words(text):
    return [word.strip().strip('"') for word in (text or "").split(",") if word.strip()]


def statistic(name, points):
    """One number of the points of one period."""
    values = [(p.value, p.value, p.value, 1) if isinstance(p, MetricDatum) else (p.sum, p.min, p.max, p.sample_count)
              for p in points]
    count = sum(value[3] for value in values)
    total = sum(value[0] for value in values)
    of = {"Sum": total, "SampleCount": count, "Minimum": min(value[1] for value in values),
          "Maximum": max(value[2] for value in values), "Average": total / count if count else 0}
    if name not in of:
        raise Refusal(f"the statistic {name} is not known")
    return float(of[name])


def by_period(points, period, name):
    """The statistic of each period that has points, oldest first."""
    periods = {}
    for point in points:
        seconds = int(point.timestamp.replace(tzinfo=UTC).timestamp())
        periods.setdefault(seconds - seconds % period, []).append(point)
    return [(datetime.fromtimestamp(start, UTC).replace(tzinfo=None), statistic(name, periods[start]))
            for start in sorted(periods)]


def answer(query_id, label, series, scan_by):
    if scan_by == "TimestampDescending":
        series = series[::-1]
    return {"id": query_id, "label": label, "timestamps": [at for at, _ in series],
            "values": [value for _, value in series], "status_code": "Complete"}


def stated(query, points, scan_by):
    """The answer to a query of one series."""
    stat, metric = query["MetricStat"], query["MetricStat"]["Metric"]
    dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or []}
    chosen = points.get((metric["Namespace"], metric["MetricName"], frozenset(dimensions.items())), [])
    series = by_period(chosen, int(stat["Period"]), stat["Stat"])
    return answer(query["Id"], query.get("Label") or metric["MetricName"], series, scan_by)


def selected(query, points, window_start, scan_by):
    """The answers to a query of Metrics Insights: one a group, in the order that it wants."""
    parsed = QUERY.fullmatch(query["Expression"])
    if not parsed:
        raise Refusal(f"this Metrics Insights query is not known: {query['Expression']}")
    wanted = {}
    for condition in re.split(r"\s+AND\s+", parsed["where"] or "", flags=re.IGNORECASE):
        if condition.strip():
            known = CONDITION.fullmatch(condition)
            if not known:
                raise Refusal(f"this condition is not known: {condition}")
            wanted[known[1]] = known[2]
    keys, groups, name = set(words(parsed["keys"])), words(parsed["group"]), STATISTICS[parsed["function"].upper()]
    grouped = {}
    for (namespace, metric, dimensions), found in points.items():
        has = dict(dimensions)
        fits = namespace == parsed["namespace"] and metric == parsed["metric"] and set(has) == keys
        if fits and all(has.get(key) == value for key, value in wanted.items()):
            label = " ".join(has[key] for key in groups)
            grouped.setdefault(label, []).extend(p for p in found if p.timestamp >= window_start)
    series = [(label, by_period(found, int(query["Period"]), name)) for label, found in grouped.items() if found]
    if parsed["order"]:
        order = {"AVG": lambda v: sum(v) / len(v), "COUNT": len, "MAX": max, "MIN": min, "SUM": sum}
        value = order[parsed["order"].upper()]
        descending = (parsed["way"] or "ASC").upper() == "DESC"
        series.sort(key=lambda item: value([point for _, point in item[1]]), reverse=descending)
    limit = min(int(parsed["limit"] or INSIGHTS_SERIES), INSIGHTS_SERIES)
    return [answer(query["Id"], label or query["Id"], found, scan_by) for label, found in series[:limit]]


def get_metric_data(self, queries, start_time, end_time, scan_by="TimestampAscending"):
    points = {}
    for point in self.get_all_metrics():
        if start_time <= point.timestamp < end_time:
            dimensions = frozenset((d.name, d.value) for d in point.dimensions)
            points.setdefault((point.namespace, point.name, dimensions), []).append(point)
    answers = []
    insights = [query for query in queries if query.get("Expression", "").lstrip().upper().startswith("SELECT")]
    if len(insights) > 1:
        raise Refusal("a call may have one Metrics Insights query")
    for query in queries:
        if "MetricStat" in query:
            answers.append(stated(query, points, scan_by))
        elif query in insights:
            answers.extend(selected(query, points, max(start_time, end_time - INSIGHTS_WINDOW), scan_by))
        else:
            raise Refusal("of expressions only Metrics Insights is known")
    wanted = {query["Id"] for query in queries if query.get("ReturnData", True)}
    return [found for found in answers if found["id"] in wanted]


def answer_metric_data():
    CloudWatchBackend.get_metric_data = get_metric_data
