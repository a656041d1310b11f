"""The shape of answers: which fields with which types of values, compared with what is documented. Never a value.

A shape maps the path of each field (`target_list[].order_id`) to its types, one letter each: i whole number, n other
number, s text, b true or false, o object, l list; with `!` where every object documented at that place has the field.
"""

import json
import pathlib
from decimal import Decimal

from .normalize import as_list

TYPE_NAMES = {
    "i": "a whole number",
    "n": "a decimal number",
    "s": "text",
    "b": "true or false",
    "o": "an object",
    "l": "a list",
}
# Kinds of notes
CHANGED = "of another type"
MISSING = "missing"
UNKNOWN = "unknown"
WRAPPED = "lists come inside an object of their own"
NOT_TOLD = "not told"
# In every answer.
_COMMON = {"request_id", "code", "msg"}
_FILE = pathlib.Path(__file__).with_name("documented_answers.json")


class Note(str):
    """A text in English for the report; `kind` and `detail`, names that are no language, for those who say it anew."""

    def __new__(cls, kind, detail="", text=""):
        """Make a note; `text`: what it says where that is more than kind and detail."""
        note = super().__new__(cls, text or f"{kind}: {detail}".removesuffix(": "))
        note.kind, note.detail = kind, detail
        return note


def load_documented():
    """Return `{method: shape}` of the answers that are documented."""
    return json.loads(_FILE.read_text(encoding="utf-8"))


def get_shape(answers):
    """Return the shape of `answers`, decoded answers of one method without envelope."""
    fields, parents = {}, {}
    for answer in answers:
        _collect("", answer, fields, parents)
    return {
        path: "".join(sorted(types)) + ("!" if count == parents.get(_parent(path)) else "")
        for path, (types, count) in sorted(fields.items())
        if path not in _COMMON
    }


def _collect(path, value, fields, parents):
    if isinstance(value, list):
        for item in value:
            _note(f"{path}[]", item, fields)
            _collect(f"{path}[]", item, fields, parents)
    elif isinstance(value, dict):
        parents[path] = parents.get(path, 0) + 1
        for key, inner in value.items():
            inner_path = f"{path}.{key}".lstrip(".")
            _note(inner_path, inner, fields)
            _collect(inner_path, inner, fields, parents)


def _note(path, value, fields):
    if value is not None:
        types, count = fields.get(path, (set(), 0))
        fields[path] = (types | {_type(value)}, count + 1)


def _parent(path):
    """The path of the object or list that `path` lies in."""
    return path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]


def _type(value):
    if isinstance(value, bool):
        return "b"
    if isinstance(value, (dict, list)):
        return "o" if isinstance(value, dict) else "l"
    if isinstance(value, str):
        return "s"
    return "n" if isinstance(value, (float, Decimal)) else "i"


def compare(answer, documented):
    """Return the `Note`s that say how the decoded `answer` (without envelope) differs from the `documented` shape.

    :return: `(differences, notes)`; notes are no reason to worry
    """
    wrapped = []
    actual = get_shape([_plain("", answer, documented, wrapped)])
    strange = {path for path in actual if path not in documented}
    # Of an object that is unknown itself, the fields need not be named as well.
    unknown = [path for path in sorted(strange) if _parent(path) not in strange]
    changed = [
        Note(CHANGED, path, f"{path} is {_describe(types)} instead of {_describe(documented[path])}")
        for path, types in actual.items()
        if path in documented and set(types.strip("!")) - set(documented[path])
    ]
    parents = {_parent(path) for path in actual} | {""}
    absent = [path for path in documented if path not in actual and _parent(path) in parents and "[]" != path[-2:]]
    # Lists without entries are left out.
    missing = [path for path in absent if documented[path].endswith("!") and not documented[path].startswith("l")]
    differences = changed
    if missing:
        differences.append(Note(MISSING, ", ".join(missing)))
    if unknown:
        typed = ", ".join(f"{path} ({_describe(actual[path])})" for path in unknown)
        differences.append(Note(UNKNOWN, ", ".join(unknown), f"{UNKNOWN}: {typed}"))
    if wrapped:
        differences.append(Note(WRAPPED, ", ".join(wrapped)))
    optional = [path for path in absent if path not in missing]
    return differences, [Note(NOT_TOLD, ", ".join(optional))] if optional else []


def _plain(path, value, documented, wrapped):
    """Return `value` with documented lists as plain lists; the paths of those that came otherwise go to `wrapped`."""
    if isinstance(value, dict) and documented.get(path, "").startswith("l"):
        if value:
            wrapped.append(path)
        value = as_list(value)
    if isinstance(value, list):
        return [_plain(f"{path}[]", item, documented, wrapped) for item in value]
    if isinstance(value, dict):
        return {key: _plain(f"{path}.{key}".lstrip("."), inner, documented, wrapped) for key, inner in value.items()}
    return value


def _describe(types):
    return " or ".join(TYPE_NAMES[letter] for letter in types.strip("!"))
