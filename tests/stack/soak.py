"""The account changes under the service, and one Region fails and returns: what that costs, and whether anything stays behind."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from account import ACCOUNT, QUIET, Account
from processes import SCRIPTS, emulator, free_port, get, running, wait_for

REGIONS = ("us-east-1", QUIET)
# They leave room: a tick that is late on a quiet machine is one that waited for itself.
SCHEDULES = {"QUOTAS": "3s", "EXECUTIONS": "4s", "INVENTORY": "5s"}
INVENTORY_SECONDS = 5
SCRAPE_SECONDS = 0.25
# At once; the oldest goes as the next comes.
MACHINES = 12
# Of the resident memory after the first quarter: what allocators take and give back by themselves.
GROWTH = 1.15
SPARE_MIB = 8
# The inventory of the quiet Region fails from its third tick on, for four ticks; then again every 25 ticks.
FAILS = [
    {
        "service": "states",
        "region": QUIET,
        "operation": "ListStateMachines",
        "after": 3 + 25 * time_,
        "times": 4,
        "answer": {"status": 500, "error": "InternalFailure", "message": "a Region is away"},
    }
    for time_ in range(20)
]
# They grow, or tell times, or come and go with what was called, or depend on what else the machine does.
MOVING = (
    "stepwarden_aws_",
    "stepwarden_executions_inspected_total",
    "stepwarden_payload_bytes_inspected_total",
    "stepwarden_ticks_late_total",
)
# They depend on the minute that CloudWatch is asked in.
METERED = ("stepwarden_quota_", "stepwarden_map_run_backlog", "stepwarden_execution_throttled")


class Watch:
    """Scrapes from beside, all the while."""

    def __init__(self, service):
        self.service, self.over = service, threading.Event()
        self.faults, self.seconds, self.successes = [], [], Counter()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.over.wait(SCRAPE_SECONDS):
            begun = time.monotonic()
            status, text = get(f"{self.service}/metrics")
            self.seconds.append(time.monotonic() - begun)
            self.expect(status == 200, f"/metrics answered {status}")
            lines = [line for line in text.splitlines() if not line.startswith("#")]
            twice = [name for name, times in Counter(series(line) for line in lines).items() if times > 1]
            self.expect(not twice, f"series twice: {twice[:3]}")
            for line in lines:
                if line.startswith("stepwarden_collector_success{") and QUIET in line and '"state_machines"' in line:
                    self.successes[line.rsplit(" ", 1)[1]] += 1
            for path in ("/-/healthy", "/-/ready"):
                self.expect(get(f"{self.service}{path}")[0] == 200, f"{path} is not 200")

    def expect(self, holds, what):
        if not holds:
            self.faults.append(what)


def series(line):
    return line.rsplit(" ", 1)[0]


def resident(process):
    """MiB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def settled(service):
    """Series and values that depend on nothing but the account."""
    lines = [line for line in get(f"{service}/metrics")[1].splitlines() if not line.startswith("#")]
    still = [line for line in lines if not line.startswith((*MOVING, *METERED))]
    timed = ("duration_seconds", "timestamp_seconds")
    return {series(line) if any(word in line for word in timed) else line for line in still}


@contextlib.contextmanager
def proxied(endpoint, folder):
    rules = Path(folder, "rules.json")
    rules.write_text(json.dumps(FAILS))
    command = [sys.executable, str(SCRIPTS / "fault_proxy.py"), "--upstream", endpoint, "--rules", str(rules)]
    command += ["--log", os.path.join(folder, "calls.jsonl")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proxy:
        try:
            yield proxy.stdout.readline().removeprefix("ready ").strip()
        finally:
            proxy.stdin.close()


def churn(account, until):
    """Creates and deletes machines until then; returns how many."""
    alive, made = [], 0
    while time.monotonic() < until:
        alive.append(account.create(f"soak-{made}", REGIONS[made % 2]))
        made += 1
        if len(alive) > MACHINES:
            gone = alive.pop(0)
            account.delete(gone, gone.split(":")[3])
        time.sleep(0.5)
    for arn in alive:
        account.delete(arn, arn.split(":")[3])
    return made


def run(binary, minutes):
    from stack import serve_environment

    with contextlib.ExitStack() as parts:
        folder = parts.enter_context(tempfile.TemporaryDirectory(prefix="stepwarden-soak-"))
        endpoint = parts.enter_context(emulator(folder))
        account = Account(endpoint)
        account.start_executions()
        listen = f"127.0.0.1:{free_port()}"
        command = [binary, "serve", "--listen", listen, "--endpoint-url", parts.enter_context(proxied(endpoint, folder))]
        command += [argument for region in REGIONS for argument in ("--region", region)]
        environment = serve_environment(SCHEDULES, STEPWARDEN_LOG_LEVEL="error")
        process = parts.enter_context(running(command, os.path.join(folder, "service.log"), environment))
        service = f"http://{listen}"
        wait_for("the first pass", lambda: get(f"{service}/-/ready")[0] == 200)
        return watched(service, process, account, minutes)


def watched(service, process, account, minutes):
    before = wait_for("a second report", lambda: "findings_new" in get(f"{service}/metrics")[1] and settled(service))
    watch = Watch(service)
    watch.thread.start()
    begun = time.monotonic()
    made = churn(account, begun + minutes * 60 / 4)
    warm = resident(process)
    made += churn(account, begun + minutes * 60)
    # What is gone from the account is gone from the metrics with the second inventory at the latest, the one that fails
    # leaves them as they were.
    allowed = INVENTORY_SECONDS * 8
    try:
        wait_for("what was before", lambda: settled(service) == before, allowed)
    except TimeoutError:
        watch.faults.append(f"left behind: {sorted(settled(service) ^ before)[:6]}")
    watch.over.set()
    watch.thread.join()
    end = resident(process)
    late = [line for line in get(f"{service}/metrics")[1].splitlines() if line.startswith("stepwarden_ticks_late_total{")]
    watch.expect(end <= warm * GROWTH + SPARE_MIB, f"memory grew from {warm:.0f} to {end:.0f} MiB")
    watch.expect(watch.successes["0"] > 0, "the Region that fails is not told")
    watch.expect(process.poll() is None, "the service ended")
    milliseconds = sorted(1_000 * taken for taken in watch.seconds)
    print(f"minutes              {(time.monotonic() - begun) / 60:.1f}")
    print(f"machines             {made} made and deleted, in {ACCOUNT}")
    print(f"scrapes              {len(milliseconds)}, median {statistics.median(milliseconds):.1f} ms, "
          f"99 % within {milliseconds[int(len(milliseconds) * 0.99)]:.1f} ms, slowest {milliseconds[-1]:.1f} ms")
    print(f"memory               {warm:.1f} MiB after a quarter, {end:.1f} MiB at the end")
    print(f"inventory of {QUIET}  {watch.successes['1']} scrapes saw it succeed, {watch.successes['0']} fail")
    print(f"late ticks           {sum(int(line.rsplit(' ', 1)[1]) for line in late)}")
    for fault, times in Counter(watch.faults).items():
        print(f"FAULT ({times} times)  {fault}")
    return int(bool(watch.faults))
