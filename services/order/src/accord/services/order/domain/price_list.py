"""Prices, which inventory keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from accord.ports.money import Money


@dataclass(frozen=True, slots=True)
class Price:
    """A unit price; every change of it gets a higher version."""

    unit_price: Money
    version: int


class PriceList(Protocol):
    """Quotes the prices of the moment."""

    async def quote(self, skus: Sequence[str]) -> Mapping[str, Price]:
        """Return a price for each sku. Raises UnknownItem, and DependencyUnavailable when nobody answers in time."""
        ...
