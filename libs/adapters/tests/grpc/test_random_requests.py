"""No request, whatever its bytes, is answered with a status that blames the server."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from grpc import StatusCode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

INVENTORY = descriptor_pool.Default().FindServiceByName("accord.inventory.v1.InventoryService")
BRANCH = descriptor_pool.Default().FindServiceByName("accord.inventory.v1.InventoryBranchService")
SERVERS_FAULT = {StatusCode.INTERNAL, StatusCode.UNKNOWN, StatusCode.DATA_LOSS, StatusCode.UNIMPLEMENTED}

# The listeners live as long as the whole test: what one example leaves behind is part of the next one's world.
one_world = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

NUMBERS = st.one_of(st.integers(-3, 3), st.integers(-(2**31), 2**31 - 1))
TEXTS = st.one_of(st.sampled_from(["", "A", "B", "EUR", "k"]), st.text(max_size=70))


def messages(descriptor: Descriptor) -> st.SearchStrategy[Message]:
    """Any message of a type, near the border between valid and not."""
    kind = message_factory.GetMessageClass(descriptor)
    return st.fixed_dictionaries({}, optional={field.name: values(field) for field in descriptor.fields}).map(
        lambda fields: kind(**fields)
    )


def values(field: FieldDescriptor) -> st.SearchStrategy[object]:
    if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
        one: st.SearchStrategy[object] = messages(cast("Descriptor", field.message_type))
    elif field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        one = TEXTS
    else:
        one = NUMBERS
    return st.lists(one, max_size=3) if field.is_repeated else one


async def codes(
    channel: grpc.aio.Channel, service: str, sent: list[tuple[str, bytes]], metadata: Sequence[tuple[str, str]] = ()
) -> None:
    """Send all at once; none is the server's fault, and every one that fails says why."""

    async def one(method: str, raw: bytes) -> grpc.aio.AioRpcError | None:
        try:
            call: Any = channel.unary_unary(f"/{service}/{method}")
            await call(raw, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return error
        return None

    for error in await asyncio.gather(*(one(method, raw) for method, raw in sent)):
        if error is not None:
            assert error.code() not in SERVERS_FAULT, error.debug_error_string()
            assert "grpc-status-details-bin" in dict(error.trailing_metadata())


@one_world
@given(st.binary(max_size=200))
async def test_random_bytes_for_every_public_method(running: Any, raw: Any) -> None:
    await codes(running.channel, INVENTORY.full_name, [(method.name, raw) for method in INVENTORY.methods])


@one_world
@given(st.tuples(*(messages(method.input_type) for method in INVENTORY.methods)))
async def test_random_messages_for_every_public_method(running: Any, requests: Any) -> None:
    named = zip(INVENTORY.methods, requests, strict=True)
    sent = [(method.name, request.SerializeToString()) for method, request in named]
    await codes(running.channel, INVENTORY.full_name, sent)


@one_world
@given(st.binary(max_size=200))
async def test_random_bytes_for_every_branch_method(running: Any, dtm_metadata: Any, raw: Any) -> None:
    sent = [(method.name, raw) for method in BRANCH.methods]
    await codes(running.branch_channel, BRANCH.full_name, sent, dtm_metadata())


@one_world
@given(
    st.lists(
        st.tuples(st.from_regex(r"dtm-[a-z_]{1,12}", fullmatch=True), st.from_regex(r"[!-~]{0,20}", fullmatch=True)),
        max_size=6,
    )
)
async def test_random_metadata_for_every_branch_method(running: Any, metadata: Any) -> None:
    clean = [(key, value.strip()) for key, value in metadata]
    await codes(running.branch_channel, BRANCH.full_name, [(method.name, b"") for method in BRANCH.methods], clean)


def test_the_generator_makes_requests_that_are_valid_too() -> None:
    """Else the test above would only see what the validation refuses."""
    quote = INVENTORY.methods_by_name["AdjustStock"].input_type

    @settings(max_examples=500, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(messages(quote))
    def search(request: Message) -> None:
        fields = {field.name: value for field, value in request.ListFields()}
        seen.append(fields.get("sku") == "A" and fields.get("by") == 1)

    seen: list[bool] = []
    search()
    assert any(seen)
