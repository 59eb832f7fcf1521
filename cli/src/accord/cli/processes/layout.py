"""What each process is told: its module, its environment, its files in the data folder."""

import base64
import secrets
from pathlib import Path

from accord.cli.addresses import Addresses
from accord.cli.processes.child import Child
from accord.cli.processes.ports import Ports

_HOST = "127.0.0.1"


def addresses(ports: Ports) -> Addresses:
    """Return where commands find the system."""
    return Addresses(
        order=f"{_HOST}:{ports.order}",
        inventory=f"{_HOST}:{ports.inventory}",
        payment=f"{_HOST}:{ports.payment}",
        coordinator_http=f"{_HOST}:{ports.coordinator_http}",
        provider=f"{_HOST}:{ports.provider}",
    )


def children(data: Path, ports: Ports) -> dict[str, Child]:
    """Return the five processes by name, none of them started."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    shared = _shared(ports)
    coordinator = ("--listen", f"{_HOST}:{ports.coordinator}", "--http", f"{_HOST}:{ports.coordinator_http}")
    callback_url = f"http://{_HOST}:{ports.webhook}/v1/callbacks/payments"
    sandbox = ("--listen", f"{_HOST}:{ports.provider}", "--callback-url", callback_url, "--secret", secret)
    webhook = {
        "ACCORD_WEBHOOK_LISTEN": f"{_HOST}:{ports.webhook}",
        "ACCORD_WEBHOOK_SECRETS": secret,
        "ACCORD_PROVIDER": f"http://{_HOST}:{ports.provider}",
    }
    found = [
        Child(
            "coordinator",
            ("dtm_client", "serve", *coordinator, "--store", f"{data}/coordinator.db"),
            {},
            data / "coordinator.log",
        ),
        Child(
            "sandbox", ("accord.adapters.sandbox", *sandbox, "--store", f"{data}/sandbox.db"), {}, data / "sandbox.log"
        ),
        _service(data, "inventory", shared, ports.inventory, ports.inventory_branch),
        _service(data, "payment", shared | webhook, ports.payment, ports.payment_branch),
        _service(data, "order", shared, ports.order, ports.order_branch),
    ]
    return {child.name: child for child in found}


def _service(data: Path, name: str, shared: dict[str, str], public: int, branch: int) -> Child:
    own = {
        "ACCORD_DATABASE": f"sqlite:///{data.absolute()}/{name}.db?synchronous=normal",
        "ACCORD_PUBLIC_LISTEN": f"{_HOST}:{public}",
        "ACCORD_BRANCH_LISTEN": f"{_HOST}:{branch}",
    }
    return Child(name, (f"accord.services.{name}", "serve", "--migrate"), shared | own, data / f"{name}.log")


def _shared(ports: Ports) -> dict[str, str]:
    branches = {"order": ports.order_branch, "inventory": ports.inventory_branch, "payment": ports.payment_branch}
    publics = {"order": ports.order, "inventory": ports.inventory, "payment": ports.payment}
    return {
        "ACCORD_TRANSACTIONS": f"dtm://{_HOST}:{ports.coordinator}?http={_HOST}:{ports.coordinator_http}",
        "ACCORD_BRANCH_TARGETS": ",".join(f"{name}=dns:{_HOST}:{port}" for name, port in branches.items()),
        "ACCORD_REGISTRY": "static://?" + "&".join(f"{name}={_HOST}:{port}" for name, port in publics.items()),
        "ACCORD_LOCK": "memory://",
        "ACCORD_LOG_FORMAT": "json",
        # Nobody else's client has to learn of the stop.
        "ACCORD_DRAIN_PAUSE": "0",
        "ACCORD_DRAIN_GRACE": "2",
    }
