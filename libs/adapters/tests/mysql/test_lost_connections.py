"""A network that breaks at each moment of a transaction."""

from collections.abc import Callable
from typing import Any

import pytest

from accord.adapters.mysql.unit_of_work import MysqlUnitOfWork
from accord.ports.errors import DecisionUnknown, DependencyUnavailable
from accord.ports.unit_of_work import SqlSession

pytestmark = pytest.mark.integration

INSERT = "insert into account values (?, ?)"
Balances = Callable[[], dict[str, int]]


class Pay:
    """Work that counts how often it began."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.begun = 0

    async def __call__(self, session: SqlSession) -> None:
        self.begun += 1
        await session.execute(INSERT, self.name, 1)


async def test_a_connection_cut_at_a_statement_is_replaced_and_the_work_runs_again_once(
    behind_network: MysqlUnitOfWork, network: Any, balances: Balances
) -> None:
    network.cut = b"insert"
    work = Pay("a")
    await behind_network.run(work)
    assert (work.begun, network.seen, network.opened) == (2, 1, 2)
    assert balances() == {"a": 1}


async def test_a_connection_that_is_gone_before_commit_is_sent_decides_nothing_and_the_work_runs_again(
    behind_network: MysqlUnitOfWork, network: Any, balances: Balances, until: Any
) -> None:
    work = Pay("a")

    async def losing(session: Any) -> None:
        await work(session)
        if work.begun == 1:
            network.cut_all()
            await until(lambda: not session._connection.is_open)

    await behind_network.run(losing)
    assert work.begun == 2
    assert balances() == {"a": 1}


async def test_a_commit_whose_answer_is_lost_is_not_known_and_not_repeated(
    behind_network: MysqlUnitOfWork, network: Any, balances: Balances, until: Any
) -> None:
    network.cut_behind = b"COMMIT"
    work = Pay("a")
    with pytest.raises(DecisionUnknown, match="COMMIT"):
        await behind_network.run(work)
    await until(lambda: balances() == {"a": 1})
    assert (work.begun, network.seen) == (1, 1)
    await behind_network.run(Pay("b"))
    assert balances() == {"a": 1, "b": 1}


async def test_a_commit_that_is_lost_itself_is_not_known_either(
    behind_network: MysqlUnitOfWork, network: Any, balances: Balances
) -> None:
    network.cut = b"COMMIT"
    work = Pay("a")
    with pytest.raises(DecisionUnknown, match="COMMIT"):
        await behind_network.run(work)
    assert work.begun == 1
    assert balances() == {}


async def test_a_silent_network_is_told_in_time_and_the_next_call_works_when_it_speaks_again(
    behind_network: MysqlUnitOfWork, network: Any, balances: Balances
) -> None:
    await behind_network.run(Pay("a"))
    network.silent = True
    with pytest.raises(DependencyUnavailable, match="no answer in time"):
        await behind_network.run(Pay("b"))
    with pytest.raises(DependencyUnavailable, match="no connection could be opened in time"):
        await behind_network.ping()
    network.silent = False
    network.cut_all()
    await behind_network.run(Pay("c"))
    assert balances() == {"a": 1, "c": 1}


async def test_a_commit_into_silence_is_not_known(behind_network: MysqlUnitOfWork, network: Any) -> None:
    network.swallow = b"COMMIT"
    with pytest.raises(DecisionUnknown, match="COMMIT"):
        await behind_network.run(Pay("a"))


async def test_connections_that_ended_while_nobody_used_them_cost_no_attempt(
    behind_network: MysqlUnitOfWork, network: Any, until: Any, balances: Balances
) -> None:
    await behind_network.run(Pay("a"))
    (resting,) = behind_network._pool._free
    network.cut_all()
    await until(lambda: not resting.is_open)
    work = Pay("b")
    await behind_network.run(work)
    assert (work.begun, network.opened) == (1, 2)
    assert balances() == {"a": 1, "b": 1}


async def test_a_network_that_forgot_a_resting_connection_is_found_out_before_it_is_lent(
    behind_network: MysqlUnitOfWork, network: Any
) -> None:
    await behind_network.run(Pay("a"))
    (resting,) = behind_network._pool._free
    resting._used -= 60
    network.cut = b"\x01\x00\x00\x00\x0e"  # COM_PING
    work = Pay("b")
    await behind_network.run(work)
    assert (work.begun, network.seen, network.opened) == (1, 1, 2)


async def test_a_server_that_is_away_is_told_with_its_address_and_used_again_when_it_is_back(
    where: Any, open_database: Any, network: Any
) -> None:
    async with type(network)(where.port).listening() as other:
        database = open_database(port=other.port, password="secret")
        port = other.port
    with pytest.raises(DependencyUnavailable, match=rf"at 127.0.0.1:{port}: Can't connect") as raised:
        await database.ping()
    assert "secret" not in str(raised.value)
    database = open_database(port=port)
    async with type(network)(where.port, port).listening():
        await database.ping()
        await database.aclose()
