from itertools import pairwise

import pytest
from grpc import StatusCode

from dtm_client.errors import BranchFailed, BranchRefused, BranchUnavailable, InvalidTransaction
from dtm_client.testing.play import Play
from dtm_client.transactions.conversation import Answer, CallBranch
from dtm_client.transactions.tcc import (
    NoMoreBranches,
    begin_tcc,
    refusal_in,
    register_branch,
    says_no_more_branches,
    try_branch,
)
from dtm_client.values.options import Options
from dtm_client.values.tcc import Tcc, TccBranch

TCC = Tcc("g", Options(request_timeout=2, branch_headers={"k": "v"}))
BRANCH = TccBranch("h:1/a.B/Try", "h:1/a.B/Confirm", "h:1/a.B/Cancel", b"pay")


def test_a_try_carries_the_metadata_of_a_branch_call_and_the_payload(play: Play) -> None:
    yes = Answer(StatusCode.OK, body=b"reply")

    assert play(try_branch(TCC, "02", BRANCH, "dtm:1", play.retry()), yes) == yes
    asked = play.asked[0]
    assert isinstance(asked, CallBranch)
    assert (asked.url, asked.payload, asked.timeout) == (BRANCH.try_, b"pay", 2)
    assert dict(asked.metadata) == {
        "dtm-gid": "g",
        "dtm-trans_type": "tcc",
        "dtm-branch_id": "02",
        "dtm-op": "try",
        "dtm-dtm": "dtm:1",
        "k": "v",
    }


def test_a_try_that_says_no_is_refused(play: Play) -> None:
    with pytest.raises(BranchRefused, match="no money"):
        play(try_branch(TCC, "01", BRANCH, "dtm:1", play.retry()), Answer(StatusCode.ABORTED, "no money"))


@pytest.mark.parametrize(
    "again",
    [
        Answer(StatusCode.UNAVAILABLE),
        Answer(StatusCode.DEADLINE_EXCEEDED),
        Answer(StatusCode.RESOURCE_EXHAUSTED),
        Answer(StatusCode.FAILED_PRECONDITION, "still at it"),
        Answer(StatusCode.ABORTED, "ONGOING"),
    ],
)
def test_a_try_without_a_verdict_is_repeated_until_the_deadline(play: Play, ok: Answer, again: Answer) -> None:
    assert play(try_branch(TCC, "01", BRANCH, "dtm:1", play.retry()), again, again, ok) == ok
    with pytest.raises(BranchUnavailable):
        play(try_branch(TCC, "01", BRANCH, "dtm:1", play.retry()), then=again)


def test_a_try_that_answers_anything_else_has_failed_at_once(play: Play) -> None:
    with pytest.raises(BranchFailed, match="UNIMPLEMENTED"):
        play(try_branch(TCC, "01", BRANCH, "dtm:1", play.retry()), Answer(StatusCode.UNIMPLEMENTED))


def test_a_transaction_or_branch_that_cannot_work_is_refused_before_anything_is_asked(play: Play) -> None:
    with pytest.raises(InvalidTransaction):
        play(begin_tcc(Tcc(""), play.retry()))
    with pytest.raises(InvalidTransaction):
        play(register_branch(TCC, "01", TccBranch("h:1/a.B/Try", "", "h:1/a.B/X", b""), play.retry()))
    assert play.asked == []


def test_a_body_has_said_no_only_if_nothing_else_went_wrong_in_it() -> None:
    no, away = BranchRefused("no"), BranchUnavailable("away")

    assert refusal_in(no) == "no"
    assert refusal_in(away) == "away"
    assert refusal_in(ExceptionGroup("", [ExceptionGroup("", [no]), away])) == "no"
    assert refusal_in(ExceptionGroup("", [no, ValueError()])) is None
    assert refusal_in(ValueError()) is None


def test_a_body_whose_transaction_went_on_without_it_is_told_from_one_that_broke() -> None:
    gone = NoMoreBranches()

    assert says_no_more_branches(gone)
    assert says_no_more_branches(ExceptionGroup("", [BranchRefused("no"), gone]))
    assert not says_no_more_branches(ExceptionGroup("", [gone, ValueError()]))
    assert not says_no_more_branches(BranchRefused("no"))


def test_timeouts_of_a_try_shrink_towards_the_deadline(play: Play) -> None:
    with pytest.raises(BranchUnavailable):
        play(try_branch(TCC, "01", BRANCH, "dtm:1", play.retry(3)), then=Answer(StatusCode.UNAVAILABLE))

    timeouts = [question.timeout for question in play.asked if isinstance(question, CallBranch)]
    assert timeouts[0] == 1.5
    assert all(later <= earlier for earlier, later in pairwise(timeouts))
