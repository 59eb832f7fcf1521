"""Both interceptors in front of the same branch, on real servers in this process."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import grpc.aio
import pytest

from dtm_client.branch.context import current_branch
from dtm_client.branch.interceptor_aio import AsyncBranchInterceptor
from dtm_client.branch.interceptor_sync import BranchInterceptor
from dtm_client.errors import BranchOngoing, BranchRefused

BRANCH = (("dtm-gid", "g"), ("dtm-trans_type", "tcc"), ("dtm-branch_id", "01"))
TRY = (*BRANCH, ("dtm-op", "try"), ("dtm-dtm", "dtm:1"))
CANCEL = (*BRANCH, ("dtm-op", "cancel"))
Metadata = tuple[tuple[str, str], ...]


def serve(method: str, request: bytes) -> bytes:
    match method:
        case "/shop.Stock/Refuse":
            current_branch()
            raise BranchRefused("out of stock")
        case "/shop.Stock/Wait":
            raise BranchOngoing("at it")
        case "/shop.Stock/Break":
            raise ValueError("broken")
        case "/shop.Stock/Show":
            branch = current_branch()
            return f"{branch.gid} {branch.operation} {branch.manager} {branch.time_remaining is not None}".encode()
        case _:
            return b"served " + request


class AsyncHandlers(grpc.GenericRpcHandler):
    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        async def handle(request: bytes, context: object) -> bytes:
            return serve(handler_call_details.method, request)

        return grpc.unary_unary_rpc_method_handler(handle)


class SyncHandlers(grpc.GenericRpcHandler):
    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        def handle(request: bytes, context: object) -> bytes:
            return serve(handler_call_details.method, request)

        return grpc.unary_unary_rpc_method_handler(handle)


@pytest.fixture
def threads() -> Iterator[str]:
    server = grpc.server(
        ThreadPoolExecutor(2), handlers=[SyncHandlers()], interceptors=[BranchInterceptor({"shop.Stock"})]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


@pytest.fixture
async def loop() -> AsyncIterator[str]:
    server = grpc.aio.server(handlers=[AsyncHandlers()], interceptors=[AsyncBranchInterceptor({"shop.Stock"})])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture(params=["threads", "loop"])
async def call(request: pytest.FixtureRequest, threads: str, loop: str) -> AsyncIterator[Any]:
    target = {"threads": threads, "loop": loop}[request.param]
    async with grpc.aio.insecure_channel(target) as channel:

        async def made(method: str, metadata: Metadata = TRY) -> tuple[grpc.StatusCode, str]:
            stub: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
            try:
                return grpc.StatusCode.OK, (await stub(b"bytes", metadata=metadata, timeout=5)).decode()
            except grpc.aio.AioRpcError as error:
                return error.code(), error.details() or ""

        yield made


async def test_a_handler_sees_the_branch_call_it_serves(call: Any) -> None:
    assert await call("/shop.Stock/Show") == (grpc.StatusCode.OK, "g try dtm:1 True")


async def test_a_refusal_is_aborted(call: Any) -> None:
    assert await call("/shop.Stock/Refuse") == (grpc.StatusCode.ABORTED, "out of stock")


async def test_a_refusal_of_a_cancel_is_not_aborted(call: Any) -> None:
    assert await call("/shop.Stock/Refuse", CANCEL) == (grpc.StatusCode.UNAVAILABLE, "out of stock")


async def test_ongoing_is_a_failed_precondition(call: Any) -> None:
    assert await call("/shop.Stock/Wait") == (grpc.StatusCode.FAILED_PRECONDITION, "at it")


async def test_other_errors_are_left_to_the_server_and_so_repeated_by_dtm(call: Any) -> None:
    code, _ = await call("/shop.Stock/Break")
    assert code is grpc.StatusCode.UNKNOWN


async def test_a_call_without_dtms_metadata_is_refused(call: Any) -> None:
    code, details = await call("/shop.Stock/Show", BRANCH)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "dtm-op" in details


async def test_other_services_of_the_server_are_left_alone(call: Any) -> None:
    assert await call("/grpc.health.v1.Health/Check", ()) == (grpc.StatusCode.OK, "served bytes")


def streaming(details: grpc.HandlerCallDetails) -> Any:
    return grpc.unary_stream_rpc_method_handler(lambda request, context: iter(()))


class Details:
    method = "/shop.Stock/Watch"
    invocation_metadata = ()


async def test_a_branch_that_streams_is_a_mistake_of_its_service() -> None:
    async def continued(details: grpc.HandlerCallDetails) -> Any:
        return streaming(details)

    details: Any = Details()
    with pytest.raises(TypeError, match="streams"):
        BranchInterceptor({"shop.Stock"}).intercept_service(streaming, details)
    with pytest.raises(TypeError, match="streams"):
        await AsyncBranchInterceptor({"shop.Stock"}).intercept_service(continued, details)
