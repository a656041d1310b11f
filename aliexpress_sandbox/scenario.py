"""Scenario files: the world as JSON, both ways.

Everything a dataclass can default may be left out. Times are ISO 8601 or relative to
the moment of loading (`now`, `-2d3h`, `+30d`), amounts are texts or numbers, and the
mappings of shops, apps, products … may be written as lists. Below `place` stand orders
in the short form of `Sandbox.place_order`. `extends` names another scenario: its lists
come first.
"""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from .clock import read_moment
from .world import World

BUILT_IN = ("default", "demo", "empty")
FOLDER = Path(__file__).parent / "scenarios"
KEYS = {
    "apps": "key",
    "shops": "seller_id",
    "products": "product_id",
    "orders": "order_id",
    "categories": "category_id",
}
_HINTS = {}


def read(source, now):
    """(world, short orders) from a dict, a path, or the name of a built-in scenario."""
    without_orders = source == "empty"
    source = dict(source) if isinstance(source, dict) else _file("default" if without_orders else source)
    short_orders = source.pop("place", [])
    world = load(World, source, now, "scenario")
    return world, [] if without_orders else short_orders


def _file(source):
    """The data of a file or a built-in scenario, after those of the one it extends."""
    path = FOLDER / f"{source}.json" if source in BUILT_IN else Path(source)
    data = json.loads(path.read_text(encoding="utf-8"))
    if "extends" not in data:
        return data
    base = _file(data.pop("extends"))
    for key, items in data.items():
        base[key] = base.get(key, []) + items if isinstance(items, list) else items
    return base


def write(world, path):
    """Save the world atomically as a scenario file."""
    path = Path(path)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(dump(world), indent=1, ensure_ascii=False), "utf-8")
    part.replace(path)


def dump(value):
    """Plain JSON data of a dataclass tree; empty and default-like values stay out."""
    if is_dataclass(value):
        return {
            field.name: dump(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) is not None
        }
    if isinstance(value, dict):
        return {str(key): dump(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [dump(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return str(value)
    return value


def load(kind, data, now, where):
    """An instance of the dataclass `kind`; ValueError names the wrong place."""
    hints = hints_of(kind)
    unknown = set(data) - set(hints) if isinstance(data, dict) else [f"{data!r}, an object is expected"]
    if unknown:
        raise ValueError(f"{where}: unknown {', '.join(sorted(unknown))}")
    values = {name: value(hints[name], item, now, f"{where}.{name}") for name, item in data.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from error


def hints_of(kind):
    if kind not in _HINTS:
        hints = get_type_hints(kind)
        _HINTS[kind] = {field.name: hints[field.name] for field in fields(kind)}
    return _HINTS[kind]


def value(hint, data, now, where):
    """JSON data as a value of that type; ValueError names the wrong place."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        if data is None:
            return None
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
        origin = get_origin(hint)
    if hint is Any:
        return data
    if origin is dict:
        return _mapping(get_args(hint), data, now, where)
    if origin is list:
        (inner,) = get_args(hint)
        return [value(inner, x, now, f"{where}[{i}]") for i, x in enumerate(data)]
    if is_dataclass(hint):
        return load(hint, data, now, where)
    return _scalar(hint, data, now, where)


def _mapping(hints, data, now, where):
    key_hint, value_hint = hints
    if isinstance(data, list):
        key = KEYS[where.rsplit(".", 1)[-1]]
        data = {item[key]: item for item in data}
    return {key_hint(key): value(value_hint, item, now, f"{where}.{key}") for key, item in data.items()}


def _scalar(hint, data, now, where):
    try:
        if hint is datetime:
            return data if isinstance(data, datetime) else read_moment(data, now)
        if hint is Decimal:
            return Decimal(str(data))
        if hint is bool and not isinstance(data, bool):
            raise ValueError("true or false is expected")
        return data if hint in (dict, list) else hint(data)
    except (ValueError, ArithmeticError, TypeError) as error:
        raise ValueError(f"{where}: {error}") from error
