"""The auditor's own policy: enough for every call, and no action too many (tests/it/permission_proof.rs)."""

import os
import re
import subprocess

from suite import ROOT, Suite


def main():
    suite = Suite("permissions", "The auditor's own rights")
    if not (ROOT / ".venv" / "ministack" / "ready").exists():
        suite.skip("no emulator that enforces IAM (.venv/ministack)")
        suite.finish()
    command = ["cargo", "test", "--locked", "--test", "it", "--", "--include-ignored", "--nocapture", "permission_proof"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    proof = re.findall(r"^\d+ actions; .*", done.stdout, re.MULTILINE)
    tests = sorted(re.findall(r"^test (permission_proof::\S+) \.\.\. ok$", done.stdout, re.MULTILINE))
    holds = done.returncode == 0 and len(proof) == 1
    suite.check("the policy equals the calls, and each tier keeps its promise", holds, done.stdout if not holds else "\n".join(proof + tests))
    suite.finish()


if __name__ == "__main__":
    main()
