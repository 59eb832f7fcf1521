"""What the order service is told."""

from typing import Annotated

from pydantic import Field

from accord.adapters.settings.base import ServiceSettings
from accord.adapters.settings.values import Address


class OrderSettings(ServiceSettings):
    """`order_unpaid_limit` is how many orders a customer may have that are neither paid nor closed.

    `order_poll` is the pause, in seconds, between two looks for refunds that are due.
    """

    public_listen: Address = "127.0.0.1:7100"
    branch_listen: Address = "127.0.0.1:7101"
    order_unpaid_limit: Annotated[int, Field(ge=1)] = 100
    order_poll: Annotated[float, Field(gt=0)] = 1.0
