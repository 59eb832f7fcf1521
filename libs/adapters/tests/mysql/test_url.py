"""Which URLs name a database of a server, and what is said of others."""

import pytest

from accord.adapters.mysql.url import MysqlDatabase, parse_url


def test_a_url_names_server_user_and_database() -> None:
    assert parse_url("mysql://shop:p%40ss%2Fword@db.example:3307/orders") == MysqlDatabase(
        "db.example", 3307, "orders", "shop", "p@ss/word", 10
    )
    assert parse_url("mysql://shop@[::1]/orders?connections=3") == MysqlDatabase("::1", 3306, "orders", "shop", "", 3)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://host/orders",
        "mysql://shop:secret@host",
        "mysql://shop:secret@host/",
        "mysql://shop:secret@/orders",
        "mysql://shop:secret@host/a/b",
        "mysql://shop:secret@host:port/orders",
        "mysql://shop:sec/secret@host/orders",
        "mysql://shop:secret@host/orders?connections=0",
        "mysql://shop:secret@host/orders?connections=many",
        "mysql://shop:secret@host/orders?pool=3",
        "sqlite:///secret.db",
    ],
)
def test_a_wrong_url_is_told_what_to_write_and_never_the_password(url: str) -> None:
    with pytest.raises(ValueError, match="mysql://user:password@host:3306/database") as raised:
        parse_url(url)
    assert "sec" not in str(raised.value)


def test_a_database_shows_no_password() -> None:
    database = parse_url("mysql://shop:secret@host/orders")
    assert "secret" not in repr(database)
    assert str(database) == "orders at host:3306"
