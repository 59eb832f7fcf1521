"""The migrations."""

import sqlite3
from contextlib import closing
from shutil import copy
from typing import Any

from accord.adapters.sql.drift import schema_drift
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.upgrade import upgrade
from accord.ports.money import Money
from accord.services.payment.domain.receipt import Receipt, ReceiptStatus
from accord.services.payment.domain.refund import refund_of_receipt
from accord.services.payment.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.payment.infrastructure.persistence.schema import METADATA


async def test_what_was_owed_before_there_were_refunds_is_refunded_too(tmp_path: Any) -> None:
    older = tmp_path / "older"
    older.mkdir()
    copy(MIGRATIONS.versions / "0001_payments.py", older)
    url = f"sqlite:///{tmp_path / 'payment.db'}"
    upgrade(url, Migrations("payment", "0001", older))
    with closing(sqlite3.connect(tmp_path / "payment.db", isolation_level=None)) as connection:
        connection.execute("insert into receipt values ('receipt-1', 'p', 2500, 'EUR', 'APPLIED', 7)")
        connection.execute("insert into receipt values ('receipt-2', 'p', 2500, 'EUR', 'REFUND_DUE', 8)")

    upgrade(url, MIGRATIONS)

    owed = Receipt("receipt-2", "p", Money(2_500, "EUR"), ReceiptStatus.REFUND_DUE)
    with closing(sqlite3.connect(tmp_path / "payment.db")) as connection:
        found = connection.execute("select refund_id, payment_id, receipt_id, amount, status, next_try_at from refund")
        assert found.fetchall() == [(refund_of_receipt(owed).refund_id, "p", "receipt-2", 2_500, "PENDING", 8)]


def test_the_migrations_make_the_schema_that_the_tables_describe(tmp_path: Any) -> None:
    assert schema_drift(MIGRATIONS, METADATA, f"sqlite:///{tmp_path}/drift.db") == []
