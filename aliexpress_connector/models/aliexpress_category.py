from odoo import fields, models


class AliexpressCategory(models.Model):
    """A category of AliExpress' own tree; shared by all shops."""

    _name = "aliexpress.category"
    _description = "AliExpress Category"

    ref = fields.Char(string="AliExpress Category", required=True, copy=False)
    name = fields.Char(required=True, translate=True)
    is_leaf = fields.Boolean(help="Products go into categories without children only.")
    attribute_ids = fields.One2many("aliexpress.attribute", "category_id", string="Attributes")

    _ref_uniq = models.UniqueIndex("(ref)", "This AliExpress category is already there.")
