"""dtm-client: global transactions across gRPC services, for the DTM transaction manager."""

from dtm_client.aio.branches import Branches
from dtm_client.aio.client import DtmClient
from dtm_client.errors import (
    BranchError,
    BranchOngoing,
    BranchRefused,
    BranchUnavailable,
    DtmError,
    InvalidTransaction,
    ProtocolViolation,
    ServerUnavailable,
    TransactionRefused,
)
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.options import Options
from dtm_client.values.outcome import NotStored, Outcome, RolledBack, RollingBack, StillRunning, Submitted, Succeeded
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.status import Mode, Operation, Status, TransactionState
from dtm_client.values.tcc import Tcc, TccBranch

__all__ = [
    "BranchError",
    "BranchOngoing",
    "BranchRefused",
    "BranchUnavailable",
    "Branches",
    "DtmClient",
    "DtmError",
    "InvalidTransaction",
    "Message",
    "MessageStep",
    "Mode",
    "NotStored",
    "Operation",
    "Options",
    "Outcome",
    "ProtocolViolation",
    "RolledBack",
    "RollingBack",
    "Saga",
    "SagaStep",
    "ServerUnavailable",
    "Status",
    "StillRunning",
    "Submitted",
    "Succeeded",
    "Tcc",
    "TccBranch",
    "TransactionRefused",
    "TransactionState",
]
