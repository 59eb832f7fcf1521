"""The command `python -m accord.services.payment`."""

from accord.adapters.service.command import main
from accord.services.payment.bootstrap import bootstrap
from accord.services.payment.config import PaymentSettings
from accord.services.payment.infrastructure.persistence.migrations import MIGRATIONS

if __name__ == "__main__":
    main("payment", PaymentSettings, bootstrap, MIGRATIONS)
