"""From a URL to the adapter."""

from accord.adapters.dtm.address import parse_url
from accord.adapters.dtm.routes import Routes
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.transactions import DtmTransactions
from accord.ports.crash import CrashPoints
from accord.ports.unit_of_work import UnitOfWork
from dtm_client.aio.client import DtmClient


def from_url(
    url: str,
    *,
    service: str,
    routes: Routes,
    targets: BranchTargets,
    unit_of_work: UnitOfWork,
    crash_points: CrashPoints,
    query_prepared: str = "",
) -> DtmTransactions:
    """Return the adapter for `dtm://host:port?http=host:port`; call it in a running event loop.

    Without `http` the coordinator is asked over gRPC alone, which tells no reasons. Raises ValueError for a wrong URL.
    """
    address = parse_url(url)
    return DtmTransactions(
        DtmClient(address.target, http=address.http),
        service=service,
        routes=routes,
        targets=targets,
        unit_of_work=unit_of_work,
        crash_points=crash_points,
        query_prepared=query_prepared,
    )
