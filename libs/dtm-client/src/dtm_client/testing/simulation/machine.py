"""One transaction at the coordinator's machine, played by hand: no loop, no store, no call."""

from dataclasses import dataclass, field, replace
from typing import Self

from dtm_client.coordinator.effects import Call, Reply, Transition
from dtm_client.coordinator.intake import read_registration, read_transaction
from dtm_client.coordinator.machine import requests, step
from dtm_client.coordinator.machine.answers import BranchAnswer
from dtm_client.coordinator.machine.transaction import Round, Transaction
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest
from dtm_client.values.status import Status


@dataclass
class MachinePlay:
    """One transaction at the machine. Calls go by the last part of the URL: ``called`` all, ``open`` unanswered."""

    transaction: Transaction | None = None
    at: float = 0.0
    open: dict[str, Call] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)
    last: Transition = field(default_factory=lambda: Transition(None))

    @property
    def reply(self) -> Reply:
        """What the last request was answered; there must be an answer."""
        assert self.last.reply is not None
        return self.last.reply

    @property
    def now(self) -> Transaction:
        """The transaction as it is; there must be one."""
        assert self.transaction is not None
        return self.transaction

    @property
    def status(self) -> Status:
        """Its status."""
        return self.now.status

    def submit(self, request: DtmRequest) -> Self:
        """A Submit arrives."""
        new = read_transaction(request, self.at)
        return self.take(requests.submit(self.transaction, new, self.at, wait=request.TransOptions.WaitResult))

    def prepare(self, request: DtmRequest) -> Self:
        """A Prepare arrives."""
        return self.take(requests.prepare(self.transaction, read_transaction(request, self.at), self.at))

    def register(self, request: DtmBranchRequest) -> Self:
        """A RegisterBranch arrives."""
        return self.take(requests.register(self.transaction, request.Gid, *read_registration(request, self.at)))

    def abort(self, mode: str, reason: str = "") -> Self:
        """An Abort arrives; ``mode`` is what it calls the transaction."""
        return self.take(requests.abort(self.transaction, "gid", mode, reason, self.at))

    def answer(self, name: str, code: str = "OK", details: str = "") -> Self:
        """A branch answers the open call of that name."""
        call = self.open.pop(name)
        return self.take(step.answered(self.now, call.index, BranchAnswer(code, details), self.at))

    def tick(self, at: float) -> Self:
        """Time moves to ``at``."""
        self.at = at
        return self.take(step.ticked(self.now, at))

    def wake(self) -> Self:
        """Time moves to when a call that rests is due."""
        assert self.now.round.due is not None
        return self.tick(self.now.round.due)

    def crash(self) -> Self:
        """The process dies: answers under way are lost, and the round with them."""
        self.open.clear()
        stored = replace(self.now, round=Round(0.0))
        return self.take(step.restarted(stored, self.at))

    def take(self, transition: Transition) -> Self:
        """Make a transition real: its calls are open from now on."""
        self.last = transition
        self.transaction = transition.transaction
        for call in transition.calls:
            name = call.url.rpartition("/")[2]
            self.open[name] = call
            self.called.append(name)
        return self
