"""The systemd units: verified, their exposure held low, and what they start run on moto under strace, which shows that
nothing is called, opened or written that their sandbox would refuse."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from suite import ROOT, Suite

FOLDER = ROOT / "deploy" / "systemd"
SERVICE, SCAN = FOLDER / "stepwarden.service", FOLDER / "stepwarden-scan.service"
TIMER = FOLDER / "stepwarden-scan.timer"
INSTALLED = "/usr/local/bin/stepwarden"
BINARY = Path(os.environ.get("STEPWARDEN_BINARY", ROOT / "target" / "debug" / "stepwarden")).resolve()
MOTO = ROOT / ".venv" / "moto" / "bin" / "python"
# systemd's own figure, times ten.
EXPOSURE = 20
# glibc's allocator asks at times, and does without an answer.
DOES_WITHOUT = "/proc/sys/vm/overcommit_memory"
ENV = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "STEPWARDEN_BUDGET_UNLIMITED": "true",
    "PATH": "/usr/bin:/bin",
}


def main():
    suite = Suite("systemd", "The systemd units")
    if not shutil.which("systemd-analyze"):
        suite.skip("no systemd-analyze (Debian's package systemd)")
        suite.finish()
    suite.tool("systemd", output("systemd-analyze", "--version"))
    verify(suite)
    expose(suite)
    about(suite)
    if missing := what_is_missing():
        suite.skip(missing)
        suite.finish()
    suite.tool("strace", output("strace", "--version"))
    with emulator() as url, tempfile.TemporaryDirectory() as folder:
        env = {**ENV, "AWS_ENDPOINT_URL": url}
        scan(suite, Path(folder) / "scan", env)
        serve(suite, Path(folder) / "serve", env)
    suite.finish()


def what_is_missing():
    if not shutil.which("strace"):
        return "no strace (Debian's package of that name)"
    if not MOTO.is_file():
        return "no emulator (.venv/moto)"
    return None if BINARY.is_file() else "no binary: cargo build, or STEPWARDEN_BINARY"


def output(*command):
    """What a tool has to say, good or bad."""
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout


def unit(path):
    """The settings of a unit, each with its values in their order."""
    settings = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            settings.setdefault(key, []).append(value)
    return settings


def verify(suite):
    """Units by systemd, which warns of what it does not know, and goes on."""
    with tempfile.TemporaryDirectory() as folder:
        for path in (SERVICE, SCAN, TIMER):
            text = path.read_text(encoding="utf-8").replace(f"ExecStart={INSTALLED}", "ExecStart=/bin/true")
            Path(folder, path.name).write_text(text, encoding="utf-8")
        for path in (SERVICE, SCAN, TIMER):
            told = output("systemd-analyze", "--no-pager", "verify", str(Path(folder, path.name)))
            suite.check(f"{path.name}: systemd has nothing to say of it", not told, told.replace(folder, ""))
        suite.run(
            "the user is made by systemd-sysusers",
            ["systemd-sysusers", "--dry-run", f"--root={folder}", FOLDER / "stepwarden.conf"],
            show=False,
        )


def expose(suite):
    for path in (SERVICE, SCAN):
        command = ["systemd-analyze", "--no-pager", "security", "--offline=true", f"--threshold={EXPOSURE}", path]
        done = subprocess.run([str(part) for part in command], text=True, capture_output=True, check=False)
        overall = "".join(re.findall(r"Overall exposure level for (\S+: [\d.]+ \w+)", done.stdout))
        left = re.findall(r"^✗ (\S+)\s.*\s([\d.]+)\s*$", done.stdout, re.MULTILINE)
        lines = "\n".join([overall, *(f"  {exposure} {name}" for name, exposure in left)])
        title = f"{path.name}: its exposure is at most {EXPOSURE / 10}"
        suite.check(title, done.returncode == 0 and overall, lines + done.stderr)
    same = [{key: value for key, value in unit(path).items() if is_sandbox(key)} for path in (SERVICE, SCAN)]
    suite.check("both have the same sandbox", same[0] == same[1] and len(same[0]) > 20)


def is_sandbox(key):
    return re.match(r"Private|Protect|Restrict|SystemCall|Capab|Ambient|NoNew|Lock|Memory|Proc|Key|Remove", key)


def about(suite):
    """What of the units is said elsewhere: exit codes, the address of a page, the schedule."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    results = re.findall(r"^\| (\d) \| (a non-compliant finding|finished, but part)", readme, re.MULTILINE)
    codes = [code for code, _ in results]
    suite.check("a scan's results are no failures of its", unit(SCAN)["SuccessExitStatus"] == [" ".join(codes)])
    pages = {url for path in (SERVICE, SCAN, TIMER) for url in unit(path)["Documentation"]}
    lost = [url for url in sorted(pages) if not (ROOT / url.partition("/blob/main/")[2]).is_file()]
    suite.check("the pages that they name are there", not lost, "\n".join(lost))
    (calendar,) = unit(TIMER)["OnCalendar"]
    told = output("systemd-analyze", "calendar", calendar)
    normal = "".join(re.findall(r"Normalized form: (.*)", told))
    suite.check("a scan is due every hour", normal == "*-*-* *:00:00", normal)
    (seconds,) = unit(SERVICE)["TimeoutStopSec"]
    suite.check("a service has time to end: it takes 8 seconds at most", int(seconds) > 8)


@contextmanager
def emulator():
    serve = [MOTO, ROOT / "tests" / "emulator" / "serve.py", "moto"]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            # By name: what looks it up is part of what the sandbox must let be.
            yield process.stdout.readline().split()[1].replace("127.0.0.1", "localhost")
        finally:
            process.stdin.close()


