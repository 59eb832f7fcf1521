"""What the inventory service is told."""

from accord.adapters.settings.base import ServiceSettings
from accord.adapters.settings.values import Address


class InventorySettings(ServiceSettings):
    """Nothing but what every service is told, at addresses of its own."""

    public_listen: Address = "127.0.0.1:7200"
    branch_listen: Address = "127.0.0.1:7201"
