"""Amounts of money: exact, and never without their currency."""

import re
from dataclasses import dataclass
from decimal import Decimal

# More digits than any price, few enough that sums stay exact in Decimal's 28 digits.
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact `amount` in a `currency` (ISO 4217 code)."""

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, value, currency=None):
        """Read `{"amount": "19.95", "currency_code": "EUR"}`, or a plain amount in `currency`.

        Returns None where nothing was told (no value, no amount). Raises ValueError for what is not a usable amount,
        has no currency, or names another one than `currency`.
        """
        if isinstance(value, dict):
            told = value.get("currency_code")
            if told and currency and told != currency:
                raise ValueError("another currency than expected")
            currency = told or currency
            value = value.get("amount")
        if value is None or value == "":
            return None
        amount = _decimal(value)
        if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
            raise ValueError("an amount without a currency")
        return cls(amount, currency)


def _decimal(value):
    text = ""
    if isinstance(value, str):
        text = value.strip()
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    # The exponent is looked at first: writing out 1e999999 would take a megabyte.
    elif isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= 12:
        text = format(value, "f")
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount")
    return Decimal(text)
