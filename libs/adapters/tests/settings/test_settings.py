"""Settings from the environment."""

from collections.abc import Iterator
from typing import Any

import pytest

from accord.adapters.logging.configure import LogFormat
from accord.adapters.settings.base import ServiceSettings
from accord.adapters.settings.errors import BadConfiguration
from accord.adapters.settings.load import load
from accord.adapters.settings.schemes import database, discovery, lock
from accord.adapters.settings.values import Address, Coordinator
from accord.adapters.sqlite.file import FileUnitOfWork
from accord.adapters.sqlite.memory import MemoryUnitOfWork


class ShopSettings(ServiceSettings):
    public_listen: Address = "127.0.0.1:7200"
    branch_listen: Address = "127.0.0.1:7201"


@pytest.fixture
def environment() -> Iterator[pytest.MonkeyPatch]:
    """The environment is the interface under test; nothing else is replaced."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCORD_DATABASE", "memory://")
        yield patch


def test_each_field_is_read_from_its_variable(environment: Any) -> None:
    environment.setenv("ACCORD_PUBLIC_LISTEN", "0.0.0.0:1")
    environment.setenv("ACCORD_TRANSACTIONS", "dtm://dtm:36790?http=dtm:36789")
    environment.setenv("ACCORD_BRANCH_TARGETS", "order=dns:a:1, payment=dns:b:2")
    environment.setenv("ACCORD_LOG_FORMAT", "console")
    environment.setenv("ACCORD_DRAIN_PAUSE", "45")
    settings = load(ShopSettings)

    assert settings.public_listen == "0.0.0.0:1"
    assert settings.transactions == Coordinator("dtm:36790", "dtm:36789")
    assert settings.branch_targets == {"order": "dns:a:1", "payment": "dns:b:2"}
    assert settings.log_format is LogFormat.CONSOLE
    assert settings.drain_pause == 45


def test_the_defaults_are_the_fixed_ports_of_one_machine(environment: Any) -> None:
    settings = load(ShopSettings)

    assert settings.transactions == Coordinator("127.0.0.1:36790", "127.0.0.1:36789")
    assert settings.branch_targets["payment"] == "dns:127.0.0.1:7301"
    assert discovery(settings.registry).target("order") == "127.0.0.1:7100"


@pytest.mark.parametrize(
    ("variable", "text", "fault"),
    [
        ("ACCORD_PUBLIC_LISTEN", "7200", "'7200' is not an address; write host:port"),
        ("ACCORD_PUBLIC_LISTEN", "localhost:65536", "'localhost:65536' is not an address"),
        ("ACCORD_TRANSACTIONS", "127.0.0.1:36790", "is no coordinator; write dtm://host:port?http=host:port"),
        ("ACCORD_TRANSACTIONS", "dtm://a:1", "is no coordinator"),
        ("ACCORD_BRANCH_TARGETS", "order=127.0.0.1:1", "'order=127.0.0.1:1' is no branch target; write order=dns:"),
        ("ACCORD_LOG_FORMAT", "xml", "'xml': Input should be 'json' or 'console'"),
        ("ACCORD_DRAIN_GRACE", "-1", "'-1': Input should be greater than or equal to 0"),
        ("ACCORD_DRAIN_GRACE", "inf", "'inf': Input should be a finite number"),
    ],
)
def test_a_wrong_text_is_told_with_its_variable_and_what_to_write(
    environment: Any, variable: Any, text: Any, fault: Any
) -> None:
    environment.setenv(variable, text)

    with pytest.raises(BadConfiguration) as raised:
        load(ShopSettings)
    assert str(raised.value).startswith(f"{variable}: ")
    assert fault in str(raised.value)
    assert "\n" not in str(raised.value)


def test_every_faulty_variable_is_in_the_one_line(environment: Any) -> None:
    environment.setenv("ACCORD_DATABASE", "")
    environment.setenv("ACCORD_DRAIN_PAUSE", "soon")

    with pytest.raises(
        BadConfiguration, match=r"ACCORD_DATABASE is not set; choices: .*; ACCORD_DRAIN_PAUSE: 'soon': "
    ):
        load(ShopSettings)


async def test_a_scheme_picks_the_adapter(tmp_path: Any) -> None:
    memory, file = database("memory://"), database(f"sqlite:///{tmp_path}/shop.db")
    assert isinstance(memory, MemoryUnitOfWork)
    assert isinstance(file, FileUnitOfWork)
    await memory.aclose()
    await file.aclose()
    first, second = lock("memory://"), lock("memory://")
    tokens = [(await one.acquire("name", 1)).token for one in (first, second)]
    assert tokens[0].source != tokens[1].source


@pytest.mark.parametrize(
    ("open_port", "url", "fault"),
    [
        (
            database,
            "mariadb://shop:secret@host/shop",
            "ACCORD_DATABASE: 'mariadb' is no known scheme; choices: sqlite://, mysql://, memory://",
        ),
        (database, "sqlite://", "ACCORD_DATABASE: 'sqlite://' names no file; choices: sqlite:////absolute/path.db"),
        (lock, "memory", "ACCORD_LOCK: 'memory' is no known scheme; choices: memory://"),
        (discovery, "static://?order=7100", "ACCORD_REGISTRY: 'static://?order=7100': the target of order is '7100'"),
    ],
)
def test_a_wrong_url_names_the_variable_and_the_choices(open_port: Any, url: Any, fault: Any) -> None:
    with pytest.raises(BadConfiguration) as raised:
        open_port(url)
    assert str(raised.value).startswith(fault)
