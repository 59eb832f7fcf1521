"""Money as people write it: `19.99 EUR`, exact in the currency's own digits."""

import re
from typing import Any

from accord.cli.errors import WrongUsage
from accord.money.v1 import money_pb2

_WRITTEN = re.compile(r"^\s*(?P<units>\d{1,13})(?:\.(?P<fraction>\d+))?\s*(?P<currency>[A-Za-z]{3})\s*$")
_NO_FRACTION = frozenset({"JPY"})


def _digits(currency: str) -> int:
    return 0 if currency in _NO_FRACTION else 2


def parse(text: str) -> money_pb2.Money:
    """Return the amount; raises WrongUsage for a malformed text or for more digits than the currency has."""
    written = _WRITTEN.match(text)
    if written is None:
        raise WrongUsage(f"{text!r} is not an amount; write it like '19.99 EUR'")
    currency, fraction = written["currency"].upper(), written["fraction"] or ""
    digits = _digits(currency)
    if len(fraction) > digits:
        raise WrongUsage(f"{text!r} has more digits than {currency} has ({digits})")
    return money_pb2.Money(minor=int(written["units"] + fraction.ljust(digits, "0")), currency=currency)


def written(money: Any) -> str:
    """Return an amount as `19.99 EUR`."""
    digits = _digits(money.currency)
    if digits == 0:
        return f"{money.minor} {money.currency}"
    return f"{money.minor // 10**digits}.{money.minor % 10**digits:0{digits}} {money.currency}"
