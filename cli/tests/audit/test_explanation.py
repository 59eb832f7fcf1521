from base64 import b64encode

import pytest

from accord.cli.audit.differences import Difference
from accord.cli.audit.explanation import Explainer
from accord.cli.coordinator import Transaction

STUCK = Difference("order-1", "do not fit together", frozenset({"place-1"}))


def transaction(gid: str, status: str, payload: bytes = b"") -> Transaction:
    return Transaction(gid, "msg", status, "", "", [{"bin_data": b64encode(payload).decode()}])


def explainer(*transactions: Transaction) -> Explainer:
    async def find(gid: str) -> Transaction | None:
        return next((one for one in transactions if one.gid == gid), None)

    async def unfinished() -> list[Transaction]:
        return [one for one in transactions if not one.final]

    return Explainer(find, unfinished)


@pytest.mark.requirement("audit.open-transaction-explains")
@pytest.mark.parametrize("status", ["prepared", "submitted", "aborting"])
async def test_a_difference_is_explained_by_its_open_transaction(status):
    assert await explainer(transaction("place-1", status)).explain([STUCK]) == ([STUCK], [])


@pytest.mark.requirement("audit.open-transaction-explains")
async def test_a_difference_is_explained_by_an_open_transaction_that_tells_of_the_order():
    telling = transaction("refund-7", "prepared", b"\n\x07order-1")
    assert await explainer(transaction("place-1", "succeed"), telling).explain([STUCK]) == ([STUCK], [])


@pytest.mark.requirement("audit.open-transaction-explains")
@pytest.mark.parametrize(
    "known",
    [
        [],
        [transaction("place-1", "succeed")],
        [transaction("place-1", "failed"), transaction("refund-7", "prepared", b"order-2")],
    ],
)
async def test_a_difference_that_no_open_transaction_has_to_do_with_is_not_explained(known):
    assert await explainer(*known).explain([STUCK]) == ([], [STUCK])
