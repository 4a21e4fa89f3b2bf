"""Runs every suite of tests/deploy, and writes what they saw to docs/assurance.md.

    python tests/deploy/assurance.py            run all; status 1 where one failed
    python tests/deploy/assurance.py --write    and write the page anew
"""

import json
import subprocess
import sys
import time

from suite import KEPT, ROOT

# Cheap to dear.
SUITES = ("workflows", "systemd", "kubernetes", "cloudformation", "supply", "image", "terraform", "permissions")
# On the page as it was run last; never run here, as it takes as long as two cold builds.
REPRODUCE = "reproduce"
PAGE = ROOT / "docs" / "assurance.md"
HEAD = """# Assurance

What others' validators, and emulators, say of what stepwarden is deployed with: which versions of them, what was run, what came
out. `make assurance` runs all of it and writes this page anew; `make test-deploy` runs it and writes nothing. The two builds of
the release binary are those of the last `make reproduce`.
"""


def main():
    started, failed = time.monotonic(), []
    for name in SUITES:
        begun = time.monotonic()
        ran = subprocess.run([sys.executable, ROOT / "tests" / "deploy" / f"{name}.py"], check=False)
        print(f"       {name}: {time.monotonic() - begun:.0f} s", flush=True)
        if ran.returncode:
            failed.append(name)
    print(f"{time.monotonic() - started:.0f} s; failed: {', '.join(failed) or 'none'}", flush=True)
    if "--write" in sys.argv and not failed:
        PAGE.write_text(page(), encoding="utf-8")
    sys.exit(1 if failed else 0)


def page():
    kept = [KEPT / f"{name}.json" for name in (*SUITES, REPRODUCE)]
    return "\n".join([HEAD, *(section(json.loads(path.read_text())) for path in kept if path.exists())])


def section(suite):
    lines = [f"## {suite['title']}", ""]
    if suite["tools"]:
        tools = ", ".join(f"{name} {version.removeprefix(name).strip()}" for name, version in sorted(suite["tools"].items()))
        lines += [f"By {tools}.", ""]
    if suite["skipped"]:
        lines += [f"**Skipped:** {suite['skipped']}", ""]
    for step in suite["steps"]:
        lines.append(f"- {'' if step['ok'] else '**Failed:** '}{step['title']}")
        if step["output"]:
            lines += ["", *(f"  {line}".rstrip() for line in ["```text", *step["output"].splitlines(), "```"]), ""]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
