"""The settings that only payment has."""

from typing import Any

import pytest

from accord.adapters.settings.errors import BadConfiguration
from accord.adapters.settings.load import load
from accord.services.payment.config import PaymentSettings

GOOD = {"ACCORD_DATABASE": "memory://", "ACCORD_WEBHOOK_SECRETS": "whsec_b25l"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Any:
    def given(**variables: str) -> None:
        for name, value in {**GOOD, **variables}.items():
            monkeypatch.setenv(name, value)

    return given


@pytest.mark.parametrize(("text", "keys"), [("whsec_b25l", (b"one",)), ("whsec_b25l, whsec_dHdv", (b"one", b"two"))])
def test_one_secret_is_read_or_two(environment: Any, text: str, keys: tuple[bytes, ...]) -> None:
    environment(ACCORD_WEBHOOK_SECRETS=text)

    settings = load(PaymentSettings)

    assert settings.webhook_secrets == keys
    assert "b25l" not in repr(settings)
    assert "webhook_secrets" not in repr(settings)


BAD = {
    "ACCORD_WEBHOOK_SECRETS": ["b25l", "whsec_", "whsec_%%%", "whsec_b25l,", "whsec_b25l,whsec_b25l,whsec_b25l"],
    "ACCORD_PROVIDER": ["127.0.0.1:7400", "ftp://host", "http://host/v1", "http://"],
    "ACCORD_PAYMENT_WINDOW": ["0", "-1", "soon", "inf"],
    "ACCORD_WEBHOOK_TOLERANCE": ["-1", "nan"],
    "ACCORD_WEBHOOK_LISTEN": ["7302"],
}


@pytest.mark.parametrize(("variable", "text"), [(variable, text) for variable, texts in BAD.items() for text in texts])
def test_a_wrong_value_is_blamed_on_its_variable(environment: Any, variable: str, text: str) -> None:
    environment(**{variable: text})

    with pytest.raises(BadConfiguration) as bad:
        load(PaymentSettings)

    assert str(bad.value).startswith(f"{variable}: ")
    if variable == "ACCORD_WEBHOOK_SECRETS":
        assert "b25l" not in str(bad.value)


def test_the_secrets_have_no_default(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    environment()
    monkeypatch.delenv("ACCORD_WEBHOOK_SECRETS")

    with pytest.raises(BadConfiguration, match="ACCORD_WEBHOOK_SECRETS is not set; choices: whsec_"):
        load(PaymentSettings)
