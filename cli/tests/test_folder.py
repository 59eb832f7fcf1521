import pytest

from accord.cli.errors import WrongUsage
from accord.cli.processes.folder import claimed, emptied


def test_a_folder_belongs_to_one_run_at_a_time(tmp_path):
    with claimed(tmp_path / "data"), pytest.raises(WrongUsage, match="another accord"), claimed(tmp_path / "data"):
        pass
    with claimed(tmp_path / "data"):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WrongUsage, match="--data"), claimed(tmp_path / "file" / "data"):
        pass


def test_emptying_takes_databases_and_logs_and_nothing_else(tmp_path):
    for name in ("order.db", "order.db-wal", "order.log", "letter.txt"):
        (tmp_path / name).touch()
    emptied(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
