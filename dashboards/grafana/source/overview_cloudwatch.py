"""The overview for those who have CloudWatch and no Prometheus: its metrics come in the embedded metric format."""

from source import board
from source.panels import BANDS, DATA, SEVERITIES, SUCCESS, bargauge, levels, override, stat, timeseries

DATASOURCE = {"type": "cloudwatch", "uid": "${datasource}"}
NAMESPACE = "stepwarden"
# A task reports once an hour, so an hour has one sample of each series.
PERIOD = "3600"
PLACE = "${PROP('Dim.account_id')} ${PROP('Dim.region')}"
OF_QUOTA = f"{PLACE} ${{PROP('Dim.quota')}}"
OPEN = ["open_executions", "open_map_runs"]
NOTE = (
    "Each point is an hour: a task reports once in it. Metrics are in the namespace stepwarden of the data source's "
    "default Region. Findings by check are in the report alone."
)


def common(identity):
    return {
        "id": identity,
        "region": "default",
        "namespace": NAMESPACE,
        "period": PERIOD,
        "statistic": "Maximum",
        "queryMode": "Metrics",
        "metricQueryType": 0,
    }


def metric(identity, name, label, hide=False, **dimensions):
    """All series of a metric. Without an exact match this is always a search, which the functions of metric math take."""
    chosen = {"account_id": "$account_id", "region": "$region", **dimensions}
    return {
        **common(identity),
        "metricEditorMode": 0,
        "metricName": name,
        "dimensions": chosen,
        "matchExact": False,
        "expression": "",
        "label": label,
        "hide": hide,
    }


def math(identity, expression, label):
    return {
        **common(identity),
        "metricEditorMode": 1,
        "metricName": "",
        "dimensions": {},
        "matchExact": False,
        "expression": expression,
        "label": label,
        "hide": False,
    }


def folded(function, name, label, **dimensions):
    """One series of many: the search itself is not shown."""
    search = metric("all", name, "", True, **dimensions)
    # Should there be more than one report in an hour, the worst of them counts.
    search["statistic"] = "Minimum" if function == "MIN" else "Maximum"
    return [search, math("one", f"{function}(all)", label)]


def summed(name, dimension, words):
    """A sum for each word of a dimension."""
    queries = []
    for index, word in enumerate(words):
        queries += [
            metric(f"all{index}", name, "", True, **{dimension: word}),
            math(f"one{index}", f"SUM(all{index})", word),
        ]
    return queries


def of_cloudwatch(panel):
    """Queries of this data source have no `instant`: a stat takes the last point by itself."""
    targets = [{**one, "datasource": DATASOURCE} for one in panel["targets"]]
    for one in targets:
        one.pop("instant", None)
        one.pop("range", None)
    return {**panel, "datasource": DATASOURCE, "targets": targets}


def dimension_variable(name, label):
    query = {
        "refId": "CloudWatchVariableQueryEditor-VariableQuery",
        "queryType": "dimensionValues",
        "namespace": NAMESPACE,
        "region": "default",
        "metricName": "coverage_ratio",
        "dimensionKey": name,
        "dimensionFilters": {},
    }
    return board.query_variable(name, label, query, "*", DATASOURCE)


STATS = [
    stat(
        "Highest account risk",
        "Mean risk of an account's state machines, 0 to 100: of the account where it is highest.",
        "none",
        folded("MAX", "risk_score", "Risk", region="global"),
        4,
        levels(40, 70),
        decimals=1,
    ),
    stat(
        "Critical and high",
        "Findings of these severities that are open.",
        "none",
        folded("SUM", "findings", "Findings", severity=["critical", "high"]),
        4,
        levels(None, 1),
    ),
    stat(
        "New findings",
        "Findings that were not open in the report before. Unknown while nothing of before is known.",
        "none",
        folded("SUM", "findings_new", "New", severity="*"),
        4,
        levels(1),
    ),
    stat(
        "Sensitive machines",
        "State machines whose executions were seen to carry secrets, or data of persons (pii). One that carries both counts for both.",
        "none",
        summed("sensitive_state_machines", "data", DATA),
        4,
        levels(None, 1),
        text="value_and_name",
    ),
    stat(
        "Lowest coverage",
        "Share of evaluations that reached a verdict, where it is lowest among accounts, Regions and families. No finding means little where coverage is low.",
        "percentunit",
        folded("MIN", "coverage_ratio", "Coverage", family="*"),
        4,
        levels(0.95, 0.8),
        decimals=0,
    ),
    stat(
        "Collectors",
        "Whether every collector of every chosen Region read all that it was to read at its last report.",
        "none",
        folded("MIN", "collector_success", "Collectors"),
        4,
        mappings=SUCCESS,
    ),
]

