"""What clients may ask of the provider, with bounds."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class CheckoutRequest(BaseModel):
    """Make, or find, the session of a payment."""

    model_config = ConfigDict(extra="forbid", strict=True)

    payment_id: str = Field(min_length=1, max_length=64)
    amount_minor: int = Field(gt=0, le=1_000_000_000_000)
    currency: str = Field(pattern="^[A-Z]{3}$")


class Faults(BaseModel):
    """What a real provider does on a bad day."""

    model_config = ConfigDict(extra="forbid", strict=True)

    deliveries: int = Field(default=1, ge=1, le=1000)
    concurrently: bool = False
    lose: bool = False
    charge_again: bool = False


class PayRequest(BaseModel):
    """Play the customer."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: Literal["succeed", "decline"]
    faults: Faults = Faults()
    wait: float = Field(default=5.0, ge=0, le=60)


class RefundRequest(BaseModel):
    """Give the money of a receipt back, all or some of it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    refund_id: str = Field(min_length=1, max_length=64)
    receipt_id: str = Field(min_length=1, max_length=128)
    amount_minor: int = Field(gt=0, le=1_000_000_000_000)
    currency: str = Field(pattern="^[A-Z]{3}$")


class Behaviour(BaseModel):
    """What becomes of the next refunds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    refunds: Literal["done", "slow", "refuse"] = "done"
