"""Transactions in a SQLite file: a batch is one commit, flushed to the disk before it counts."""

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.coordinator.store import Page, Selection
from dtm_client.coordinator.store.codec import decode, encode_branch, encode_state
from dtm_client.errors import CannotServe

_VERSION = 1
_SCHEMA = """
create table transactions (
    number integer primary key,
    gid text not null unique,
    mode text not null,
    status text not null,
    created real not null,
    state text not null
);
create index transactions_by_status on transactions (status, number);
create table branches (
    gid text not null,
    number integer not null,
    branch_id text not null,
    operation text not null,
    url text not null,
    payload blob not null,
    created real not null,
    primary key (gid, number)
) without rowid;
"""
_UPSERT = """
insert into transactions (gid, mode, status, created, state) values (?, ?, ?, ?, ?)
on conflict (gid) do update set status = excluded.status, state = excluded.state
"""
_ROW = "select gid, mode, status, created, state, number from transactions"
_PAGE = f"""
{_ROW} where number < ?1 and (?2 is null or status = ?2) and (?3 is null or mode = ?3)
and (?4 is null or created >= ?4) and (?5 is null or created <= ?5) order by number desc limit ?6
"""
_NEWEST = 2**63 - 1


class SqliteStore:
    """The store of the coordinator that runs as a server. One process at a time may have the file open.

    Raises CannotServe when the file cannot be opened, is in use, or holds something else. ``:memory:`` keeps nothing.
    """

    def __init__(self, path: str) -> None:
        with contextlib.ExitStack() as undo:
            try:
                self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)
                undo.callback(self._connection.close)
                self._open()
            except sqlite3.Error as error:
                raise CannotServe(f"cannot use the store {Path(path)}: {_plain(error)}") from error
            undo.pop_all()
        # How many branches of each unfinished transaction are written: their definitions never change.
        self._written: dict[str, int] = {}

    def write(self, transactions: Iterable[Transaction]) -> None:
        """Store the states of these transactions in one commit."""
        batch = list(transactions)
        if not batch:
            return
        rows = [(one.gid, one.mode, one.status, one.created, encode_state(one)) for one in batch]
        branches = [
            encode_branch(one.gid, number, one.branches[number])
            for one in batch
            for number in range(self._written.get(one.gid, 0), len(one.branches))
        ]
        self._connection.execute("begin immediate")
        self._connection.executemany(_UPSERT, rows)
        self._connection.executemany("insert into branches values (?, ?, ?, ?, ?, ?, ?)", branches)
        self._connection.execute("commit")
        for one in batch:
            if one.status.final:
                self._written.pop(one.gid, None)
            else:
                self._written[one.gid] = len(one.branches)

    def find(self, gid: str) -> Transaction | None:
        """Return what was last written of a gid."""
        row = self._connection.execute(f"{_ROW} where gid = ?", (gid,)).fetchone()
        return None if row is None else self._decode(row)

    def unfinished(self) -> list[Transaction]:
        """Return every transaction that is not final, the oldest first."""
        rows = self._connection.execute(f"{_ROW} where status not in ('succeed', 'failed') order by number").fetchall()
        found = [self._decode(row) for row in rows]
        self._written.update({one.gid: len(one.branches) for one in found})
        return found

    def page(self, selection: Selection) -> Page:
        """Return one page of what was written; a position is a row's number."""
        values = (
            selection.position or _NEWEST,
            selection.status,
            selection.mode,
            selection.created_from,
            selection.created_to,
            selection.limit + 1,
        )
        rows = self._connection.execute(_PAGE, values).fetchall()
        shown = rows[: selection.limit]
        return Page([self._decode(row) for row in shown], shown[-1][5] if len(rows) > len(shown) > 0 else 0)

    def close(self) -> None:
        """Close the file, and let the next process have it."""
        self._connection.close()

    def _open(self) -> None:
        # Exclusive before WAL: the lock is held until the file is closed, and needs no shared memory.
        self._connection.execute("pragma locking_mode = exclusive")
        self._connection.execute("pragma journal_mode = wal").fetchone()
        self._connection.execute("pragma synchronous = full")
        version = self._connection.execute("pragma user_version").fetchone()[0]
        tables = self._connection.execute("select count(*) from sqlite_master").fetchone()[0]
        if version == 0 and tables == 0:
            self._connection.executescript(f"begin exclusive; {_SCHEMA} pragma user_version = {_VERSION}; commit;")
        elif version != _VERSION:
            raise sqlite3.DatabaseError(f"it holds something else than transactions of version {_VERSION}")
        # Takes the lock now, so that a second coordinator is refused at its start.
        self._connection.execute("begin exclusive")
        self._connection.execute("commit")

    def _decode(self, row: tuple[str, str, str, float, str, int]) -> Transaction:
        query = "select branch_id, operation, url, payload, created from branches where gid = ? order by number"
        return decode(row[:5], self._connection.execute(query, (row[0],)))


def _plain(error: sqlite3.Error) -> str:
    return "another process has it open" if "locked" in str(error) else str(error)
