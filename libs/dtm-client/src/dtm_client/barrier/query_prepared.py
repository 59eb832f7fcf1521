"""Did the local transaction of a message commit? DTM asks when no Submit came, a client when it lost its COMMIT."""

from dtm_client.barrier.dialects import Dialect
from dtm_client.barrier.order import Statements, insertion, reasons_of
from dtm_client.values.branch import message_call

_CLOSED = "rollback"


def query_prepared_statements(gid: str, dialect: Dialect) -> Statements[bool]:
    """Yield the statements to run, be sent their results, and return whether the local transaction committed.

    They wait for a local transaction that is open (so the caller's deadline may pass: answer that, and be asked again),
    and close the door to one that has not begun: commit before answering "no". They need a transaction of their own,
    with nothing before them.
    """
    call = message_call(gid)
    yield insertion(call, call.operation, _CLOSED, dialect)
    reasons = yield reasons_of(call, call.operation, dialect)
    return any(str(reason) != _CLOSED for _, reason in reasons.rows)
