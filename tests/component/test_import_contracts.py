"""The import contracts of pyproject.toml are red when somebody breaks them, so that a green `lint-imports` tells."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ["proto/generated", "libs/ports/src", "libs/adapters/src", "libs/dtm-client/src", "cli/src"]
SOURCES += [f"services/{name}/src" for name in ("inventory", "order", "payment")]

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# For each contract, by the first words of its name, an import that it forbids.
PLANTED = {
    "In a service, arrows": (
        "accord.services.inventory.domain.item",
        "accord.services.inventory.application.get_stock",
    ),
    "Domain and application": ("accord.services.inventory.application.put_item", "sqlite3"),
    "Services know each other": ("accord.services.inventory.config", "accord.services.order.config"),
    "Services and command build": ("accord.adapters.system.clock", "accord.services.inventory.domain.errors"),
    "Ports know neither": ("accord.ports.ids", "dtm_client.values.status"),
    "dtm-client stands alone": ("dtm_client.errors", "accord.ports.money"),
    "dtm-client is built in layers": ("dtm_client.values.status", "dtm_client.protocol.urls"),
    "The coordinator shares": ("dtm_client.coordinator.effects", "dtm_client.barrier.order"),
}


def test_every_contract_is_broken_by_an_import_that_it_forbids(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for source in SOURCES:
        shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
    for importer, imported in PLANTED.values():
        [file] = [
            tmp_path / source / f"{importer.replace('.', '/')}.py" for source in SOURCES if _has(source, importer)
        ]
        file.write_text(file.read_text("utf-8") + f"\nimport {imported}\n", "utf-8")

    environment = {
        "PYTHONPATH": os.pathsep.join([*SOURCES, sysconfig.get_path("purelib")]),
        "COLUMNS": "500",
        "NO_COLOR": "1",
    }
    found = subprocess.run(
        # -S: the copies alone are found, and not the installed originals.
        [sys.executable, "-S", "-c", LINT, "--no-cache"],
        cwd=tmp_path,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 1, found.stdout + found.stderr
    contracts = {line.rsplit(" ", 1)[0]: line.endswith("BROKEN") for line in found.stdout.splitlines() if _judges(line)}
    assert len(contracts) == len(PLANTED)
    for words, (importer, imported) in PLANTED.items():
        assert [broken for name, broken in contracts.items() if name.startswith(words)] == [True]
        assert f"{importer} -> {imported} (l." in found.stdout


def _has(source: str, module: str) -> bool:
    return (ROOT / source / f"{module.replace('.', '/')}.py").is_file()


def _judges(line: str) -> bool:
    return line.endswith((" KEPT", " BROKEN"))
