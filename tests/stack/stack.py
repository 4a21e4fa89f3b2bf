"""The whole of it on this machine: an emulated account, the service, Prometheus, Alertmanager, and who is told.

    stack.py hold  --binary target/debug/stepwarden     starts it and prints the addresses, until Ctrl-C
    stack.py alert --binary ...                         fills a quota until the alert arrives, then empties it; alerts
                                                        that wait for minutes wait for a second here
    stack.py test  --binary ...                         the same, with everything on the way looked at
    stack.py preview --binary ...                       draws the dashboards from what Prometheus answers, to out/dashboards
    stack.py soak  --binary ... [--minutes 10]          the account changes under the service; what it costs

It runs with the Python of moto's environment. Ports are free ones of the loopback; everything ends with it. Where a
program of Debian's is missing it prints SKIPPED; with CI=true that is a failure.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import alert
import soak
from account import REGIONS, Account
from processes import HOST, Missing, emulator, free_port, get, running, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "dashboards/prometheus/stepwarden.rules.yml"
# Where a rule says what to do; the service has these pages too.
RUNBOOKS = "https://stepwarden.example.com"
# Ticks that a test can wait for, and those that leave a busy machine time.
SCHEDULES = {"QUOTAS": "2s", "EXECUTIONS": "5s", "INVENTORY": "10s"}
UNHURRIED = {"QUOTAS": "10s", "EXECUTIONS": "30s", "INVENTORY": "60s"}


class Stack:
    """Addresses, and what arrived at the webhook."""

    def __init__(self, folder, binary):
        self.folder, self.binary = folder, binary
        self.deliveries = []
        self.account = self.service = self.prometheus = self.alertmanager = self.webhook = self.process = None

    def log(self, name):
        return os.path.join(self.folder, f"{name}.log")

    def metric(self, series):
        """The value of the service's series that begins so."""
        lines = [line for line in get(f"{self.service}/metrics")[1].splitlines() if line.startswith(series)]
        return float(lines[0].rsplit(" ", 1)[1]) if len(lines) == 1 else None

    def query(self, expression):
        url = f"{self.prometheus}/api/v1/query?query={expression}"
        return json.loads(get(url)[1])["data"]["result"]

    def alerts(self, name):
        status, body = get(f"{self.prometheus}/api/v1/alerts")
        alerts = json.loads(body)["data"]["alerts"] if status == 200 else []
        return [one for one in alerts if one["labels"]["alertname"] == name]


def serve_command(stack, endpoint, regions=REGIONS):
    listen = stack.service.removeprefix("http://")
    command = [stack.binary, "serve", "--listen", listen, "--endpoint-url", endpoint]
    return command + [argument for region in regions for argument in ("--region", region)]


def serve_environment(schedules, **settings):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STEPWARDEN_"))}
    environment |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
    # An emulator has no limits to spare; and what it does not offer is not worth a second attempt.
    environment |= {"STEPWARDEN_BUDGET_UNLIMITED": "true", "STEPWARDEN_AWS_MAX_ATTEMPTS": "1"}
    environment |= {f"STEPWARDEN_SCHEDULE_{name}": value for name, value in schedules.items()}
    return environment | settings


@contextlib.contextmanager
def webhook(deliveries):
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            deliveries.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((HOST, 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()


def configure(stack, hurried):
    """Writes the configurations; `hurried` lets alerts wait for no minutes; but for that and their links the rules are as they are."""
    rules = RULES.read_text().replace(RUNBOOKS, stack.service)
    if hurried:
        rules = re.sub(r"(?m)^( +)(for|keep_firing_for): .*$", r"\1\2: 1s", rules)
    written = {"rules.yml": rules}
    written["prometheus.yml"] = json.dumps(
        {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yml"],
            "scrape_configs": [{"job_name": "stepwarden", "static_configs": [{"targets": [address(stack.service)]}]}],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [address(stack.alertmanager)]}]}]},
        }
    )
    route = {"receiver": "webhook", "group_by": ["alertname", "account_id", "region"]}
    route |= {"group_wait": "1s", "group_interval": "1s", "repeat_interval": "1h"}
    receiver = {"name": "webhook", "webhook_configs": [{"url": stack.webhook, "send_resolved": True}]}
    written["alertmanager.yml"] = json.dumps({"route": route, "receivers": [receiver]})
    for name, text in written.items():
        Path(stack.folder, name).write_text(text)


