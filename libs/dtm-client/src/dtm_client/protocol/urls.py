"""The form of a branch URL that DTM's default driver and gRPC's C core both take."""

import re
from dataclasses import dataclass

from dtm_client.errors import InvalidTransaction
from dtm_client.values.limits import URL_LENGTH

_FORM = re.compile(r"(?P<target>[^/\s]+:\d{1,5})/(?P<method>[A-Za-z_][\w.]*/[A-Za-z_]\w*)", re.ASCII)
_CURE = "use target/package.Service/Method with a target such as dns:stock.shop:50051"


@dataclass(frozen=True, slots=True)
class BranchUrl:
    """Where to dial, and the full method name ``/package.Service/Method`` to call there."""

    target: str
    method: str


def parse_url(field: str, url: str) -> BranchUrl:
    """Take a branch URL apart; raise InvalidTransaction that names ``field`` when DTM could not dial it.

    DTM stores any text and then retries it for ever. Everything before the first slash is dialled, so a scheme with
    slashes (``dns:///``) cannot be written; ``dns:host:port`` with one colon means the same to DTM and to gRPC.
    """
    if "://" in url:
        raise InvalidTransaction(
            field,
            f"{url!r} has a scheme with slashes, and DTM dials what stands before the first slash",
            "write dns:host:port/package.Service/Method instead of dns:///host:port/package.Service/Method",
        )
    if len(url) > URL_LENGTH:
        raise InvalidTransaction(field, f"{len(url)} characters", f"keep it within {URL_LENGTH}")
    if not url.isascii() or not (found := _FORM.fullmatch(url)):
        raise InvalidTransaction(field, f"{url!r} is not a branch URL", _CURE)
    return BranchUrl(found["target"], f"/{found['method']}")
