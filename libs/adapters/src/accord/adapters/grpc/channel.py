"""Channels to the public listeners of other services."""

import json
from typing import Any

import grpc

_DEADLINE = 5.0
_SECOND = 1000


def open_channel(target: str, service: str) -> grpc.aio.Channel:
    """Return a channel to `service` (its full gRPC name) at a target, to be closed by its owner.

    Calls are spread over all addresses of the target, and go only where the service says that it is SERVING, so none is
    lost to a server that drains (round_robin, the only kind of balancing that asks for health). A call without a
    deadline gets one of 5 s. Nothing is sent twice.
    """
    config = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": service},
    }
    return grpc.aio.insecure_channel(
        target,
        interceptors=[_DefaultDeadline()],
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


class _DefaultDeadline(grpc.aio.UnaryUnaryClientInterceptor):
    """Gives a call a deadline unless it has one; the service config's `timeout` fails calls at once (grpcio 1.85)."""

    async def intercept_unary_unary(
        self, continuation: Any, client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        if client_call_details.timeout is None:
            client_call_details = client_call_details._replace(timeout=_DEADLINE)  # type: ignore[attr-defined]  # a tuple
        return await continuation(client_call_details, request)
