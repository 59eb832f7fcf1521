"""What the order service is told."""

from typing import Annotated

from pydantic import Field

from accord.adapters.settings.base import ServiceSettings
from accord.adapters.settings.values import Address


class OrderSettings(ServiceSettings):
    """`order_unpaid_limit` is how many orders a customer may have that are neither paid nor closed."""

    public_listen: Address = "127.0.0.1:7100"
    branch_listen: Address = "127.0.0.1:7101"
    order_unpaid_limit: Annotated[int, Field(ge=1)] = 100
