"""Numbers as Grafana's units write them, nearly."""

STEPS = {
    "s": ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"), (0.001, "ms")),
    "short": ((1e9, "Bil"), (1e6, "Mil"), (1e3, "K"), (1, "")),
    "Bps": ((1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1, "B/s")),
}
SUFFIXES = {"reqps": " req/s", "cps": " c/s"}


def plain(value, decimals=None):
    if decimals is None:
        decimals = 0 if value == int(value) else 2 if abs(value) >= 0.1 else 3
    return f"{value:.{decimals}f}"


def written(value, unit="none", decimals=None):
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if unit == "percentunit":
        return f"{plain(value * 100, 1 if decimals is None else decimals)}%".replace(".0%", "%")
    if unit == "locale":
        return f"{value:,.0f}"
    for factor, name in STEPS.get(unit, ()):
        if abs(value) >= factor:
            return f"{plain(round(value / factor, 2), decimals)} {name}".strip()
    return (
        f"{value:.3g}{SUFFIXES.get(unit, '')}"
        if decimals is None and value != int(value)
        else plain(value, decimals) + SUFFIXES.get(unit, "")
    )


def colour(value, steps):
    """Of the last threshold that the value reaches."""
    reached = [step["color"] for step in steps if step["value"] is None or value >= step["value"]]
    return reached[-1] if reached else None
