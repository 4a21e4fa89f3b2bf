"""What is asked of every PromQL expression, on its parsed form."""

import re

import promql_parser as promql

from boards import expanded

RATES = ("rate", "irate", "increase")


def children(node):
    if isinstance(node, promql.BinaryExpr):
        return [node.lhs, node.rhs]
    if isinstance(node, promql.Call):
        return list(node.args)
    parts = (getattr(node, "expr", None), getattr(node, "param", None))
    return [one for one in parts if one is not None]


def selectors(node, above=()):
    """Each selector with the nodes above it, outermost first."""
    if isinstance(node, promql.VectorSelector):
        yield node, above
    elif isinstance(node, promql.MatrixSelector):
        yield node.vector_selector, (*above, node)
    else:
        for child in children(node):
            yield from selectors(child, (*above, node))


def functions(above):
    return [node.func.name for node in above if isinstance(node, promql.Call)]


def only_excludes(selector, above):
    """On the right of `unless`, where it takes series away and brings none."""
    path = (*above, selector)
    return any(
        isinstance(node, promql.BinaryExpr) and str(node.op) == "unless" and node.rhs is child
        for node, child in zip(path, path[1:])
    )


def grouped_by(node, labels=frozenset()):
    if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
        labels = labels | set(node.modifier.labels)
    for child in children(node):
        labels = labels | grouped_by(child)
    return labels


def faults(expression, catalogue):
    try:
        tree = promql.parse(expanded(expression))
    except ValueError as error:
        return [f"does not parse: {error}"]
    found = list(selectors(tree))
    return [
        *of_metrics(found, catalogue),
        *of_windows(found),
        *of_rates(expression),
        *of_groups(tree, found, catalogue),
    ]


def of_metrics(found, catalogue):
    for selector, _ in found:
        if selector.name not in catalogue:
            yield f"{selector.name} is not in the catalogue"
            continue
        matched = {matcher.name for matcher in selector.matchers.matchers}
        for label in sorted(matched - catalogue[selector.name]):
            yield f"{selector.name} has no label {label}"


def of_windows(found):
    """A sample of a task is stale after five minutes: something must look further back for every gauge."""
    held = {selector.name for selector, above in found if any(name.endswith("_over_time") for name in functions(above))}
    for selector, above in found:
        counted = any(name in RATES for name in functions(above))
        if selector.name.endswith("_total"):
            if not counted:
                yield f"{selector.name} counts: it is shown without a rate"
        elif counted:
            yield f"{selector.name} is a gauge, and has no rate"
        elif selector.name not in held and not only_excludes(selector, above):
            yield f"{selector.name} is stale after five minutes: nothing looks further back"
        if not any(isinstance(node, promql.AggregateExpr) for node in above):
            yield f"{selector.name} is not aggregated: two services would show it twice"


def of_rates(expression):
    for name, window in re.findall(r"\b(rate|irate|increase)\([^\[]*\[([^\]]*)\]", expression):
        if window != "$__rate_interval":
            yield f"{name} over {window}, not $__rate_interval"


def of_groups(tree, found, catalogue):
    known = set().union(*(catalogue.get(selector.name, set()) for selector, _ in found))
    for label in sorted(grouped_by(tree) - known):
        yield f"no metric of it has the label {label}"
