"""Details that several answers about the catalogue share."""

import re

from ..errors import FixError
from ..languages import read_language

# ISO 4217: "no currency involved". Many prices come without one.
_NO_CURRENCY = "XXX"
_NUMBER = re.compile(r"[0-9]{1,20}")


def parse_number_ref(row, key, required=False):
    """An id that may be 0, as text of digits; "" when missing, unless `required`."""
    text = row.text(key)
    if not text and not required:
        return ""
    if not _NUMBER.fullmatch(text):
        raise row.error(key, "not a number of AliExpress")
    return text


def parse_decimal(row, key, required=False):
    """A `Decimal` of at least 0; None when missing, unless `required`."""
    money = row.money(key, _NO_CURRENCY, required=required)
    return None if money is None else money.amount


def parse_names(row, key):
    """Names by language from JSON text such as `{"en": "Colour", "es": "Color"}`, and the English or else the first of
    them.

    Names are for people: what is no JSON is taken as the name itself.
    """
    try:
        texts = row.json_child(key)
        names = {read_language(language): texts.text(language) for language in texts.keys()}
        names = {language: name for language, name in names.items() if name}
    except FixError:
        names = {}
    name = names.get("en") or next(iter(names.values()), "") or _text_or_none(row, key)
    return name, names


def unique(values, key):
    """The values as a tuple, of those with the same `key` only the first."""
    found = {}
    for value in values:
        found.setdefault(key(value), value)
    return tuple(found.values())


def _text_or_none(row, key):
    try:
        return row.text(key)
    except FixError:
        return ""
