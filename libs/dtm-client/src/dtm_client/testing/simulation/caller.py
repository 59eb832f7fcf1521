"""Branches that answer from a script."""

import asyncio
from collections.abc import Callable

from dtm_client.coordinator.effects import Call
from dtm_client.coordinator.machine.answers import BranchAnswer


class ScriptedCaller:
    """Answers the calls for each URL's last part from a script, and repeats its last word; OK where none is written.

    An item is a code or a (code, details) pair. ``takes`` says how many seconds each call of a name takes, ``look``
    sees every call as it begins.
    """

    def __init__(self) -> None:
        self.script: dict[str, list[str | tuple[str, str]]] = {}
        self.takes: dict[str, float] = {}
        self.look: Callable[[Call], None] = lambda _call: None
        self.calls: list[tuple[float, str, str]] = []
        self.under_way = 0
        self.most_under_way = 0

    def times(self, name: str) -> list[int]:
        """When calls of this name began, in whole seconds."""
        return [round(at) for at, _, called in self.calls if called == name]

    def names(self, gid: str) -> list[str]:
        """The names of all calls for a gid, in order."""
        return [name for _, called_for, name in self.calls if called_for == gid]

    async def call(self, call: Call) -> BranchAnswer:
        """Take the time it takes, and give the next answer of the script."""
        name = call.url.rpartition("/")[2]
        self.calls.append((asyncio.get_running_loop().time(), call.gid, name))
        self.look(call)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self.takes.get(name, 0))
        finally:
            self.under_way -= 1
        script = self.script.get(name, ["OK"])
        item = script.pop(0) if len(script) > 1 else script[0]
        return BranchAnswer(item) if isinstance(item, str) else BranchAnswer(*item)