def address(url):
    return url.removeprefix("http://")


@contextlib.contextmanager
def started(binary, schedules, hurried):
    with contextlib.ExitStack() as parts:
        folder = parts.enter_context(tempfile.TemporaryDirectory(prefix="stepwarden-stack-"))
        stack = Stack(folder, binary)
        stack.service, stack.prometheus, stack.alertmanager = (f"http://{HOST}:{free_port()}" for _ in range(3))
        stack.webhook = parts.enter_context(webhook(stack.deliveries))
        configure(stack, hurried)
        endpoint = parts.enter_context(emulator(folder))
        stack.account = Account(endpoint)
        stack.account.start_executions()
        stack.account.tell_open_executions(100_000)
        alertmanager = ["prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml"]
        alertmanager += [f"--storage.path={folder}/alertmanager", "--cluster.listen-address="]
        alertmanager += [f"--web.listen-address={address(stack.alertmanager)}"]
        parts.enter_context(running(alertmanager, stack.log("alertmanager")))
        prometheus = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
        prometheus += [f"--web.listen-address={address(stack.prometheus)}"]
        parts.enter_context(running(prometheus, stack.log("prometheus")))
        serve = serve_command(stack, endpoint)
        stack.process = parts.enter_context(running(serve, stack.log("service"), serve_environment(schedules)))
        for url in (stack.prometheus, stack.alertmanager, stack.service):
            wait_for(f"{url}/-/ready", lambda url=url: get(f"{url}/-/ready")[0] == 200)
        yield stack


def hold(stack):
    print(f"the report     {stack.service}/")
    print(f"its metrics    {stack.service}/metrics")
    # Debian's Prometheus has the old pages alone, its Alertmanager has none.
    page = next(page for page in ("/alerts", "/classic/alerts") if get(f"{stack.prometheus}{page}")[0] == 200)
    print(f"Prometheus     {stack.prometheus}{page}")
    print(f"Alertmanager   amtool --alertmanager.url {stack.alertmanager} alert query")
    print("Alerts are printed here as they arrive: the first, of quotas that are nearly full, in a minute or two. Ctrl-C ends it.", flush=True)
    told = 0
    while True:
        while told < len(stack.deliveries):
            alert.show(stack.deliveries[told])
            told += 1
        time.sleep(0.5)


def preview(stack):
    """After a little while with a quota that is nearly used up, so that there is something to draw."""
    stack.account.tell_open_executions(alert.MANY)
    time.sleep(40)
    script, folder = ROOT / "tests/grafana/preview.py", ROOT / "out/dashboards"
    return subprocess.run([sys.executable, script, stack.prometheus, folder, "--minutes", "1"]).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("hold", "alert", "test", "preview", "soak"))
    parser.add_argument("--binary", required=True)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    binary = os.path.abspath(options.binary)
    try:
        if options.command == "soak":
            return soak.run(binary, options.minutes)
        schedules = UNHURRIED if options.command == "hold" else SCHEDULES
        with started(binary, schedules, hurried=options.command in ("alert", "test")) as stack:
            commands = {"hold": hold, "alert": alert.drive, "test": alert.test, "preview": preview}
            return commands[options.command](stack)
    except Missing as program:
        print(f"SKIPPED: {program} is not installed (Debian: prometheus, prometheus-alertmanager)")
        return int(os.environ.get("CI") == "true")
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
