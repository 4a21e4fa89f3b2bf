"""`stepwarden detect` over generated samples: MB a second of CPU time, the whole process, and peak memory.

Run by `make bench`, after `benches/detect.rs` has written the samples.
"""

import argparse
import os
import pathlib
import subprocess

RUNS = 5


def measure(binary: pathlib.Path, samples: pathlib.Path) -> tuple[float, float]:
    """One run: its CPU time in seconds, user and system, and its peak resident memory in MiB."""
    process = subprocess.Popen([str(binary), "detect", str(samples)], env={}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"detect ended with status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--binary", type=pathlib.Path, required=True)
    arguments.add_argument("samples", type=pathlib.Path)
    options = arguments.parse_args()
    size = options.samples.stat().st_size / 1e6
    runs = [measure(options.binary, options.samples) for _ in range(RUNS)]
    best, peak = min(cpu for cpu, _ in runs), max(memory for _, memory in runs)
    print(f"detect: {size:.0f} MB of samples, best of {RUNS}: {best:.2f} s, {size / best:.0f} MB/s; peak {peak:.0f} MiB")


if __name__ == "__main__":
    main()
