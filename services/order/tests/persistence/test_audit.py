"""Each law holds for what the service does, and breaks when the rows are tampered with."""

import pytest

from accord.ports.clock import Clock
from accord.ports.flow import FrozenFlow
from accord.ports.unit_of_work import UnitOfWork
from accord.services.order.application.audit import Audit
from accord.services.order.application.create_order import create_order
from accord.services.order.application.journal import Journal
from accord.services.order.domain.attempt import Attempt, AttemptOutcome
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.infrastructure.persistence.audit import SqlAudit
from accord.services.order.infrastructure.persistence.orders import SqlOrders


async def execute(unit_of_work: UnitOfWork, statement: str) -> None:
    await unit_of_work.run(lambda session: session.execute(statement))


async def broken_laws(unit_of_work: UnitOfWork) -> dict[str, list[str]]:
    laws, _ = await Audit(unit_of_work, SqlAudit)()
    assert len(laws) == 6
    return {law.name: list(law.violations) for law in laws if law.violations}


@pytest.fixture
async def placed(unit_of_work: UnitOfWork, journal: Journal, new_order: NewOrder, clock: Clock) -> NewOrder:
    flow = FrozenFlow(new_order.gid, b"bytes")
    await journal.begin(Attempt("carla", "key", "digest", new_order, flow, clock.now()))
    await unit_of_work.run(lambda session: create_order(new_order, SqlOrders(session), 100, clock.now()))
    await journal.conclude(new_order.order_id, AttemptOutcome.SUCCEEDED)
    return new_order


@pytest.mark.requirement("audit.laws-hold")
async def test_every_law_holds_and_the_facts_are_the_orders(unit_of_work: UnitOfWork, placed: NewOrder) -> None:
    assert await broken_laws(unit_of_work) == {}
    _, facts = await Audit(unit_of_work, SqlAudit)()
    assert [(fact.order_id, fact.status, fact.total) for fact in facts] == [(placed.order_id, "CREATED", placed.total)]


@pytest.mark.parametrize("status", ["REFUNDED", "REFUND_FAILED"])
async def test_an_order_that_was_rolled_back_and_paid_may_be_refunded(
    unit_of_work: UnitOfWork, placed: NewOrder, status: str
) -> None:
    await execute(unit_of_work, "update attempt set outcome = 'ROLLED_BACK'")
    await execute(unit_of_work, f"update orders set status = '{status}'")
    assert await broken_laws(unit_of_work) == {}


@pytest.mark.requirement("audit.laws-see-tampering")
@pytest.mark.parametrize(
    ("tampering", "law"),
    [
        ("update orders set total = total + 1", "order.total-equals-lines"),
        ("update order_line set quantity = quantity + 1 where line_no = 0", "order.total-equals-lines"),
        ("update order_line set currency = 'USD' where unit_price = 1200", "order.lines-have-the-currency"),
        ("update orders set status = 'LOST'", "order.status-is-known"),
        (
            "update attempt set outcome = 'ROLLED_BACK'; update orders set status = 'REFUNDING'",
            "order.rolled-back-attempt-has-no-open-order",
        ),
        ("update orders set refund_due = 1, status = 'REFUNDED'", "order.refund-is-due-only-when-closed"),
        ("delete from order_line; delete from orders", "order.succeeded-attempt-has-its-order"),
        ("update attempt set outcome = 'ROLLED_BACK'", "order.rolled-back-attempt-has-no-open-order"),
        ("update orders set refund_due = 1", "order.refund-is-due-only-when-closed"),
    ],
)
async def test_a_tampered_row_breaks_its_law(
    unit_of_work: UnitOfWork, placed: NewOrder, tampering: str, law: str
) -> None:
    for statement in tampering.split("; "):
        await execute(unit_of_work, statement)
    broken = await broken_laws(unit_of_work)
    assert law in broken
    assert placed.order_id in broken[law][0]