TRENDS = [
    [
        timeseries(
            "Risk by account and Region",
            "Mean risk of the state machines that could be read, 0 to 100; the Region global is the whole account.",
            "none",
            [metric("risk", "risk_score", PLACE)],
            min=0,
            max=100,
            decimals=1,
        ),
        timeseries(
            "Findings by severity",
            "Open findings of all checks.",
            "none",
            summed("findings", "severity", SEVERITIES),
            colours=SEVERITIES,
            stacked=True,
        ),
    ],
    [
        timeseries(
            "New findings by severity",
            "Findings that were not open in the report before.",
            "none",
            summed("findings_new", "severity", SEVERITIES),
            colours=SEVERITIES,
            stacked=True,
            bars=True,
        ),
        timeseries(
            "State machines by band of risk",
            "State machines that could be read, by their own risk.",
            "none",
            summed("state_machines_by_risk", "band", BANDS),
            colours=BANDS,
            stacked=True,
        ),
    ],
    [
        timeseries(
            "Coverage by family",
            "Share of evaluations that reached a verdict, in each account and Region.",
            "percentunit",
            [metric("coverage", "coverage_ratio", f"{PLACE} ${{PROP('Dim.family')}}", family="*")],
            min=0,
            max=1,
        ),
        timeseries(
            "Open executions and Map Runs",
            "What is used, at least used where only a lower bound is known, and allowed (dashed). The scale is logarithmic.",
            "short",
            [
                metric("used", "quota_usage", f"{OF_QUOTA} used", quota=OPEN),
                metric("bound", "quota_usage_at_least", f"{OF_QUOTA} at least", quota=OPEN),
                metric("allowed", "quota_limit", f"{OF_QUOTA} limit", quota=OPEN),
            ],
            log=True,
            overrides=[override("byRegexp", "/ limit$/", custom_lineStyle={"fill": "dash", "dash": [8, 8]})],
        ),
    ],
    [
        timeseries(
            "Map Runs that wait",
            "Map Runs that wait to be started, as CloudWatch approximates them.",
            "none",
            [metric("backlog", "map_run_backlog", PLACE)],
        ),
        timeseries(
            "Throttled states",
            "States and retries of Standard executions that were throttled in the 3 hours before each point.",
            "none",
            [metric("throttled", "execution_throttled", PLACE)],
        ),
    ],
]

LAST = [
    [
        bargauge(
            "Findings by account, Region and severity",
            "Open findings at the last report.",
            "none",
            [
                metric(
                    "findings",
                    "findings",
                    f"{PLACE} ${{PROP('Dim.severity')}}",
                    severity=["critical", "high", "medium"],
                )
            ],
            height=10,
            steps=levels(1),
        ),
        bargauge(
            "State machines that carry sensitive data",
            "State machines whose executions were seen to carry secrets or data of persons (pii).",
            "none",
            [metric("sensitive", "sensitive_state_machines", f"{PLACE} ${{PROP('Dim.data')}}", data="*")],
            height=10,
            steps=levels(1),
        ),
    ]
]

DASHBOARD = board.dashboard(
    "overview-cloudwatch",
    "Overview (CloudWatch)",
    "Risk, findings and coverage of AWS Step Functions by account and Region.",
    [[of_cloudwatch(panel) for panel in row] for row in (STATS, *TRENDS, *LAST)],
    [
        board.datasource_variable("cloudwatch"),
        dimension_variable("account_id", "Account"),
        dimension_variable("region", "Region"),
    ],
    refresh="15m",
    since="now-7d",
    note=NOTE,
)
