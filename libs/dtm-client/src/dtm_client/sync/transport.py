"""Performs the questions of a conversation over blocking channels and http.client."""

import http.client
import threading
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

import grpc
from google.protobuf.message import Message as ProtobufMessage

from dtm_client.protocol.channel import CHANNEL_OPTIONS, DTM_SERVICE, UNATTENDED_TIMEOUT
from dtm_client.protocol.query import checked_base
from dtm_client.protocol.urls import parse_url
from dtm_client.transactions.conversation import Answer, Call, CallBranch, HttpAnswer, Pause, Query, Question, Reply


class Transport:
    """Channels to the manager and to the branches that are tried; may be used from several threads."""

    def __init__(
        self,
        address: str,
        base: str | None,
        credentials: grpc.ChannelCredentials | None,
        sleep: Callable[[float], None],
    ) -> None:
        self._base = None if base is None else checked_base(base)
        self._sleep = sleep
        self._manager = (
            grpc.insecure_channel(address, CHANNEL_OPTIONS)
            if credentials is None
            else grpc.secure_channel(address, credentials, CHANNEL_OPTIONS)
        )
        self._branches: dict[str, grpc.Channel] = {}
        self._unattended: set[grpc.Future[bytes]] = set()
        self._opening = threading.Lock()

    def perform(self, question: Question) -> Reply:
        """Do what the question asks. A call that fails is an answer too."""
        match question:
            case Call(method, request, timeout, unattended=True):
                return self._call_unattended(f"{DTM_SERVICE}{method}", request, timeout)
            case Call(method, request, timeout):
                return _call(self._manager, f"{DTM_SERVICE}{method}", request, timeout)
            case CallBranch(url, payload, metadata, timeout):
                to = parse_url("url", url)
                return _call(self._branch(to.target), to.method, payload, timeout, tuple(metadata))
            case Query():
                return self._query(question)
            case Pause(seconds):
                self._sleep(seconds)
                return None

    def close(self) -> None:
        """Close every channel; calls that are under way are cancelled."""
        for channel in [self._manager, *self._branches.values()]:
            channel.close()

    def _call_unattended(self, method: str, request: ProtobufMessage, timeout: float) -> Answer:
        stub: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._manager.unary_unary(method)
        call = stub.future(request.SerializeToString(deterministic=True), timeout=UNATTENDED_TIMEOUT)
        # A call that nobody holds is cancelled when it is collected.
        self._unattended.add(call)
        call.add_done_callback(self._unattended.discard)
        try:
            return Answer(grpc.StatusCode.OK, body=call.result(timeout))
        except grpc.FutureTimeoutError:
            return Answer(grpc.StatusCode.DEADLINE_EXCEEDED, "no answer yet")
        except grpc.RpcError as error:
            return failed_answer(error)

    def _branch(self, target: str) -> grpc.Channel:
        # Always plaintext, because DTM itself can call a branch in no other way.
        with self._opening:
            if target not in self._branches:
                self._branches[target] = grpc.insecure_channel(target, CHANNEL_OPTIONS)
            return self._branches[target]

    def _query(self, query: Query) -> HttpAnswer | None:
        assert self._base is not None
        parts = urlsplit(self._base)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=query.timeout)
        try:
            method, headers = ("GET", {}) if query.body is None else ("POST", {"Content-Type": "application/json"})
            connection.request(method, parts.path.rstrip("/") + query.path, query.body, headers)
            response = connection.getresponse()
            return HttpAnswer(response.status, response.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def _call(
    channel: grpc.Channel,
    method: str,
    request: ProtobufMessage | bytes,
    timeout: float,
    metadata: tuple[tuple[str, str | bytes], ...] = (),
) -> Answer:
    payload = request if isinstance(request, bytes) else request.SerializeToString(deterministic=True)
    call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
    try:
        body = call(payload, timeout=timeout, metadata=metadata)
    except grpc.RpcError as error:
        return failed_answer(error)
    return Answer(grpc.StatusCode.OK, body=body)


def failed_answer(error: grpc.RpcError) -> Answer:
    """The answer that a failed call stands for."""
    # grpc raises objects that are both an error and the call; its types do not say so.
    call = cast(grpc.Call, error)
    return Answer(call.code(), call.details() or "")
