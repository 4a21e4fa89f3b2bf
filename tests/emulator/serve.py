"""Run one local AWS emulator for as long as somebody holds this process's standard input.

A test harness starts `serve.py moto` or `serve.py ministack` with a pipe, reads the one line `ready URL`, and lets go
of the pipe when it is done, in whatever way it ends: the emulator then stops too, and so it does if this process is
killed. It runs with the interpreter of the virtualenv that holds the emulator.
"""

import argparse
import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 5
HEALTH = {"moto": "/moto-api/", "ministack": "/_ministack/ready"}


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def command_and_environment(kind, port, auth):
    """What starts the emulator. moto enforces IAM only once the seed has asked it to (`seed.py --auditors`)."""
    environment = dict(os.environ)
    if kind == "moto":
        script = Path(__file__).with_name("moto_repaired.py")
        return [sys.executable, str(script), "--port", str(port)], environment
    environment.update(BIND_HOST=HOST, GATEWAY_PORT=str(port), AUTH="true" if auth else "false")
    return [str(Path(sys.executable).with_name("ministack"))], environment


def die_with_parent():
    """In the child, before it becomes the emulator: have the kernel end it when this process is killed (Linux only)."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def start(command, environment, log_file):
    """The emulator, leader of its own process group."""
    with open(log_file, "ab") as log:
        try:
            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        except OSError as error:
            sys.exit(f"serve.py: cannot run {command[0]}: {error.strerror}")


def answers(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready(child, url, kind):
    deadline = time.monotonic() + START_SECONDS
    while not answers(url + HEALTH[kind]):
        if child.poll() is not None:
            sys.exit(f"serve.py: {kind} ended with status {child.returncode} before it answered")
        if time.monotonic() > deadline:
            sys.exit(f"serve.py: {kind} did not answer within {START_SECONDS} s")
        time.sleep(0.1)


def wait_until_unwanted(child, kind):
    """Return once standard input is closed; exit with an error if the emulator ends first."""
    while True:
        readable, _, _ = select.select([sys.stdin], [], [], 1)
        if readable and not os.read(sys.stdin.fileno(), 4096):
            return
        if child.poll() is not None:
            sys.exit(f"serve.py: {kind} ended with status {child.returncode}")


def stop(child):
    """End the emulator and whatever it started: its whole process group."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, signal_number)
        except ProcessLookupError:
            pass
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=sorted(HEALTH))
    parser.add_argument("--log", default=os.devnull, help="file for the emulator's own output")
    parser.add_argument("--auth", action="store_true", help="let the emulator enforce IAM policies")
    arguments = parser.parse_args()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: sys.exit(0))

    port = free_port()
    url = f"http://{HOST}:{port}"
    command, environment = command_and_environment(arguments.kind, port, arguments.auth)
    child = start(command, environment, arguments.log)
    try:
        wait_until_ready(child, url, arguments.kind)
        print(f"ready {url}", flush=True)
        wait_until_unwanted(child, arguments.kind)
    finally:
        stop(child)


if __name__ == "__main__":
    main()
