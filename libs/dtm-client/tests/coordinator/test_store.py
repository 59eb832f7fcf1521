"""One contract, two stores."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from dtm_client.coordinator.intake import read_transaction
from dtm_client.coordinator.machine.transaction import Round, Transaction
from dtm_client.coordinator.store import Selection, Store
from dtm_client.coordinator.store.memory import MemoryStore
from dtm_client.coordinator.store.sqlite import SqliteStore
from dtm_client.errors import CannotServe
from dtm_client.testing.simulation.machine import MachinePlay
from dtm_client.testing.simulation.requests import Requests
from dtm_client.values.status import Mode, Status


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SqliteStore(str(tmp_path / "store"))
    yield made
    made.close()


@pytest.fixture
def one(ask: Requests, play: MachinePlay) -> Transaction:
    """A transaction that got somewhere: an error, a refusal, headers, orders."""
    request = ask.saga("one", steps=3, concurrent=True, orders={"2": [0, 1]}, RetryInterval=7, RetryLimit=5)
    request.TransOptions.BranchHeaders["traceparent"] = "00-ab"
    play.at = 1000.25
    play.submit(request).answer("a1", "UNAVAILABLE", "dünn").answer("a2", "ABORTED", "sold out")
    return play.now


def saga(ask: Requests, gid: str, created: float = 0.0, status: Status = Status.SUBMITTED) -> Transaction:
    return replace(read_transaction(ask.saga(gid), created), status=status)


def found(store: Store, gid: str) -> Transaction:
    one = store.find(gid)
    assert one is not None
    return one


def without_round(transaction: Transaction) -> Transaction:
    return replace(transaction, round=Round(0.0))


def test_what_was_written_is_found_whole(store: Store, one: Transaction) -> None:
    store.write([one])
    assert store.find("one") == one
    assert found(store, "one").round == Round(0.0)


def test_the_last_state_counts(store: Store, one: Transaction) -> None:
    store.write([replace(one, status=Status.SUBMITTED)])
    store.write([one, replace(one, gid="other", reason="no")])
    assert store.find("one") == one
    assert found(store, "other").reason == "no"


def test_branches_that_are_added_later_are_kept(store: Store, ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.tcc())
    store.write([play.now])
    store.write([play.register(ask.registration(1)).now])
    store.write([play.register(ask.registration(2)).now])
    assert store.find("t") == play.now


def test_an_unknown_gid_is_not_found_and_gids_are_compared_exactly(store: Store, ask: Requests) -> None:
    store.write([saga(ask, "Gid")])
    assert store.find("gid") is None
    assert store.find("Gid") is not None


def test_only_unfinished_transactions_are_loaded_the_oldest_first(store: Store, ask: Requests) -> None:
    states = [Status.ABORTING, Status.SUCCEEDED, Status.PREPARED, Status.FAILED, Status.SUBMITTED]
    store.write([saga(ask, str(status), status=status) for status in states])
    assert [one.gid for one in store.unfinished()] == ["aborting", "prepared", "submitted"]


def test_pages_show_the_newest_first_and_end(store: Store, ask: Requests) -> None:
    store.write([saga(ask, f"g{number}") for number in range(5)])
    first = store.page(Selection(limit=2))
    second = store.page(Selection(limit=2, position=first.next_position))
    third = store.page(Selection(limit=2, position=second.next_position))
    assert [[one.gid for one in page.transactions] for page in (first, second, third)] == [
        ["g4", "g3"],
        ["g2", "g1"],
        ["g0"],
    ]
    assert third.next_position == 0


def test_pages_are_selected_by_status_mode_and_time(store: Store, ask: Requests) -> None:
    store.write([saga(ask, "old", created=10.0), saga(ask, "new", created=20.0)])
    store.write([saga(ask, "done", created=15.0, status=Status.SUCCEEDED), read_transaction(ask.tcc("tcc"), 15.0)])

    def gids(**choice: Any) -> list[str]:
        return [one.gid for one in store.page(Selection(limit=9, **choice)).transactions]

    assert gids(status=Status.SUCCEEDED) == ["done"]
    assert gids(mode=Mode.TCC) == ["tcc"]
    assert gids(created_from=15.0, created_to=20.0) == ["tcc", "done", "new"]


def test_an_empty_store_has_an_empty_page(store: Store) -> None:
    assert (list(store.page(Selection(limit=3)).transactions), store.unfinished()) == ([], [])


def test_a_file_is_read_again_by_the_next_process(tmp_path: Path, ask: Requests, play: MachinePlay) -> None:
    first = SqliteStore(str(tmp_path / "store"))
    play.prepare(ask.tcc()).register(ask.registration(1))
    first.write([play.now])
    first.close()
    second = SqliteStore(str(tmp_path / "store"))
    assert second.unfinished() == [without_round(play.now)]
    second.write([play.register(ask.registration(2)).now])
    assert second.find("t") == play.now
    second.close()


@pytest.mark.requirement("coordinator.store-is-exclusive")
def test_a_batch_is_stored_whole_or_not_at_all(tmp_path: Path, ask: Requests) -> None:
    store = SqliteStore(str(tmp_path / "store"))
    good = saga(ask, "good")
    bad = replace(good, gid="bad", branches=(replace(good.branches[0], url=cast("str", None)),))
    with pytest.raises(sqlite3.IntegrityError):
        store.write([good, bad])
    store.close()
    again = SqliteStore(str(tmp_path / "store"))
    assert again.find("good") is None
    again.close()


@pytest.mark.requirement("coordinator.store-is-exclusive")
def test_a_file_that_another_process_has_open_is_refused(tmp_path: Path) -> None:
    first = SqliteStore(str(tmp_path / "store"))
    with pytest.raises(CannotServe, match="another process has it open"):
        SqliteStore(str(tmp_path / "store"))
    first.close()


@pytest.mark.parametrize("content", [b"this is no database, whatever its name says" * 20, None])
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "store"
    if content is None:
        with sqlite3.connect(path) as connection:
            connection.execute("create table somebody_elses (x)")
        connection.close()
    else:
        path.write_bytes(content)
    with pytest.raises(CannotServe, match="cannot use the store"):
        SqliteStore(str(path))


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="unable to open"):
        SqliteStore(str(tmp_path / "missing" / "store"))
