"""Texts composed of a record's fields: `{brand} {name} {categ_id.name}`. Paths are looked up, nothing is ever
evaluated.
"""

import re
from decimal import Decimal

from odoo.fields import Domain
from odoo.tools import formatLang

_PLACEHOLDER = re.compile(r"\{\s*([^{}]*?)\s*\}")
_PATH = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")
# More than any field is rounded to, less than where floats go wrong.
_DIGITS = 6
# What a title may hold; other types say nothing to a buyer.
_TYPES = {"char", "text", "integer", "float", "selection", "many2one", "many2many", "one2many", "boolean", "date"}


def compose(record, template, for_machines=False):
    """`template` with each `{dotted.path}` replaced by the text of that field of `record`, in the language of its
    environment.

    A path that does not exist, or that leads over a field which is not for everybody, leaves nothing.

    :param bool for_machines: numbers as every language writes them to a computer, instead of as its people do
    """
    write = _write_number if for_machines else _format_number
    text = _PLACEHOLDER.sub(lambda match: _get_text(record, match.group(1), write), template or "")
    return " ".join(text.split())


def find_wrong_paths(model, template):
    """The placeholders of `template` (list of str) that are no readable field path of `model`, an empty recordset."""
    return [path for path in _PLACEHOLDER.findall(template or "") if not _is_path(model, path)]


def check_filter(model, domain):
    """Raise AccessError when the `Domain` over `model` (an empty recordset) asks about something its user may not read.

    Jobs look for what matches with all rights: what they find would tell.
    """
    for condition in domain.iter_conditions():
        asked = model
        for name in condition.field_expr.split("."):
            field = asked._fields.get(name)
            if not field:
                break  # part of a date or of a property
            asked._check_field_access(field, "read")
            asked = asked.env[field.comodel_name] if field.comodel_name else asked
            asked.check_access("read")
        if condition.operator in ("any", "not any") and isinstance(condition.value, (Domain, list, tuple)):
            check_filter(asked, Domain(condition.value))


def _is_path(model, path):
    if not _PATH.fullmatch(path):
        return False
    *steps, last = path.split(".")
    for step in steps:
        if not _is_open(model, step) or not model._fields[step].comodel_name:
            return False
        model = model.env[model._fields[step].comodel_name]
    return _is_open(model, last) and model._fields[last].type in _TYPES


def _is_open(model, name):
    field = model._fields.get(name)
    # Jobs read with all rights: what is not for every employee must not end in a title.
    return field is not None and field.groups in (None, "", "base.group_user")


def _get_text(record, path, write_number):
    if not _is_path(record.browse(), path):
        return ""
    *steps, last = path.split(".")
    for step in steps:
        record = record[step]
    texts = (_format(each, record._fields[last], write_number) for each in record)
    return ", ".join(dict.fromkeys(text for text in texts if text))


def _format(record, field, write_number):
    value = record[field.name]
    if field.relational:
        return ", ".join(value.mapped("display_name"))
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value, "")
    if field.type == "float":
        return write_number(record.env, value) if value else ""
    return str(value) if value else ""


def _format_number(env, value):
    return formatLang(env, value, digits=_DIGITS).rstrip("0").rstrip(".,")


def _write_number(_env, value):
    return f"{Decimal(str(round(value, _DIGITS))).normalize():f}"
