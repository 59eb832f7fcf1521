"""`accord audit`: do all the books agree?"""

from typing import Annotated

import typer

from accord.cli.addresses import Addresses
from accord.cli.audit.audit import audit as audit_everything
from accord.cli.audit.display import as_dictionary, show
from accord.cli.errors import Refused
from accord.cli.output import print_json
from accord.cli.running import AsJson, run


def audit(
    looks: Annotated[int, typer.Option(min=1, help="Look this many times for a difference to vanish.")] = 5,
    pause: Annotated[float, typer.Option(min=0, help="Seconds between looks.")] = 0.5,
    as_json: AsJson = False,
) -> None:
    """Check each database, the services against one another, and the provider's book. Exit code 1 when red."""
    report = run(audit_everything(Addresses.load(), looks, pause))
    if as_json:
        print_json(as_dictionary(report))
    else:
        show(report)
    if not report.clean:
        raise Refused("the audit is not clean")