def installed(path, folder):
    """What a unit starts, with folders of ours for the host's; its log of calls; its state."""
    places = {"/etc/stepwarden": folder / "etc", "/var/lib/stepwarden": folder / "state"}
    for place in places.values():
        place.mkdir(parents=True)
    text = (FOLDER / "config.toml").read_text(encoding="utf-8")
    text = text.replace("/var/lib/stepwarden", str(places["/var/lib/stepwarden"]))
    (folder / "etc" / "config.toml").write_text(text, encoding="utf-8")
    (start,) = unit(path)["ExecStart"]
    for there, here in places.items():
        start = start.replace(there, str(here))
    program, *arguments = shlex.split(start)
    assert program == INSTALLED, program
    return [BINARY, *arguments], folder / "calls", folder / "state"


def traced(command, log, *options):
    """A command under strace, which keeps what a sandbox may refuse."""
    calls = [f"?{name}" for name in sorted(forbidden())] + ["mmap", "mprotect", "socket", "open", "openat", "creat"]
    trace = f"trace={','.join(calls)}"
    strace = ["strace", "-f", "-q", "--seccomp-bpf", *options, "-s", "4096", "-e", trace, "-o", str(log)]
    return [*strace, *map(str, command)]


def forbidden():
    """The system calls that SystemCallFilter leaves out."""
    first, *others = unit(SERVICE)["SystemCallFilter"]
    left = group(first)
    for other in others:
        assert other.startswith("~"), other
        for name in other[1:].split():
            left -= group(name)
    return group("@known") - left


def group(name):
    names = set()
    for line in output("systemd-analyze", "--no-pager", "syscall-filter", name).splitlines()[1:]:
        entry = line.strip()
        if entry and not entry.startswith("#"):
            names |= group(entry) if entry.startswith("@") else {entry}
    return names


def contained(suite, title, log, state):
    """That nothing in a log of calls is what the sandbox refuses."""
    banned, families = forbidden(), unit(SERVICE)["RestrictAddressFamilies"][0].split()
    wrong, seen = set(), {}
    for line in log.read_text(encoding="utf-8").splitlines():
        call = re.match(r"\d+ +(\w+)\((.*)", line)
        if not call:
            continue
        name, rest = call.groups()
        seen[name] = seen.get(name, 0) + 1
        written = re.search(r'"([^"]*)", O_(?:WRONLY|RDWR)', rest)
        process = re.search(r'"(/proc/(?!self/|thread-self/|\d+/)[^"]*)"', rest)
        if (
            name in banned
            or (name == "socket" and rest.split(",")[0] not in families)
            or (name in ("mmap", "mprotect") and "PROT_WRITE|PROT_EXEC" in rest)
            or (name == "mprotect" and "PROT_EXEC" in rest)
            or (written and not written[1].startswith((str(state), "/dev/null")))
            or (process and process[1] != DOES_WITHOUT)
        ):
            wrong.add(re.sub(r"^\d+ +", "", line))
    suite.check(f"{title}: its sandbox refuses nothing that it does", not wrong, "\n".join(sorted(wrong)))
    looked = seen.get("socket", 0) > 1 and seen.get("openat", 0) > 5 and seen.get("mmap", 0) > 5
    suite.check(f"{title}: and that was looked at", looked)


def scan(suite, folder, env):
    command, log, state = installed(SCAN, folder)
    done = subprocess.run(traced(command, log), env=env, text=True, capture_output=True, check=False)
    codes = [0, *map(int, unit(SCAN)["SuccessExitStatus"][0].split())]
    good = done.returncode in codes
    suite.check("scan: it ends with a success", good, f"exit code {done.returncode}" + ("" if good else done.stderr))
    kept = [name for name in ("latest/report.json", "state.json") if (state / name).is_file()]
    suite.check("scan: report and state are in its StateDirectory", len(kept) == 2, "\n".join(kept))
    contained(suite, "scan", log, state)


def serve(suite, folder, env):
    command, log, state = installed(SERVICE, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**env, "STEPWARDEN_SERVE_LISTEN": f"127.0.0.1:{port}"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(traced(command, log, "--daemonize=grandchild"), env=env, **quiet) as process:
        try:
            ready = wait_for(lambda: answer(port, "/-/ready") is not None)
            suite.check("service: it becomes ready", ready)
            told = re.fullmatch(r"/bin/kill -([A-Z0-9]+) \$MAINPID", unit(SERVICE)["ExecReload"][0])
            loaded = when_loaded(port)
            process.send_signal(signal.Signals[f"SIG{told[1]}"])
            again = wait_for(lambda: when_loaded(port) not in ("", loaded))
            suite.check("service: a reload reads its configuration again", loaded and again)
            process.terminate()
            suite.check("service: it ends on SIGTERM", process.wait(int(unit(SERVICE)["TimeoutStopSec"][0])) == 0)
        finally:
            process.kill()
    wait_for(lambda: "+++ exited" in log.read_text(encoding="utf-8").splitlines()[-1])
    contained(suite, "service", log, state)


def when_loaded(port):
    metrics = answer(port, "/metrics") or ""
    name = "stepwarden_config_last_reload_success_timestamp_seconds"
    return "".join(re.findall(rf"^{name} (\S+)$", metrics, re.MULTILINE))


def answer(port, path):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as reply:
            return reply.read().decode()
    except OSError:
        return None


def wait_for(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False


if __name__ == "__main__":
    main()
