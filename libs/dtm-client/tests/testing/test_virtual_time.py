import asyncio

import pytest

from dtm_client.testing import virtual_time


def test_a_long_sleep_takes_no_time_and_ends_at_its_time() -> None:
    async def main() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    assert virtual_time.run(main()) == pytest.approx(3600)


def test_timers_ring_in_the_order_of_their_times() -> None:
    async def main() -> list[int]:
        rung: list[int] = []

        async def ring(after: int) -> None:
            await asyncio.sleep(after)
            rung.append(after)

        await asyncio.gather(ring(300), ring(1), ring(20))
        return rung

    assert virtual_time.run(main()) == [1, 20, 300]


def test_a_timeout_cuts_what_takes_longer() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.sleep(6)
        return asyncio.get_running_loop().time()

    assert virtual_time.run(main()) == pytest.approx(5)


def test_a_wait_that_nothing_can_end_is_an_error_and_no_hang() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="every task waits"):
        virtual_time.run(main())


def test_streams_between_two_ends_in_the_loop_work() -> None:
    async def main() -> bytes:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            await asyncio.sleep(100)
            writer.close()

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(b"a line\n")
        line = await reader.readline()
        await reader.read()
        writer.close()
        server.close()
        return line

    assert virtual_time.run(main()) == b"a line\n"
