"""The suite must notice a coordinator that is wrong: each of these is wrong in one thing."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from dtm_client.coordinator.service import DtmService
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest

Context = grpc.aio.ServicerContext[Any, Any]
DifferencesOf = Callable[[type[DtmService], str], Awaitable[tuple[str, ...]]]

_SAGA = "a refused action is compensated first, then those before it in reverse"
_TCC = "Submit confirms in reverse order of registration"
_HEADERS = "branch headers arrive with every call, their keys in lower case, and nothing else that the client sent"


class RunsSagasFromTheirEnd(DtmService):
    async def Submit(self, request: DtmRequest, context: Context) -> Empty:
        request.Steps = json.dumps(list(reversed(json.loads(request.Steps or "[]"))))
        return await super().Submit(request, context)


class RunsAllStepsAtOnce(DtmService):
    async def Submit(self, request: DtmRequest, context: Context) -> Empty:
        request.CustomedData = '{"concurrent": true}'
        return await super().Submit(request, context)


class SwapsPayloads(DtmService):
    async def Submit(self, request: DtmRequest, context: Context) -> Empty:
        first, *others = request.BinPayloads
        request.ClearField("BinPayloads")
        request.BinPayloads.extend([*others, first])
        return await super().Submit(request, context)


class ConfirmsInOrderOfRegistration(DtmService):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.waiting: list[DtmBranchRequest] = []

    async def RegisterBranch(self, request: DtmBranchRequest, context: Context) -> Empty:
        self.waiting.insert(0, request)
        return Empty()

    async def Submit(self, request: DtmRequest, context: Context) -> Empty:
        for registration in self.waiting:
            await super().RegisterBranch(registration, context)
        return await super().Submit(request, context)


class ConfirmsByCancelling(DtmService):
    async def RegisterBranch(self, request: DtmBranchRequest, context: Context) -> Empty:
        request.Data["confirm"], request.Data["cancel"] = request.Data["cancel"], request.Data["confirm"]
        return await super().RegisterBranch(request, context)


class LosesHeaders(DtmService):
    async def Submit(self, request: DtmRequest, context: Context) -> Empty:
        request.TransOptions.BranchHeaders.clear()
        return await super().Submit(request, context)


class NeverWaits(DtmService):
    async def Submit(self, request: DtmRequest, context: Context) -> Empty:
        request.TransOptions.WaitResult = False
        return await super().Submit(request, context)


@pytest.mark.parametrize(
    ("service", "scenario", "sign"),
    [
        (RunsSagasFromTheirEnd, _SAGA, "expected: saga 01 action /conformance.Branch/Action1"),
        (RunsAllStepsAtOnce, _SAGA, "came"),
        (SwapsPayloads, _SAGA, "came: saga 01 action /conformance.Branch/Action1 b'\\x00\\xff payload 2'"),
        (ConfirmsInOrderOfRegistration, _TCC, "came: tcc 01 confirm"),
        (ConfirmsByCancelling, _TCC, "came: tcc 03 confirm /conformance.Branch/Cancel3"),
        (LosesHeaders, _HEADERS, "traceparent"),
        (NeverWaits, _SAGA, "Submit answered OK '', expected ABORTED"),
    ],
)
async def test_a_broken_coordinator_is_noticed(
    differences_of: DifferencesOf, service: type[DtmService], scenario: str, sign: str
) -> None:
    assert sign in "\n".join(await differences_of(service, scenario))


@pytest.mark.parametrize("scenario", [_SAGA, _TCC, _HEADERS])
async def test_without_the_fault_there_is_no_difference(differences_of: DifferencesOf, scenario: str) -> None:
    assert await differences_of(DtmService, scenario) == ()
