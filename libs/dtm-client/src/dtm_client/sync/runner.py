"""Runs conversations in the calling thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from dtm_client.transactions.conversation import Conversation, Question, Reply
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import AskStatus, by_http, by_probe

Perform: TypeAlias = Callable[[Question], Reply]
T = TypeVar("T")


def converse(conversation: Conversation[T], perform: Perform) -> T:
    """Run a conversation to its end, and return its result."""
    reply: Reply = None
    while True:
        try:
            question = conversation.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        reply = perform(question)


@dataclass(frozen=True, slots=True)
class Runner:
    """How one client does what conversations ask; the fields are those of the asyncio ``Runner``.

    ``now`` is a monotonic clock in seconds.
    """

    perform: Perform
    manager: str
    http: bool
    deadline: float
    jitter: Callable[[], float]
    now: Callable[[], float]

    def run(self, conversation: Conversation[T]) -> T:
        """Run a conversation to its end."""
        return converse(conversation, self.perform)

    def retry(self, deadline: float | None) -> Retry:
        """Patience for ``deadline`` seconds from now, or for the client's own."""
        return Retry(self.now() + (self.deadline if deadline is None else deadline), self.now, self.jitter)

    def ask(self, gid: str) -> AskStatus:
        """Ask for the status of anything but a message that may be prepared."""
        return by_http(gid) if self.http else by_probe(gid)

    def ask_http(self, gid: str) -> AskStatus | None:
        """Ask for the status of anything, where the HTTP API is known."""
        return by_http(gid) if self.http else None
