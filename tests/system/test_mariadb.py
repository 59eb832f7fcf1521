"""Services whose databases are on MariaDB: what they say when they cannot start, and a server that goes and comes."""

import asyncio
import os
import sys
from collections.abc import Callable

import pytest

from accord.cli.audit.audit import audit
from accord.cli.demo.shop import HOSTED, WALLET, Shop, line
from accord.cli.processes.system import System
from accord.order.v1 import order_pb2
from dtm_client.testing.stores.mariadb import MariaDbServer

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.integration]

ORDERS = 12
END = {order_pb2.ORDER_STATUS_AWAITING_PAYMENT, order_pb2.ORDER_STATUS_PAID}


async def words_of(url: str) -> tuple[int | None, str]:
    """Start inventory without a migration; return its exit code and the last line of what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "accord.services.inventory", "serve"),
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "ACCORD_DATABASE": url,
            "ACCORD_PUBLIC_LISTEN": "127.0.0.1:0",
            "ACCORD_BRANCH_LISTEN": "127.0.0.1:0",
        },
    )
    async with asyncio.timeout(30):
        _, said = await process.communicate()
    return process.returncode, said.decode().splitlines()[-1]


async def test_a_service_stops_at_a_schema_that_is_not_its_own(new_mariadb_url: Callable[[], str]) -> None:
    code, line_ = await words_of(new_mariadb_url())
    assert code == 1
    assert line_.startswith("inventory: ACCORD_DATABASE: the database of inventory has no schema, this version needs")
    assert line_.endswith("run `python -m accord.services.inventory migrate`")


async def test_a_service_stops_where_no_server_answers_and_keeps_its_password(mariadb: MariaDbServer) -> None:
    code, line_ = await words_of("mysql://shop:secret@127.0.0.1:1/shop")
    assert code == 1
    assert line_.startswith("inventory: ACCORD_DATABASE: database is unavailable: shop at 127.0.0.1:1: Can't connect")
    assert "secret" not in line_
    code, line_ = await words_of(f"mysql://shop:secret@127.0.0.1:{mariadb.port}/shop")
    assert code == 1
    assert "Access denied for user 'shop'" in line_


@pytest.mark.parametrize("system", ["dtm-mariadb"], indirect=True)
async def test_orders_at_once_survive_that_the_database_server_is_started_anew(
    system: System, mariadb: MariaDbServer
) -> None:
    shop = Shop(system.addresses)
    await shop.stock("LAMP", 1000, "20.00 EUR")
    await shop.top_up("grace", "1000.00 EUR")
    orders = [
        asyncio.create_task(shop.place("grace" if number % 2 else f"guest-{number}", line("LAMP"), method))
        for number in range(ORDERS)
        for method in ([WALLET] if number % 2 else [HOSTED])
    ]
    # Once one has gone all the way, the others are under way.
    _, under_way = await asyncio.wait(orders, return_when=asyncio.FIRST_COMPLETED)
    assert len(under_way) > 1
    await asyncio.to_thread(mariadb.stop)
    await asyncio.to_thread(mariadb.start)
    ended = await asyncio.gather(*orders, return_exceptions=True)
    assert any(isinstance(order, order_pb2.Order) and order.status in END for order in ended)
    report = await audit(system.addresses, looks=30, pause=1)
    assert [law.name for _, law in report.laws if not law.holds] == []
    assert report.unexplained == []
