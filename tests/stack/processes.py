"""Programs that live as long as the one that starts them, on ports of their own."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent / "emulator"
sys.path.insert(0, str(SCRIPTS))

from serve import HOST, die_with_parent, free_port  # noqa: E402 (it stands in the folder that was just added)


class Missing(Exception):
    """A program is not installed."""


@contextlib.contextmanager
def running(command, log, environment=None):
    """The process, which is asked to end and then made to."""
    with open(log, "ab") as out:
        try:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=die_with_parent
            )
        except FileNotFoundError:
            raise Missing(command[0]) from None
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def emulator(folder):
    """A seeded moto; yields its address."""
    command = [sys.executable, str(SCRIPTS / "serve.py"), "moto", "--log", os.path.join(folder, "emulator.log")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent
    ) as server:
        try:
            endpoint = server.stdout.readline().removeprefix("ready ").strip()
            seed = [sys.executable, str(SCRIPTS / "seed.py"), "--endpoint", endpoint, "--kind", "moto"]
            subprocess.run(seed, check=True, stdout=subprocess.DEVNULL)
            yield endpoint
        finally:
            server.stdin.close()


def get(url, timeout=10):
    """Status and body; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


def wait_for(what, holds, seconds=60, every=0.2):
    """Waits until `holds()` is true and returns what it gave."""
    deadline = time.monotonic() + seconds
    while not (held := holds()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} does not come in {seconds} seconds")
        time.sleep(every)
    return held
