"""The queries that may rightly find nothing, with the reason. Whatever is not here must return a series."""

NOTHING_GROWS = "no usage grows, so that nothing will be used up"
NOTHING_BEFORE = "a first pass without a store knows nothing of before"
ALL_EXACT = "every usage may be known exactly, or by a lower bound alone"
ALL_JUDGED = "everything could be judged"
NOT_NEAR = "holders are told only above a quota's warning level"
NOTHING_RAN = "CloudWatch tells of no throttling where nothing has run of late"
NOTHING_ACCEPTED = "there may be neither suppressions nor a baseline"

# By dashboard, panel and query.
MAY_BE_EMPTY = {
    ("overview", "New findings", "A"): NOTHING_BEFORE,
    **{("overview", "New findings by severity", query): NOTHING_BEFORE for query in "ABCDE"},
    ("overview", "Checks with the most findings", "A"): "there may be no finding",
    ("permissions", "Findings", "A"): "there may be no finding",
    ("sensitive-data", "Findings", "A"): "there may be no finding",
    ("permissions", "Accepted findings", "A"): NOTHING_ACCEPTED,
    ("permissions", "What could not be judged", "A"): ALL_JUDGED,
    ("sensitive-data", "What could not be judged", "A"): ALL_JUDGED,
    ("auditor", "What could not be judged", "A"): ALL_JUDGED,
    ("auditor", "Insufficient data by reason", "A"): ALL_JUDGED,
    ("quotas", "First used up in", "A"): NOTHING_GROWS,
    ("quotas", "Time until used up", "A"): NOTHING_GROWS,
    ("quotas", "Quotas", "B"): ALL_EXACT,
    ("quotas", "Quotas", "C"): ALL_EXACT,
    ("quotas", "Quotas", "E"): NOTHING_GROWS,
    ("quotas", "Throttled states", "A"): NOTHING_RAN,
    ("quotas", "Throttled states by Region", "A"): NOTHING_RAN,
    ("quotas", "State machines that hold most", "A"): NOT_NEAR,
}
