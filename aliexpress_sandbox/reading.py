"""Reading of request parameters: typed values, or the gateway's own refusals."""

import json
from decimal import Decimal, InvalidOperation

from .answers import invalid_parameter, missing_parameter
from .clock import read_pacific

MAX_INT = 2**63 - 1


class Param:
    """One declared parameter of a method.

    :param type kind: str, int, Decimal, bool, dict, list or bytes (an unsigned file)
    """

    def __init__(self, name, kind=str, required=False):
        self.name = name
        self.kind = kind
        self.required = required

    def read(self, values, files):
        """The typed value, None when optional and absent."""
        if self.kind is bytes:
            value = files.get(self.name)
        else:
            value = values.get(self.name)
        if value in (None, "", b""):
            if self.required:
                raise missing_parameter(self.name)
            return None
        return value if self.kind is bytes else cast(self.name, value, self.kind)


def required(name, kind=str):
    return Param(name, kind, required=True)


def optional(name, kind=str):
    return Param(name, kind)


def cast(name, value, kind):
    """`value` (text, or already JSON) as `kind`; InvalidParameter when it is not."""
    if kind in (dict, list):
        return _structure(name, value, kind)
    if isinstance(value, (dict, list)):
        raise invalid_parameter(name)
    if kind is bool:
        return _boolean(name, value)
    if kind is int:
        return _integer(name, value)
    if kind is Decimal:
        try:
            number = Decimal(str(value))
        except InvalidOperation as error:
            raise invalid_parameter(name) from error
        if not number.is_finite():
            raise invalid_parameter(name)
        return number
    return str(value)


def _structure(name, value, kind):
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise invalid_parameter(name, "is not valid JSON") from error
    if kind is list and isinstance(value, dict):
        value = [value]  # the gateway takes a bare object for a list of one
    if not isinstance(value, kind):
        raise invalid_parameter(name)
    return value


def _boolean(name, value):
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise invalid_parameter(name)


def _integer(name, value):
    text = str(value).strip()
    if isinstance(value, (bool, float)) or not text.lstrip("-").isdigit():
        raise invalid_parameter(name)
    number = int(text)
    if abs(number) > MAX_INT:
        raise invalid_parameter(name)
    return number


def field(data, name, kind=str, required=False):
    """A member of a JSON parameter, typed like a parameter of its own."""
    value = data.get(name)
    if value in (None, ""):
        if required:
            raise missing_parameter(name)
        return None
    return cast(name, value, kind)


def choice(name, value, allowed):
    if value is not None and value not in allowed:
        raise invalid_parameter(name, f"must be one of {', '.join(allowed)}")
    return value


def moment(data, name):
    """UTC of a US Pacific wall time field, None when absent."""
    value = field(data, name)
    if value is None:
        return None
    try:
        return read_pacific(value)
    except ValueError as error:
        raise invalid_parameter(name, "is not yyyy-MM-dd HH:mm:ss") from error


def page(data, page_name="current_page", size_name="page_size", biggest=50, **kwargs):
    """(page number from 1, page size) of a list call."""
    number = field(data, page_name, int, required=True)
    size = field(data, size_name, int, required=True)
    if number < 1:
        raise invalid_parameter(page_name)
    if not 1 <= size <= biggest:
        raise invalid_parameter(size_name, f"must be from 1 to {biggest}")
    return number, size


def slice_page(rows, number, size):
    """(rows of that page, total count, total pages)"""
    start = (number - 1) * size
    return rows[start : start + size], len(rows), -(-len(rows) // size)
