"""The coordinator is killed while it calls a branch, and started again on its store."""

import asyncio
from typing import Any

import grpc
import pytest

from accord.cli.demo.shop import HOSTED, WALLET, line
from accord.order.v1 import order_pb2
from dtm_client.testing.faults import Stuck

# At both coordinators, and in the integration run alone: starting a system takes seconds.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.integration]


@pytest.mark.requirement("coordinator.cut-call-is-repeated")
@pytest.mark.parametrize(
    ("method", "payment_method", "status"),
    [
        ("Reserve", HOSTED, order_pb2.ORDER_STATUS_AWAITING_PAYMENT),
        ("Commit", WALLET, order_pb2.ORDER_STATUS_PAID),
    ],
)
async def test_a_coordinator_killed_in_mid_transaction_goes_on_with_it(
    stage: Any, method: str, payment_method: "order_pb2.PaymentMethod.ValueType", status: int
) -> None:
    customer = f"of-{method}"
    await asyncio.gather(stage.shop.stock("ROPE", 5, "20.00 EUR"), stage.shop.top_up(customer, "50.00 EUR"))
    order_id = stage.order_id(customer, "once")
    under_way = Stuck()
    stage.branches.spoil(method, order_id, under_way)

    placing = asyncio.ensure_future(stage.shop.place(customer, line("ROPE"), payment_method, "once"))
    await under_way.arrived.wait()
    await stage.kill_coordinator()
    # The call that it made before it died still has its effect.
    assert await under_way.deliver() is grpc.StatusCode.OK
    await stage.start_coordinator()

    assert (await stage.until_final(f"place-{order_id}")).status == "succeed"
    assert stage.branches.count(method, order_id) >= 2
    assert (await stage.shop.until(order_id, status)).status == status
    assert (await placing).order_id == order_id
    await stage.audited()
