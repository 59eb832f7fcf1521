"""dtm-client: global transactions across gRPC services, for the DTM transaction manager."""

from dtm_client.aio.branches import Branches
from dtm_client.aio.client import DtmClient
from dtm_client.barrier.decision import Decision
from dtm_client.branch.context import BranchContext, current_branch
from dtm_client.branch.interceptor_aio import AsyncBranchInterceptor
from dtm_client.branch.interceptor_sync import BranchInterceptor
from dtm_client.errors import (
    BranchError,
    BranchFailed,
    BranchOngoing,
    BranchRefused,
    BranchUnavailable,
    DtmError,
    InvalidTransaction,
    NotABranchCall,
    ProtocolViolation,
    ServerUnavailable,
    TransactionRefused,
)
from dtm_client.sync.client import SyncDtmClient
from dtm_client.values.branch import BranchCall, message_call
from dtm_client.values.hurried import Due, Hurried, NotHurried
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.options import Options
from dtm_client.values.outcome import NotStored, Outcome, RolledBack, RollingBack, StillRunning, Submitted, Succeeded
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.status import Mode, Operation, Status, TransactionState
from dtm_client.values.tcc import Tcc, TccBranch

__all__ = [
    "AsyncBranchInterceptor",
    "BranchCall",
    "BranchContext",
    "BranchError",
    "BranchFailed",
    "BranchInterceptor",
    "BranchOngoing",
    "BranchRefused",
    "BranchUnavailable",
    "Branches",
    "Decision",
    "DtmClient",
    "DtmError",
    "Due",
    "Hurried",
    "InvalidTransaction",
    "Message",
    "MessageStep",
    "Mode",
    "NotABranchCall",
    "NotHurried",
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
    "SyncDtmClient",
    "Tcc",
    "TccBranch",
    "TransactionRefused",
    "TransactionState",
    "current_branch",
    "message_call",
]
