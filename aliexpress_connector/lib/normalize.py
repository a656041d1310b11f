"""One form for every form of answer.

With `simplify=false` the gateway wraps an answer in `<method>_response` and each list in an object named after its
items (`{"order_dto": [...]}`, `{}` when empty); with `simplify=true` it does neither, but some methods keep the
envelope. A list of one item may come as that item. What is read through these functions is the same in all those forms.
"""

import json
from decimal import Decimal

# Lists of plain values are wrapped in the name of their type.
_TYPE_NAMES = frozenset({"string", "number", "json", "boolean", "date"})


def decode(content):
    """Return the JSON value of `content` (bytes or text).

    Integers stay exact, other numbers become Decimal, NaN and Infinity text. Raises ValueError for what is not JSON.
    """
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=str)
    except (ArithmeticError, RecursionError) as error:
        raise ValueError("not JSON of a reasonable size") from error


def storable_text(value):
    """Return `value` as text without surrounding space and without what a database cannot store: NUL and half of a
    surrogate pair are legal JSON.
    """
    return str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()


def unwrap(answer):
    """Return what the `<method>_response` envelope of the dict `answer` holds, or `answer` where there is none."""
    envelopes = [key for key in answer if key.endswith("_response")]
    return answer[envelopes[0]] if len(envelopes) == 1 else answer


def as_list(value):
    """Return the items of a list in any of its forms. Raises ValueError for what cannot be a list."""
    if value is None or value == "" or value == {}:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return _unwrap_items(value)
    raise ValueError("not a list")


def _unwrap_items(value):
    """Return the items of a list that came as an object: their wrapper, or the only one of them."""
    if len(value) == 1:
        [(name, inner)] = value.items()
        if isinstance(inner, list):
            return inner
        if isinstance(inner, dict):
            return [inner] if inner else []
        if name in _TYPE_NAMES:
            return [inner]
    return [value]
