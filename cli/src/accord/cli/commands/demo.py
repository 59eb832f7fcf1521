"""`accord demo`: every kind of order, with faults, and the audit."""

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.audit.audit import Report, audit
from accord.cli.audit.display import show as show_report
from accord.cli.demo.display import Outcome, board
from accord.cli.demo.display import show as show_outcomes
from accord.cli.demo.play import POINT, play
from accord.cli.errors import Refused
from accord.cli.processes.folder import claimed, emptied
from accord.cli.processes.ports import Ports
from accord.cli.processes.system import running
from accord.cli.running import run

_STARTING = "starting coordinator, provider and services"


def demo(
    data: Annotated[Path, typer.Option(help="Folder of databases and logs; emptied first.")] = Path(".accord/demo"),
) -> None:
    """Start everything on free ports, place orders of every kind, with faults, and audit. Exit code 1 when wrong."""
    outcomes, report = run(_demo(data))
    show_outcomes(outcomes)
    show_report(report)
    if not report.clean:
        raise Refused(f"the audit is not clean; logs and databases are in {data}")
    if not all(outcome.right for outcome in outcomes):
        raise Refused(f"an order did not end as it must; logs and databases are in {data}")


async def _demo(data: Path) -> tuple[list[Outcome], Report]:
    with claimed(data), board() as shown:
        emptied(data)
        shown.begin(_STARTING)
        started: list[str] = []
        async with running(data, Ports.free(), started.append, POINT) as system:
            shown.end(_STARTING, ", ".join(started))
            outcomes = await play(system, shown)
            return outcomes, await audit(system.addresses, looks=10, pause=0.2)
