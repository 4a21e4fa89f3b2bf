"""Builds the release binary twice from the last commit, in two folders with nothing in common, and tells what differs: `make
reproduce`. It takes as long as two cold builds."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from suite import ROOT, Suite

WORK = ROOT / "out" / "reproduce"
# Of different lengths, so that a path that gets into the binary moves what follows it.
FOLDERS = ("one", "another-one")


def main():
    suite = Suite("reproduce", "Two builds of the release binary")
    suite.tool("rustc", subprocess.run(["rustc", "--version"], text=True, stdout=subprocess.PIPE, check=True).stdout)
    shutil.rmtree(WORK, ignore_errors=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True).stdout
    binaries = [build(folder) for folder in FOLDERS]
    contents = [binary.read_bytes() for binary in binaries]
    differing = [name for name, one, other in zip(*sections(binaries), strict=True) if one != other]
    told = [f"commit {commit.strip()}", *(f"{digest(content)}  {len(content)} bytes" for content in contents)]
    told += [f"differs: {name}" for name in differing]
    suite.check("built in two folders, they are the same", contents[0] == contents[1], "\n".join(told))
    shutil.rmtree(WORK)
    suite.finish()


def build(folder):
    """The binary of the last commit, built in a folder of its own."""
    home = WORK / folder
    home.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "-x", "-C", home], input=archive, check=True)
    environment = {**os.environ, "CARGO_PROFILE_RELEASE_STRIP": "symbols", "CARGO_TARGET_DIR": str(home / "target")}
    cargo = os.environ.get("CARGO_HOME", str(Path.home() / ".cargo"))
    # Messages of panics name their source file: by a path that is the same everywhere.
    environment["RUSTFLAGS"] = f"--remap-path-prefix={home}=/build --remap-path-prefix={cargo}=/cargo"
    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked"], cwd=home, env=environment, check=True)
    return home / "target" / "release" / "stepwarden"


def digest(content):
    return hashlib.sha256(content).hexdigest()


def sections(binaries):
    """The names of the sections, and what is in them, of each."""
    names, contents = [], []
    for binary in binaries:
        headers = ["objdump", "--section-headers", binary]
        told = subprocess.run(headers, text=True, stdout=subprocess.PIPE, check=True).stdout
        found = re.findall(r"^ *\d+ (\S+) +([0-9a-f]+) +\S+ +\S+ +([0-9a-f]+)", told, re.MULTILINE)
        whole = binary.read_bytes()
        names = [name for name, *_ in found]
        contents.append([digest(whole[int(at, 16) : int(at, 16) + int(size, 16)]) for _, size, at in found])
    return names, *contents


if __name__ == "__main__":
    main()
