from odoo import Command, api, fields, models
from odoo.fields import Domain


class AliexpressAttribute(models.Model):
    """An attribute of a category, as AliExpress asks for it."""

    _name = "aliexpress.attribute"
    _description = "AliExpress Attribute"
    _inherit = ["aliexpress.metadata.mixin"]
    _order = "category_id, sequence, id"
    _key_fields = ("category_id", "ref")

    category_id = fields.Many2one("aliexpress.category", required=True, readonly=True, index=True, ondelete="cascade")
    name = fields.Char(translate=True)
    sequence = fields.Integer(readonly=True, help="AliExpress' own order.")
    is_required = fields.Boolean(string="Mandatory", readonly=True, help="AliExpress takes no product without it.")
    is_sku = fields.Boolean(
        string="Of Variants", readonly=True, help="Tells variants apart: belongs to each SKU, never to the product."
    )
    is_key = fields.Boolean(string="Recommended", readonly=True, help="Products with it are found more often.")
    is_multiple = fields.Boolean(string="Several Values", readonly=True, help="Several values can be chosen.")
    is_text = fields.Boolean(string="Free Text", readonly=True, help="Takes any text.")
    is_number = fields.Boolean(string="Number", readonly=True, help="Takes a number only.")
    has_custom_name = fields.Boolean(
        string="Own Value Names", readonly=True, help="The seller may give the values of variants his own names."
    )
    has_custom_image = fields.Boolean(
        string="Value Pictures", readonly=True, help="Each value may have a picture of its own."
    )
    units = fields.Char(readonly=True, help="The units to choose from, separated by commas.")
    value_ids = fields.One2many(
        "aliexpress.attribute.value", "attribute_id", string="Values", help="The values that AliExpress offers."
    )
    parent_value_ids = fields.Many2many(
        "aliexpress.attribute.value",
        "aliexpress_attribute_parent_value_rel",
        string="Only With",
        readonly=True,
        help="AliExpress asks for this attribute only where one of these values is chosen.",
    )

    _ref_uniq = models.UniqueIndex("(category_id, ref)", "This attribute is already there in this category.")

    def _get_units(self):
        """The units (list of str) that a number may have."""
        return [unit.strip() for unit in (self.units or "").split(",") if unit.strip()]

    # === REFRESH === #

    @api.model
    def _store_of_category(self, category, attributes):
        """Store the attributes of `category` (`Attribute` values) that it has whatever is chosen."""
        refs = [attribute.ref for attribute in attributes]
        domain = Domain("parent_value_ids", "=", False) | Domain("ref", "in", refs)
        stored = self._store_attributes(category, attributes, domain)
        stored.filtered("parent_value_ids").parent_value_ids = [Command.clear()]
        self.env["aliexpress.attribute.value"]._store_of_attributes(stored, attributes)

    @api.model
    def _store_opened_by(self, value, attributes):
        """Store the attributes that AliExpress asks for when `value` is chosen; there may be none, or more values
        only.
        """
        value.opening_date = fields.Datetime.now()
        category = value.attribute_id.category_id
        refs = [attribute.ref for attribute in attributes]
        # What the category asks for anyway may be told again, with values that only this choice offers.
        always = self.search([("category_id", "=", category.id), ("ref", "in", refs), ("parent_value_ids", "=", False)])
        known = set(always.mapped("ref"))
        opened = [attribute for attribute in attributes if attribute.ref not in known]
        stored = self._store_attributes(category, opened, Domain("ref", "in", [one.ref for one in opened]))
        new = stored.filtered(lambda attribute: value not in attribute.parent_value_ids)
        new.write({"parent_value_ids": [Command.link(value.id)]})
        gone = self.search([("parent_value_ids", "in", value.ids)]) - stored
        gone.write({"parent_value_ids": [Command.unlink(value.id)]})
        gone.filtered(lambda attribute: not attribute.parent_value_ids).active = False
        self.env["aliexpress.attribute.value"]._store_of_attributes(stored | always, attributes, value)

    @api.model
    def _store_attributes(self, category, attributes, domain):
        """Make the attributes of `category` in `domain` the same as `attributes` and return them."""
        items, names = {}, {}
        for sequence, attribute in enumerate(attributes):
            key = (category.id, attribute.ref)
            # Those of variants come last, in an order of their own.
            sequence = 1000 + attribute.position if attribute.is_sku else sequence
            items[key] = self._prepare_values(attribute) | {"sequence": sequence}
            names[key] = attribute.names
        return self._store(Domain("category_id", "=", category.id) & domain, items, names)[0]

    @api.model
    def _prepare_values(self, attribute):
        return {
            "name": attribute.name,
            "is_required": attribute.is_required,
            "is_sku": attribute.is_sku,
            "is_key": attribute.is_key,
            "is_multiple": attribute.is_multiple,
            "is_text": attribute.is_text,
            "is_number": attribute.is_number,
            "has_custom_name": attribute.has_custom_name,
            "has_custom_image": attribute.has_custom_image,
            "units": ", ".join(attribute.units) or False,
        }
