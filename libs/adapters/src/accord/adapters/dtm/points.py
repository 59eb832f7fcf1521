"""The names of the crash points that this package passes, for each service to enumerate."""

from collections.abc import Iterable


def before_commit(service: str, name: str) -> str:
    """Everything is done, and nothing of it will be kept."""
    return f"{service}.{name}:before-commit"


def after_commit(service: str, name: str) -> str:
    """It is kept, and nobody has been told."""
    return f"{service}.{name}:after-commit"


def after_prepare(service: str, name: str) -> str:
    """The coordinator has the message, and nothing is decided."""
    return f"{service}.{name}:after-prepare"


def branch_points(service: str, names: Iterable[str]) -> frozenset[str]:
    """The points of a service's branch operations."""
    return frozenset(point(service, name) for name in names for point in (before_commit, after_commit))


def decision_points(service: str, flows: Iterable[str]) -> frozenset[str]:
    """The points of a service's decisions, by the names of their messages."""
    return frozenset(point(service, flow) for flow in flows for point in (after_prepare, before_commit, after_commit))
