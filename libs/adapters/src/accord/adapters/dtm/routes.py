"""Where each command of a service's flows goes; the table itself stands in that service's infrastructure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message


@dataclass(frozen=True, slots=True)
class Route:
    """One command's receiver.

    * ``service``: its name in the map of branch targets.
    * ``grpc_service``: such as ``accord.inventory.v1.InventoryBranchService``.
    * ``action``: the method that does it: a saga's action, a TCC's try, a message's step.
    * ``undo``: the method that compensates or cancels; empty where nothing is to be undone.
    * ``confirm``: the method of a TCC's second phase.
    * ``encode``: from the command to the one request that all its methods take.
    """

    service: str
    grpc_service: str
    action: str
    encode: Callable[[Any], Message]
    undo: str = ""
    confirm: str = ""


# By the type of the command.
Routes = Mapping[type[Any], Route]
