"""Runs transactions. Its one rule: persist first, then perform."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from dtm_client.coordinator.caller import Caller
from dtm_client.coordinator.effects import Call, Reply, Transition
from dtm_client.coordinator.journal import Journal
from dtm_client.coordinator.machine import operator, requests, step
from dtm_client.coordinator.machine.answers import BranchAnswer
from dtm_client.coordinator.machine.timing import LONGEST_WAIT, next_wake
from dtm_client.coordinator.machine.transaction import Branch, Transaction
from dtm_client.coordinator.machine.waiting import answer, round_is_over
from dtm_client.coordinator.schedule import Schedule
from dtm_client.coordinator.store import Page, Selection, Store
from dtm_client.values.status import Mode

_log = logging.getLogger(__name__)
# So many branch calls under way mean that answers come in faster than they can be flushed one by one.
_CROWD = 4
_STOPPING = Reply("UNAVAILABLE", "the coordinator is stopping")


class Runner:
    """Every unfinished transaction of a store, many at once; one runner a gid.

    Must be made inside the event loop. ``now`` tells wall-clock seconds since the epoch. When ``failed`` is done, a
    flush went wrong: nothing goes on, and the process must end.
    """

    def __init__(self, store: Store, caller: Caller, now: Callable[[], float]) -> None:
        self._store = store
        self._caller = caller
        self._now = now
        self._journal = Journal(store, lambda: len(self._calls) >= _CROWD)
        self._schedule = Schedule(self._woken, now)
        self._running: dict[str, Transaction] = {}
        self._waiters: dict[str, set[asyncio.Future[Reply]]] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._stopping = False
        self.failed = self._journal.failed

    def start(self) -> None:
        """Go on with everything that the store holds unfinished."""
        for stored in self._store.unfinished():
            self._take(stored.gid, None, step.restarted(stored, self._now()))

    async def prepare(self, new: Transaction) -> Reply:
        """Store a TCC transaction or a message as prepared."""
        stored = self._find(new.gid)
        return await self._reply(new.gid, stored, requests.prepare(stored, new, self._now()))

    async def register(self, gid: str, cancel: Branch, confirm: Branch) -> Reply:
        """Add a branch to a prepared TCC transaction."""
        stored = self._find(gid)
        return await self._reply(gid, stored, requests.register(stored, gid, cancel, confirm))

    async def submit(self, new: Transaction, *, wait: bool) -> Reply:
        """Start a transaction; with ``wait`` the reply tells how its round ended."""
        stored = self._find(new.gid)
        return await self._reply(new.gid, stored, requests.submit(stored, new, self._now(), wait=wait))

    async def abort(self, gid: str, mode: str, reason: str) -> Reply:
        """Undo a prepared TCC transaction, or drop a prepared message."""
        stored = self._find(gid)
        return await self._reply(gid, stored, requests.abort(stored, gid, mode, reason, self._now()))

    async def retry(self, gid: str) -> Reply:
        """Call now what rests."""
        stored = self._find(gid)
        return await self._reply(gid, stored, operator.retry(stored, gid, self._now()))

    async def force_stop(self, gid: str) -> Reply:
        """End a transaction as failed, without undoing it."""
        stored = self._find(gid)
        return await self._reply(gid, stored, operator.force_stop(stored, gid, self._now()))

    async def show(self, gid: str) -> Transaction | None:
        """Return a transaction as it is now and is stored."""
        found = self._find(gid)
        await self._journal.settled()
        return found

    async def page(self, selection: Selection) -> Page:
        """Return a page of transactions."""
        await self._journal.settled()
        page = self._store.page(selection)
        return Page([self._running.get(one.gid, one) for one in page.transactions], page.next_position)

    async def stop(self, patience: float) -> None:
        """Make no more calls, give those under way ``patience`` seconds, store their answers, send waiters away."""
        self._stopping = True
        self._schedule.clear()
        if self._calls:
            await asyncio.wait(self._calls, timeout=patience)
        for call in list(self._calls):
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        self._journal.flush()
        for waiters in list(self._waiters.values()):
            _resolve(waiters, _STOPPING)

    def flush(self) -> None:
        """Store what requests changed after the stop: the last thing to do before the store is closed."""
        self._journal.flush()

    def target_returned(self, target: str) -> None:
        """Call at once what rests because this target could not be reached."""
        for gid, running in list(self._running.items()):
            if step.rests_for(running, target):
                self._take(gid, running, step.woken(running, self._now()))

    def _find(self, gid: str) -> Transaction | None:
        return self._running.get(gid) or self._store.find(gid)

    async def _reply(self, gid: str, stored: Transaction | None, transition: Transition) -> Reply:
        waiter: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        if transition.reply is not None:
            self._take(gid, stored, transition, waiter)
            return await waiter
        waiters = self._waiters.setdefault(gid, set())
        waiters.add(waiter)
        limit = None
        if transition.transaction is not None and transition.transaction.mode is Mode.SAGA:
            limit = asyncio.get_running_loop().call_later(LONGEST_WAIT, self._waited_too_long, gid, waiter)
        self._take(gid, stored, transition)
        try:
            return await waiter
        finally:
            if limit is not None:
                limit.cancel()
            waiters.discard(waiter)
            if not waiters and self._waiters.get(gid) is waiters:
                del self._waiters[gid]

    def _take(
        self, gid: str, before: Transaction | None, transition: Transition, asker: asyncio.Future[Reply] | None = None
    ) -> None:
        """Make a transition real: remember it, have it stored, and perform it after that where it matters."""
        after = transition.transaction
        if after is not None and after is not before:
            self._running[gid] = after
            self._journal.note(after)
            self._schedule.set(gid, None if self._stopping else next_wake(after))
        perform = partial(self._perform, gid, transition, asker)
        answers = asker is not None or (gid in self._waiters and after is not None and round_is_over(after))
        if transition.decides or answers:
            self._journal.after_flush(perform)
        else:
            perform()

    def _perform(self, gid: str, transition: Transition, asker: asyncio.Future[Reply] | None) -> None:
        after = transition.transaction
        if not self._stopping:
            for call in transition.calls:
                task = asyncio.get_running_loop().create_task(self._call(call))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)
        if asker is not None and transition.reply is not None:
            _resolve({asker}, transition.reply)
        if after is None:
            return
        if round_is_over(after) and (waiters := self._waiters.get(gid)):
            _resolve(waiters, answer(after))
        if after.status.final and self._running.get(gid) is after:
            del self._running[gid]

    async def _call(self, call: Call) -> None:
        try:
            result = await self._caller.call(call)
        except Exception as error:  # noqa: BLE001 - the boundary of a task: logged, and told as an answer
            # One broken call must not end the others' runner: it is an error like any other, and repeated.
            _log.exception("the call of %s for gid %s failed inside the coordinator", call.url, call.gid)
            result = BranchAnswer("UNKNOWN", repr(error))
        if (running := self._running.get(call.gid)) is not None:
            self._take(call.gid, running, step.answered(running, call.index, result, self._now()))

    def _woken(self, gid: str, at: float) -> None:
        if (running := self._running.get(gid)) is not None:
            self._take(gid, running, step.ticked(running, at))

    def _waited_too_long(self, gid: str, waiter: asyncio.Future[Reply]) -> None:
        if (running := self._running.get(gid)) is not None:
            self._journal.after_flush(partial(_resolve, {waiter}, answer(running)))


def _resolve(waiters: set[asyncio.Future[Reply]], reply: Reply) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(reply)
