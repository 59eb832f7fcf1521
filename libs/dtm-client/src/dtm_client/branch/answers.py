"""How a branch's own errors are told to DTM, which understands three answers and repeats the call after any other.

====================  ===========================================================================
OK                    done
ABORTED               no; understood from an action, a try and query-prepared, else repeated for ever
FAILED_PRECONDITION   not finished: asked again at the fixed interval
anything else         asked again, at an interval that doubles
====================  ===========================================================================
"""

import logging

from grpc import StatusCode

from dtm_client.errors import BranchError, BranchOngoing, BranchRefused
from dtm_client.protocol.messages import truncated
from dtm_client.protocol.replies import ONGOING
from dtm_client.values.branch import BranchCall
from dtm_client.values.limits import BRANCH_REASON_BYTES

_log = logging.getLogger(__name__)


def answer(call: BranchCall, error: BranchError) -> tuple[StatusCode, str]:
    """Return the status and the details that tell ``error`` to DTM.

    A refusal where DTM takes none is a defect of the branch: it is logged as an error, and answered so that DTM calls
    again when it may be mended.
    """
    details = truncated(str(error), BRANCH_REASON_BYTES)
    match error:
        case BranchOngoing():
            return StatusCode.FAILED_PRECONDITION, details
        case BranchRefused() if call.may_refuse:
            # Exactly this text would be taken for "not finished" (the protocol before FAILED_PRECONDITION).
            return StatusCode.ABORTED, f"refused: {details}" if details == ONGOING else details
        case _:
            _log.error(
                "a branch refused where it must not: gid %s, branch %s, %s of a %s: %s",
                call.gid,
                call.branch_id,
                call.operation,
                call.mode,
                details,
            )
            return StatusCode.UNAVAILABLE, details
