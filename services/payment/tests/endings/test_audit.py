"""The audit: it holds after a day's work, and each law goes red for what it watches over."""

from typing import Any

import pytest

from accord.ports.money import Money
from accord.ports.provider import RefundDone, RefundRefused
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.application.freeze_funds import capture_funds, freeze_funds, unfreeze_funds
from accord.services.payment.domain.callback import Callback
from accord.services.payment.infrastructure.persistence.laws import LAWS

PAID, DECLINED, CAPTURED, FROZEN, _, REFUNDED, SETTLED, GIVEN_BACK = (
    f"00000000-0000-0000-0000-00000000000{number}" for number in range(1, 9)
)


@pytest.fixture
async def day(endings: Any, service: Any, command: Any) -> Any:
    """A hosted payment paid twice, one declined, wallet payments captured, unfrozen and still frozen.

    And refunds: of hosted payments, done and settled, of a wallet payment, and one whose second receipt was refused.
    """
    endings.provider.answers = [RefundDone(), RefundRefused("TOO_LATE")]
    for number, receipt in ((6, "receipt-6"), (7, "receipt-7")):
        await service.open(command(number))
        await endings.pay(command(number), receipt)
        await endings.refund(command(number))
        await endings.drive()
    await endings.settle(command(7))
    await service.open(command(9))
    await endings.pay(command(9), "receipt-8")
    await endings.pay(command(9), "receipt-9")
    await endings.drive()
    handler = service.callbacks()
    await service.open(command(1))
    await handler.handle(Callback(PAID, Money(2_500, "EUR"), "receipt-1"))
    await handler.handle(Callback(PAID, Money(2_500, "EUR"), "receipt-2"))
    await service.open(command(2))
    await handler.handle(Callback(DECLINED, Money(2_500, "EUR"), None))
    await service.top_up("alice", Money(10_000, "EUR"))
    for number in (3, 4, 5):
        await service.do(lambda rows, number=number: freeze_funds(command(number), rows, service.clock.now()))
    await service.do(lambda rows: capture_funds(command(3), rows, service.clock.now(), "place-3"))
    await service.do(lambda rows: unfreeze_funds(command(5), rows, service.clock.now(), "place-5"))
    await service.do(lambda rows: freeze_funds(command(8), rows, service.clock.now()))
    await service.do(lambda rows: capture_funds(command(8), rows, service.clock.now(), "place-8"))
    await endings.refund(command(8))
    endings.provider.is_down = True
    await endings.drive()
    return service


@pytest.mark.requirement("audit.laws-hold")
async def test_every_law_holds_after_a_days_work(day: Any) -> None:
    audit = await day.audit()

    assert {law.name for law in audit.laws} == set(LAWS)
    assert await day.broken_laws() == {}
    assert [payment.status for payment in audit.payments] == [
        *("SUCCEEDED", "DECLINED", "SUCCEEDED", "FROZEN", "VOIDED"),
        *("REFUNDED", "REFUNDED", "REFUNDED", "SUCCEEDED"),
    ]
    assert [receipt.status for receipt in audit.receipts] == [
        *("APPLIED", "REFUND_DUE"),
        *("REFUNDED", "SETTLED", "APPLIED", "REFUND_FAILED"),
    ]


