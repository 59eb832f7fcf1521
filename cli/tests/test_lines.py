import pytest

from accord.cli.commands.order import parse_line
from accord.cli.errors import WrongUsage


def test_a_line_is_a_sku_and_a_quantity():
    line = parse_line("MUG:2")
    assert (line.sku, line.quantity, line.HasField("seen_price")) == ("MUG", 2, False)


def test_a_line_may_carry_the_price_that_was_seen():
    line = parse_line("MUG:2@9.50 EUR#3")
    assert (line.seen_price.unit_price.minor, line.seen_price.version) == (950, 3)


@pytest.mark.parametrize("text", ["", "MUG", "MUG:", "MUG:two", "MUG:2@9.50 EUR", "MUG:-1"])
def test_a_malformed_line_is_wrong_usage(text):
    with pytest.raises(WrongUsage):
        parse_line(text)
