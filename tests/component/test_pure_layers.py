"""Domain, application and ports run where nothing is installed: they are rules, and technology is somebody else's."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("inventory", "order", "payment")
TECHNOLOGY = {"asyncmy", "google", "google.protobuf", "grpc", "opentelemetry", "sqlite3"}
IMPORT_ALL = """
import importlib, json, sys
modules, paths = json.load(sys.stdin)
sys.path += paths
for module in modules:
    importlib.import_module(module)
json.dump(sorted(sys.modules), sys.stdout)
"""


def modules_under(source: Path, package: str) -> list[str]:
    """Return every module of a package; one that has none has moved, and would be tested no more."""
    files = sorted((source / package.replace(".", "/")).rglob("*.py"))
    assert files, package
    return [".".join(file.relative_to(source).with_suffix("").parts).removesuffix(".__init__") for file in files]


def test_domain_application_and_ports_load_no_technology() -> None:
    ports = ROOT / "libs/ports/src"
    modules = modules_under(ports, "accord.ports")
    for service in SERVICES:
        for layer in ("domain", "application"):
            modules += modules_under(ROOT / f"services/{service}/src", f"accord.services.{service}.{layer}")
    paths = [str(ports), *(str(ROOT / f"services/{service}/src") for service in SERVICES)]

    # -S: without the packages of the environment, so that any third-party import fails outright.
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", IMPORT_ALL],
        input=json.dumps([modules, paths]),
        capture_output=True,
        text=True,
        check=False,
    )

    assert loaded.returncode == 0, loaded.stderr
    found = set(json.loads(loaded.stdout))
    assert set(modules) <= found
    assert not found & TECHNOLOGY
