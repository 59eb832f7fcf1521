"""Runs conversations with one client's patience and one client's way to ask."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from dtm_client.transactions.conversation import Conversation, Question, Reply
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import AskStatus, by_http, by_probe

Perform: TypeAlias = Callable[[Question], Awaitable[Reply]]
T = TypeVar("T")


async def converse(conversation: Conversation[T], perform: Perform) -> T:
    """Run a conversation to its end, and return its result."""
    reply: Reply = None
    while True:
        try:
            question = conversation.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        reply = await perform(question)


@dataclass(frozen=True, slots=True)
class Runner:
    """How one client does what conversations ask.

    ``manager`` is what a tried branch is told of the manager's address; ``http`` says whether ``perform`` answers a
    ``Query``; ``deadline`` is in seconds; ``jitter`` returns numbers in [0, 1). Time is the running event loop's.
    """

    perform: Perform
    manager: str
    http: bool
    deadline: float
    jitter: Callable[[], float]

    async def run(self, conversation: Conversation[T]) -> T:
        """Run a conversation to its end."""
        return await converse(conversation, self.perform)

    def retry(self, deadline: float | None) -> Retry:
        """Patience for ``deadline`` seconds from now, or for the client's own."""
        now = asyncio.get_running_loop().time
        return Retry(now() + (self.deadline if deadline is None else deadline), now, self.jitter)

    def ask(self, gid: str) -> AskStatus:
        """Ask for the status of anything but a message that may be prepared."""
        return by_http(gid) if self.http else by_probe(gid)

    def ask_http(self, gid: str) -> AskStatus | None:
        """Ask for the status of anything, where the HTTP API is known."""
        return by_http(gid) if self.http else None
