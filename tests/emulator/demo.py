"""The demo: an emulated AWS account with known faults, scanned by the real binary through the real AWS SDK.

Run by `make demo` with the Python of moto's environment. Everything it starts, it stops.
"""

import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REGIONS = ("us-east-1", "eu-west-1")


def scan(binary: pathlib.Path, endpoint: str, output: pathlib.Path, color: str) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STEPWARDEN_"))}
    environment |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        # An emulator has no limits to spare; and what it does not offer is not worth a second attempt.
        "STEPWARDEN_BUDGET_UNLIMITED": "true",
        "STEPWARDEN_AWS_MAX_ATTEMPTS": "1",
        "STEPWARDEN_STORE_LOCATION": str(output / "store"),
        "STEPWARDEN_LOG_LEVEL": "error",
    }
    command = [str(binary), "scan", "--endpoint-url", endpoint, "--output-dir", str(output), "--color", color]
    command += [argument for region in REGIONS for argument in ("--region", region)]
    command += [argument for form in ("terminal", "json", "html", "prometheus") for argument in ("--format", form)]
    return subprocess.run(command, env=environment, check=False).returncode


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--binary", type=pathlib.Path, required=True)
    arguments.add_argument("--output", type=pathlib.Path, required=True)
    arguments.add_argument("--color", choices=("auto", "always"), default="auto")
    options = arguments.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    log = options.output / "emulator.log"
    serve = [sys.executable, str(HERE / "serve.py"), "moto", "--log", str(log)]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            ready = emulator.stdout.readline().split()
            if ready[:1] != ["ready"]:
                print(f"the emulator did not start; see {log}", file=sys.stderr)
                return 1
            endpoint = ready[1]
            print(f"An emulated AWS account (moto) at {endpoint}; seeding state machines with known faults ...")
            seed = [sys.executable, str(HERE / "seed.py"), "--endpoint", endpoint, "--kind", "moto"]
            subprocess.run(seed, check=True, stdout=subprocess.DEVNULL)
            code = scan(options.binary, endpoint, options.output, options.color)
        finally:
            emulator.stdin.close()
    print(f"\nThe report and the metrics are in {options.output}: report.html for a browser, report.json, metrics.prom")
    if code == 4:
        print("The exit code was 4: the emulator cannot answer for X-Ray's settings and Service Quotas, and what could not")
        print("be read is never judged.")
    return 0 if code in (0, 4) else code


if __name__ == "__main__":
    sys.exit(main())
