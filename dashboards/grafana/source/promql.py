"""Expressions that the panels share."""

# The push of an hourly task is one sample an hour, and a sample is stale after five minutes: without a window its
# panels would be empty most of the time. The window is two intervals and a half, so that one missed run leaves no gap.
WINDOW = "150m"
# An age must be able to grow beyond the window, or what died would never look old.
REMEMBERED = "1d"
SELECTED = 'account_id=~"$account_id", region=~"$region"'


def selector(name, *matchers):
    return f"stepwarden_{name}{{{', '.join(matcher for matcher in matchers if matcher)}}}"


def held(name, selected, where=""):
    """A gauge's series, or where its Region has nothing fresh, the last of each within the window.

    Each collection brings all the series of a Region. Where there are fresh ones, what is not among them is gone
    (a finding that was mended): the window must not bring it back. Every Region has `collector_success`.
    """
    wanted = selector(name, selected, where)
    fresh = selector("collector_success", selected)
    return f"({wanted} or last_over_time({wanted}[{WINDOW}]) unless on (account_id, region) {fresh})"


def gauge(name, *labels, where="", selected=SELECTED):
    """One series for each account and Region (and label), however many services or tasks tell of it."""
    return f"max by ({', '.join(('account_id', 'region', *labels))}) {held(name, selected, where)}"


def findings(where="", selected=SELECTED):
    return gauge("findings", "check", "severity", where=where, selected=selected)


def severity(one):
    return f'severity="{one}"'


def total(series, *labels):
    """The sum, 0 where checks were judged but have no such series, and nothing where none could be judged."""
    by = f" by ({', '.join(labels)})" if labels else ""
    return f"(sum{by} ({series}) or 0 * sum{by} ({findings()}))"


def rate(name, *labels, where=""):
    by = f" by ({', '.join(labels)})" if labels else ""
    return f"sum{by} (rate({selector(name, SELECTED, where)}[$__rate_interval]))"
