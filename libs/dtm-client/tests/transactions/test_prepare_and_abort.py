from collections.abc import Callable

import pytest
from grpc import StatusCode

from dtm_client.errors import ServerUnavailable, TransactionRefused
from dtm_client.protocol import replies
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.protocol.messages import abort_request, registration, tcc_request
from dtm_client.testing.play import Play
from dtm_client.transactions.abort import abort
from dtm_client.transactions.conversation import Answer, Call, Reply
from dtm_client.transactions.prepare import prepare, register
from dtm_client.transactions.status import by_probe
from dtm_client.values.outcome import NotStored, Outcome, RolledBack, RollingBack, StillRunning, Succeeded
from dtm_client.values.status import Mode, Status, TransactionState
from dtm_client.values.tcc import Tcc, TccBranch

REQUEST = tcc_request(Tcc("g"))
BRANCH = registration("g", "01", TccBranch("h:1/a.B/T", "h:1/a.B/C", "h:1/a.B/X", b""))
Stands = Callable[[str], Answer]


def test_prepare_is_repeated_until_it_is_answered(play: Play, ok: Answer, lost: Answer) -> None:
    assert play(prepare(REQUEST, play.retry()), lost, lost, ok) == TransactionState(Status.PREPARED)


def test_a_gid_that_is_past_prepare_says_where_it_is(play: Play) -> None:
    past = Answer(StatusCode.ABORTED, replies.cannot_prepare("succeed"))

    assert play(prepare(REQUEST, play.retry()), past) == TransactionState(Status.SUCCEEDED)


def test_a_prepare_that_the_store_refuses_is_refused(play: Play) -> None:
    with pytest.raises(TransactionRefused, match="value too long"):
        play(prepare(REQUEST, play.retry()), Answer(StatusCode.INTERNAL, "value too long"))


def test_a_prepare_without_an_answer_ends_at_the_deadline(play: Play, lost: Answer) -> None:
    with pytest.raises(ServerUnavailable):
        play(prepare(REQUEST, play.retry()), then=lost)
    assert 9 < play.time <= 10


@pytest.mark.parametrize(
    "text",
    [
        "storage: UniqueKeyConflict",
        'ERROR: duplicate key value violates unique constraint "x" (SQLSTATE 23505)',
        "Error 1062: Duplicate entry 'g-01-confirm' for key 'gid_branch_uniq'",
    ],
)
def test_a_registration_that_is_there_already_is_our_own(play: Play, lost: Answer, text: str) -> None:
    assert play(register(BRANCH, play.retry()), lost, Answer(StatusCode.UNKNOWN, text)) is True


def test_a_registration_that_comes_too_late_is_told_apart(play: Play) -> None:
    late = Answer(StatusCode.ABORTED, replies.not_prepared("g"))

    assert play(register(BRANCH, play.retry()), late) is False


def test_a_registration_without_an_answer_ends_at_the_deadline(play: Play, lost: Answer) -> None:
    with pytest.raises(ServerUnavailable):
        play(register(BRANCH, play.retry()), then=lost)
    with pytest.raises(TransactionRefused):
        play(register(BRANCH, play.retry()), Answer(StatusCode.UNIMPLEMENTED))


def aborting(play: Play, *answers: Reply, then: Reply = None, wait: bool = False, mode: Mode = Mode.TCC) -> Outcome:
    return play(abort(abort_request("g", mode, "why"), by_probe("g"), play.retry(), wait=wait), *answers, then=then)


def test_an_aborted_message_is_undone_and_an_aborted_tcc_begins_to_be(play: Play, ok: Answer, stands: Stands) -> None:
    assert aborting(play, ok, mode=Mode.MESSAGE) == RolledBack("why")
    assert aborting(play, ok) == RollingBack("why")
    assert aborting(play, ok, stands("aborting"), stands("failed"), wait=True) == RolledBack("why")


def test_a_lost_abort_that_arrived_is_not_sent_again(play: Play, lost: Answer, stands: Stands) -> None:
    assert aborting(play, lost, lost, stands("aborting")) == RollingBack("")
    # The two that follow are the status probe, which aborts nothing.
    kinds = [
        call.request.TransType for call in play.asked if isinstance(call, Call) and isinstance(call.request, DtmRequest)
    ]
    assert kinds == ["tcc", "saga", "saga"]


def test_a_lost_abort_that_did_not_arrive_is_sent_again(play: Play, lost: Answer, ok: Answer, stands: Stands) -> None:
    assert aborting(play, lost, stands("prepared"), ok) == RollingBack("why")


def test_an_abort_that_comes_too_late_tells_what_happened_instead(play: Play, stands: Stands) -> None:
    assert aborting(play, stands("succeed")) == Succeeded()
    assert aborting(play, stands("submitted")) == StillRunning("its status is submitted")
    assert aborting(play, stands("submitted"), stands("succeed"), wait=True) == Succeeded()
    assert isinstance(aborting(play, stands("unknown")), NotStored)


def test_an_abort_without_an_answer_ends_at_the_deadline(play: Play, lost: Answer) -> None:
    with pytest.raises(ServerUnavailable):
        aborting(play, then=lost)


def test_an_abort_that_is_refused_is_not_repeated(play: Play, stands: Stands) -> None:
    with pytest.raises(TransactionRefused):
        aborting(play, Answer(StatusCode.UNIMPLEMENTED), Answer(StatusCode.UNIMPLEMENTED))
    with pytest.raises(TransactionRefused):
        aborting(play, Answer(StatusCode.INTERNAL, "no disk"), stands("prepared"))


def test_an_abort_that_another_overtook_tells_what_became_of_it(play: Play, stands: Stands) -> None:
    """DTM's words on MySQL, where the UPDATE of a repeat within a second changes no row."""
    overtaken = Answer(StatusCode.INTERNAL, "storage: NotFound")
    assert aborting(play, overtaken, stands("aborting")) == RollingBack("")
    assert aborting(play, overtaken, stands("succeed")) == Succeeded()
