"""Crash points, armed by the environment."""

from accord.adapters.settings.errors import blaming
from accord.adapters.system.crash import ArmedCrashPoints


def arm(crash_at: str | None, known: frozenset[str]) -> ArmedCrashPoints:
    """Return the crash points with the one of ACCORD_CRASH_AT armed; raises BadConfiguration for an unknown one."""
    with blaming("ACCORD_CRASH_AT"):
        return ArmedCrashPoints(crash_at, known)
