"""The container image: its Dockerfile is linted, and built with buildah on stand-ins for its bases; what comes out is
inspected and run, as its user, on a read-only root file system."""

import hashlib
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from suite import ROOT, Suite

sys.path.insert(0, str(Path(__file__).resolve().parent / "image"))

from standins import ARCH, Builder, runtime, toolchain  # noqa: E402

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
BINARY = Path(os.environ.get("STEPWARDEN_BINARY", ROOT / "target" / "debug" / "stepwarden")).resolve()
TREE = ROOT / "out" / "image" / ARCH
VOLUME = "var/lib/stepwarden"
ABOUT = {"SOURCE_DATE_EPOCH": "1700000000", "VERSION": "0.1.0", "REVISION": "0123456789abcdef0123456789abcdef01234567"}
# Of Amazon Linux 2023; the base has 2.36.
GLIBC = (2, 34)
PROGRAM = "/usr/local/bin/stepwarden"
LABELS = {
    "title": "stepwarden",
    "description": "Audits AWS accounts for what goes wrong, leaks or runs out around AWS Step Functions",
    "licenses": "MIT OR Apache-2.0",
    "source": "https://github.com/stepwarden/stepwarden",
    "documentation": "https://github.com/stepwarden/stepwarden/blob/main/deploy/image.md",
    "version": ABOUT["VERSION"],
    "revision": ABOUT["REVISION"],
}
SECOND = 1_000_000_000
CONFIG = {
    "User": "65532:65532",
    "Entrypoint": [PROGRAM],
    "Cmd": ["--help"],
    "WorkingDir": f"/{VOLUME}",
    "Volumes": {f"/{VOLUME}": {}},
    "ExposedPorts": {"9853/tcp": {}},
    "StopSignal": "SIGTERM",
    "Healthcheck": {
        "Test": ["CMD", PROGRAM, "healthcheck"],
        "Interval": 30 * SECOND,
        "Timeout": 5 * SECOND,
        "StartPeriod": 15 * SECOND,
        "Retries": 3,
    },
}
CONTEXT = ["Cargo.lock", "Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "benches/…", "config.example.toml"]
CONTEXT += ["docs/alerts.md", "src/…"]
# What a container's own tools would be.
SHELLS = re.compile(r"(^|/)(sh|bash|dash|ash|busybox|perl|python3?|apt|dpkg|cargo)$")


def main():
    suite = Suite("image", "The container image")
    lint(suite)
    if missing := what_is_missing():
        suite.skip(missing)
        suite.finish()
    suite.tool("buildah", subprocess.run(["buildah", "--version"], text=True, stdout=subprocess.PIPE).stdout)
    with Builder(ROOT / "out") as builder:
        try:
            build(suite, builder)
        finally:
            shutil.rmtree(TREE, ignore_errors=True)
            if TREE.parent.is_dir() and not any(TREE.parent.iterdir()):
                TREE.parent.rmdir()
    suite.finish()


def what_is_missing():
    """What the build needs and this machine does not have."""
    if os.geteuid() != 0:
        return "buildah's chroot isolation needs root"
    for program, package in (("buildah", "buildah"), ("objdump", "binutils")):
        if not shutil.which(program):
            return f"no {program} (Debian's package {package})"
    return None if BINARY.is_file() else "no binary: cargo build, or STEPWARDEN_BINARY"


def lint(suite):
    hadolint = Path(sys.executable).parent / "hadolint"
    suite.tool("hadolint", subprocess.run([hadolint, "--version"], text=True, stdout=subprocess.PIPE).stdout)
    suite.run("hadolint has no finding", [hadolint, DOCKERFILE])
    suite.trivy(DOCKERFILE)
    ignored = [line for line in DOCKERFILE.read_text(encoding="utf-8").splitlines() if "ignore=" in line]
    suite.check("no rule is ignored without a reason", all(";" in line for line in ignored), "\n".join(ignored))


def default(name):
    """What a build argument is where nobody gives it."""
    return re.search(rf"^ARG {name}=(\S+)$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)[1]


def build(suite, builder):
    stripped = builder.home / "tmp" / "stepwarden"
    subprocess.run(["strip", "-o", stripped, BINARY], check=True)
    builder.stand_in(default("RUST_IMAGE"), toolchain, stripped)
    builder.stand_in(default("RUNTIME_IMAGE"), runtime, stripped)

    context(suite, builder)
    # Buildah 1.28 does not know the stage by the argument's default, and leaves it out.
    compile_ = [*arguments(f"BINARY={default('BINARY')}"), "--layers"]
    suite.run("the image builds, all its stages", builder.build(*compile_, "--tag", "compiled", ROOT), **quiet(builder))
    stage = [*compile_, "--target", "build", "--tag", "build", ROOT]
    suite.run("so does the stage that compiles", builder.build(*stage), **quiet(builder))

    shutil.rmtree(TREE, ignore_errors=True)
    TREE.parent.mkdir(parents=True, exist_ok=True)
    leave = [*compile_, "--target", "compiled", "--output", f"type=local,dest={TREE}", ROOT]
    suite.run("its files are left for a build that does not compile", builder.build(*leave), **quiet(builder))
    times = {int(path.stat().st_mtime) for path in TREE.rglob("*") if path.is_file()}
    suite.check("all of one time", times == {int(ABOUT["SOURCE_DATE_EPOCH"])})
    given = [*arguments("BINARY=prebuilt"), "--timestamp", ABOUT["SOURCE_DATE_EPOCH"], "--no-cache", ROOT]
    suite.run("the image builds of these", builder.build("--tag", "prebuilt", *given), **quiet(builder))
    suite.run("and once more", builder.build("--tag", "again", *given), **quiet(builder))
    if all(builder.made(name) for name in ("compiled", "build", "prebuilt", "again")):
        judge(suite, builder)


def judge(suite, builder):
    """What came out."""
    sources(suite, builder.mount("build") / "build")
    image, again = (about(builder, name) for name in ("prebuilt", "again"))
    # The id of the container in which buildah made the image: docker's format keeps it, and it is of no use.
    same = {**image, "container": ""} == {**again, "container": ""}
    suite.check("two builds make the same layers and the same configuration", same)
    inspect(suite, image)
    root = builder.mount("prebuilt")
    added = contents(root, builder.mount(default("RUNTIME_IMAGE")))
    suite.check("compiled or given, the same files", listing(root) == listing(builder.mount("compiled")))
    files(suite, root, added)
    run(suite, builder, root)


def quiet(builder):
    return {"show": False, "env": builder.env}


def arguments(*further):
    """The Dockerfile and its build arguments."""
    pairs = [f"{name}={value}" for name, value in ABOUT.items()]
    given = [part for pair in (*pairs, *further) for part in ("--build-arg", pair)]
    return ["--file", DOCKERFILE, *given]


def context(suite, builder):
    """All that a build is given of the checkout."""
    all_of_it = builder.home / "tmp" / "Dockerfile"
    all_of_it.write_text("FROM scratch\nCOPY . /\n", encoding="utf-8")
    bait = ROOT / "out" / "image-bait.json"
    bait.write_text("{}", encoding="utf-8")
    try:
        builder.make("--file", all_of_it, "--tag", "context", ROOT)
    finally:
        bait.unlink()
    paths = [path for path in listing(builder.mount("context")) if not path.startswith("out/image")]
    tops = sorted({re.sub(r"^(src|benches)/.*", r"\1/…", path) for path in paths})
    suite.check("the context holds what is compiled, and nothing else", tops == CONTEXT, "\n".join(tops))


def sources(suite, folder):
    """That all of the sources came into the stage that compiles them, and what they include."""
    ours = {path.relative_to(ROOT) for path in (ROOT / "src").rglob("*") if path.is_file()}
    lost = sorted(str(path) for path in ours if not (folder / path).is_file())
    suite.check("all sources are there", not lost, "\n".join(lost))
    broken = []
    for path in folder.joinpath("src").rglob("*.rs"):
        for included in re.findall(r'include_(?:str|bytes)!\("([^"]+)"\)', path.read_text(encoding="utf-8")):
            if not (path.parent / included).resolve().is_file():
                broken.append(f"{path.relative_to(folder)}: {included}")
    suite.check("and whatever they include", not broken, "\n".join(broken))


def about(builder, name):
    """The configuration and the layers of an image."""
    return json.loads(builder.tell("inspect", "--type", "image", name))["Docker"]


def inspect(suite, image):
    config = image["config"]
    seen = {name: config.get(name) for name in CONFIG}
    suite.check("user, entry point, health check, port, volume and signal are as said", seen == CONFIG, pretty(seen))
    prefix = "org.opencontainers.image."
    labels = {name.removeprefix(prefix): text for name, text in config["Labels"].items() if name.startswith(prefix)}
    suite.check("so are the labels", labels == LABELS, pretty(labels))
    suite.check("it is of this architecture", image["architecture"] == ARCH)
    secrets = [entry for entry in config["Env"] or [] if not entry.startswith("PATH=")]
    suite.check("it sets no environment", not secrets, "\n".join(secrets))


def pretty(value):
    return json.dumps(value, indent=1)


def listing(root):
    """Each file of a tree, by mode, owner, time and content."""
    tree = {}
    for path in sorted(root.rglob("*")):
        seen = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(seen.st_mode) else ""
        if not stat.S_ISDIR(seen.st_mode) or not any(path.iterdir()):
            tree[str(path.relative_to(root))] = (stat.filemode(seen.st_mode), seen.st_uid, seen.st_gid, content)
    return tree


def contents(root, base_root):
    """What an image adds to its base."""
    before = listing(base_root)
    return {path: about for path, about in listing(root).items() if before.get(path) != about}


def files(suite, root, added):
    shown = [f"{mode} {uid}:{gid} {path}" for path, (mode, uid, gid, _) in added.items()]
    ours = ("-rwxr-xr-x 0:0 usr/local/bin/stepwarden", "-rw-r--r-- 0:0 usr/share/")
    right = all(entry.startswith(ours) for entry in shown[:-1]) and shown[-1] == f"drwxr-xr-x 65532:65532 {VOLUME}"
    suite.check("it adds these files to its base: none of them to be written to", right, "\n".join(shown))
    tools = [path for path in added if SHELLS.search(path)]
    suite.check("it adds no shell", not tools, "\n".join(tools))
    told = subprocess.run(["objdump", "-T", f"{root}{PROGRAM}"], text=True, stdout=subprocess.PIPE)
    needed = {tuple(map(int, found)) for found in re.findall(r"GLIBC_(\d+)\.(\d+)", told.stdout)}
    suite.check("the binary needs no newer glibc than deploy/image.md says", needed and max(needed) <= GLIBC)
    page = (root / "usr/share/man/man1/stepwarden.1").read_text(encoding="utf-8")
    subcommands = re.findall(r"stepwarden\\-([a-z]+)\(1\)", page)
    pages = {path.removeprefix("usr/share/man/man1/") for path in added if "/man1/" in path}
    wanted = {"stepwarden.1", *(f"stepwarden-{name}.1" for name in subcommands)}
    suite.check("each subcommand has its manual page", len(subcommands) > 10 and pages == wanted)
    starts = {
        "man/man1/stepwarden.1": ".TH stepwarden 1",
        "bash-completion/completions/stepwarden": "complete -F _stepwarden",
        "zsh/vendor-completions/_stepwarden": "#compdef stepwarden",
        "fish/vendor_completions.d/stepwarden.fish": "complete -c stepwarden",
        "doc/stepwarden/LICENSE-MIT": "Permission is hereby granted",
        "doc/stepwarden/LICENSE-APACHE": "Apache License",
    }
    share = root / "usr/share"
    wrong = [path for path, text in starts.items() if text not in (share / path).read_text(encoding="utf-8")]
    suite.check("page, completions and licences are what they should be", not wrong, "\n".join(wrong))


def inside(root, volume, *command):
    """A command as the image's user on its root file system, read-only but for its volume."""
    script = (
        'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && mount --bind "$2" "$1/$3"'
        ' && cd "$1" && exec chroot --userspec=65532:65532 --groups=65532 . "${@:4}"'
    )
    isolated = ["unshare", "--mount", "--propagation", "private"]
    return [*isolated, "bash", "-c", script, "bash", root, volume, VOLUME, *command]


def run(suite, builder, root):
    volume = builder.home / "volume"
    volume.mkdir()
    os.chown(volume, 65532, 65532)
    env = {"PATH": os.environ["PATH"]}
    suite.run("it says its version", inside(root, volume, PROGRAM, "--version"), env=env)
    checks = inside(root, volume, PROGRAM, "checks", "--format", "json")
    listed = suite.run("it lists its checks", checks, show=False, env=env)
    suite.check("some dozens of them", len(re.findall(r'"id"', listed)) > 50)
    held = suite.run(
        "it writes nowhere else",
        inside(root, volume, PROGRAM, "collect", "--region", "eu-west-1", "--output", "/home/nonroot/snapshot.jsonl"),
        expect=1,
        env={**env, **nobody()},
        show=False,
    )
    suite.check("for the file system is read-only", "Read-only file system" in held, held)
    serve(suite, root, volume, env)


def nobody():
    """Credentials that nobody honours, and an endpoint where nobody answers."""
    return {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}


def serve(suite, root, volume, env):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**env, **nobody(), "STEPWARDEN_SERVE_LISTEN": f"127.0.0.1:{port}", "STEPWARDEN_STORE_LOCATION": f"/{VOLUME}"}
    healthcheck = inside(root, volume, *CONFIG["Healthcheck"]["Test"][1:])
    before = subprocess.run([str(part) for part in healthcheck], env=env, capture_output=True, check=False).returncode
    suite.check("without a service the health check fails", before != 0)
    service = subprocess.Popen(
        [str(part) for part in inside(root, volume, PROGRAM, "serve", "--region", "eu-west-1")],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        suite.check("the service answers", answers(f"http://127.0.0.1:{port}/-/healthy"))
        suite.run("its health check passes", healthcheck, env=env, show=False)
        service.terminate()
        suite.check("it ends on its signal", service.wait(15) == 0)
        kept = [path for path in volume.iterdir() if path.stat().st_uid == 65532]
        suite.check("its store is in the volume", "hash-key" in {path.name for path in kept})
    finally:
        service.kill()
        service.wait()


def answers(address):
    """Whether an address answers with success, within 20 seconds."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


if __name__ == "__main__":
    main()
