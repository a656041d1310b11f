"""Digests of what a listing says: equal as long as it says the same."""

import hashlib
import json
from dataclasses import fields, is_dataclass

from ..lib.catalogue_values import AttributeChoice, SkuAttribute

# Of a SKU, what has a job of its own, or a section.
APART = frozenset({"price", "sale_price", "quantity", "image_url"})
# What AliExpress itself may change.
NAMES = frozenset({"name", "is_multiple"})
EMPTY = (None, "", [], {})


def make_digest(value):
    """A short text that is the same for values that tell AliExpress the same."""
    text = json.dumps(_reduce(value), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _reduce(value):
    """`value` without what is empty, so that a content may get new fields, and without the names and the order that
    AliExpress gives its attributes.
    """
    if is_dataclass(value):
        return _reduce(_get_told(value))
    if isinstance(value, dict):
        return {key: reduced for key, said in value.items() if (reduced := _reduce(said)) not in EMPTY}
    if isinstance(value, (list, tuple)):
        reduced = [_reduce(said) for said in value]
        is_ordered = not value or not isinstance(value[0], (AttributeChoice, SkuAttribute))
        return reduced if is_ordered else sorted(reduced, key=lambda said: json.dumps(said, sort_keys=True))
    return value


def _get_told(value):
    """{field: value} of a dataclass, as far as it is digested."""
    left_out = APART
    if isinstance(value, SkuAttribute) or (isinstance(value, AttributeChoice) and value.attribute_ref):
        left_out |= NAMES
    told = {field.name: getattr(value, field.name) for field in fields(value) if field.name not in left_out}
    if isinstance(value, AttributeChoice):
        told["value_refs"] = sorted(value.value_refs)
    return told
