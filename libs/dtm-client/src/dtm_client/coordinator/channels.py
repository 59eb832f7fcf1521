"""The channels to branches, one a target, kept for good as at DTM; and the news that a target can be reached again."""

import asyncio
from collections.abc import Callable

import grpc

# Branches are neighbours: no proxy stands between, and one that comes back is found again at once.
_OPTIONS = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
]


class Channels:
    """Opens a channel at its first use."""

    def __init__(self) -> None:
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}

    def to(self, target: str) -> grpc.aio.Channel:
        """Return the channel to a target."""
        channel = self._channels.get(target)
        if channel is None:
            channel = self._channels[target] = grpc.aio.insecure_channel(target, _OPTIONS)
        return channel

    def watch(self, target: str, returned: Callable[[str], None]) -> None:
        """Call ``returned`` once with the target when its connection has been away and is ready again.

        A target that is watched already is not watched twice. One whose connection stands, and which only answers that
        it is unavailable, is not told of until that connection breaks: calling it again at once would help nobody.
        """
        if target not in self._watches:
            watch = asyncio.get_running_loop().create_task(self._watch(target, returned))
            self._watches[target] = watch
            watch.add_done_callback(lambda _: self._watches.pop(target, None))

    async def aclose(self) -> None:
        """Close every channel; calls under way are cut."""
        watches = list(self._watches.values())
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)
        for channel in self._channels.values():
            await channel.close()

    async def _watch(self, target: str, returned: Callable[[str], None]) -> None:
        channel = self.to(target)
        state = channel.get_state()
        if state is grpc.ChannelConnectivity.READY:
            await channel.wait_for_state_change(state)
        while (state := channel.get_state(try_to_connect=True)) is not grpc.ChannelConnectivity.READY:
            await channel.wait_for_state_change(state)
        returned(target)
