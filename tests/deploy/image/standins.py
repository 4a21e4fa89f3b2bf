"""Base images made of what is on this machine, under the names of those of the registries; and who builds on them."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
# What the build stage calls, besides cargo.
PROGRAMS = ("bash", "cat", "chmod", "find", "install", "mkdir", "rm", "sed", "touch")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def libraries(program):
    """The shared libraries that a program loads."""
    told = subprocess.run(["ldd", program], check=True, text=True, stdout=subprocess.PIPE).stdout
    return {Path(path) for path in re.findall(r"(/\S+\.so\S*)", told)}


def place(root, source, target=None):
    """Copies a file to where it is on this machine, or to another place."""
    target = root / str(target or source).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def base(root, programs):
    """A root file system that programs run in: merged, as Debian's is."""
    for name in ("bin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    (root / "tmp").mkdir()
    for program in programs:
        for library in libraries(program):
            place(root, library)


def toolchain(root, binary):
    """Instead of the Rust image: a shell, and a cargo that places the binary."""
    paths = [shutil.which(program) for program in PROGRAMS]
    base(root, [*paths, binary])
    for path in paths:
        place(root, path, f"/usr/bin/{Path(path).name}")
    (root / "usr/bin/sh").symlink_to("bash")
    place(root, HERE / "cargo", "/usr/bin/cargo")
    place(root, binary, "/opt/stepwarden")


def runtime(root, binary):
    """Instead of distroless: the libraries of the binary, certificates and the user, and nothing that could be run."""
    base(root, [binary])
    place(root, CERTIFICATES)
    (root / "etc/passwd").write_text("nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n", encoding="utf-8")
    (root / "home/nonroot").mkdir(parents=True)


class Builder:
    """Buildah with a store of its own, which is gone afterwards."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        # Below the checkout: overlays may lie on its file system, and not on that of a container.
        self.home = Path(tempfile.mkdtemp(prefix="buildah-", dir=folder))
        (self.home / "tmp").mkdir()
        self.env = {**os.environ, "TMPDIR": str(self.home / "tmp"), "BUILDAH_ISOLATION": "chroot"}
        self.base = ["buildah", "--root", self.home / "root", "--runroot", self.home / "run"]
        works = subprocess.run(self.command("--storage-driver", "overlay", "info"), env=self.env, capture_output=True)
        self.driver = "overlay" if works.returncode == 0 else "vfs"
        self.base += ["--storage-driver", self.driver]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for command in (["umount", "--all"], ["rm", "--all"]):
            subprocess.run(self.command(*command), env=self.env, capture_output=True, check=False)
        # Buildah leaves the folder of its layers mounted upon itself.
        layers = self.home / "root" / "overlay"
        while layers.is_mount():
            subprocess.run(["umount", "--recursive", layers], check=True)
        shutil.rmtree(self.home)

    def command(self, *arguments):
        return [str(part) for part in (*self.base, *arguments)]

    def build(self, *arguments):
        return self.command("build", "--quiet", "--format", "docker", "--pull=never", *arguments)

    def make(self, *arguments):
        """Builds what has to succeed."""
        subprocess.run(self.build(*arguments), env=self.env, check=True, stdout=subprocess.PIPE)

    def made(self, image):
        """Whether an image is there."""
        found = subprocess.run(self.command("inspect", "--type", "image", image), env=self.env, capture_output=True)
        return found.returncode == 0

    def tell(self, *arguments):
        """What a command prints."""
        done = subprocess.run(self.command(*arguments), env=self.env, check=True, text=True, stdout=subprocess.PIPE)
        return done.stdout.strip()

    def mount(self, image):
        """The root file system of an image."""
        return Path(self.tell("mount", self.tell("from", "--pull-never", image)))

    def stand_in(self, name, fill, binary):
        """Makes an image of what `fill` lays down, under the name of another."""
        root = self.home / "tmp" / fill.__name__
        root.mkdir()
        fill(root, binary)
        (root / "Dockerfile").write_text("FROM scratch\nCOPY . /\n", encoding="utf-8")
        (root / ".dockerignore").write_text("Dockerfile\n.dockerignore\n", encoding="utf-8")
        self.make("--tag", name, root)
        shutil.rmtree(root)
