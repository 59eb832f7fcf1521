from collections.abc import Callable

import pytest
from grpc import StatusCode

from dtm_client.errors import InvalidTransaction
from dtm_client.protocol import replies
from dtm_client.testing.play import Play
from dtm_client.transactions.conversation import Answer, Call, CallBranch, HttpAnswer
from dtm_client.transactions.message import decide_message, prepare_message, submit_message
from dtm_client.transactions.status import by_http, by_probe
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.options import Options
from dtm_client.values.outcome import StillRunning, Submitted, Succeeded

ASK = "h:1/a.B/QueryPrepared"
MESSAGE = Message(
    "g", (MessageStep("h:1/a.B/Tell", b"x"),), ASK, options=Options(branch_headers={"k": "v", "b-bin": "ü"})
)
PLAIN = Message("g", MESSAGE.steps)
Stands = Callable[[str], Answer]


@pytest.mark.requirement("message.prepared-is-never-probed")
def test_a_prepared_message_is_never_probed_after_a_lost_submit_for_the_probe_would_abort_it(
    play: Play, ok: Answer, lost: Answer
) -> None:
    outcome = play(submit_message(MESSAGE, None, by_probe("g"), play.retry(), wait=False), lost, lost, ok, ok)

    assert outcome == Submitted()
    assert play.calls == ["Submit", "Prepare", "Prepare", "Submit"]


def test_a_lost_submit_of_a_message_that_arrived_is_not_repeated(play: Play, lost: Answer) -> None:
    moved_on = Answer(StatusCode.ABORTED, replies.cannot_prepare("submitted"))

    assert play(submit_message(MESSAGE, None, by_probe("g"), play.retry(), wait=False), lost, moved_on) == Submitted()


def test_a_message_is_probed_once_its_submit_has_certainly_arrived(play: Play, stands: Stands) -> None:
    submission = submit_message(MESSAGE, None, by_probe("g"), play.retry(), wait=True)
    stored = Answer(StatusCode.ABORTED, replies.WAIT_NOT_SUCCEEDED)

    assert play(submission, stored, stands("submitted"), stands("succeed")) == Succeeded()
    assert play.calls == ["Submit", "Abort", "Abort"]


def test_a_message_that_was_never_prepared_may_be_probed(play: Play, lost: Answer, stands: Stands) -> None:
    submission = submit_message(PLAIN, None, by_probe("g"), play.retry(), wait=False)

    assert play(submission, lost, stands("submitted")) == Submitted()


def test_with_http_a_message_is_asked_for_there(play: Play, lost: Answer) -> None:
    submission = submit_message(MESSAGE, by_http("g"), by_probe("g"), play.retry(), wait=False)
    prepared, submitted = (HttpAnswer(200, b'{"transaction":{"status":"%s"}}' % s) for s in (b"prepared", b"submitted"))

    assert play(submission, lost, prepared, lost, submitted) == Submitted()
    assert play.calls.count("Submit") == 2
    assert "Abort" not in play.calls


def test_a_delayed_message_is_still_running(play: Play, stands: Stands) -> None:
    submission = submit_message(PLAIN, None, by_probe("g"), play.retry(), wait=True)
    stored = Answer(StatusCode.ABORTED, replies.WAIT_NOT_SUCCEEDED)

    assert play(submission, stored, then=stands("submitted")) == StillRunning(replies.WAIT_NOT_SUCCEEDED)


def test_prepare_needs_a_query_prepared_url_and_submit_alone_does_not(play: Play, ok: Answer) -> None:
    with pytest.raises(InvalidTransaction):
        play(prepare_message(PLAIN, play.retry()))
    assert play(submit_message(PLAIN, None, by_probe("g"), play.retry(), wait=False), ok) == Submitted()


@pytest.mark.requirement("message.unknown-commit-is-asked-for")
@pytest.mark.parametrize(
    ("verdict", "follows"),
    [
        (Answer(StatusCode.OK), ["Submit"]),
        (Answer(StatusCode.ABORTED, "not committed"), ["Abort"]),
    ],
)
def test_an_unknown_commit_is_decided_by_query_prepared(
    play: Play, ok: Answer, lost: Answer, verdict: Answer, follows: list[str]
) -> None:
    blocked = Answer(StatusCode.DEADLINE_EXCEEDED)
    ongoing = Answer(StatusCode.ABORTED, "ONGOING")
    deciding = decide_message(MESSAGE, None, by_probe("g"), "dtm:1", play.retry())

    play(deciding, lost, blocked, ongoing, verdict, ok)

    assert play.calls == [ASK] * 4 + follows


def test_query_prepared_is_asked_as_dtm_would(play: Play, ok: Answer) -> None:
    play(decide_message(MESSAGE, None, by_probe("g"), "dtm:1", play.retry()), ok, ok)

    asked = play.asked[0]
    assert isinstance(asked, CallBranch)
    assert asked.payload == b""
    assert list(asked.metadata) == [
        ("dtm-gid", "g"),
        ("dtm-trans_type", "msg"),
        ("dtm-branch_id", "00"),
        ("dtm-op", "msg"),
        ("dtm-dtm", "dtm:1"),
        ("k", "v"),
        ("b-bin", "ü".encode()),
    ]


def test_a_message_that_query_prepared_leaves_open_is_left_to_dtm(play: Play, lost: Answer) -> None:
    play(decide_message(MESSAGE, None, by_probe("g"), "dtm:1", play.retry()), then=lost)

    assert not any(isinstance(question, Call) for question in play.asked)
