"""Try, confirm, cancel: the caller tries, the transaction manager confirms or cancels."""

from dataclasses import dataclass, field

from dtm_client.values.options import Options


@dataclass(frozen=True, slots=True)
class TccBranch:
    """One branch; its three calls get the same payload bytes. URLs have the form ``target/package.Service/Method``."""

    try_: str
    confirm: str
    cancel: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Tcc:
    """The transaction itself; branches are registered while it runs. Phase two visits them in reverse order."""

    gid: str
    options: Options = field(default_factory=Options)
