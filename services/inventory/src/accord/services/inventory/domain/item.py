"""What the shop sells."""

from dataclasses import dataclass

from accord.ports.money import Money


@dataclass(frozen=True, slots=True)
class Price:
    """What one piece costs. `version` is 1 at first, and grows by one with every change of the amount."""

    amount: Money
    version: int


@dataclass(frozen=True, slots=True)
class Item:
    """One sku. `on_hand` counts the pieces in the house, of which `reserved` are kept for orders."""

    sku: str
    name: str
    price: Price
    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        """How many pieces may still be promised."""
        return self.on_hand - self.reserved
