"""Submit against every answer that DTM 1.19.0 was seen to give."""

from collections.abc import Callable

import pytest
from grpc import StatusCode

from dtm_client.errors import ProtocolViolation, ServerUnavailable
from dtm_client.protocol import replies
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.protocol.messages import saga_request
from dtm_client.testing.play import Play
from dtm_client.transactions.conversation import Answer, Call, HttpAnswer, Reply
from dtm_client.transactions.saga import resume_saga, submit_saga
from dtm_client.transactions.status import by_http, by_probe
from dtm_client.values.outcome import NotStored, Outcome, RolledBack, RollingBack, StillRunning, Submitted, Succeeded
from dtm_client.values.saga import Saga, SagaStep

SAGA = Saga("g", (SagaStep("h:1/a.B/Do", "h:1/a.B/Undo", b""),))
Stands = Callable[[str], Answer]


def aborted(text: str) -> Answer:
    return Answer(StatusCode.ABORTED, text)


class Submission:
    def __init__(self, play: Play) -> None:
        self.play = play

    def __call__(self, *answers: Reply, then: Reply = None, wait: bool = False, http: bool = False) -> Outcome:
        ask = by_http("g") if http else by_probe("g")
        return self.play(submit_saga(SAGA, ask, self.play.retry(), wait=wait), *answers, then=then)


@pytest.fixture
def submission(play: Play) -> Submission:
    return Submission(play)


def test_an_ok_means_stored_and_with_wait_it_means_done(submission: Submission, ok: Answer) -> None:
    assert submission(ok) == Submitted()
    assert submission(ok, wait=True) == Succeeded()


def test_only_a_submission_that_waits_asks_for_the_result(submission: Submission, ok: Answer) -> None:
    submission(ok)
    submission(ok, wait=True)

    requests = [call.request for call in submission.play.asked if isinstance(call, Call)]
    assert requests == [saga_request(SAGA), saga_request(SAGA, wait=True)]
    assert [request.TransOptions.WaitResult for request in requests if isinstance(request, DtmRequest)] == [False, True]
    assert [call.unattended for call in submission.play.asked if isinstance(call, Call)] == [False, True]


def test_a_gid_that_is_finished_tells_how(submission: Submission, stands: Stands) -> None:
    assert submission(aborted(replies.cannot_submit("succeed"))) == Succeeded()
    failed = submission(aborted(replies.cannot_submit("failed")), stands("failed"))
    assert failed == RolledBack("")


def test_the_reason_of_an_older_rollback_is_asked_for_once(submission: Submission) -> None:
    told = HttpAnswer(200, b'{"transaction":{"status":"failed","rollback_reason":"url:u return failed: why FAILURE"}}')

    assert submission(aborted(replies.cannot_submit("failed")), told, http=True) == RolledBack("why")
    assert submission.play.calls == ["Submit", "/api/dtmsvr/query?gid=g&_=/query"]


def test_a_gid_that_is_rolling_back_is_waited_for(submission: Submission, stands: Stands) -> None:
    refusal = aborted(replies.cannot_submit("aborting"))

    assert submission(refusal) == RollingBack("")
    assert submission(refusal, stands("aborting"), stands("failed"), wait=True) == RolledBack("")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("url:h:1/a.B/Do return failed: out of stock, größer FAILURE", "out of stock, größer"),
        ("url:h:1/a.B/Do return failed: FAILURE", ""),
        ("Timeout after 5 seconds FAILURE", "Timeout after 5 seconds"),
        (
            "RetryCount is greater than RetryLimit, RetryLimit: 2 FAILURE",
            "RetryCount is greater than RetryLimit, RetryLimit: 2",
        ),
    ],
)
def test_a_decided_rollback_is_waited_for_and_keeps_its_reason(
    submission: Submission, stands: Stands, text: str, reason: str
) -> None:
    outcome = submission(aborted(text), stands("aborting"), stands("failed"), wait=True)

    assert outcome == RolledBack(reason)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (StatusCode.ABORTED, replies.WAIT_NOT_SUCCEEDED),
        (StatusCode.UNAVAILABLE, replies.unknown_branch_result("connection refused")),
        (StatusCode.INTERNAL, replies.unknown_branch_result("boom")),
        (StatusCode.ABORTED, replies.unknown_branch_result("no")),
    ],
)
def test_a_round_without_success_is_neither_a_failure_nor_a_lost_submit(
    submission: Submission, stands: Stands, code: StatusCode, text: str
) -> None:
    outcome = submission(Answer(code, text), stands("submitted"), stands("submitted"), stands("succeed"), wait=True)

    assert outcome == Succeeded()
    assert submission.play.calls.count("Submit") == 1


