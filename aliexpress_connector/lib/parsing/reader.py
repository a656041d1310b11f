"""Typed access to the fields of a decoded answer."""

import re

from .. import errors, refusals
from ..money import Money
from ..normalize import as_list, decode, storable_text
from ..times import read_time

_REF = re.compile(r"[1-9][0-9]{0,19}")
_INTEGER = re.compile(r"-?[0-9]{1,10}")
_RATE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")
_LARGEST = 2**31 - 1


class Reader:
    """One object of an answer, read field by field.

    A field is missing when its key is, and when its value is null, "", {} or []. Each method says what a missing field
    gives; a value that is there and cannot be what is asked for raises `FixError(UNREADABLE)`, which names the field
    and never its value.
    """

    __slots__ = ("_data", "_method", "_path", "request_id")

    def __init__(self, data, method, path="", request_id=""):
        self._method, self._path = method, path
        self.request_id = request_id or (refusals.request_id_of(data) if isinstance(data, dict) else "")
        if not isinstance(data, dict):
            raise self.error("", "not an object")
        self._data = data

    def __bool__(self):
        return bool(self._data)

    def error(self, key, problem):
        """Return (not raise) the error that says what is wrong with the field `key`."""
        where = f"{self._path}.{key}".strip(".") or "answer"
        return errors.FixError(
            errors.UNREADABLE, f"{where}: {problem}", method=self._method, request_id=self.request_id
        )

    def has(self, key):
        return self._get(key) is not None

    def raw(self, key):
        """The value as it was decoded, None when missing."""
        return self._get(key)

    def text(self, key):
        """Text without surrounding space and without what a database cannot store; "" when missing."""
        value = self._get(key)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise self.error(key, "not a text")
        return storable_text(value)

    def ref(self, key, required=False):
        """An id as text of digits; "" when missing, unless `required`."""
        value = self._get(key)
        if value is None and not required:
            return ""
        text = self.text(key)
        if not _REF.fullmatch(text):
            raise self.error(key, "not a number of AliExpress")
        return text

    def integer(self, key, default=None, minimum=0):
        """A whole number from `minimum` to what a database column holds; `default` when missing, None: required."""
        if default is not None and not self.has(key):
            return default
        text = self.text(key)
        if not _INTEGER.fullmatch(text) or not minimum <= int(text) <= _LARGEST:
            raise self.error(key, "not a usable whole number")
        return int(text)

    def rate(self, key):
        """A decimal number as text, such as "0.08"; "" when missing."""
        value = self._get(key)
        text = str(value).strip() if value is not None and not isinstance(value, bool) else self.text(key)
        if text and not _RATE.fullmatch(text):
            raise self.error(key, "not a rate")
        return text

    def money(self, key, currency=None, *, signed=False, required=False):
        """A `Money`, in `currency` where one is given; None when missing, unless `required`."""
        try:
            money = Money.parse(self._get(key), currency)
        except ValueError as error:
            raise self.error(key, str(error)) from None
        if money is None and required:
            raise self.error(key, "no amount")
        if money is not None and money.amount < 0 and not signed:
            raise self.error(key, "a negative amount")
        return money

    def country(self, key):
        """The ISO code of a country; "" when missing."""
        code = self.text(key).upper()
        return "GB" if code == "UK" else code

    def time(self, key):
        """Naive UTC of a US Pacific or Unix time; None when missing."""
        try:
            return read_time(self._get(key))
        except ValueError:
            raise self.error(key, "not a time") from None

    def flag(self, key):
        """True or False, None when missing."""
        value = self._get(key)
        if isinstance(value, str):
            value = {"true": True, "false": False}.get(value.strip().lower(), value)
        if value is not None and not isinstance(value, bool):
            raise self.error(key, "neither true nor false")
        return value

    def child(self, key):
        """The `Reader` of an object; an empty one when missing."""
        value = self._get(key)
        return Reader({} if value is None else value, self._method, self._path_of(key), self.request_id)

    def json_child(self, key):
        """The `Reader` of an object that came as JSON text, or as an object; an empty one when missing."""
        value = self._get(key)
        if isinstance(value, str):
            try:
                value = decode(value)
            except ValueError:
                raise self.error(key, "not JSON") from None
        return Reader({} if value is None else value, self._method, self._path_of(key), self.request_id)

    def keys(self):
        """The names of the fields, as texts."""
        return tuple(self._data)

    def children(self, key):
        """The `Reader`s of a list of objects in any of its forms; none when missing."""
        return [
            Reader(item, self._method, f"{self._path_of(key)}[{index}]", self.request_id)
            for index, item in enumerate(self.items(key))
        ]

    def items(self, key):
        """The decoded items of a list in any of its forms; none when missing."""
        try:
            return as_list(self._get(key))
        except ValueError:
            raise self.error(key, "not a list") from None

    def _get(self, key):
        value = self._data.get(key)
        return None if value is None or value == "" or value == {} or value == [] else value

    def _path_of(self, key):
        return f"{self._path}.{key}".strip(".")
