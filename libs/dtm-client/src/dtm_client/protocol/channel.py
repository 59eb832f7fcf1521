"""Channel settings that suit a transaction manager and its branches behind DNS."""

import json
from typing import Final

# DTM's gRPC server never ends a connection by age, so every resolved address is used, and dead ones are noticed by
# keepalive rather than by a call that hangs. Reconnects are quick because one operation lasts seconds.
CHANNEL_OPTIONS: Final[tuple[tuple[str, str | int], ...]] = (
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)

# Seconds that a call may go on for which nobody waits any more; DTM's longest first round is a matter of its branches.
UNATTENDED_TIMEOUT: Final = 60.0

DTM_SERVICE: Final = "/dtmgimp.Dtm/"
