from odoo import Command, api, fields, models


class AliexpressAttributeValue(models.Model):
    """A value that an attribute offers to choose."""

    _name = "aliexpress.attribute.value"
    _description = "AliExpress Attribute Value"
    _inherit = ["aliexpress.metadata.mixin"]
    _order = "attribute_id, sequence, id"
    _key_fields = ("attribute_id", "ref")

    attribute_id = fields.Many2one("aliexpress.attribute", required=True, readonly=True, index=True, ondelete="cascade")
    name = fields.Char(translate=True)
    sequence = fields.Integer(readonly=True, help="AliExpress' own order.")
    has_children = fields.Boolean(
        string="Opens Attributes", readonly=True, help="AliExpress asks for more attributes where this value is chosen."
    )
    opening_date = fields.Datetime(
        string="Opening Read On",
        readonly=True,
        copy=False,
        help="When AliExpress was last asked what else it wants to know where this value is chosen.",
    )
    parent_value_ids = fields.Many2many(
        "aliexpress.attribute.value",
        "aliexpress_attribute_value_parent_rel",
        "value_id",
        "parent_id",
        string="Only With",
        readonly=True,
        help="This value is offered only where one of these values of another attribute is chosen.",
    )

    _ref_uniq = models.UniqueIndex("(attribute_id, ref)", "This value is already there.")

    def _get_path(self):
        """The choices that lead to what this value opens: pairs (attribute ref, value ref), outermost first."""
        self.ensure_one()
        parent = self.attribute_id.parent_value_ids[:1]
        return [*(parent._get_path() if parent else []), (self.attribute_id.ref, self.ref)]

    @api.model
    def _store_of_attributes(self, stored, attributes, parent=None):
        """Store the values of `attributes` (`Attribute` values), whose records are `stored`.

        :param parent: the value whose choice opens them; values of other choices stay
        """
        by_ref = stored.grouped("ref")
        items, names = {}, {}
        for attribute in attributes:
            for sequence, value in enumerate(attribute.values):
                key = (by_ref[attribute.ref].id, value.ref)
                items[key] = {"name": value.name, "sequence": sequence, "has_children": value.has_children}
                names[key] = value.names
        domain = [("attribute_id", "in", stored.ids)]
        if not parent:
            self._store(domain, items, names)
            return
        refs = [ref for _attribute_id, ref in items]
        told = [*domain, ("ref", "in", refs)]
        always = self.search([*told, ("parent_value_ids", "=", False)])
        values, _none = self._store(told, items, names)
        (values - always).filtered(lambda value: parent not in value.parent_value_ids).parent_value_ids = [
            Command.link(parent.id)
        ]
        gone = self.search([*domain, ("parent_value_ids", "in", parent.ids)]) - values
        gone.parent_value_ids = [Command.unlink(parent.id)]
        gone.filtered(lambda value: not value.parent_value_ids).active = False
