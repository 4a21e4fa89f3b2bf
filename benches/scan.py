"""Scan of 1,000 state machines in one Region of an emulated account: calls, wall time, CPU time, peak memory.

Run by `make bench` with the Python of moto's environment (the seed needs boto3). The emulator is MiniStack, the faster
one; its own time is no part of the scan's CPU time.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

EMULATOR = pathlib.Path(__file__).resolve().parent.parent / "tests" / "emulator"
RUNS = 5


def measure(binary: pathlib.Path, endpoint: str, output: str) -> dict:
    """One scan: its wall time and CPU time in seconds, and its peak resident memory in MiB."""
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "STEPWARDEN_BUDGET_UNLIMITED": "true",
        "STEPWARDEN_AWS_MAX_ATTEMPTS": "1",
        "STEPWARDEN_LOG_LEVEL": "error",
    }
    command = [str(binary), "scan", "--endpoint-url", endpoint, "--region", "us-east-1", "--allow-incomplete"]
    command += ["--format", "json", "--format", "prometheus", "--output-dir", output]
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if status != 0:
        raise SystemExit(f"the scan ended with status {status}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--binary", type=pathlib.Path, required=True)
    arguments.add_argument("--emulator-python", type=pathlib.Path, required=True)
    arguments.add_argument("--machines", type=int, default=1000)
    options = arguments.parse_args()
    serve = [str(options.emulator_python), str(EMULATOR / "serve.py"), "ministack"]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            endpoint = emulator.stdout.readline().split()[1]
            seed = [sys.executable, str(EMULATOR / "seed.py"), "--endpoint", endpoint, "--kind", "ministack"]
            subprocess.run(seed + ["--bulk", str(options.machines)], check=True, stdout=subprocess.DEVNULL)
            with tempfile.TemporaryDirectory() as output:
                # The report is read afterwards: Linux counts the parent's memory at the fork as the child's peak.
                runs = [measure(options.binary, endpoint, output) for _ in range(RUNS)]
                with open(os.path.join(output, "report.json"), encoding="utf-8") as file:
                    report = json.load(file)
        finally:
            emulator.stdin.close()
    machines = sum(sum(region.get("state_machines", {}).values()) for region in report["inventory"])
    calls = sum(sum(usage[kind] for kind in ("ok", "throttled", "denied", "errors")) for usage in report["api_usage"])
    print(f"state machines       {machines}")
    print(f"findings             {len(report['findings'])}")
    print(f"calls                {calls} ({calls / machines:.2f} a machine)")
    for name, unit, what in (("wall", "s", "wall time (emulator's own included)"), ("cpu", "s", "CPU time of the scan"), ("peak", "MiB", "peak memory of the scan")):
        values = sorted(run[name] for run in runs)
        print(f"{what:<36} best {values[0]:.2f} {unit}, median {values[len(values) // 2]:.2f}, worst {values[-1]:.2f} of {RUNS}")


if __name__ == "__main__":
    main()
