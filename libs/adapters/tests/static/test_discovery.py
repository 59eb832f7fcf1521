"""Addresses from the configuration."""

import pytest

from accord.adapters.static.discovery import from_url
from accord.ports.errors import DependencyUnavailable


def test_each_service_is_found_at_its_own_target() -> None:
    discovery = from_url("static://?order=127.0.0.1:7100&stock=dns:stock.shop:7200")
    assert discovery.target("order") == "127.0.0.1:7100"
    assert discovery.target("stock") == "dns:stock.shop:7200"


def test_an_unknown_service_is_told_with_the_known_ones() -> None:
    with pytest.raises(DependencyUnavailable, match="service payment is unavailable: known are order"):
        from_url("static://?order=127.0.0.1:7100").target("payment")


@pytest.mark.parametrize("url", ["static://?order=nowhere", "static://?order=", "static://host?order=h:1", "dns://"])
def test_a_wrong_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        from_url(url)
