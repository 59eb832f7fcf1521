"""What a request with WaitResult is answered: DTM's answers, which tell of one round and not of the end."""

from dtm_client.coordinator.effects import Reply
from dtm_client.coordinator.machine.answers import BranchAnswer, Meaning, meaning
from dtm_client.coordinator.machine.tcc import next_cancel
from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.protocol import replies
from dtm_client.values.status import Mode, Operation, Status


def round_is_over(transaction: Transaction) -> bool:
    """Whether nothing is being called: the transaction is final, or rests."""
    return transaction.status.final or not transaction.round.calling


def answer(transaction: Transaction) -> Reply:
    """Return the answer that the transaction's state gives, at the end of a round or when the wait was too long."""
    if transaction.status is Status.SUCCEEDED:
        return Reply()
    if transaction.mode is Mode.SAGA:
        text = replies.with_failure(transaction.reason) if transaction.reason else replies.WAIT_NOT_SUCCEEDED
        return Reply("ABORTED", text)
    if transaction.status is Status.FAILED:
        # An Abort asked for this, unless an operator stopped the transaction before everything was undone.
        undone = transaction.mode is Mode.TCC and not next_cancel(transaction)
        return Reply() if undone else Reply("ABORTED", replies.WAIT_NOT_SUCCEEDED)
    return _told(transaction.mode, transaction.round.cause)


def _told(mode: Mode, cause: BranchAnswer | None) -> Reply:
    """The answer of the branch that ended the round; None: there was no call yet."""
    if cause is None:
        return Reply("ABORTED", replies.WAIT_NOT_SUCCEEDED)
    if meaning(mode, Operation.CONFIRM, cause) is Meaning.ONGOING:
        # DTM tells it of a confirm or a cancel, and not of a message's step.
        if mode is Mode.TCC:
            return Reply("FAILED_PRECONDITION", replies.ONGOING)
        return Reply("ABORTED", replies.WAIT_NOT_SUCCEEDED)
    details = replies.with_failure(cause.details) if cause.code == "ABORTED" else cause.details
    return Reply(cause.code, replies.unknown_branch_result(details))
