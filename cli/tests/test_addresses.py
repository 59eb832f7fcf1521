import pytest
from typer.testing import CliRunner

from accord.cli.addresses import Addresses
from accord.cli.errors import WrongUsage
from accord.cli.main import app


def test_the_environment_goes_before_the_last_up_and_that_before_the_fixed_ports(tmp_path):
    here = {"ACCORD_DATA": str(tmp_path)}
    assert Addresses.load(here) == Addresses()
    Addresses(order="127.0.0.1:1", payment="127.0.0.1:2").save(tmp_path)
    told = {**here, "ACCORD_PAYMENT": "127.0.0.1:3"}
    assert Addresses.load(told) == Addresses(order="127.0.0.1:1", payment="127.0.0.1:3")
    Addresses.forget(tmp_path)
    assert Addresses.load(told) == Addresses(payment="127.0.0.1:3")


def test_a_broken_address_file_is_named(tmp_path):
    (tmp_path / "addresses.json").write_text("{}")
    with pytest.raises(WrongUsage, match=r"addresses\.json"):
        Addresses.load({"ACCORD_DATA": str(tmp_path)})


@pytest.mark.parametrize("group", ["order", "stock", "wallet", "transaction"])
def test_every_group_has_help(group):
    assert CliRunner().invoke(app, [group, "--help"]).exit_code == 0
