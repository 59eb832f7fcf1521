"""The command `python -m accord.services.inventory`."""

from accord.adapters.service.command import main
from accord.services.inventory.bootstrap import bootstrap
from accord.services.inventory.config import InventorySettings
from accord.services.inventory.infrastructure.persistence.migrations import MIGRATIONS

if __name__ == "__main__":
    main("inventory", InventorySettings, bootstrap, MIGRATIONS)
