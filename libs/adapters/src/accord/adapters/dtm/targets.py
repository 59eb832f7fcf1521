"""The URLs that the coordinator dials."""

from collections.abc import Mapping

from accord.adapters.dtm.frozen import Step


class BranchTargets:
    """Where each service's branch listener is, such as `dns:127.0.0.1:7101`: the form that DTM and gRPC both take."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._targets = dict(targets)

    def url(self, service: str, method: str) -> str:
        """Return the URL of `package.Service/Method`, empty for none; raises LookupError for an unknown service."""
        if not method:
            return ""
        if service not in self._targets:
            raise LookupError(f"no branch target for {service}; known are {', '.join(sorted(self._targets)) or 'none'}")
        return f"{self._targets[service]}/{method}"

    def action(self, step: Step) -> str:
        """Return the URL that does the step."""
        return self._method(step, step.action)

    def undo(self, step: Step) -> str:
        """Return the URL that undoes the step, empty where nothing is to be undone."""
        return self._method(step, step.undo)

    def confirm(self, step: Step) -> str:
        """Return the URL that confirms the step."""
        return self._method(step, step.confirm)

    def _method(self, step: Step, method: str) -> str:
        return self.url(step.service, f"{step.grpc_service}/{method}" if method else "")
