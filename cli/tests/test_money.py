import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.cli.errors import WrongUsage
from accord.cli.money import parse, written


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "USD", "JPY"]))
def test_what_is_written_is_parsed_to_the_same_amount(minor, currency):
    money = parse("0 " + currency)
    money.minor = minor
    assert parse(written(money)) == money


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [("19.99 EUR", 1999, "EUR"), ("19.9 eur", 1990, "EUR"), ("20USD", 2000, "USD"), ("500 JPY", 500, "JPY")],
)
def test_amounts_are_exact_in_the_minor_unit(text, minor, currency):
    money = parse(text)
    assert (money.minor, money.currency) == (minor, currency)


@pytest.mark.parametrize("text", ["", "EUR", "-1 EUR", "1,50 EUR", "1.999 EUR", "5.5 JPY", "1e3 EUR", "1 EURO"])
def test_a_malformed_amount_is_wrong_usage(text):
    with pytest.raises(WrongUsage):
        parse(text)
