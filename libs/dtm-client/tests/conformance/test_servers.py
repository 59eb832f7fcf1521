"""The whole suite, on the embedded coordinator and on DTM itself."""

import pytest

from dtm_client.testing.conformance.kinds import DTM_ON, Kind
from dtm_client.testing.conformance.runner import run_suite
from dtm_client.testing.conformance.scenarios import SCENARIOS
from dtm_client.testing.conformance.target import kind_of
from dtm_client.testing.embedded import EmbeddedServer
from dtm_client.testing.server import DtmServer


async def differences(server: EmbeddedServer | DtmServer, kind: Kind) -> dict[str, tuple[str, ...]]:
    results = await run_suite(server.address, kind, SCENARIOS, server.http)
    assert {result.scenario.name for result in results} == {scenario.name for scenario in SCENARIOS}
    return {result.scenario.name: result.differences for result in results if result.differences}


async def test_the_embedded_coordinator_conforms(embedded_coordinator: EmbeddedServer) -> None:
    assert kind_of(embedded_coordinator.http, Kind.BOLTDB) is Kind.EMBEDDED
    assert await differences(embedded_coordinator, Kind.EMBEDDED) == {}


@pytest.mark.integration
async def test_dtm_conforms(dtm_server: DtmServer) -> None:
    kind = DTM_ON[dtm_server.store.driver]
    assert kind_of(dtm_server.http, kind) is kind
    assert await differences(dtm_server, kind) == {}
