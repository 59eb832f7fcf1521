"""Each law is red when its rows are altered: an audit that cannot fail proves nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.inventory.application.adjust_stock import adjust_stock
from accord.services.inventory.application.audit_stock import ReservationFact, audit_stock
from accord.services.inventory.application.commit_stock import commit_stock
from accord.services.inventory.application.put_item import put_item
from accord.services.inventory.application.reserve_stock import reserve_stock
from accord.services.inventory.application.restock import restock
from accord.services.inventory.application.transactions import Transactions
from accord.services.inventory.domain.reservation import Line, reservation
from accord.services.inventory.infrastructure.persistence.audit import SqlAudit
from accord.services.inventory.infrastructure.persistence.repositories import sql_repositories

# A statement of the database's own, in the transaction that breaks what it would refuse.
IGNORING_CHECKS = {
    "sqlite": "pragma ignore_check_constraints = on",
    "mysql": "set session check_constraint_checks = off",
}


@pytest.fixture
async def shop(database: UnitOfWork, line: Callable[..., Line], now: datetime) -> UnitOfWork:
    """Ten teas; two are sold, three are kept, and one was sold and came back."""
    transactions = Transactions(database, sql_repositories)
    await transactions.run(lambda rows: put_item("TEA", "Tea", Money(450, "EUR"), rows))
    await transactions.run(lambda rows: adjust_stock("TEA", 10, "first", rows, now))
    await transactions.run(lambda rows: reserve_stock(reservation("sold", [line("TEA", 2)]), rows, now))
    await transactions.run(lambda rows: reserve_stock(reservation("kept", [line("TEA", 3)]), rows, now))
    await transactions.run(lambda rows: reserve_stock(reservation("returned", [line("TEA", 1)]), rows, now))
    await transactions.run(lambda rows: commit_stock("sold", rows, now))
    await transactions.run(lambda rows: commit_stock("returned", rows, now))
    await transactions.run(lambda rows: restock("returned", rows, now))
    return database


async def broken_laws(database: UnitOfWork) -> dict[str, Sequence[str]]:
    audit = await audit_stock(database, SqlAudit)
    return {law.name: law.violations for law in audit.laws if law.violations}


@pytest.mark.requirement("audit.laws-hold")
async def test_a_shop_that_only_the_use_cases_touched_keeps_every_law(shop: UnitOfWork) -> None:
    audit = await audit_stock(shop, SqlAudit)
    assert len(audit.laws) == 7
    assert await broken_laws(shop) == {}
    assert audit.reservations == [
        ReservationFact("kept", "RESERVED", Money(1350, "EUR")),
        ReservationFact("returned", "RETURNED", Money(450, "EUR")),
        ReservationFact("sold", "COMMITTED", Money(900, "EUR")),
    ]


@pytest.mark.requirement("audit.laws-see-tampering")
@pytest.mark.parametrize(
    ("alteration", "broken", "violation"),
    [
        ("update item set reserved = 4", "stock.reserved-equals-reservations", "TEA, 1"),
        (
            "update reservation set status = 'RELEASED' where order_id = 'kept'",
            "stock.reserved-equals-reservations",
            "TEA, 3",
        ),
        ("update item set on_hand = 9", "stock.on-hand-equals-movements", "TEA, 1"),
        ("delete from stock_movement where kind = 'SALE'", "stock.on-hand-equals-movements", "TEA, -3"),
        ("delete from stock_movement where kind = 'SALE'", "stock.sales-equal-commitments", "TEA, 3"),
        ("delete from stock_movement where kind = 'RETURN'", "stock.on-hand-equals-movements", "TEA, 1"),
        ("delete from stock_movement where kind = 'RETURN'", "stock.returns-equal-returned-reservations", "TEA, -1"),
        (
            "update reservation set status = 'COMMITTED' where order_id = 'returned'",
            "stock.returns-equal-returned-reservations",
            "TEA, 1",
        ),
        (
            "insert into stock_movement values ('x', 'POT', 1, 'ADJUSTMENT', 0)",
            "stock.on-hand-equals-movements",
            "POT, -1",
        ),
        ("update item set reserved = 9", "stock.reserved-is-on-hand", "TEA, 8, 9"),
        ("update item set reserved = -1", "stock.reserved-is-on-hand", "TEA, 8, -1"),
        ("update reservation set status = 'LOST' where order_id = 'sold'", "reservation.status-is-known", "sold, LOST"),
        ("delete from reservation_line where order_id = 'kept'", "reservation.has-lines-of-one-currency", "kept, 0"),
        (
            "insert into reservation_line values ('kept', 'POT', 1, 1, 'JPY', 1)",
            "reservation.has-lines-of-one-currency",
            "kept, 2",
        ),
    ],
)
async def test_an_altered_row_breaks_the_law_that_it_stands_under(
    shop: UnitOfWork, alteration: str, broken: str, violation: str
) -> None:
    async def tamper(session: SqlSession) -> None:
        await session.execute(IGNORING_CHECKS[session.dialect])
        await session.execute(alteration)

    await shop.run(tamper)
    assert violation in (await broken_laws(shop))[broken]


@pytest.mark.requirement("stock.never-oversold")
@pytest.mark.parametrize("alteration", ["update item set reserved = -1", "update item set on_hand = 2"])
async def test_the_database_itself_refuses_stock_that_cannot_be(shop: UnitOfWork, alteration: str) -> None:
    with pytest.raises(Exception, match="ck_item_stock"):
        await shop.run(lambda session: session.execute(alteration))
