"""Where everything listens: from the environment, else from the last `accord up`, else the fixed ports."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from accord.cli.errors import WrongUsage

DATA_FOLDER = "ACCORD_DATA"
_FILE = "addresses.json"


@dataclass(frozen=True, slots=True)
class Addresses:
    """gRPC targets of the services' public listeners, and HTTP addresses of the coordinator and the provider."""

    order: str = "127.0.0.1:7100"
    inventory: str = "127.0.0.1:7200"
    payment: str = "127.0.0.1:7300"
    coordinator_http: str = "127.0.0.1:36789"
    provider: str = "127.0.0.1:7400"

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the addresses that hold for this command."""
        known: dict[str, str] = {}
        path = data_folder(environment) / _FILE
        if path.exists():
            try:
                known = {field.name: str(json.loads(path.read_text("utf-8"))[field.name]) for field in fields(cls)}
            except (ValueError, KeyError, TypeError):
                raise WrongUsage(f"{path} is not what `accord up` writes; remove it, or set {DATA_FOLDER}") from None
        names = {field.name: variable(field.name) for field in fields(cls)}
        given = {name: environment[key] for name, key in names.items() if key in environment}
        return cls(**(known | given))

    def save(self, folder: Path) -> None:
        """Write them where other commands look."""
        (folder / _FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")

    @staticmethod
    def forget(folder: Path) -> None:
        """Nobody listens there any more."""
        (folder / _FILE).unlink(missing_ok=True)


def variable(name: str) -> str:
    """Return the environment variable of an address."""
    return f"ACCORD_{name.upper()}"


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of `accord up`: `ACCORD_DATA`, else `.accord` here."""
    return Path(environment.get(DATA_FOLDER, ".accord"))
