import json
from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

from .record_changes import get_changes


class AliexpressMetadataMixin(models.AbstractModel):
    """Something that AliExpress defines and Odoo only keeps a copy of.

    What AliExpress no longer tells is archived, never deleted: products that refer to it must go on to show it.
    """

    _name = "aliexpress.metadata.mixin"
    _description = "AliExpress metadata"
    _rec_names_search = ["name", "ref"]
    # The fields that tell one record of AliExpress from another.
    _key_fields = ("ref",)

    ref = fields.Char(
        string="AliExpress Number", required=True, readonly=True, copy=False, help="Its number on AliExpress."
    )
    name = fields.Char(required=True, readonly=True)
    active = fields.Boolean(default=True, readonly=True, help="What AliExpress no longer offers is archived.")

    @api.model
    def _store(self, domain, items, names=None):
        """Make the records of `domain` the same as `items`: create, change and archive.

        :param dict items: values by key, the tuple of the values of `_key_fields`
        :param dict names: texts by language (ISO 639-1) by key, for models with translated names
        :return: the records of `items`, and those that were archived by this call
        """
        # Values are compared and written in the language that translations fall back on.
        self = self.with_context(lang="en_US", active_test=False)
        known = self.search(domain)
        by_key = {record._get_key(): record for record in known}
        for key, values in items.items():
            if key in by_key:
                by_key[key]._write_changes(values | {"active": True})
        new = self.create(
            [
                dict(zip(self._key_fields, key, strict=True)) | values
                for key, values in items.items()
                if key not in by_key
            ]
        )
        vanished = known.filtered(lambda record: record.active and record._get_key() not in items)
        vanished.active = False
        stored = known.filtered(lambda record: record._get_key() in items) | new
        if names:
            stored._write_names({record: names.get(record._get_key()) or {} for record in stored})
        return stored, vanished

    def _get_key(self):
        return tuple(self._get_plain(name) for name in self._key_fields)

    def _write_changes(self, values):
        """Write those of `values` that differ."""
        changes = get_changes(self, values)
        if changes:
            self.write(changes)

    def _get_plain(self, name):
        return self[name].id if self._fields[name].relational else self[name]

    @api.model
    def _write_names(self, names):
        """Store `{record: {language: name}}` as the translations of the installed languages, in one statement."""
        languages = {code: code.partition("_")[0] for code, _name in self.env["res.lang"].get_installed()}
        self.flush_model(["name"])
        query = SQL("SELECT id, name FROM %s WHERE id IN %s", SQL.identifier(self._table), tuple(self.ids) or (None,))
        stored = dict(self.env.execute_query(query))
        changed = {}
        for record, texts in names.items():
            wanted = {code: texts[language] for code, language in languages.items() if texts.get(language)}
            wanted["en_US"] = stored[record.id]["en_US"]
            if wanted != stored[record.id]:
                changed[record.id] = json.dumps(wanted)
        if changed:
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET name = new.name FROM unnest(%(ids)s, %(names)s::jsonb[]) AS new(id, name) "
                    "WHERE %(table)s.id = new.id",
                    table=SQL.identifier(self._table),
                    ids=list(changed),
                    names=list(changed.values()),
                )
            )
            self.invalidate_model(["name"])

    # === USE === #

    def _count_uses(self):
        """For each of these records that others refer to: its name, what it is, and how many active records do so."""
        uses = Counter()
        for model, field in self._get_referring_fields() if self else ():
            for record, count in self.env[model]._read_group([(field, "in", self.ids)], [field], ["__count"]):
                uses[record.id] += count
        model = self.env["ir.model"]._get(self._name).name
        return [(record.display_name, model, uses[record.id]) for record in self if uses[record.id]]

    @api.model
    def _get_referring_fields(self):
        """Pairs of model and stored Many2one field by which products, listings and shops refer to this model."""
        return [
            (name, field.name)
            for name, model in self.env.registry.items()
            if not (
                model._abstract or model._transient or hasattr(model, "_key_fields") or name == "aliexpress.shop.data"
            )
            for field in model._fields.values()
            if field.type == "many2one" and field.store and field.comodel_name == self._name
        ]
