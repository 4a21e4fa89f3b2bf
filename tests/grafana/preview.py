"""Draw each dashboard from what a real Prometheus answers: one page for each, to be looked at.

    preview.py http://127.0.0.1:9090 out/dashboards [--minutes 60]

The pages ask nothing of any network. They are drawn by the drawing of this folder, and show layout, words, queries and
numbers: a preview, not Grafana. What CloudWatch would answer is not known, so that its twin shows the layout alone.
"""

import argparse
import time
from html import escape
from pathlib import Path

from boards import SPANS, dashboards, expanded, is_prometheus
from charts import timeseries
from drawing import panel_html
from queries import ask

HERE = Path(__file__).resolve().parent
POINTS = 120


def answers(address, panel, start, end, spans):
    """Each target with its series: over the time for a chart, else of now."""
    for target in panel["targets"]:
        query = expanded(target["expr"], spans)
        if panel["type"] == "timeseries":
            step = max(1, int((end - start) / POINTS))
            parameters = {"query": query, "start": start, "end": end, "step": step}
            answer, refusal = ask(address, "/api/v1/query_range", **parameters)
        else:
            answer, refusal = ask(address, "/api/v1/query", query=query, time=end)
        if refusal:
            raise SystemExit(f"{panel['title']}: {refusal}")
        yield target, answer["result"]


def drawn(address, panel, start, end, spans):
    series = list(answers(address, panel, start, end, spans))
    return timeseries(panel, series, start, end) if panel["type"] == "timeseries" else panel_html(panel, series)


def section(panel, content):
    place = panel["gridPos"]
    area = f"grid-column:{place['x'] + 1}/span {place['w']};grid-row:{place['y'] + 1}/span {place['h']}"
    return f'<section style="{area}" title="{escape(panel["description"])}"><h2>{escape(panel["title"])}</h2>{content}</section>'


def page(address, dashboard, start, end, spans):
    sections = []
    for panel in dashboard["panels"]:
        known = is_prometheus(dashboard)
        content = (
            drawn(address, panel, start, end, spans) if known else f'<p class="none">{panel["type"]} of CloudWatch</p>'
        )
        sections.append(section(panel, content))
    title, style = escape(dashboard["title"]), (HERE / "preview.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{style}</style></head><body><header><h1>{title}</h1>"
        f'<p class="not">Preview, not Grafana</p><p>{escape(dashboard["description"])}</p></header>'
        f"<main>{''.join(sections)}</main></body></html>\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="of Prometheus, http://HOST:PORT")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=int, default=60, help="of the past, for what has a history")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    end = int(time.time())
    start = end - 60 * arguments.minutes
    spans = {**SPANS, "$__range": f"{arguments.minutes}m"}
    for name, dashboard in dashboards().items():
        path = arguments.folder / f"{name}.html"
        path.write_text(page(arguments.address, dashboard, start, end, spans), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
