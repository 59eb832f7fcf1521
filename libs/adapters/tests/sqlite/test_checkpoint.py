"""How far commits may run ahead of a checkpoint."""

import asyncio
from pathlib import Path

from accord.adapters.sqlite.checkpoint import COMMITS_BETWEEN, Checkpoints


async def test_a_writer_waits_only_when_a_whole_round_of_commits_is_ahead_of_the_checkpoint(path: Path) -> None:
    turn = asyncio.Lock()
    checkpoints = Checkpoints(path, turn)
    # The checkpoint cannot end while somebody has the turn.
    await turn.acquire()
    for _ in range(2 * COMMITS_BETWEEN - 1):
        checkpoints.count_commit()
    await checkpoints.keep_up()
    checkpoints.count_commit()
    waiting = asyncio.create_task(checkpoints.keep_up())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    turn.release()
    await waiting
    await checkpoints.keep_up()
    await checkpoints.aclose()


async def test_a_cancelled_writer_does_not_cancel_the_checkpoint_that_it_waits_for(path: Path) -> None:
    turn = asyncio.Lock()
    checkpoints = Checkpoints(path, turn)
    await turn.acquire()
    for _ in range(2 * COMMITS_BETWEEN):
        checkpoints.count_commit()
    writers = [asyncio.create_task(checkpoints.keep_up()) for _ in range(2)]
    await asyncio.sleep(0)
    writers[0].cancel()
    await asyncio.wait(writers[:1])
    assert not writers[1].done()
    turn.release()
    await writers[1]
    await checkpoints.aclose()
