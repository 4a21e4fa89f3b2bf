"""Audit of a generated account of 1,000 roles and 1,000 state machines, from its snapshot: wall time, CPU time, memory.

Run by `make bench`, after `benches/account.rs` has written the snapshot.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile
import time

RUNS = 5


def measure(binary: pathlib.Path, snapshot: pathlib.Path, output: str, only: list[str]) -> dict[str, float]:
    """One audit: its wall time and CPU time in seconds, and its peak resident memory in MiB."""
    command = [str(binary), "check", str(snapshot), "--allow-incomplete", "--format", "json", "--output-dir", output]
    for check in only:
        command += ["--check", check]
    started = time.monotonic()
    process = subprocess.Popen(command, env={"STEPWARDEN_LOG_LEVEL": "error"}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if status != 0:
        raise SystemExit(f"the audit ended with status {status}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--binary", type=pathlib.Path, required=True)
    arguments.add_argument("--check", action="append", default=[], help="only this check; repeatable")
    arguments.add_argument("snapshot", type=pathlib.Path)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as output:
        runs = [measure(options.binary, options.snapshot, output, options.check) for _ in range(RUNS)]
    print(f"snapshot             {options.snapshot.stat().st_size / 1e6:.1f} MB")
    for name, unit, what in (("wall", "s", "wall time"), ("cpu", "s", "CPU time"), ("peak", "MiB", "peak memory")):
        values = sorted(run[name] for run in runs)
        what = f"{what} of the audit"
        print(f"{what:<36} best {values[0]:.2f} {unit}, median {values[RUNS // 2]:.2f}, worst {values[-1]:.2f} of {RUNS}")


if __name__ == "__main__":
    main()
