"""The whole system with a network that a test can spoil: before the branches, and before the webhook.

`stage` runs at the embedded coordinator, and in an integration run at a real DTM server too. It is started once for a
module, in the module's event loop, and a test leaves all of it running.
"""

import asyncio
import contextlib
import itertools
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from accord.cli.audit.audit import Report, audit
from accord.cli.coordinator import Transaction, transaction, transactions
from accord.cli.demo.shop import Shop
from accord.cli.errors import Unreachable
from accord.cli.processes import layout
from accord.cli.processes.child import Child
from accord.cli.processes.ports import Ports
from accord.cli.processes.system import System
from accord.cli.web import call
from accord.order.v1 import order_pb2
from accord.services.order.domain.order import PaymentMethod
from accord.services.order.domain.order_request import OrderRequest
from dtm_client.testing.faults import BranchProxy
from dtm_client.testing.server import DtmServer

_WITHIN = 60.0
_POLL = 0.05
_PUSH_EVERY = 3


@dataclass
class Gate:
    """Lets callbacks through to the webhook; `hold` closes it until so many are before it together."""

    webhook: str
    session: aiohttp.ClientSession
    most: int = 0
    _inside: int = 0
    _wanted: int = 0
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    def hold(self, callbacks: int) -> None:
        """Let no one through until so many have come."""
        self._wanted, self.most = callbacks, 0
        self._open.clear()

    async def receive(self, request: web.Request) -> web.Response:
        """Pass a callback on as it came."""
        self._inside += 1
        self.most = max(self.most, self._inside)
        if self._inside >= self._wanted:
            self._open.set()
        headers = {key: value for key, value in request.headers.items() if key.lower().startswith("webhook-")}
        try:
            async with asyncio.timeout(_WITHIN):
                await self._open.wait()
            async with self.session.post(self.webhook, data=await request.read(), headers=headers) as answer:
                return web.Response(status=answer.status, body=await answer.read())
        except aiohttp.ClientError as error:
            return web.Response(status=502, text=str(error))
        finally:
            self._inside -= 1


