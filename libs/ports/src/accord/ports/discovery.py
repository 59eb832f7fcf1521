"""Where the public listeners of other services are."""

from typing import Protocol


class ServiceDiscovery(Protocol):
    """Finds services by name (`order`, `payment`, `inventory`)."""

    def target(self, service: str) -> str:
        """Return a gRPC target for the service's public listener; raises DependencyUnavailable for an unknown name."""
        ...
