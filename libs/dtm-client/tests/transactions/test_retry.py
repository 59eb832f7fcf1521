from hypothesis import given
from hypothesis import strategies as st

from dtm_client.testing.play import Play
from dtm_client.transactions.retry import Retry, backoff


def test_pauses_double_up_to_a_bound() -> None:
    assert [backoff(attempt, 0.0) for attempt in range(4)] == [0.025, 0.05, 0.1, 0.2]
    assert backoff(10_000, 0.0) == backoff(5, 0.0) == 0.5


@given(st.integers(0, 10**6), st.floats(0, 1, exclude_max=True))
def test_jitter_spreads_a_pause_over_its_upper_half(attempt: int, jitter: float) -> None:
    whole = 2 * backoff(attempt, 0.0)
    assert whole / 2 <= backoff(attempt, jitter) <= whole


@given(st.floats(0, 1e6), st.floats(0, 1, exclude_max=True))
def test_pauses_end_at_the_deadline_and_never_outlast_it(seconds: float, jitter: float) -> None:
    play = Play()
    retry = Retry(seconds, lambda: play.time, lambda: jitter)
    # 40 pauses of at most 2 s: a longer deadline is not reached.
    went_on = [play(retry.pause()) for _ in range(40)]

    assert play.time <= seconds
    assert all(went_on) or retry.remaining < 0.1
    assert all(went_on) or seconds < 80


def test_a_plain_call_leaves_time_to_ask_what_became_of_it() -> None:
    retry = Retry(4.0, lambda: 0.0, lambda: 0.0)
    assert retry.plain_timeout() == 2.0
    assert Retry(60.0, lambda: 0.0, lambda: 0.0).plain_timeout() == 3.0
    assert Retry(60.0, lambda: 0.0, lambda: 0.0).long_timeout() == 30.0
    assert Retry(-1.0, lambda: 0.0, lambda: 0.0).plain_timeout() > 0
