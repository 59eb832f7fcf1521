"""Which differences an open transaction explains."""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from accord.cli.audit.differences import Difference
from accord.cli.coordinator import Transaction


@dataclass(frozen=True, slots=True)
class Explainer:
    """Asks the coordinator: `find` by gid, None for one it does not know; `unfinished` with their branches."""

    find: Callable[[str], Awaitable[Transaction | None]]
    unfinished: Callable[[], Awaitable[list[Transaction]]]

    async def explain(self, found: list[Difference]) -> tuple[list[Difference], list[Difference]]:
        """Return the differences that an open transaction explains, and those that none does.

        The facts name the transaction that decided last. One that decided before and whose telling is still open, such
        as a refund's first message when the second was faster, is found by what it tells: its payloads name the order.
        """
        rest = [difference for difference in found if not await self._is_named(difference)]
        tellings = [_payloads(one) for one in await self.unfinished()] if rest else []
        unexplained = [one for one in rest if not any(one.subject.encode() in telling for telling in tellings)]
        return [one for one in found if one not in unexplained], unexplained

    async def _is_named(self, difference: Difference) -> bool:
        known = [await self.find(gid) for gid in sorted(difference.gids)]
        return any(one is not None and not one.final for one in known)


def _payloads(transaction: Transaction) -> bytes:
    return b"\n".join(b64decode(branch.get("bin_data") or "") for branch in transaction.branches)
