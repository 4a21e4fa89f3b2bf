"""What is asked of the queries of CloudWatch: no emulator answers them, so that they are held against what is sent."""

import re

from boards import CHECKOUT

SOURCE = CHECKOUT / "src" / "export" / "prometheus" / "emf.rs"
NAMESPACE = "stepwarden"
FUNCTIONS = {"MAX", "MIN", "SUM"}


def metrics():
    """The metrics of the embedded metric format with their dimensions: fewer than Prometheus has, as each is paid for."""
    listed = SOURCE.read_text(encoding="utf-8").partition("EMF_METRICS")[2].partition("];")[0]
    rows = re.findall(r'"([a-z_]+)",\s*(?:dimensions: )?&\[([^\]]*)\]', listed)
    return {name: set(re.findall(r'"([a-z_]+)"', dimensions)) for name, dimensions in rows}


def faults(dashboard):
    sent = metrics()
    if not sent:
        yield f"{SOURCE.name} lists no metric"
    for panel in dashboard["panels"]:
        yield from (f"{panel['title']}: {fault}" for fault in of_panel(panel["targets"], sent))
    shown = {target["metricName"] for panel in dashboard["panels"] for target in panel["targets"]}
    yield from (f"{metric} is not shown" for metric in sorted(set(sent) - shown))
    for variable in dashboard["templating"]["list"][1:]:
        query = variable["query"]
        if query["dimensionKey"] not in sent.get(query["metricName"], ()):
            yield f"${variable['name']}: {query['metricName']} has no dimension {query['dimensionKey']}"


def of_panel(targets, sent):
    identities = [target["id"] for target in targets]
    if len(set(identities)) != len(identities):
        yield "has two queries of one id"
    for target in targets:
        if not re.fullmatch(r"[a-z][A-Za-z0-9_]*", target["id"]):
            yield f"{target['id']} is no id"
        if target["namespace"] != NAMESPACE:
            yield f"asks the namespace {target['namespace']}"
        yield from of_math(target, identities) if target["expression"] else of_metric(target, sent)
    if all(target["hide"] for target in targets):
        yield "shows nothing"


def of_metric(target, sent):
    dimensions = sent.get(target["metricName"])
    if dimensions is None:
        yield f"{target['metricName']} is not sent"
    elif set(target["dimensions"]) - dimensions:
        yield f"{target['metricName']} has no {', '.join(sorted(set(target['dimensions']) - dimensions))}"
    elif target["matchExact"]:
        yield "is a search only where it does not match exactly, and functions need one"


def of_math(target, identities):
    words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", target["expression"]))
    yield from (f"{word} is no query and no function" for word in sorted(words - FUNCTIONS - set(identities)))
