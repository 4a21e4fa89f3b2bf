"""What the program is built from, held to deny.toml: by what cargo tells, and by cargo-deny itself where it is installed (it
takes a quarter of an hour to build, so that the workflow has a job for it)."""

import json
import re
import shutil
import subprocess
import tomllib

from suite import ROOT, Suite

CRATES = "registry+https://github.com/rust-lang/crates.io-index"


def main():
    suite = Suite("supply", "What it is built from")
    rules = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))
    suite.tool("cargo", output(["cargo", "--version"]))
    platforms = [word for target in rules["graph"]["targets"] for word in ("--filter-platform", target)]
    command = ["cargo", "metadata", "--locked", "--format-version", "1", *platforms]
    told = json.loads(output(command))
    used = {node["id"] for node in told["resolve"]["nodes"]}
    packages = [package for package in told["packages"] if package["id"] in used and package["source"]]
    suite.check(f"all {len(packages)} crates come from crates.io", not elsewhere(packages), "\n".join(elsewhere(packages)))
    licences(suite, packages, set(rules["licenses"]["allow"]))
    banned = {ban["crate"] for ban in rules["bans"]["deny"]}
    found = sorted(package["name"] for package in packages if package["name"] in banned)
    suite.check(f"none of them is {', '.join(sorted(banned))}", not found, "\n".join(found))
    if shutil.which("cargo-deny"):
        suite.tool("cargo-deny", output(["cargo", "deny", "--version"]))
        deny = ["cargo", "deny", "--log-level", "error", "check", "bans", "licenses", "sources"]
        suite.run("cargo-deny has no finding", deny)
    suite.finish()


def output(command):
    return subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True).stdout


def elsewhere(packages):
    return [f"{package['name']} of {package['source']}" for package in packages if package["source"] != CRATES]


def licences(suite, packages, allowed):
    refused = [f"{package['name']}: {package['license']}" for package in packages if not may(package["license"], allowed)]
    suite.check("each can be had under a licence that is allowed", not refused, "\n".join(refused))
    needed = {name for name in allowed if any(not may(package["license"], allowed - {name}) for package in packages)}
    idle = {name for name in allowed - needed if not any(name in (package["license"] or "") for package in packages)}
    suite.check("no licence is allowed that none has", not idle, ", ".join(sorted(idle)))


def may(expression, allowed):
    """Whether an SPDX expression can be met by licences that are allowed; a slash is how crates once wrote OR."""
    text = re.sub(r"\s+WITH\s+\S+", "", expression or "none").replace("/", " OR ")
    words = re.findall(r"[()]|[^\s()]+", text)

    def either():
        met = both()
        while words and words[0] == "OR":
            words.pop(0)
            met |= both()
        return met

    def both():
        met = one()
        while words and words[0] == "AND":
            words.pop(0)
            met &= one()
        return met

    def one():
        word = words.pop(0)
        if word != "(":
            return word in allowed
        met = either()
        words.pop(0)
        return met

    return either()


if __name__ == "__main__":
    main()
