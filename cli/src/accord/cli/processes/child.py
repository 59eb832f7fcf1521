"""One child process: started until its ready line, stopped by its process id."""

import asyncio
import contextlib
import json
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accord.cli.errors import NotStarted

_READY_WITHIN = 30.0
_STOP_WITHIN = 10.0


@dataclass(slots=True)
class Child:
    """A Python module as a process; its first line on stdout says that it is ready, its stderr goes to a file."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    process: Process | None = field(default=None, init=False)

    async def start(self, python: str, **more_environment: str) -> dict[str, Any]:
        """Start it and return its ready line; raises NotStarted with its last words."""
        environment = {**os.environ, **self.environment, **more_environment}
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches this command alone, which then stops its children in order.
            self.process = await asyncio.create_subprocess_exec(
                python,
                "-m",
                *self.arguments,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(_READY_WITHIN):
                line = await self.process.stdout.readline()
        except TimeoutError:
            raise NotStarted(f"{self.name} was not ready within {_READY_WITHIN:.0f} s; see {self.log}") from None
        if not line:
            raise NotStarted(f"{self.name} did not start: {self._last_words()} (all of it in {self.log})")
        ready: dict[str, Any] = json.loads(line)
        return ready

    async def died(self) -> int:
        """Wait for its end and return its exit code, negative for a signal."""
        assert self.process is not None
        return await self.process.wait()

    async def stop(self) -> None:
        """End it: SIGTERM, and SIGKILL for one that does not hear."""
        if self.process is None or self.process.returncode is not None:
            return
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_WITHIN):
                await self.process.wait()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.process.wait()

    def kill(self) -> None:
        """End it at once; for a way out that may not wait."""
        if self.process is not None and self.process.returncode is None:
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def _last_words(self) -> str:
        lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
