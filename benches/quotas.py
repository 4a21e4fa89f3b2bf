"""A scan of quotas alone in an emulated account of 200 state machines: its calls and its wall time.

Run by `make bench` with the Python of moto's environment, which has the seed's boto3; moto answers CloudWatch and Service
Quotas. The number of calls does not grow with the state machines, and the bench fails where they are more than 12.
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
MOST_CALLS = 12
MOST_SECONDS = 1.0


def scan(binary: pathlib.Path, endpoint: str, output: str) -> float:
    """One scan: its wall time in seconds."""
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "STEPWARDEN_BUDGET_UNLIMITED": "true",
        "STEPWARDEN_LOG_LEVEL": "error",
    }
    command = [str(binary), "scan", "--quotas", "--endpoint-url", endpoint, "--region", "us-east-1"]
    command += ["--allow-incomplete", "--format", "json", "--output-dir", output]
    started = time.monotonic()
    subprocess.run(command, env=environment, check=True)
    return time.monotonic() - started


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--binary", type=pathlib.Path, required=True)
    arguments.add_argument("--machines", type=int, default=200)
    options = arguments.parse_args()
    serve = [sys.executable, str(EMULATOR / "serve.py"), "moto"]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            endpoint = emulator.stdout.readline().split()[1]
            seed = [sys.executable, str(EMULATOR / "seed.py"), "--endpoint", endpoint, "--kind", "moto"]
            subprocess.run(seed + ["--bulk", str(options.machines)], check=True, stdout=subprocess.DEVNULL)
            with tempfile.TemporaryDirectory() as output:
                walls = sorted(scan(options.binary, endpoint, output) for _ in range(RUNS))
                with open(os.path.join(output, "report-quotas.json"), encoding="utf-8") as file:
                    report = json.load(file)
        finally:
            emulator.stdin.close()
    calls = sum(sum(usage[kind] for kind in ("ok", "throttled", "denied", "errors")) for usage in report["api_usage"])
    print(f"state machines       {options.machines}")
    print(f"calls                {calls} (at most {MOST_CALLS})")
    print(f"wall time            best {walls[0]:.2f} s, median {walls[RUNS // 2]:.2f}, worst {walls[-1]:.2f} of {RUNS}")
    if calls > MOST_CALLS:
        raise SystemExit("a scan of quotas costs too many calls")
    if walls[0] > MOST_SECONDS:
        raise SystemExit("a scan of quotas takes too long")


if __name__ == "__main__":
    main()
