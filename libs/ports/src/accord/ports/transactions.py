"""Global transactions: run a flow value, and say truthfully how it ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from accord.ports.flow import FrozenFlow, Message, Saga, Tcc
from accord.ports.unit_of_work import SqlSession

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Every command is done."""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """Everything is undone; `reason` is what the refusing branch said, empty where the coordinator does not tell it."""

    reason: str


@dataclass(frozen=True, slots=True)
class StillRunning:
    """Stored, and the coordinator goes on by itself; it may end either way."""

    cause: str


@dataclass(frozen=True, slots=True)
class NotStored:
    """The coordinator holds nothing of it: nothing has run and nothing will."""

    reason: str


Outcome = Succeeded | RolledBack | StillRunning | NotStored


class GlobalTransactions(Protocol):
    """Runs flow values at a coordinator."""

    def freeze(self, flow: Saga | Tcc) -> FrozenFlow:
        """Encode the flow's payloads, so that every repeat sends the same bytes."""
        ...

    async def run(self, flow: FrozenFlow) -> Outcome:
        """Run a flow that was never sent, and wait for its end within the flow's own time.

        Raises DependencyUnavailable when the coordinator did not answer: it may hold the flow or not; `resume` later.
        """
        ...

    async def resume(self, flow: FrozenFlow) -> Outcome:
        """Like `run` for a flow that may have been sent before: the coordinator is asked first, so none runs twice."""
        ...

    async def decide(self, flow: Message, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Commit `work` in this service's database if and only if the message's steps will be delivered.

        Prepare comes first; then the barrier row and `work` are committed together; then Submit, whose failure is
        survived, because the coordinator asks and delivers. Whatever `work` raises rolls back, aborts the message and
        is raised again.

        Raises DependencyUnavailable when Prepare or the database failed (nothing was changed), DecisionUnknown when the
        commit's answer was lost and could not be resolved.
        """
        ...

    async def ping(self) -> None:
        """Return when the coordinator answers, else raise DependencyUnavailable."""
        ...

    async def aclose(self) -> None:
        """Close the channels."""
        ...
