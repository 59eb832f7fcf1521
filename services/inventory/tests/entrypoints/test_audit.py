from typing import Any

from accord.audit.v1.audit_pb2 import AuditRequest, ReservationFact
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest, StockLine
from accord.money.v1.money_pb2 import Money
from accord.ports.unit_of_work import UnitOfWork
from accord.services.inventory.entrypoints.audit import AuditServicer
from accord.services.inventory.infrastructure.persistence.audit import SqlAudit
from dtm_client.values.status import Operation

ORDER = "0b5f7c1e-0000-5000-8000-000000000001"


async def test_the_audit_judges_every_law_and_then_tells_the_reservations(running: Any) -> None:
    await running.put("TEA", on_hand=10)
    price = Money(minor=450, currency="EUR")
    wanted = StockBranchRequest(
        order_id=ORDER, lines=[StockLine(sku="TEA", quantity=2, unit_price=price, price_version=1)]
    )
    await running.branch("Reserve", wanted, Operation.ACTION)
    *laws, fact = await running.audit()
    assert laws
    assert all(record.HasField("law") and record.law.holds and not record.law.detail for record in laws)
    assert fact.reservation == ReservationFact(
        order_id=ORDER, status="RESERVED", worth=Money(minor=900, currency="EUR")
    )


async def test_a_broken_law_is_told_with_the_rows_that_break_it(database: UnitOfWork) -> None:
    await database.run(
        lambda session: session.execute(
            "insert into stock_movement values ('m1', 'CUP', 1, 'ADJUSTMENT', 0), ('m2', 'TEA', 2, 'ADJUSTMENT', 0)"
        )
    )
    records = [record async for record in AuditServicer(database, SqlAudit).Audit(AuditRequest(), None)]
    [broken] = [record.law for record in records if not record.law.holds]
    assert (broken.name, broken.detail) == ("stock.on-hand-equals-movements", "CUP, -1; TEA, -2")