TAMPERED = [
    ("ledger.sets-sum-to-zero", "delete from ledger_entry where entry_id = 1"),
    ("ledger.sets-sum-to-zero", "update ledger_entry set amount = amount + 1 where account = 'sales'"),
    ("ledger.sets-sum-to-zero", "update ledger_entry set currency = 'USD' where account = 'funding'"),
    ("wallet.available-equals-ledger", "update wallet set available = available + 1"),
    ("wallet.available-equals-ledger", "delete from wallet"),
    ("wallet.frozen-equals-ledger", "update wallet set frozen = frozen - 1"),
    ("wallet.frozen-equals-frozen-payments", f"update payment set status = 'VOIDED' where payment_id = '{FROZEN}'"),
    ("wallet.top-ups-equal-funding", "delete from top_up"),
    ("payment.status-is-known", "update payment set status = 'LOST'"),
    ("payment.status-is-known", "update payment set method = 'WALLET'"),
    ("payment.decision-has-its-transaction", "update payment set decided_by = ''"),
    ("payment.decision-has-its-transaction", "update payment set decided_by = 'place-1'"),
    ("receipt.status-follows-its-refund", "update receipt set status = 'LOST'"),
    ("payment.sold-exactly-once", f"update payment set status = 'PENDING' where payment_id = '{PAID}'"),
    ("payment.sold-exactly-once", f"update payment set status = 'SUCCEEDED' where payment_id = '{DECLINED}'"),
    ("payment.sold-exactly-once", f"update payment set amount = 1 where payment_id = '{CAPTURED}'"),
    ("payment.sold-exactly-once", "delete from ledger_entry where account = 'sales'"),
    ("payment.sales-have-their-payment", f"delete from payment where payment_id = '{CAPTURED}'"),
    ("payment.hosted-success-has-its-receipt", "delete from receipt where receipt_id = 'receipt-1'"),
    ("payment.hosted-success-has-its-receipt", "update refund set kind = 'PAYMENT' where receipt_id = 'receipt-2'"),
    ("payment.hosted-success-has-its-receipt", f"delete from receipt where payment_id = '{REFUNDED}'"),
    ("payment.refunded-exactly-once", f"update payment set status = 'SUCCEEDED' where payment_id = '{REFUNDED}'"),
    ("payment.refunded-exactly-once", f"update payment set status = 'REFUNDED' where payment_id = '{PAID}'"),
    ("payment.refunded-exactly-once", "update ledger_entry set amount = -1 where set_id like 'refund:%'"),
    ("payment.status-follows-its-refund", f"update payment set status = 'REFUNDING' where payment_id = '{PAID}'"),
    ("payment.status-follows-its-refund", "update refund set status = 'PENDING' where status = 'DONE'"),
    ("payment.status-follows-its-refund", "update refund set status = 'FAILED' where kind = 'PAYMENT'"),
    ("payment.status-follows-its-refund", f"update payment set status = 'SUCCEEDED' where payment_id = '{SETTLED}'"),
    ("payment.status-follows-its-refund", f"delete from refund where payment_id = '{GIVEN_BACK}'"),
    ("receipt.status-follows-its-refund", "update receipt set status = 'APPLIED'"),
    ("receipt.status-follows-its-refund", "update refund set status = 'DONE' where receipt_id = 'receipt-2'"),
    ("receipt.status-follows-its-refund", "update refund set status = 'LOST'"),
    ("receipt.status-follows-its-refund", "delete from refund where receipt_id = 'receipt-2'"),
    ("refund.has-its-payment-and-receipt", f"delete from payment where payment_id = '{REFUNDED}'"),
    ("refund.has-its-payment-and-receipt", "delete from receipt where receipt_id = 'receipt-2'"),
    ("refund.has-its-payment-and-receipt", "update refund set amount = amount - 1 where receipt_id = 'receipt-2'"),
    ("refund.has-its-payment-and-receipt", f"update refund set amount = 1 where payment_id = '{GIVEN_BACK}'"),
    ("refund.has-its-payment-and-receipt", "update refund set receipt_id = null where receipt_id = 'receipt-6'"),
    ("refund.has-its-payment-and-receipt", "update refund set kind = 'LOST'"),
    ("refund.settled-equals-ledger", "delete from ledger_entry where account = 'settlements'"),
    ("refund.settled-equals-ledger", "update refund set status = 'SETTLED' where status = 'DONE'"),
    ("refund.due-equals-ledger", "update refund set status = 'DONE' where status = 'FAILED'"),
    ("receipt.sum-equals-provider", "update receipt set status = 'APPLIED' where receipt_id = 'receipt-6'"),
    ("wallet.available-equals-ledger", "delete from ledger_entry where set_id like 'refund:%' and account like 'w%'"),
    ("payment.hosted-success-has-its-receipt", "update receipt set amount = 1 where receipt_id = 'receipt-1'"),
    ("receipt.applied-has-its-payment", f"update payment set status = 'DECLINED' where payment_id = '{PAID}'"),
    ("receipt.applied-has-its-payment", "update receipt set currency = 'USD' where receipt_id = 'receipt-1'"),
    ("receipt.sum-equals-provider", "delete from receipt where receipt_id = 'receipt-2'"),
    ("refund.due-equals-ledger", "delete from ledger_entry where account = 'refunds-due'"),
]


@pytest.mark.requirement("audit.laws-see-tampering")
@pytest.mark.parametrize(("law", "tampering"), TAMPERED)
async def test_a_law_goes_red_when_its_rows_are_tampered_with(day: Any, law: Any, tampering: Any) -> None:
    await day.execute(tampering)

    assert law in await day.broken_laws()


async def test_a_negative_wallet_is_seen_where_a_database_did_not_refuse_it(day: Any) -> None:
    async def tamper(session: SqlSession) -> None:
        # A statement of the database's own, in the transaction that breaks what it would refuse.
        ignoring = {
            "sqlite": "pragma ignore_check_constraints = on",
            "mysql": "set session check_constraint_checks = off",
        }
        await session.execute(ignoring[session.dialect])
        await session.execute("update wallet set available = -1")

    await day.database.run(tamper)

    assert "wallet.never-negative" in await day.broken_laws()


@pytest.mark.requirement("audit.laws-see-tampering")
def test_each_law_has_its_negative_control() -> None:
    assert {law for law, _ in TAMPERED} | {"wallet.never-negative"} == set(LAWS)