def test_at_the_deadline_the_outcome_is_what_is_true_and_says_the_first_cause(
    submission: Submission, stands: Stands
) -> None:
    outcome = submission(aborted(replies.WAIT_NOT_SUCCEEDED), then=stands("submitted"), wait=True)

    assert outcome == StillRunning(replies.WAIT_NOT_SUCCEEDED)
    assert 9 < submission.play.time <= 10


def test_a_rollback_that_outlasts_the_deadline_is_still_a_rollback(submission: Submission, stands: Stands) -> None:
    refusal = aborted(replies.branch_refused("u", "why"))

    assert submission(refusal, then=stands("aborting"), wait=True) == RollingBack("why")


@pytest.mark.requirement("saga.lost-submit-is-asked-for")
def test_a_lost_submit_that_arrived_is_not_sent_again(submission: Submission, lost: Answer, stands: Stands) -> None:
    assert submission(lost, stands("submitted")) == Submitted()
    assert submission(lost, stands("submitted"), stands("succeed"), wait=True) == Succeeded()
    assert submission.play.calls.count("Submit") == 2


@pytest.mark.requirement("saga.lost-submit-is-asked-for")
def test_a_lost_submit_that_did_not_arrive_is_sent_again(
    submission: Submission, lost: Answer, ok: Answer, stands: Stands
) -> None:
    assert submission(lost, lost, stands("unknown"), ok) == Submitted()
    assert submission.play.calls == ["Submit", "Abort", "Abort", "Submit"]


@pytest.mark.requirement("saga.lost-submit-is-asked-for")
@pytest.mark.parametrize("code", [StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED, StatusCode.CANCELLED])
def test_as_long_as_nobody_says_what_became_of_a_submit_it_is_not_repeated(
    submission: Submission, code: StatusCode
) -> None:
    with pytest.raises(ServerUnavailable):
        submission(then=Answer(code))

    assert submission.play.calls.count("Submit") == 1
    assert submission.play.calls.count("Abort") > 3


def test_a_refusal_of_a_gid_that_stays_unknown_means_that_nothing_is_stored(
    submission: Submission, stands: Stands
) -> None:
    refusal = Answer(StatusCode.INTERNAL, "index out of range [1] with length 1")

    assert submission(refusal, stands("unknown")) == NotStored(refusal.text)


def test_an_error_after_storing_is_told_from_one_before_it(submission: Submission, stands: Stands) -> None:
    panic = Answer(StatusCode.UNKNOWN, "dtm panic: invalid character 'x' looking for beginning of value")

    assert submission(panic, stands("submitted")) == Submitted()


def test_a_gid_that_the_manager_forgot_is_not_said_to_be_unstored(submission: Submission, stands: Stands) -> None:
    outcome = submission(aborted(replies.WAIT_NOT_SUCCEEDED), stands("unknown"), wait=True)

    assert outcome == StillRunning(replies.WAIT_NOT_SUCCEEDED)


def test_an_http_error_is_asked_again_and_nonsense_is_a_violation(submission: Submission, lost: Answer) -> None:
    submitted = HttpAnswer(200, b'{"transaction":{"status":"submitted"}}')

    assert submission(lost, HttpAnswer(500, b"store"), None, submitted, http=True) == Submitted()
    with pytest.raises(ProtocolViolation):
        submission(lost, HttpAnswer(200, b"<html>"), http=True)
    with pytest.raises(ProtocolViolation):
        submission(aborted(replies.cannot_submit("odd")))


def test_resuming_asks_first_and_never_starts_a_second_runner(
    play: Play, ok: Answer, lost: Answer, stands: Stands
) -> None:
    def resume(*answers: Reply) -> Outcome:
        return play(resume_saga(SAGA, by_probe("g"), play.retry(), wait=True), *answers)

    assert resume(lost, stands("submitted"), stands("succeed")) == Succeeded()
    assert resume(stands("failed"), stands("failed")) == RolledBack("")
    assert play.calls.count("Submit") == 0
    assert resume(stands("unknown"), ok) == Succeeded()
    assert play.calls.count("Submit") == 1


def test_resuming_sends_nothing_when_the_manager_does_not_say_whether_it_has_the_saga(play: Play, lost: Answer) -> None:
    with pytest.raises(ServerUnavailable):
        play(resume_saga(SAGA, by_probe("g"), play.retry(), wait=True), then=lost)

    assert set(play.calls) == {"Abort"}
