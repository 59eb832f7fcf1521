"""What an operator does to one transaction: the client of the transaction manager, with failures as one clear line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from accord.cli.addresses import variable
from accord.cli.errors import Refused, Unreachable, WrongUsage
from dtm_client import (
    DtmClient,
    Due,
    InvalidTransaction,
    NotHurried,
    ProtocolViolation,
    ServerUnavailable,
    Status,
    TransactionState,
)

_DEADLINE_SECONDS = 2.0


async def retry(address: str, gid: str) -> None:
    """Let the coordinator call a transaction now; raise Refused with its reason where it will not."""
    async with _client(address) as dtm:
        match await dtm.retry(gid):
            case NotHurried(reason):
                raise Refused(f"transaction {gid} is not called sooner: {reason}")
            case Due():
                return


async def stop(address: str, gid: str) -> TransactionState:
    """Let the coordinator call a transaction no more; raise Refused when it was succeeded before, or is unknown."""
    async with _client(address) as dtm:
        state = await dtm.stop(gid)
    if state.status is not Status.FAILED:
        raise Refused(f"transaction {gid} was not stopped: its status is {state.status}")
    return state


@asynccontextmanager
async def _client(address: str) -> AsyncIterator[DtmClient]:
    base = address if "://" in address else f"http://{address}"
    try:
        # Only the HTTP API is asked, so the gRPC channel to the same address is never opened.
        async with DtmClient(address, http=base, deadline=_DEADLINE_SECONDS) as dtm:
            yield dtm
    except ServerUnavailable as failure:
        cure = f"start everything with `accord up`, or set {variable('coordinator_http')}"
        raise Unreachable(f"coordinator_http at {base} does not answer; {cure}") from failure
    except InvalidTransaction as fault:
        raise WrongUsage(str(fault)) from fault
    except ProtocolViolation as violation:
        raise Refused(f"what answers at {base} is no coordinator: {violation}") from violation
