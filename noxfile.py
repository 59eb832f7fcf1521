"""Every job of the project. `nox` alone runs lint, types and tests; `nox -l` lists the rest.

Sessions share two environments, `.nox/runtime` and `.nox/development`, so that each is installed once and its bytecode
compiled once, instead of at every start of a service.
"""

import os
import sys
from pathlib import Path

import nox
from nox.virtualenv import UV

nox.needs_version = ">=2026.4"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "tests"]

ROOT = Path(__file__).parent
MEMBERS = [
    "proto",
    "libs/ports",
    "libs/dtm-client",
    "libs/adapters",
    "services/inventory",
    "services/order",
    "services/payment",
    "cli",
]
SHIPPED = [f"{member}/src" for member in MEMBERS if member != "proto"] + ["tools/build.py", "tools/generate_protos.py"]
CRASH_WALK = "tests/system/faults/test_deaths.py"
SOURCES = ["libs", "services", "cli", "tests", "tools", "conftest.py", "noxfile.py"]


def enter(session: nox.Session, pins: str) -> None:
    """Make the environment of the pinned packages and our members, unless it is there, and put it first in PATH."""
    home = ROOT / ".nox" / pins
    stamp = home / "installed"
    wanted = "".join(
        (ROOT / path).read_text("utf-8")
        for path in [f"constraints/{pins}.txt", *(f"{m}/pyproject.toml" for m in MEMBERS)]
    )
    session.env["VIRTUAL_ENV"] = str(home)
    # Each service that a test or the demo starts would compile our own modules again.
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    # nox looks programs up in its own PATH, not in the session's.
    os.environ["PATH"] = os.pathsep.join([str(home / "bin"), os.environ["PATH"]])
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    install = [UV, "pip", "install", "--quiet", "--compile-bytecode"]
    editable = [argument for member in MEMBERS for argument in ("-e", str(ROOT / member))]
    session.run_install(UV, "venv", "--quiet", "--clear", "--python", sys.executable, str(home), external=True)
    session.run_install(*install, "--require-hashes", "-r", f"constraints/{pins}.txt", external=True)
    session.run_install(*install, "--no-deps", "--no-build-isolation", *editable, external=True)
    stamp.write_text(wanted, "utf-8")


@nox.session
def lint(session: nox.Session) -> None:
    """Style, import contracts, proto rules; generated code must match its source."""
    enter(session, "development")
    session.run("ruff", "format", "--check", *SOURCES)
    session.run("ruff", "check", *SOURCES)
    session.run("lint-imports", "--no-cache")
    session.run("python", "tools/generate_protos.py", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Strict types; tests are checked as strictly, but may leave fixtures without annotations."""
    enter(session, "development")
    relaxed = [f"--allow-{what}" for what in ("untyped-defs", "incomplete-defs", "untyped-calls", "untyped-decorators")]
    session.run("mypy", *SHIPPED, *session.posargs)
    session.run("mypy", *relaxed, "--check-untyped-defs", "libs", "services", "cli", "tests", "tools", *session.posargs)
    # By itself: to mypy it has the same name as the conftest.py of a member whose folder is no Python name.
    session.run("mypy", *relaxed, "--check-untyped-defs", "conftest.py", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """All tests on the embedded defaults; arguments go to pytest."""
    enter(session, "development")
    session.run("pytest", "-m", "not integration", "-n", "auto", "--dist", "loadgroup", *session.posargs)


@nox.session
def integration(session: nox.Session) -> None:
    """The suites on the real servers that `nox -s tools` obtained; arguments go to pytest."""
    enter(session, "development")
    walk = f"--ignore={CRASH_WALK}"
    session.run("python", "tools/isolated.py", "pytest", "-m", "integration", walk, *session.posargs)


@nox.session
def kill(session: nox.Session) -> None:
    """Kill each service at each of its crash points, at both coordinators; takes minutes; arguments go to pytest."""
    enter(session, "development")
    session.run("python", "tools/isolated.py", "pytest", "-m", "integration", CRASH_WALK, *session.posargs)


@nox.session
def conformance(session: nox.Session) -> None:
    """DTM's protocol, embedded and by DTM on each store; `-- --short`: on boltdb alone; `-- HOST:PORT`: only there."""
    enter(session, "development")
    isolation = ["tools/isolated.py", "python"] if session.posargs in ([], ["--short"]) else []
    session.run("python", *isolation, "tools/conformance.py", *session.posargs)


@nox.session
def tools(session: nox.Session) -> None:
    """Obtain the real servers and tools that integration needs, built or from Debian: all of them, or those named."""
    session.run(sys.executable, "tools/build.py", *session.posargs, external=True)


@nox.session
def protos(session: nox.Session) -> None:
    """Generate the Python code of the protos anew."""
    enter(session, "development")
    session.run("python", "tools/generate_protos.py")


@nox.session
def demo(session: nox.Session) -> None:
    """Place orders of every kind on the embedded coordinator, with faults, and audit the result."""
    enter(session, "runtime")
    session.run("accord", "demo", *session.posargs)
