"""Obtain the real servers and tools that the integration tests use, each built from its own pinned Go module.

Binaries go to `.cache/tools/bin`, or to the folder named by ACCORD_TOOLS. A module is built again only when its
`go.mod` or `go.sum`, the Go version or its entry in `MODULES` changed.
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
    digest.update(repr((version, GO_FLAGS, LINK_FLAGS, MODULES[module])).encode())
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
    if stamp.exists() and stamp.read_text("utf-8") == wanted and all(binary.exists() for binary in binaries):
        say(f"{module}: up to date")
        return
    stamp.unlink(missing_ok=True)
    say(f"{module}: building; minutes when Go's caches are empty, seconds otherwise")
    for binary, package in binaries.items():
        build(module, package, binary)
    stamp.write_text(wanted, "utf-8")


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="TOOL", help=f"one of: {', '.join(MODULES)}; all by default")
    modules = parser.parse_args().modules or list(MODULES)
    if unknown := [name for name in modules if name not in MODULES]:
        parser.error(f"no such tool: {', '.join(unknown)}; choose from {', '.join(MODULES)}")
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
