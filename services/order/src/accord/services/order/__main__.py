"""The command `python -m accord.services.order`."""

from accord.adapters.service.command import main
from accord.services.order.bootstrap import bootstrap
from accord.services.order.config import OrderSettings
from accord.services.order.infrastructure.persistence.migrations import MIGRATIONS

if __name__ == "__main__":
    main("order", OrderSettings, bootstrap, MIGRATIONS)
