"""From commands to what their receivers are sent."""

import protovalidate

from accord.adapters.dtm.errors import InvalidCommand
from accord.adapters.dtm.frozen import Step
from accord.adapters.dtm.routes import Routes


def encode(command: object, routes: Routes) -> Step:
    """Encode one command for its receiver.

    Raises InvalidCommand when the receiver's own rules refuse it: in a step that may not refuse it would be sent for
    ever, so it must never leave.
    """
    route = routes[type(command)]
    request = route.encode(command)
    try:
        protovalidate.validate(request)
    except protovalidate.ValidationError as error:
        raise InvalidCommand(f"{type(command).__name__}: {error}") from error
    payload = request.SerializeToString(deterministic=True)
    return Step(route.service, route.grpc_service, route.action, route.undo, route.confirm, payload)
