"""Finding records that are called the same in any language."""

import re
import unicodedata

from odoo.tools import SQL


def normalize_name(text):
    """`text` as names are compared: without case, accents, punctuation and doubled spaces."""
    plain = unicodedata.normalize("NFKD", text or "").casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", plain))


def get_names(records):
    """{id: set of the normalized names} of `records` in all their languages; their `name` must be translated."""
    if not records:
        return {}
    records.flush_recordset(["name"])
    query = SQL("SELECT id, name FROM %s WHERE id IN %s", SQL.identifier(records._table), tuple(records.ids))
    rows = records.env.execute_query(query)
    return {record_id: {normalize_name(text) for text in names.values() if text} - {""} for record_id, names in rows}


def index_by_name(records):
    """{normalized name: record}; of two records of one name the first is taken."""
    names = get_names(records)
    return {name: record for record in reversed(records) for name in names[record.id]}
