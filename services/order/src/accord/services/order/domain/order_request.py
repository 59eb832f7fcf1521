"""What a customer asks for, and the names that follow from it."""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass

from accord.services.order.domain.order import PaymentMethod
from accord.services.order.domain.price_list import Price

# Never changes: the ids of all orders ever placed follow from it.
_NAMESPACE = uuid.UUID("5b0f7f6e-7b0a-4b39-9a5e-0c8a6a1f3d27")


@dataclass(frozen=True, slots=True)
class LineRequest:
    """`seen_price` is None where the customer takes the price of the moment."""

    sku: str
    quantity: int
    seen_price: Price | None = None


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One request; repeats of it have the same idempotency key."""

    customer_id: str
    idempotency_key: str
    lines: tuple[LineRequest, ...]
    payment_method: PaymentMethod

    @property
    def order_id(self) -> str:
        """The order's id: the same for every repeat, and another one for every other customer or key (RFC 9562, v5).

        The customer's length keeps apart `a` + `bc` and `ab` + `c`.
        """
        name = f"{len(self.customer_id)}:{self.customer_id}{self.idempotency_key}"
        return str(uuid.uuid5(_NAMESPACE, name))

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over all that was asked for: two requests under one key are the same if it is."""
        asked = asdict(self)
        del asked["idempotency_key"]
        return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The skus whose price has to be quoted."""
        return tuple(line.sku for line in self.lines if line.seen_price is None)
