"""`accord pay`: play the customer at the provider's checkout."""

from typing import Annotated

import typer

from accord.cli.addresses import Addresses
from accord.cli.customer import Faults
from accord.cli.customer import pay as pay_at_provider
from accord.cli.output import print_json, print_table
from accord.cli.running import AsJson, run


def pay(
    order_id: Annotated[str, typer.Argument(metavar="ORDER", help="A hosted order that awaits its payment.")],
    decline: Annotated[bool, typer.Option("--decline", help="Have the provider say no.")] = False,
    times: Annotated[int, typer.Option(min=1, max=1000, help="Deliver the callback this many times, all at once.")] = 1,
    lose: Annotated[
        bool, typer.Option("--lose", help="Take the money and lose the callback (the audit turns red).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Pay an order at the sandbox provider, and show how each callback was answered."""
    faults = Faults(deliveries=times, concurrently=times > 1, lose=lose)
    answers = run(pay_at_provider(Addresses.load(), order_id, faults, decline=decline))
    if as_json:
        print_json(answers)
        return
    print_table("callbacks", ("status", "answer"), [(str(answer["status"]), answer["body"]) for answer in answers])
