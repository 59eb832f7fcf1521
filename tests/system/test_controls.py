"""Negative controls: what is wrong in a database, or was never told, turns the audit red, and nothing else does."""

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from accord.adapters.sandbox.server.delivery import Deliveries
from accord.adapters.sandbox.signature import decode_secret
from accord.adapters.system.clock import SystemClock
from accord.cli.addresses import variable
from accord.cli.audit.audit import audit
from accord.cli.customer import Faults, pay
from accord.cli.demo.shop import HOSTED, WALLET, Shop, line
from accord.cli.processes.system import System
from accord.cli.web import call
from accord.order.v1 import order_pb2

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # What the audit reads is the same whichever coordinator there is.
    pytest.mark.parametrize("system", ["embedded"], indirect=True),
]

ACCORD = Path(sys.executable).with_name("accord")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def the_audit_is_clean_before_and_afterwards(system: System) -> AsyncIterator[None]:
    assert (await audit(system.addresses, looks=1, pause=0)).clean
    yield
    assert (await audit(system.addresses, looks=1, pause=0)).clean


async def audited(system: System) -> tuple[int, list[str], list[dict[str, Any]]]:
    """Run the command as a script does; return its exit code, the broken laws and the differences that stay."""
    addresses = {variable(name): address for name, address in asdict(system.addresses).items()}
    process = await asyncio.create_subprocess_exec(
        ACCORD,
        *("audit", "--json", "--looks", "2", "--pause", "0"),
        env={**os.environ, **addresses},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    code = await process.wait()
    assert out, err.decode()
    report = json.loads(out)
    assert report["clean"] is (code == 0)
    return code, [law["name"] for law in report["laws"] if not law["holds"]], report["unexplained"]


def rows(system: System, service: str, sql: str) -> list[tuple[Any, ...]]:
    """Run one statement in a service's database, behind its back."""
    database = system.children[service].log.with_suffix(".db")
    with closing(sqlite3.connect(database, isolation_level=None, timeout=5)) as connection:
        done = connection.execute(sql)
        found = done.fetchall()
        assert found or done.rowcount == 1, sql
        return found


@contextmanager
def changed(system: System, service: str, change: str, restore: str) -> Iterator[None]:
    """Change one row, and put it back."""
    rows(system, service, change)
    yield
    rows(system, service, restore)


@pytest.mark.requirement("audit.red-on-altered-stock")
async def test_an_altered_stock_row_turns_the_audit_red(system: System) -> None:
    shop = Shop(system.addresses)
    await shop.stock("TEAPOT", 5, "24.00 EUR")
    await shop.place("alice", line("TEAPOT", 2), HOSTED)

    altered = "update item set reserved = 1 where sku = 'TEAPOT'"
    with changed(system, "inventory", altered, "update item set reserved = 2 where sku = 'TEAPOT'"):
        assert await audited(system) == (1, ["stock.reserved-equals-reservations"], [])


@pytest.mark.requirement("audit.red-on-deleted-ledger-entry")
async def test_a_deleted_ledger_entry_turns_the_audit_red(system: System) -> None:
    shop = Shop(system.addresses)
    await asyncio.gather(shop.stock("LAMP", 5, "25.00 EUR"), shop.top_up("bob", "100.00 EUR"))
    order = await shop.place("bob", line("LAMP"), WALLET)
    assert order.status == order_pb2.ORDER_STATUS_PAID

    sold = "account = 'sales' and amount = 2500"
    row = rows(system, "payment", f"select * from ledger_entry where {sold}")[0]
    restored = f"insert into ledger_entry values ({', '.join(repr(value) for value in row)})"
    with changed(system, "payment", f"delete from ledger_entry where {sold}", restored):
        assert await audited(system) == (1, ["ledger.sets-sum-to-zero", "payment.sold-exactly-once"], [])


@pytest.mark.requirement("audit.states-fit")
async def test_a_payment_that_only_one_service_knows_of_turns_the_audit_red(system: System) -> None:
    shop = Shop(system.addresses)
    await shop.stock("VASE", 5, "24.00 EUR")
    order = await shop.place("carol", line("VASE"), HOSTED)
    where = f"where order_id = '{order.order_id}'"

    dropped = f"update orders set status = 'CLOSED', close_reason = 'GONE' {where}"
    restored = f"update orders set status = 'AWAITING_PAYMENT', close_reason = '' {where}"
    with changed(system, "order", dropped, restored):
        code, broken, differences = await audited(system)
        assert (code, broken, [one["subject"] for one in differences]) == (1, [], [order.order_id])
        assert "CLOSED, reservation RESERVED, payment PENDING do not fit" in differences[0]["text"]


@pytest.mark.requirement("audit.red-on-lost-callback")
async def test_a_lost_callback_turns_the_audit_red_until_it_is_delivered(system: System) -> None:
    shop = Shop(system.addresses)
    await shop.stock("MUG", 5, "23.00 EUR")
    order = await shop.place("dave", line("MUG"), HOSTED)

    assert await pay(system.addresses, order.order_id, Faults(lose=True)) == []
    code, broken, [difference] = await audited(system)
    assert (code, broken) == (1, [])
    assert difference["text"].startswith("the provider took 23.00 EUR for payment ")

    await deliver(system, await charged(system, difference["subject"]))
    paid = await shop.until(order.order_id, order_pb2.ORDER_STATUS_PAID)
    assert paid.status == order_pb2.ORDER_STATUS_PAID


async def charged(system: System, receipt_id: str) -> dict[str, Any]:
    """Return what the provider's book says of a receipt."""
    entries = (await call("provider", system.addresses.provider, "GET", "/v1/book"))["entries"]
    [entry] = [entry for entry in entries if entry["receipt_id"] == receipt_id]
    return dict(entry)


async def deliver(system: System, data: dict[str, Any]) -> None:
    """Send the callback that was lost, signed as the provider does."""
    payment = system.children["payment"].environment
    url = f"http://{payment['ACCORD_WEBHOOK_LISTEN']}/v1/callbacks/payments"
    deliveries = Deliveries(url, decode_secret(payment["ACCORD_WEBHOOK_SECRETS"]), SystemClock())
    answer = await deliveries.deliver("found-again", json.dumps({"type": "payment.succeeded", "data": data}).encode())
    await deliveries.aclose()
    assert answer.status == 200
