"""Plays a conversation against scripted answers, in a time that only its pauses move."""

from typing import TypeVar

from dtm_client.transactions.conversation import CallBranch, Conversation, Pause, Query, Question, Reply
from dtm_client.transactions.retry import Retry

T = TypeVar("T")


class Play:
    """A stage for conversations: ``asked`` is what they asked, pauses excepted; ``time`` is in seconds."""

    def __init__(self) -> None:
        self.time = 0.0
        self.asked: list[Question] = []

    @property
    def calls(self) -> list[str]:
        """The names of what was asked: the RPC, the URL of a branch, or the path of a query."""
        return [_name(question) for question in self.asked]

    def retry(self, seconds: float = 10.0) -> Retry:
        """Patience of this stage's time, without jitter."""
        return Retry(self.time + seconds, lambda: self.time, lambda: 0.0)

    def __call__(self, conversation: Conversation[T], *replies: Reply, then: Reply = None) -> T:
        """Answer the questions in turn, and all further ones by ``then``.

        Raise AssertionError when a question is left without an answer, or an answer without its question.
        """
        script = list(replies)
        reply: Reply = None
        while True:
            try:
                question = conversation.send(reply)
            except StopIteration as end:
                assert not script, f"never asked for {script}"
                result: T = end.value
                return result
            if isinstance(question, Pause):
                self.time += question.seconds
                reply = None
                continue
            self.asked.append(question)
            assert script or then is not None, f"no answer for {question}"
            reply = script.pop(0) if script else then


def _name(question: Question) -> str:
    match question:
        case CallBranch(url):
            return url
        case Query(path):
            return path
        case Pause():
            return "pause"
        case _:
            return str(question.method)
