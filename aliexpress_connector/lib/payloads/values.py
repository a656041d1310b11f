"""Single values as AliExpress wants them written."""

import json
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def price_text(amount):
    """A price with two decimals, such as "19.90"."""
    return format(Decimal(amount).quantize(_CENT, ROUND_HALF_UP), "f")


def price_number(amount):
    """A price as a JSON number: two decimals come out of a float as they went in."""
    return float(price_text(amount))


def country(code):
    """AliExpress' code of an ISO country."""
    return "UK" if code == "GB" else code


def json_text(value):
    """A structure that AliExpress wants as text inside the JSON of the call."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def filled(**fields):
    """The fields that say something: None and "" are left out."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}
