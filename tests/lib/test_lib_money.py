from decimal import Decimal

import pytest

from aliexpress_connector.lib.money import Money


def euros(amount):
    return Money(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    "value, currency, expected",
    [
        ({"amount": "19.95", "cent": 1995, "currency_code": "EUR"}, None, euros("19.95")),
        ({"amount": "19.95"}, "EUR", euros("19.95")),
        ("19.95", "EUR", euros("19.95")),
        (20, "EUR", euros(20)),
        (Decimal("19.95"), "EUR", euros("19.95")),
        ({"amount": "-3.5", "currency_code": "EUR"}, None, euros("-3.5")),
        ({"amount": "1995", "cent": 1995, "cent_factor": 1, "currency_code": "JPY"}, None, Money(Decimal(1995), "JPY")),
        ({"amount": "1.995", "currency_code": "KWD"}, "KWD", Money(Decimal("1.995"), "KWD")),
        ({}, "EUR", None),
        (None, "EUR", None),
        ({"amount": "", "currency_code": "EUR"}, None, None),
    ],
)
def test_parse(value, currency, expected):
    assert Money.parse(value, currency) == expected


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "Infinity",
        "1e5",
        "1,5",
        "12 345.00",
        "9" * 13,
        "0." + "1" * 7,
        True,
        ["1"],
        Decimal("NaN"),
        Decimal("1E+999999"),
    ],
)
def test_what_is_no_amount(value):
    with pytest.raises(ValueError):
        Money.parse(value, "EUR")


@pytest.mark.parametrize(
    "value, currency",
    [
        ("1", None),
        ("1", "eur"),
        ({"amount": "1", "currency_code": "USD"}, "EUR"),
        ({"amount": "1", "currency_code": ["X"]}, None),
    ],
)
def test_currency_is_told_and_the_expected_one(value, currency):
    with pytest.raises(ValueError):
        Money.parse(value, currency)
