"""Any sequence of calls, against a model of what they mean."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.money import Money
from accord.services.inventory.application.adjust_stock import adjust_stock
from accord.services.inventory.application.audit_stock import audit_stock
from accord.services.inventory.application.commit_stock import commit_stock
from accord.services.inventory.application.list_stock import list_stock
from accord.services.inventory.application.put_item import put_item
from accord.services.inventory.application.release_stock import release_stock
from accord.services.inventory.application.reserve_stock import reserve_stock
from accord.services.inventory.application.restock import restock
from accord.services.inventory.application.transactions import Transactions
from accord.services.inventory.domain.errors import InventoryError
from accord.services.inventory.domain.item import Item, Price
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import Line, reservation
from accord.services.inventory.infrastructure.persistence.audit import SqlAudit
from accord.services.inventory.infrastructure.persistence.repositories import sql_repositories

NewDatabase = Callable[[], Coroutine[Any, Any, MemoryUnitOfWork]]

NOW = datetime(2030, 1, 2, tzinfo=UTC)
SKUS = st.sampled_from("ABC")
TELLINGS = {"commit": commit_stock, "release": release_stock, "restock": restock}
ORDERS = st.sampled_from(["o1", "o2", "o3", "o4"])
PRICES = st.builds(Money, st.integers(0, 2), st.sampled_from(["EUR", "JPY"]))


@dataclass
class Kept:
    """What the model knows of a reservation."""

    lines: tuple[Line, ...]
    status: str = "RESERVED"

    def told(self, telling: str) -> tuple[int, int]:
        """Move on, and return what each piece adds to those on hand and to those reserved."""
        match (self.status, telling):
            case ("RESERVED", "commit"):
                self.status = "COMMITTED"
                return -1, -1
            case ("RESERVED", "release" | "restock"):
                self.status = "RELEASED"
                return 0, -1
            case ("COMMITTED", "restock"):
                self.status = "RETURNED"
                return 1, 0
        return 0, 0


class Stock(RuleBasedStateMachine):
    """The service's rows, and beside them dictionaries that say what must be in them."""

    def __init__(self, new_database: NewDatabase) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = self.runner.run(new_database())
        self.transactions = Transactions(self.database, sql_repositories)
        self.items: dict[str, Item] = {}
        self.keys: dict[str, tuple[str, int]] = {}
        self.kept: dict[str, Kept] = {}

    def teardown(self) -> None:
        self.runner.run(self.database.aclose())
        self.runner.close()

    def happens(self, use_case: Callable[[Repositories], Awaitable[object]]) -> bool:
        """Run it; False when the domain said no."""
        try:
            self.runner.run(self.transactions.run(use_case))
        except InventoryError:
            return False
        return True

    @rule(sku=SKUS, price=PRICES)
    def put(self, sku: str, price: Money) -> None:
        assert self.happens(lambda rows: put_item(sku, f"name of {sku}", price, rows))
        item = self.items.setdefault(sku, Item(sku, f"name of {sku}", Price(price, 1), 0, 0))
        if item.price.amount != price:
            self.items[sku] = replace(item, price=Price(price, item.price.version + 1))

    @rule(sku=SKUS, by=st.integers(-3, 8).filter(bool), key=st.sampled_from("xyz"))
    def adjust(self, sku: str, by: int, key: str) -> None:
        repeated = self.keys.get(key)
        possible = repeated is None and sku in self.items and self.items[sku].available + by >= 0
        assert self.happens(lambda rows: adjust_stock(sku, by, key, rows, NOW)) == (possible or repeated == (sku, by))
        if possible:
            self.keys[key] = (sku, by)
            self.items[sku] = replace(self.items[sku], on_hand=self.items[sku].on_hand + by)

    @rule(
        order_id=ORDERS, wanted=st.dictionaries(SKUS, st.integers(1, 4), min_size=1), old=st.sampled_from([0, 0, 0, 1])
    )
    def reserve(self, order_id: str, wanted: dict[str, int], old: int) -> None:
        """`old` is how many price versions ago the order was quoted."""
        unknown = Item("", "", Price(Money(0, "EUR"), 1), 0, 0)
        lines = []
        for sku, quantity in wanted.items():
            price = self.items.get(sku, unknown).price
            lines.append(Line(sku, quantity, replace(price, version=price.version - old)))
        possible = (
            order_id not in self.kept
            and old == 0
            and len({line.price.amount.currency for line in lines}) == 1
            and all(line.sku in self.items and self.items[line.sku].available >= line.quantity for line in lines)
        )
        assert self.happens(lambda rows: self.reserving(order_id, lines, rows)) == possible
        if possible:
            self.kept[order_id] = Kept(tuple(lines))
            for line in lines:
                item = self.items[line.sku]
                self.items[line.sku] = replace(item, reserved=item.reserved + line.quantity)

    async def reserving(self, order_id: str, lines: list[Line], rows: Repositories) -> None:
        await reserve_stock(reservation(order_id, lines), rows, NOW)

    @rule(order_id=ORDERS, telling=st.sampled_from(sorted(TELLINGS)))
    def tell(self, order_id: str, telling: str) -> None:
        assert self.happens(lambda rows: TELLINGS[telling](order_id, rows, NOW))
        kept = self.kept.get(order_id)
        if kept is None:
            return
        on_hand, reserved = kept.told(telling)
        for line in kept.lines:
            item = self.items[line.sku]
            self.items[line.sku] = replace(
                item,
                on_hand=item.on_hand + on_hand * line.quantity,
                reserved=item.reserved + reserved * line.quantity,
            )

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        page = self.runner.run(self.transactions.read(lambda rows: list_stock("", 10, rows)))
        assert list(page.items) == [self.items[sku] for sku in sorted(self.items)]

    @invariant()
    def every_law_holds(self) -> None:
        audit = self.runner.run(audit_stock(self.database, SqlAudit))
        assert [law for law in audit.laws if law.violations] == []


@pytest.mark.requirement("stock.model")
def test_no_sequence_of_calls_loses_or_invents_a_piece(new_database: NewDatabase) -> None:
    bounded = settings(max_examples=40, stateful_step_count=30, deadline=None)

    class OfThisTest(Stock):
        def __init__(self) -> None:
            super().__init__(new_database)

    run_state_machine_as_test(OfThisTest, settings=bounded)
