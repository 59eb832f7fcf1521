"""All scenarios, by mode."""

from dtm_client.testing.conformance.scenario import Scenario
from dtm_client.testing.conformance.scenarios import (
    concurrent_saga,
    message,
    on_purpose,
    operator,
    query_prepared,
    requests_refused,
    saga,
    saga_faults,
    saga_states,
    sizes,
    stored_options,
    tcc,
    tcc_states,
)

SCENARIOS: tuple[Scenario, ...] = (
    *saga.SCENARIOS,
    *saga_states.SCENARIOS,
    *saga_faults.SCENARIOS,
    *concurrent_saga.SCENARIOS,
    *tcc.SCENARIOS,
    *tcc_states.SCENARIOS,
    *message.SCENARIOS,
    *query_prepared.SCENARIOS,
    *requests_refused.SCENARIOS,
    *on_purpose.SCENARIOS,
    *stored_options.SCENARIOS,
    *sizes.SCENARIOS,
    *operator.SCENARIOS,
)
