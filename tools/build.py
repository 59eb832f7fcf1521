"""Obtain the real servers and tools that the integration tests use: built from pinned Go modules, or Debian's.

Binaries go to `.cache/tools/bin`, or to the folder named by ACCORD_TOOLS. A module is built again only when its
`go.mod` or `go.sum`, the Go version or its entry in `MODULES` changed. Database servers are installed by apt where a
program of theirs is missing; their versions are the distribution's.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
# One module each, as they need different versions of the same libraries: folder → binary → package.
MODULES = {
    "dtm": {"dtm": "github.com/dtm-labs/dtm"},
    "grpcurl": {"grpcurl": "github.com/fullstorydev/grpcurl/cmd/grpcurl"},
    "grpc-health-probe": {"grpc_health_probe": "github.com/grpc-ecosystem/grpc-health-probe"},
}
# What a server needs beside its binary: folder → module → files in it, copied into a folder beside the binary.
FILES = {"dtm": ("github.com/dtm-labs/dtm", ["sqls/dtmsvr.storage.mysql.sql", "sqls/dtmsvr.storage.postgres.sql"])}
# Server → the programs that the tests start, and the Debian packages that have them.
PACKAGES = {
    "mariadb": (["mariadbd", "mariadb-install-db", "mariadb"], ["mariadb-server-core", "mariadb-client-core"]),
    "redis": (["redis-server"], ["redis-server"]),
    "postgres": (["postgres", "initdb", "psql"], ["postgresql-15"]),
}
# Debian keeps these out of the PATH of users.
PROGRAM_FOLDERS = ["/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
# The module cache stays removable, go.sum decides what is fetched, and no build depends on the state of this checkout.
GO_FLAGS = "-modcacherw -mod=readonly -buildvcs=false"
LINK_FLAGS = "-s -w"
PROGRESS_SECONDS = 15


def go_version() -> str:
    """Return the version of the Go toolchain on PATH; end the program with one line of advice if there is none."""
    if shutil.which("go") is None:
        sys.exit("no Go toolchain found: install Go 1.26.8 or newer (https://go.dev/dl/) and have `go` on PATH")
    return subprocess.run(["go", "env", "GOVERSION"], check=True, capture_output=True, text=True).stdout.strip()


def fingerprint(module: str, version: str) -> str:
    """Return what decides the binaries of a module: its pins, the toolchain, the flags and the packages."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((ROOT / "tools" / module / name).read_bytes())
    digest.update(repr((version, GO_FLAGS, LINK_FLAGS, MODULES[module], FILES.get(module))).encode())
    return digest.hexdigest()


def build(module: str, package: str, binary: Path) -> None:
    """Build one binary; raise CalledProcessError when Go fails, whose words then stand on stderr."""
    # Beside its place first: a server that runs from the old file goes on, and an interrupted build leaves nothing.
    unfinished = binary.with_name(f"{binary.name}.unfinished")
    command = ["go", "build", "-ldflags", LINK_FLAGS, "-o", str(unfinished), package]
    started = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT / "tools" / module, env=os.environ | {"GOFLAGS": GO_FLAGS}) as process:
        while process.returncode is None:
            try:
                process.wait(PROGRESS_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"{binary.name}: still building after {time.monotonic() - started:.0f} s")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    unfinished.replace(binary)
    say(f"{binary.name}: built in {time.monotonic() - started:.0f} s")


def obtain(module: str, folder: Path, version: str) -> None:
    """Make sure that the binaries of a module are in the folder and are what its pins give."""
    stamp = folder / f".{module}.built"
    wanted = fingerprint(module, version)
    binaries = {folder / name: package for name, package in MODULES[module].items()}
    source, files = FILES.get(module, ("", []))
    made = [*binaries, *(folder / file for file in files)]
    if stamp.exists() and stamp.read_text("utf-8") == wanted and all(one.exists() for one in made):
        say(f"{module}: up to date")
        return
    stamp.unlink(missing_ok=True)
    say(f"{module}: building; minutes when Go's caches are empty, seconds otherwise")
    for binary, package in binaries.items():
        build(module, package, binary)
    if files:
        copy_files(module, source, files, folder)
    stamp.write_text(wanted, "utf-8")


def copy_files(module: str, source: str, files: list[str], folder: Path) -> None:
    """Copy files of a Go module, which the build has fetched; raise CalledProcessError when Go cannot find it."""
    where = ["go", "list", "-m", "-f", "{{.Dir}}", source]
    environment = os.environ | {"GOFLAGS": GO_FLAGS}
    found = subprocess.run(
        where, cwd=ROOT / "tools" / module, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    for file in files:
        (folder / file).parent.mkdir(exist_ok=True)
        # Without its mode: the module cache may be read-only.
        shutil.copyfile(Path(found.stdout.strip(), file), folder / file)


def install(server: str) -> str | None:
    """Make sure that a server's programs are on the machine; return what to do by hand if that cannot be had."""
    programs, packages = PACKAGES[server]
    path = os.pathsep.join([os.environ.get("PATH", ""), *PROGRAM_FOLDERS])
    missing = [name for name in programs if shutil.which(name, path=path) is None]
    if not missing:
        say(f"{server}: up to date")
        return None
    advice = f"{server}: no {', '.join(missing)} here; install Debian's {' '.join(packages)}, or have them on PATH"
    if shutil.which("apt-get") is None:
        return advice
    say(f"{server}: installing {' '.join(packages)}")
    wanted = ["install", "-y", "--no-install-recommends", *packages]
    # A fresh machine has no lists of packages, an old one lists of versions that are gone.
    fault = apt_get(wanted) and (apt_get(["update"]) or apt_get(wanted))
    return f"{advice} (apt-get: {fault})" if fault else None


def apt_get(arguments: list[str]) -> str:
    """Run apt-get; return the last line that it says when it fails, else nothing."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    ran = subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)
    return (ran.stderr.strip() or "it failed").splitlines()[-1] if ran.returncode else ""


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    known = [*MODULES, *PACKAGES]
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=f"one of: {', '.join(known)}; all by default")
    chosen = parser.parse_args().tools or known
    if unknown := [name for name in chosen if name not in known]:
        parser.error(f"no such tool: {', '.join(unknown)}; choose from {', '.join(known)}")
    advice = [one for one in map(install, [name for name in chosen if name in PACKAGES]) if one]
    if modules := [name for name in chosen if name in MODULES]:
        obtain_all(modules)
    if advice:
        sys.exit("\n".join(advice))


def obtain_all(modules: list[str]) -> None:
    """Obtain modules, or end the program with one line that says what failed."""
    folder = Path(os.environ.get("ACCORD_TOOLS", ROOT / ".cache/tools/bin")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    version = go_version()
    for module in modules:
        try:
            obtain(module, folder, version)
        except subprocess.CalledProcessError as error:
            sys.exit(f"{module}: `{' '.join(error.cmd)}` failed in tools/{module}; Go's words stand above")
    say(f"tools are in {folder}")


if __name__ == "__main__":
    main()
