"""The body of a callback, which is JSON.

`{"type": "payment.succeeded" | "payment.declined", "data": {"payment_id", "receipt_id", "amount_minor", "currency"}}`;
a decline has no receipt. Fields that are not known are left alone: a provider adds some without asking.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from accord.ports.money import Money
from accord.services.payment.domain.callback import Callback
from accord.services.payment.entrypoints.webhook.errors import Malformed

_LARGEST = 1_000_000_000_000


class _Declined(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    payment_id: str = Field(min_length=1, max_length=64)
    amount_minor: int = Field(ge=0, le=_LARGEST)
    currency: str = Field(pattern="^[A-Z]{3}$")
    receipt_id: None = None


class _Succeeded(_Declined):
    receipt_id: str = Field(pattern="^[!-~]{1,128}$")  # type: ignore[assignment]  # money taken has a receipt


class _SucceededCallback(BaseModel):
    type: Literal["payment.succeeded"]
    data: _Succeeded


class _DeclinedCallback(BaseModel):
    type: Literal["payment.declined"]
    data: _Declined


_CALLBACK: TypeAdapter[_SucceededCallback | _DeclinedCallback] = TypeAdapter(
    Annotated[_SucceededCallback | _DeclinedCallback, Field(discriminator="type")]
)


def callback_of(body: bytes) -> Callback:
    """Read a verified body; raises Malformed, which names each faulty field."""
    try:
        data = _CALLBACK.validate_json(body).data
    except ValidationError as invalid:
        faults = [f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in invalid.errors()]
        raise Malformed("; ".join(faults)) from None
    return Callback(data.payment_id, Money(data.amount_minor, data.currency), data.receipt_id)
