"""Pictures of the HTML report and of a dashboard's preview for the documentation: `make pictures`.

    pictures.py report.html dashboard.html FOLDER
"""

import pathlib
import sys

from playwright.sync_api import sync_playwright

# The state machine whose graph is shown: sensitive data goes through it.
MACHINE = "orders-fulfilment"


def main():
    report, dashboard, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1180, "height": 820})
        page.goto(report.as_uri())
        page.screenshot(path=folder / "report.png")
        machine = page.locator("#machines details", has=page.locator(f".t:has-text('{MACHINE}')")).first
        machine.locator("summary").first.click()
        machine.locator(".graph svg").screenshot(path=folder / "graph.png")
        page = chromium.new_page(viewport={"width": 1440, "height": 1120})
        page.goto(dashboard.as_uri())
        page.screenshot(path=folder / "quotas.png")
        chromium.close()


main()
