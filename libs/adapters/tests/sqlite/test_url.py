"""The URLs of databases."""

from pathlib import Path

import pytest

from accord.adapters.sqlite.open import from_url
from accord.adapters.sqlite.url import DatabaseFile, DatabaseInMemory, Synchronous, parse_url


def test_paths_are_absolute_with_four_slashes_and_relative_with_three() -> None:
    assert parse_url("sqlite:////var/lib/a%20b.db") == DatabaseFile(Path("/var/lib/a b.db"), Synchronous.FULL)
    assert parse_url("sqlite:///data/a.db?synchronous=normal") == DatabaseFile(Path("data/a.db"), Synchronous.NORMAL)
    assert parse_url("memory://") == DatabaseInMemory()


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("mysql://localhost/a", "choices: sqlite:////absolute"),
        ("sqlite://", "names no file"),
        ("sqlite://host/a.db", "names no file"),
        ("sqlite:///a.db?synchronous=off", "synchronous=full or synchronous=normal"),
        ("sqlite:///a.db?journal=wal", "synchronous=full or synchronous=normal"),
        ("memory://a", "neither path nor options"),
        ("memory://?synchronous=full", "neither path nor options"),
    ],
)
def test_a_wrong_url_is_refused_with_the_choices(url: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        from_url(url)
