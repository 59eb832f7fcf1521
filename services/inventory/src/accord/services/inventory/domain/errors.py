"""Every error of the inventory domain.

::

    InventoryError
    ├── Refusal                 the business "no" of Reserve; it undoes the global transaction that asked
    ├── ItemNotFound            there is no item of this sku
    ├── NotEnoughStock          an adjustment would take what is not there, or is kept for orders
    └── IdempotencyKeyReused    the key stands for another adjustment
"""


class InventoryError(Exception):
    """The root of everything that the inventory domain raises."""


class Refusal(InventoryError):
    """`reason` is in UPPER_SNAKE and becomes the order's close reason."""

    def __init__(self, reason: str, explanation: str) -> None:
        super().__init__(f"{reason}: {explanation}")
        self.reason = reason


class ItemNotFound(InventoryError):
    """Names what was asked for."""

    def __init__(self, *skus: str) -> None:
        super().__init__(f"there is no item {', '.join(skus)}")


class NotEnoughStock(InventoryError):
    """Reserved goods are promised, and cannot be taken out of the house by an adjustment."""

    def __init__(self, sku: str, by: int, available: int) -> None:
        super().__init__(f"{sku} cannot be adjusted by {by}: {available} available")


class IdempotencyKeyReused(InventoryError):
    """The same key with other parameters."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the idempotency key {key!r} stands for another adjustment; choose a new one")
