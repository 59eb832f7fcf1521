"""The conversations of a TCC transaction: the caller tries, DTM confirms or cancels."""

from grpc import StatusCode

from dtm_client.errors import BranchFailed, BranchRefused, BranchUnavailable, DtmError
from dtm_client.protocol.messages import abort_request, registration, tcc_request
from dtm_client.protocol.metadata import branch_metadata
from dtm_client.protocol.replies import ONGOING
from dtm_client.protocol.validation import check_branch, check_tcc
from dtm_client.transactions.abort import abort
from dtm_client.transactions.conversation import Answer, CallBranch, Conversation, ask
from dtm_client.transactions.prepare import prepare, register
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import AskStatus
from dtm_client.transactions.submit import submit
from dtm_client.values.outcome import Outcome
from dtm_client.values.status import Mode, Operation, TransactionState
from dtm_client.values.tcc import Tcc, TccBranch

# After these a try may or may not have run, or is still running; its barrier makes a repeat harmless.
_REPEATABLE = {
    StatusCode.UNAVAILABLE,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.RESOURCE_EXHAUSTED,
    StatusCode.FAILED_PRECONDITION,
}
# DTM's own deadline for a branch call where the options name none.
_REQUEST_TIMEOUT = 3.0


def begin_tcc(tcc: Tcc, retry: Retry) -> Conversation[TransactionState]:
    """Prepare; the state is past ``prepared`` when this gid was used before."""
    check_tcc(tcc)
    return (yield from prepare(tcc_request(tcc), retry))


def register_branch(tcc: Tcc, branch_id: str, branch: TccBranch, retry: Retry) -> Conversation[bool]:
    """Register before the try, so that whatever it did is cancelled; False when the transaction takes none any more."""
    check_branch(branch)
    return (yield from register(registration(tcc.gid, branch_id, branch), retry))


def try_branch(tcc: Tcc, branch_id: str, branch: TccBranch, manager: str, retry: Retry) -> Conversation[Answer]:
    """Call the try until it answers; return its "yes".

    Raise BranchRefused for a business "no", BranchUnavailable when no answer came within the deadline, BranchFailed for
    any other answer.
    """
    metadata = branch_metadata(tcc.gid, Mode.TCC, branch_id, Operation.TRY, manager, tcc.options.branch_headers)
    while True:
        timeout = min(tcc.options.request_timeout or _REQUEST_TIMEOUT, retry.long_timeout())
        answer = yield from ask(CallBranch(branch.try_, branch.payload, metadata, timeout))
        ongoing = answer.code is StatusCode.ABORTED and answer.text == ONGOING
        if answer.code is StatusCode.ABORTED and not ongoing:
            raise BranchRefused(answer.text)
        if answer.ok:
            return answer
        if answer.code not in _REPEATABLE and not ongoing:
            raise BranchFailed(f"{branch.try_} answered {answer.code.name} {answer.text}")
        if not (yield from retry.pause()):
            raise BranchUnavailable(f"{branch.try_} gave no answer in time: {answer.code.name} {answer.text}")


def submit_tcc(tcc: Tcc, ask_status: AskStatus, retry: Retry, *, wait: bool) -> Conversation[Outcome]:
    """Every try said yes: confirm."""
    return (yield from submit(tcc_request(tcc, wait=wait), ask_status, ask_status, retry))


def abort_tcc(tcc: Tcc, reason: str, ask_status: AskStatus, retry: Retry, *, wait: bool) -> Conversation[Outcome]:
    """Some try said no, or cannot be had: cancel."""
    return (yield from abort(abort_request(tcc.gid, Mode.TCC, reason), ask_status, retry, wait=wait))


class NoMoreBranches(DtmError):
    """The transaction went on without this body: another run of the same gid decided it, or its time was up."""


def says_no_more_branches(error: BaseException) -> bool:
    """Whether a body ended because its transaction takes no more branches, and for no other cause of its own."""
    leaves = _leaves(error)
    expected = NoMoreBranches | BranchRefused | BranchUnavailable
    return all(isinstance(leaf, expected) for leaf in leaves) and any(
        isinstance(leaf, NoMoreBranches) for leaf in leaves
    )


def refusal_in(error: BaseException) -> str | None:
    """Return why a body said no, if it said no and nothing else went wrong."""
    leaves = _leaves(error)
    if all(isinstance(leaf, BranchRefused | BranchUnavailable) for leaf in leaves):
        return str(leaves[0])
    return None


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in _leaves(part)]
    return [error]
