"""The transactions of this service's own database."""

from accord.ports.local_transactions import LocalTransactions
from accord.services.payment.domain.repositories import Repositories

Transactions = LocalTransactions[Repositories]
