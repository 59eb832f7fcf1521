"""A batch in which one failure does not stop the others."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def for_each(items: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Run `work` for all items at once; when all have ended, raise what they raised as an ExceptionGroup."""
    results = await asyncio.gather(*(work(item) for item in items), return_exceptions=True)
    failures = [result for result in results if isinstance(result, Exception)]
    if failures:
        raise ExceptionGroup("some of a batch failed", failures)
