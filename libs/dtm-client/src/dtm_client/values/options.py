"""How the transaction manager runs a global transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Options:
    """One object for Prepare and Submit: DTM keeps Prepare's for retries and uses Submit's for the first round only.

    All times are whole seconds, and 0 leaves the choice to the server.

    * ``timeout_to_fail``: saga and TCC are undone after it; for a message it is the delay before query-prepared.
    * ``retry_interval``: between repeats of a branch call; doubled after each error, kept after "ongoing".
    * ``request_timeout``: deadline of one branch call.
    * ``retry_limit``: saga only; that many repeats, then the saga is undone. 0 repeats without limit.
    * ``branch_headers``: metadata that every branch call carries, such as ``traceparent``.
    """

    timeout_to_fail: int = 0
    retry_interval: int = 0
    request_timeout: int = 0
    retry_limit: int = 0
    branch_headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
