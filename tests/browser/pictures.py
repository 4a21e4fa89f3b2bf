"""Pictures of the summary, the HTML report and a dashboard's preview for the documentation: `make pictures`.

    pictures.py DEMO dashboard.html FOLDER

DEMO is a folder with the demo's `report.html` and its summary in colours, `summary.txt`.
"""

import html
import pathlib
import re
import sys

from playwright.sync_api import sync_playwright

# The state machine whose graph is shown: sensitive data goes through it.
MACHINE = "orders-fulfilment"
# Of the summary, so much as shows its parts and can be read.
LINES = 46
COLORS = ("#1e1e1e", "#f14c4c", "#23d18b", "#e5c07b", "#61afef", "#d670d6", "#29b8db", "#e5e5e5")
PAGE = """<style>body {{ margin: 0; background: #1b1f24; }}
pre {{ display: inline-block; margin: 0; padding: 18px 22px; color: #d7dae0; font: 13px/1.32 "DejaVu Sans Mono", monospace; }}
</style><pre>{}</pre>"""


def main():
    demo, dashboard, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1180, "height": 820})
        page.set_content(PAGE.format(colored(summary(demo / "summary.txt"))))
        page.locator("pre").screenshot(path=folder / "summary.png")
        page.goto((demo / "report.html").as_uri())
        page.screenshot(path=folder / "report.png")
        machine = page.locator("#machines details", has=page.locator(f".t:has-text('{MACHINE}')")).first
        machine.locator("summary").first.click()
        machine.locator(".graph svg").screenshot(path=folder / "graph.png")
        page = chromium.new_page(viewport={"width": 1440, "height": 1120})
        page.goto(dashboard.as_uri())
        page.screenshot(path=folder / "quotas.png")
        chromium.close()


def summary(file):
    """The head of the summary, from its first line on."""
    lines = file.read_text(encoding="utf-8").splitlines()
    first = next(at for at, line in enumerate(lines) if "stepwarden" in line and "account" in line)
    return "\n".join([*lines[first : first + LINES], "…"])


def colored(text):
    """Terminal colours as HTML."""
    out, style = [], {}
    for part in re.split(r"(\x1b\[[0-9;]*m)", text):
        if not part.startswith("\x1b"):
            rules = ";".join(f"{name}:{value}" for name, value in style.items())
            out.append(f'<span style="{rules}">{html.escape(part)}</span>' if rules else html.escape(part))
            continue
        for code in (int(code or 0) for code in part[2:-1].split(";")):
            if code == 0:
                style = {}
            elif code == 1:
                style["font-weight"] = "bold"
            elif code == 2:
                style["opacity"] = ".65"
            elif 30 <= code <= 37 or 90 <= code <= 97:
                style["color"] = COLORS[code % 10]
            elif 40 <= code <= 47:
                style |= {"background": COLORS[code % 10], "padding": "1px 0"}
    return "".join(out)


main()
