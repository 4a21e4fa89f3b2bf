"""The HTML report in a real browser. Prints one line for each fault; nothing where all is well.

    report.py small.html large.html

`small.html` holds hostile names and a state machine with a graph, `large.html` 10,000 findings.
"""

import pathlib
import re
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

# Everything is pressed, not clicked: on a busy machine the page may move between the search for a place and the click on it.
FAULTS = []


def expect(holds, what):
    if not holds:
        FAULTS.append(what)


def opened(browser, path, **context):
    page = browser.new_context(viewport={"width": 1280, "height": 900}, **context).new_page()
    address = pathlib.Path(path).resolve().as_uri()
    page.on("console", lambda said: expect(said.type not in ("error", "warning"), f"console: {said.text}"))
    page.on("pageerror", lambda error: expect(False, f"script: {error}"))
    page.on("request", lambda request: expect(request.url.split("#")[0] == address, f"request: {request.url}"))
    page.on("dialog", lambda dialog: (expect(False, f"a dialog: {dialog.message}"), dialog.dismiss()))
    page.goto(address)
    return page


def total(page):
    return int(page.locator("#count").inner_text().split()[0])


def filters(page):
    everything = total(page)
    page.select_option("#filter-severity", "medium")
    expect(0 < total(page) < everything, "the severity filters")
    expect(page.locator("#list .sev.medium, #list .sev.none").count() == page.locator("#list details").count(), "only medium")
    page.fill("#q", "no finding says this")
    # A function to wait for would be evaluated in the page, which its policy forbids.
    page.locator("#count", has_text=re.compile("^0 of")).wait_for(timeout=5_000)
    page.press("#clear", "Enter")
    expect(total(page) == everything, "filters are cleared")


def keyboard(page):
    page.locator("#list details").first.locator("summary").focus()
    page.keyboard.press("Enter")
    page.locator("#list details[open] dl").wait_for(timeout=5_000)
    expect(page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "focus is seen")


def machine(page):
    first = page.locator("#machines details").first
    first.locator("summary").first.press("Enter")
    expect(first.locator("svg.chart rect.s").count() > 0, "a graph")
    expect(first.locator("svg.chart .p").count() > 0, "marks on the states")
    expect(first.locator(".less").count() > 0 and first.locator(".copy").count() > 0, "policies")
    expect(first.locator("del").count() > 0 and first.locator("ins").count() > 0, "signs on the lines of policies")
    expect(first.locator("svg.chart .carries").count() == 1, "an arrow that carried data")
    expect(first.locator(".flows li").count() == 2, "the ways of data in words")
    first.locator("a[href^='#f-']").first.press("Enter")
    page.wait_for_selector("#list details[open]")
    expect("f-" in page.evaluate("document.activeElement.parentElement.id"), "a finding takes the focus")


def trend(page):
    line = page.locator(".trend polyline")
    expect(line.count() == 1, "a trend")
    points = [tuple(map(float, point.split(","))) for point in line.get_attribute("points").split()]
    expect(len(points) == 4 and points == sorted(points), "the trend goes from left to right")
    expect(points[-1][1] > points[0][1], "less risk is lower on the paper")
    expect("Risk went from 80" in page.locator(".trend title").text_content(), "the trend in words")


def themes(page):
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.press("#theme", "Enter")
    expect(page.evaluate("getComputedStyle(document.body).backgroundColor") != before, "the toggle turns dark")
    page.emulate_media(media="print")
    expect(not page.locator("header").is_visible(), "no navigation on paper")
    expect(not page.locator(".filters").is_visible(), "no filters on paper")
    ink = page.evaluate("getComputedStyle(document.body).color")
    expect(ink == "rgb(27, 34, 48)", f"dark letters on white paper, whatever the screen: {ink}")
    page.emulate_media(media="screen")


def accessible(page, name):
    page.evaluate("document.querySelectorAll('#machines details, #coverage details').forEach((one) => { one.open = true; })")
    for fault in Axe().run(page).response["violations"]:
        expect(fault["impact"] not in ("serious", "critical"), f"{name}: {fault['id']}: {fault['nodes'][0]['html'][:200]}")


def small(browser, path):
    page = opened(browser, path)
    filters(page)
    keyboard(page)
    machine(page)
    trend(page)
    themes(page)
    expect("\u202e" not in page.content(), "no text is turned round")
    expect(page.evaluate("document.scripts.length") == 2, "two scripts")
    for scheme in ("light", "dark"):
        accessible(opened(browser, path, color_scheme=scheme), scheme)
    plain = opened(browser, path, java_script_enabled=False)
    expect(plain.locator("#list details").count() > 5 and not plain.locator("#filters").is_visible(), "without a script")
    narrow = opened(browser, path)
    narrow.set_viewport_size({"width": 400, "height": 800})
    expect(narrow.evaluate("document.documentElement.scrollWidth") <= 400, "no sideways scrolling when narrow")


def large(browser, path):
    page = opened(browser, path)
    expect(total(page) == 10_000, "10,000 findings")
    expect(page.locator("#list details").count() == 50, "a page of 50")
    page.press("#next", "Enter")
    page.locator("#page", has_text="Page 2 of 200").wait_for(timeout=30_000)
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    expect(loaded < 15_000, f"it opens in {loaded} ms")


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    small(chromium, sys.argv[1])
    large(chromium, sys.argv[2])
    chromium.close()
for fault in FAULTS:
    print(fault)
