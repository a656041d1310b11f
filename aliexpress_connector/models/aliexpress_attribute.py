from odoo import fields, models


class AliexpressAttribute(models.Model):
    """An attribute of a category, as AliExpress asks for it."""

    _name = "aliexpress.attribute"
    _description = "AliExpress Attribute"

    category_id = fields.Many2one("aliexpress.category", required=True, index=True, ondelete="cascade")
    ref = fields.Char(string="AliExpress Attribute", required=True, copy=False)
    name = fields.Char(required=True, translate=True)
    is_required = fields.Boolean(string="Mandatory")
    is_sku = fields.Boolean(
        string="Of Variants", help="Tells variants apart: belongs to each SKU, never to the product."
    )
    is_key = fields.Boolean(string="Recommended")
    is_multiple = fields.Boolean(string="Several Values")
    is_text = fields.Boolean(string="Free Text")
    is_number = fields.Boolean(string="Number")
    has_custom_name = fields.Boolean(string="Own Value Names")
    has_custom_image = fields.Boolean(string="Value Pictures")
    value_ids = fields.One2many("aliexpress.attribute.value", "attribute_id", string="Values")

    _ref_uniq = models.UniqueIndex("(category_id, ref)", "This attribute is already there in this category.")
