"""`accord up`: the whole system on this machine, until Ctrl-C."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.addresses import Addresses, data_folder
from accord.cli.errors import NotStarted
from accord.cli.output import console, print_table
from accord.cli.processes.folder import claimed
from accord.cli.processes.layout import addresses
from accord.cli.processes.ports import Ports
from accord.cli.processes.system import System, running
from accord.cli.running import run


def up(
    data: Annotated[Path | None, typer.Option(help="Folder of databases and logs; ACCORD_DATA, else .accord.")] = None,
    free_ports: Annotated[
        bool, typer.Option("--free-ports", help="Take free ports instead of the fixed ones.")
    ] = False,
) -> None:
    """Start coordinator, services and sandbox provider on this machine; Ctrl-C stops them. Data stay in the folder."""
    folder = data or data_folder()
    run(_up(folder, Ports.free() if free_ports else Ports()))


async def _up(folder: Path, ports: Ports) -> None:
    with claimed(folder):
        async with running(folder, ports, lambda name: console.print(f"{name} is ready"), {}) as system:
            system.addresses.save(folder)
            try:
                _show(ports, folder)
                await _first_end(system)
            finally:
                Addresses.forget(folder)


async def _first_end(system: System) -> None:
    """Wait until a process ends by itself, which is an error."""
    loop = asyncio.get_running_loop()
    ends = {loop.create_task(child.died()): child for child in system.children.values()}
    done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    child = ends[done.pop()]
    raise NotStarted(f"{child.name} ended by itself; its log is {child.log}")


def _show(ports: Ports, folder: Path) -> None:
    where = addresses(ports)
    rows = [
        ("order", where.order, "gRPC"),
        ("inventory", where.inventory, "gRPC"),
        ("payment", where.payment, "gRPC"),
        ("payment callbacks", f"http://127.0.0.1:{ports.webhook}/v1/callbacks/payments", "HTTP"),
        ("provider", f"http://{where.provider}", "HTTP"),
        ("coordinator", f"127.0.0.1:{ports.coordinator}", "gRPC (DTM protocol)"),
        ("coordinator queries", f"http://{where.coordinator_http}/api/dtmsvr/all", "HTTP"),
    ]
    print_table("listening", ("what", "where", "protocol"), rows)
    console.print(f"data and logs: {folder.absolute()}\nCtrl-C stops everything", soft_wrap=True)
