"""Wallets, payments, receipts and the ledger against a model, under any order of calls and callbacks."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accord.ports.errors import DependencyUnavailable
from accord.ports.money import Money
from accord.ports.provider import BookEntry, RefundDone, RefundPending, RefundRefused
from accord.services.payment.application.freeze_funds import capture_funds, freeze_funds, unfreeze_funds
from accord.services.payment.application.open_payment import open_payment, void_payment
from accord.services.payment.application.top_up_wallet import top_up_wallet
from accord.services.payment.domain import errors
from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.domain.wallet import TopUp

NUMBERS = st.integers(1, 4)
MINOR = st.sampled_from([10, 60, 100])
CURRENCIES = st.sampled_from(["EUR", "USD"])
CUSTOMERS = st.sampled_from(["alice", "bob"])
WINDOW = timedelta(minutes=15)
CLOSED = {"DECLINED", "VOIDED", "EXPIRED"}
PAID = {"SUCCEEDED", "REFUNDING", "REFUNDED", "REFUND_FAILED"}
CANNOT_BE_ASKED = {"": errors.PaymentNotFound, "FROZEN": errors.UnderWay}
RECEIPTS = st.sampled_from(["receipt-1", "receipt-2", "receipt-3"])


class PaymentMachine(RuleBasedStateMachine):
    """The model is what a reader of the rules would write down; the service is the real code on a real database."""

    def __init__(self, new_endings: Any, new_command: Any) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.endings = self.runner.run(new_endings())
        self.service = self.endings.service
        self.provider = self.endings.provider
        self.new_command = new_command
        self.payments: dict[str, list[Any]] = {}  # status, amount, customer
        self.receipts: dict[str, tuple[str, str]] = {}  # payment, status
        self.wallet_refunds: set[str] = set()
        self.ends: dict[str, datetime] = {}
        self.being_refunded: dict[str, str] = {}  # payment, its own receipt
        self.available: dict[tuple[str, str], int] = defaultdict(int)
        self.frozen: dict[tuple[str, str], int] = defaultdict(int)
        self.keys: dict[tuple[str, str], Money] = {}

    def teardown(self) -> None:
        self.runner.run(self.service.database.aclose())
        self.runner.close()

    def do(self, work: Any) -> Any:
        return self.runner.run(self.service.do(work))

    @property
    def now(self) -> Any:
        return self.service.clock.now()

    @rule(customer=CUSTOMERS, key=st.sampled_from("abc"), minor=MINOR, currency=CURRENCIES)
    def top_up(self, customer: Any, key: Any, minor: Any, currency: Any) -> None:
        amount = Money(minor, currency)
        known = self.keys.setdefault((customer, key), amount)
        try:
            self.do(lambda rows: top_up_wallet(TopUp(customer, key, amount), rows, self.now))
        except errors.IdempotencyKeyReused:
            assert known != amount
            return
        assert known == amount
        if known is amount:
            self.available[customer, currency] += minor

    @rule(number=NUMBERS, customer=CUSTOMERS, minor=MINOR, currency=CURRENCIES)
    def open(self, number: Any, customer: Any, minor: Any, currency: Any) -> None:
        command = self.new_command(number, minor, customer, currency)
        refused = "AMOUNT_TOO_SMALL" if minor < 50 else "PAYMENT_EXISTS" if command.payment_id in self.payments else ""
        self._try(lambda rows: open_payment(command, rows, self.now, WINDOW), refused)
        if not refused:
            self.payments[command.payment_id] = ["PENDING", command.amount, customer]
            self.ends[command.payment_id] = self.now + WINDOW

    @rule(number=NUMBERS, customer=CUSTOMERS, minor=MINOR, currency=CURRENCIES)
    def freeze(self, number: Any, customer: Any, minor: Any, currency: Any) -> None:
        command = self.new_command(number, minor, customer, currency)
        refused = ""
        if command.payment_id in self.payments:
            refused = "PAYMENT_EXISTS"
        elif self.available[customer, currency] < minor:
            refused = "WALLET_TOO_SMALL"
        self._try(lambda rows: freeze_funds(command, rows, self.now), refused)
        if not refused:
            self.payments[command.payment_id] = ["FROZEN", command.amount, customer]
            self.available[customer, currency] -= minor
            self.frozen[customer, currency] += minor

    def _try(self, work: Any, reason: Any) -> None:
        if not reason:
            self.do(work)
            return
        with pytest.raises(errors.Refusal) as refused:
            self.do(work)
        assert refused.value.reason == reason

    @rule(number=NUMBERS, end=st.sampled_from([void_payment, capture_funds, unfreeze_funds]))
    def end(self, number: Any, end: Any) -> None:
        command = self.new_command(number)
        self.do(lambda rows: end(command, rows, self.now, "place"))
        payment = self.payments.get(command.payment_id)
        if payment is None or payment[0] != ("PENDING" if end is void_payment else "FROZEN"):
            return
        _, amount, customer = payment
        payment[0] = "SUCCEEDED" if end is capture_funds else "VOIDED"
        if end is not void_payment:
            self.frozen[customer, amount.currency] -= amount.minor
        if end is unfreeze_funds:
            self.available[customer, amount.currency] += amount.minor

    @rule(number=NUMBERS, receipt=RECEIPTS | st.none(), minor=MINOR, currency=CURRENCIES, told=st.booleans())
    def claim_a_sum(self, number: Any, receipt: Any, minor: Any, currency: Any, told: Any) -> None:
        self._callback(Callback(self.new_command(number).payment_id, Money(minor, currency), receipt), told=told)

    @rule(number=NUMBERS, receipt=RECEIPTS | st.none(), told=st.sampled_from([True, True, True, False]))
    def claim_the_right_sum(self, number: Any, receipt: Any, told: Any) -> None:
        payment_id = self.new_command(number).payment_id
        if payment_id in self.payments:
            self._callback(Callback(payment_id, self.payments[payment_id][1], receipt), told=told)

    def _callback(self, callback: Any, *, told: Any) -> None:
        self.service.transactions.coordinator_is_down = not told
        handling = self.service.callbacks().handle(callback)
        if (error := self._fault(callback, told=told)) is not None:
            with pytest.raises(error):
                self.runner.run(handling)
            return
        expected = self._taken(callback)
        assert self.runner.run(handling) is expected

    def _fault(self, callback: Any, *, told: Any) -> type[Exception] | None:
        status, amount, _ = self.payments.get(callback.payment_id, (None, callback.amount, None))
        receipt_of, _ = self.receipts.get(callback.receipt_id, (callback.payment_id, None))
        faults = {
            errors.UnknownPayment: status is None,
            errors.WrongCurrency: callback.amount.currency != amount.currency,
            errors.WrongAmount: callback.amount.minor != amount.minor,
            errors.ReceiptReused: receipt_of != callback.payment_id,
            DependencyUnavailable: status == "PENDING" and not told,
        }
        return next((error for error, is_there in faults.items() if is_there), None)

    def _taken(self, callback: Any) -> CallbackOutcome:
        payment = self.payments[callback.payment_id]
        status = payment[0]
        if status == "PENDING":
            payment[0] = "SUCCEEDED" if callback.receipt_id else "DECLINED"
            if callback.receipt_id:
                self.receipts[callback.receipt_id] = (callback.payment_id, "APPLIED")
            return CallbackOutcome.APPLIED
        if callback.receipt_id is None:
            return CallbackOutcome.DUPLICATE if status == "DECLINED" else CallbackOutcome.IGNORED
        if callback.receipt_id in self.receipts:
            return CallbackOutcome.DUPLICATE
        self.receipts[callback.receipt_id] = (callback.payment_id, "REFUND_DUE")
        return CallbackOutcome.REFUND_DUE

    @rule(seconds=st.sampled_from([1, 600, 86_400]))
    def time_passes(self, seconds: Any) -> None:
        self.endings.pass_time(seconds=seconds)

    @rule(number=NUMBERS, receipt=RECEIPTS)
    def the_provider_takes_money_and_its_callback_is_lost(self, number: Any, receipt: Any) -> None:
        payment_id = self.new_command(number).payment_id
        known = {*self.receipts, *(entry.receipt_id for entry in self.provider.entries)}
        if self.payments.get(payment_id, [""])[0] == "PENDING" and receipt not in known:
            self.provider.entries.append(BookEntry(receipt, payment_id, self.payments[payment_id][1]))

    @rule(provider_answers=st.booleans(), told=st.booleans())
    def expire(self, provider_answers: Any, told: Any) -> None:
        self.provider.is_down = not provider_answers
        self.service.transactions.coordinator_is_down = not told
        self.runner.run(self.endings.expire())
        for payment_id, ends in self.ends.items() if provider_answers and told else ():
            payment = self.payments[payment_id]
            if payment[0] != "PENDING" or ends > self.now:
                continue
            taken = [entry.receipt_id for entry in self.provider.entries if entry.payment_id == payment_id]
            # A receipt that meanwhile stands for another payment pays for nothing here: somebody has to look.
            if any(self.receipts.get(receipt, (payment_id, ""))[0] != payment_id for receipt in taken[:1]):
                continue
            payment[0] = "SUCCEEDED" if taken else "EXPIRED"
            for position, receipt in enumerate(taken):
                if self.receipts.get(receipt, (payment_id, ""))[0] != payment_id:
                    break
                self.receipts[receipt] = (payment_id, "REFUND_DUE" if position else "APPLIED")

    @rule(number=NUMBERS)
    def cancel(self, number: Any) -> None:
        command = self.new_command(number)
        status = self.payments.get(command.payment_id, [""])[0]
        refused = errors.AlreadyPaid if status in PAID else errors.AlreadyClosed if status in CLOSED else None
        if self._ask(self.endings.cancel(command), CANNOT_BE_ASKED.get(status, refused)):
            self.payments[command.payment_id][0] = "CANCELLED"

    @rule(number=NUMBERS)
    def refund(self, number: Any) -> None:
        command = self.new_command(number)
        payment = self.payments.get(command.payment_id, [""])
        refused = None if payment[0] in PAID else errors.NotPaid
        if not self._ask(self.endings.refund(command), CANNOT_BE_ASKED.get(payment[0], refused)):
            return
        if payment[0] == "SUCCEEDED":
            payment[0] = "REFUNDING"
            if applied := self._own(command.payment_id, "APPLIED"):
                self.receipts[applied] = (command.payment_id, "REFUND_DUE")
                self.being_refunded[command.payment_id] = applied
            else:
                self.wallet_refunds.add(command.payment_id)

    def _own(self, payment_id: str, status: str) -> str | None:
        return next((receipt for receipt, row in self.receipts.items() if row == (payment_id, status)), None)

    def _ask(self, asking: Any, error: type[Exception] | None) -> bool:
        self.service.transactions.coordinator_is_down = False
        if error is None:
            self.runner.run(asking)
            return True
        with pytest.raises(error):
            self.runner.run(asking)
        return False

    @rule(answer=st.sampled_from([RefundDone(), RefundRefused("NO"), RefundPending()]), told=st.booleans())
    def drive(self, answer: Any, told: Any) -> None:
        """Everything due is asked for, and the answers that can be told are the end of it."""
        self.endings.pass_time(days=1)
        self.provider.is_down, self.provider.answers = False, [answer]
        self.service.transactions.coordinator_is_down = not told
        self.runner.run(self.endings.drive())
        if told:
            for payment_id in self.wallet_refunds:
                _, amount, customer = self.payments[payment_id]
                self.payments[payment_id][0] = "REFUNDED"
                self.available[customer, amount.currency] += amount.minor
            self.wallet_refunds.clear()
        if answer == RefundPending():
            return
        done = answer == RefundDone()
        for receipt, (payment_id, status) in list(self.receipts.items()):
            own = self.being_refunded.get(payment_id) == receipt
            if status != "REFUND_DUE" or (own and not told):
                continue
            self.receipts[receipt] = (payment_id, "REFUNDED" if done else "REFUND_FAILED")
            if own:
                self.payments[payment_id][0] = "REFUNDED" if done else "REFUND_FAILED"

    @rule(number=NUMBERS)
    def settle(self, number: Any) -> None:
        command = self.new_command(number)
        failed = [receipt for receipt, row in self.receipts.items() if row == (command.payment_id, "REFUND_FAILED")]
        settled = self._own(command.payment_id, "SETTLED")
        known = command.payment_id in self.payments
        error = None if failed or settled else errors.NothingToSettle if known else errors.PaymentNotFound
        if not self._ask(self.endings.settle(command), error):
            return
        for receipt in failed:
            self.receipts[receipt] = (command.payment_id, "SETTLED")
            if self.being_refunded.get(command.payment_id) == receipt:
                self.payments[command.payment_id][0] = "REFUNDED"

    @invariant()
    def the_service_agrees_with_the_model(self) -> None:
        audit = self.runner.run(self.service.audit())
        assert {law.name: law.violations for law in audit.laws if law.violations} == {}
        payments = {payment_id: payment[:2] for payment_id, payment in self.payments.items()}
        assert {row.payment_id: [row.status, row.amount] for row in audit.payments} == payments
        assert {row.receipt_id: (row.payment_id, row.status) for row in audit.receipts} == self.receipts
        for customer in ("alice", "bob"):
            for balance in self.do(lambda rows, customer=customer: rows.wallets.balances(customer)):
                wallet = (customer, balance.available.currency)
                assert (balance.available.minor, balance.frozen.minor) == (self.available[wallet], self.frozen[wallet])
                assert min(self.available[wallet], self.frozen[wallet]) >= 0


@pytest.mark.requirement("ledger.model")
def test_any_order_of_calls_and_callbacks_agrees_with_the_model(new_endings: Any, command: Any) -> None:
    class BoundMachine(PaymentMachine):
        def __init__(self) -> None:
            super().__init__(new_endings, command)

    run_state_machine_as_test(
        BoundMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
