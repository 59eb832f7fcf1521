"""A saga: actions, and the compensations that undo them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from dtm_client.values.options import Options


@dataclass(frozen=True, slots=True)
class SagaStep:
    """One action and its undo; both are called with the same payload bytes.

    URLs have the form ``target/package.Service/Method``; an empty ``compensate`` means that nothing is to be undone.
    """

    action: str
    compensate: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Saga:
    """Steps run in order; with ``concurrent`` all at once, but for ``orders``.

    ``orders`` maps a step's index to the indexes of those it waits for, both counted from 0.
    """

    gid: str
    steps: tuple[SagaStep, ...]
    concurrent: bool = False
    orders: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    options: Options = field(default_factory=Options)
