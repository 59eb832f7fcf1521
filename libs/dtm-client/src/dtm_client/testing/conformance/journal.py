"""What the branches of one scenario were asked, and the means to wait for it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from dtm_client.testing.conformance.scenario import Answer, Call, Mark

# How long a scenario waits for anything. DTM's scheduler takes one due transaction at a time, and looks every 2 to 3 s.
PATIENCE_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A branch call that arrived; ``seconds_left`` is its deadline, ``at_work`` how many were not yet answered."""

    call: Call
    attempt: int
    seconds_left: float
    at_work: int


class Journal:
    """Every branch call of one scenario in its order of arrival, and the answers that the script has for them."""

    def __init__(self, script: Mapping[tuple[str, str], tuple[Answer, ...]]) -> None:
        self.arrivals: list[Arrival] = []
        self._script = script
        self._at_work = 0
        self._released: set[Mark] = set()
        self._news = asyncio.Condition()

    async def answer(self, call: Call, seconds_left: float) -> Answer:
        """Take a call down, and return its answer when the script lets it go."""
        attempt = 1 + sum(_same_branch(earlier.call, call) for earlier in self.arrivals)
        answers = self._script.get((call.branch, call.operation), ())
        answer = answers[attempt - 1] if attempt <= len(answers) else Answer()
        own = Mark(call.branch, call.operation, attempt)
        self._at_work += 1
        try:
            self.arrivals.append(Arrival(call, attempt, seconds_left, self._at_work))
            async with self._news:
                self._news.notify_all()
            for mark in answer.after:
                await self.arrival(mark)
            if answer.held:
                async with self._news:
                    await self._news.wait_for(lambda: own in self._released)
            return answer
        finally:
            self._at_work -= 1

    async def arrival(self, mark: Mark) -> None:
        """Return when that call has arrived; raise TimeoutError when patience is at its end."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: self._has(mark))

    async def release(self, mark: Mark) -> None:
        """Let a held answer go."""
        async with self._news:
            self._released.add(mark)
            self._news.notify_all()

    def _has(self, mark: Mark) -> bool:
        return any(
            (one.call.branch, one.call.operation, one.attempt) == (mark.branch, mark.operation, mark.attempt)
            for one in self.arrivals
        )


def _same_branch(one: Call, other: Call) -> bool:
    """Whether both are attempts of the same operation, however they were called."""
    return (one.gid, one.branch, one.operation) == (other.gid, other.branch, other.operation)
