"""Channels to the public listeners of other services."""

import json

import grpc

# A call without a deadline of its own gets this one, in seconds.
_DEADLINE = 5
_SECOND = 1000


def open_channel(target: str, service: str) -> grpc.aio.Channel:
    """Return a channel to `service` (its full gRPC name) at a target, to be closed by its owner.

    Calls are spread over all addresses of the target, and go only where the service says that it is SERVING, so none is
    lost to a server that drains (round_robin, the only kind of balancing that asks for health). Nothing is sent twice.
    """
    config = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": service},
        "methodConfig": [{"name": [{}], "timeout": f"{_DEADLINE}s"}],
    }
    return grpc.aio.insecure_channel(
        target,
        options=[
            ("grpc.service_config", json.dumps(config)),
            ("grpc.keepalive_time_ms", 30 * _SECOND),
            ("grpc.keepalive_timeout_ms", 10 * _SECOND),
            # A server that is started again is found soon.
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.min_reconnect_backoff_ms", 1 * _SECOND),
            ("grpc.max_reconnect_backoff_ms", 5 * _SECOND),
        ],
    )