@dataclass
class Stage:
    """The system, and the hands of a test that spoils it."""

    system: System
    branches: BranchProxy
    callbacks: Gate
    coordinator: Child | DtmServer

    @property
    def shop(self) -> Shop:
        return Shop(self.system.addresses)

    async def restart(self, name: str, crash_at: str = "", **environment: str) -> Child:
        """Kill a service, unless it is dead, and start it, armed to die where it is told."""
        child = self.system.children[name]
        child.kill()
        await child.died()
        await child.start(sys.executable, ACCORD_CRASH_AT=crash_at, **environment)
        return child

    async def kill_coordinator(self) -> None:
        """End the coordinator as a crash would."""
        self.coordinator.kill()
        if isinstance(self.coordinator, Child):
            assert await self.coordinator.died() == -9

    async def start_coordinator(self) -> None:
        """Start it again on its store."""
        if isinstance(self.coordinator, Child):
            await self.coordinator.start(sys.executable)
        else:
            await asyncio.to_thread(self.coordinator.start)

    async def hurry(self, gid: str) -> None:
        """Have the coordinator go on with a transaction now, instead of at the end of its wait."""
        address = self.system.addresses.coordinator_http
        if isinstance(self.coordinator, DtmServer):
            # On a store in a file DTM takes no single gid; its scheduler then looks within three seconds.
            all_that_wait = {"timeout": "0", "limit": "100"}
            await call("coordinator_http", address, "GET", "/api/dtmsvr/resetCronTime", params=all_that_wait)
        elif await transaction(address, gid) is not None:
            await call("coordinator_http", address, "POST", "/api/dtmsvr/resetNextCronTime", json={"gid": gid})

    async def placed(
        self, customer: str, lines: order_pb2.LineRequest, method: "order_pb2.PaymentMethod.ValueType", key: str
    ) -> order_pb2.Order:
        """Place an order whose transaction has to be pushed on its way; return it as it is when that has ended."""
        order_id = self.order_id(customer, key)
        placing = asyncio.get_running_loop().create_task(self.shop.place(customer, lines, method, key))
        await self.until_final(f"place-{order_id}")
        await placing
        return await self.shop.until(order_id, order_pb2.ORDER_STATUS_AWAITING_PAYMENT)

    @staticmethod
    def order_id(customer: str, key: str) -> str:
        """Return the id of the order that a customer places with a key."""
        return OrderRequest(customer, key, (), PaymentMethod.HOSTED).order_id

    async def until_final(self, gid: str) -> Transaction:
        """Return a transaction at its end. The coordinator tells nobody when that is: it has to be asked."""
        async with asyncio.timeout(_WITHIN):
            looks = itertools.count()
            while True:
                # Nobody answers while it is dead.
                with contextlib.suppress(Unreachable):
                    if next(looks) % _PUSH_EVERY == 0:
                        await self.hurry(gid)
                    known = await transaction(self.system.addresses.coordinator_http, gid)
                    if known is not None and known.final:
                        return known
                await asyncio.sleep(_POLL)

    async def until_all_are_final(self) -> list[Transaction]:
        """Return all transactions at their ends."""
        known = await transactions(self.system.addresses.coordinator_http, limit=1000)
        return await asyncio.gather(*(self.until_final(one.gid) for one in known))

    async def audited(self) -> Report:
        """Audit, and assert that nothing is wrong or open."""
        report = await audit(self.system.addresses, looks=1, pause=0)
        assert [(service, law.name, law.detail) for service, law in report.laws if not law.holds] == []
        assert report.unexplained == report.explained == []
        return report


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["embedded", pytest.param("dtm", marks=pytest.mark.integration)]
)
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    # The server is asked for by name, so that a run without it needs none.
    server: DtmServer | None = request.getfixturevalue("dtm_server") if request.param == "dtm" else None
    async with AsyncExitStack() as stack:
        yield await _staged(tmp_path_factory.mktemp("stage"), server, stack)


async def _staged(data: Path, server: DtmServer | None, stack: AsyncExitStack) -> Stage:
    ports = Ports.free()
    if server is not None:
        ports = replace(ports, coordinator=server.grpc_port, coordinator_http=server.http_port)
    branches = {"order": ports.order_branch, "inventory": ports.inventory_branch, "payment": ports.payment_branch}
    proxy = BranchProxy({f"accord.{name}.v1": f"127.0.0.1:{port}" for name, port in branches.items()})
    stack.push_async_callback(proxy.aclose)
    await proxy.start()

    children = layout.children(data, ports)
    targets = ",".join(f"{name}=dns:{proxy.address}" for name in branches)
    for name in branches:
        children[name].environment = {**children[name].environment, "ACCORD_BRANCH_TARGETS": targets}

    webhook = f"http://127.0.0.1:{ports.webhook}/v1/callbacks/payments"
    gate = Gate(webhook, await stack.enter_async_context(aiohttp.ClientSession()))
    url = await _serve(gate, stack)
    sandbox = children["sandbox"]
    sandbox.arguments = tuple(url if part == webhook else part for part in sandbox.arguments)

    coordinator: Child | DtmServer = children["coordinator"]
    if server is not None:
        coordinator = server
        del children["coordinator"]
    for together in (("coordinator", "sandbox", "inventory"), ("payment", "order")):
        async with asyncio.TaskGroup() as group:
            for child in [children[name] for name in together if name in children]:
                stack.push_async_callback(child.stop)
                group.create_task(child.start(sys.executable))
    for name in branches:
        # Its database is there now, and to look for migrations would take most of a later start.
        children[name].arguments = tuple(part for part in children[name].arguments if part != "--migrate")
    system = System(children, layout.addresses(ports))
    return Stage(system, proxy, gate, coordinator)


async def _serve(gate: Gate, stack: AsyncExitStack) -> str:
    application = web.Application()
    application.router.add_post("/", gate.receive)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/"
