from odoo import fields, models


class AliexpressAttributeValue(models.Model):
    """A value that an attribute offers to choose."""

    _name = "aliexpress.attribute.value"
    _description = "AliExpress Attribute Value"

    attribute_id = fields.Many2one("aliexpress.attribute", required=True, index=True, ondelete="cascade")
    ref = fields.Char(string="AliExpress Value", required=True, copy=False)
    name = fields.Char(required=True, translate=True)

    _ref_uniq = models.UniqueIndex("(attribute_id, ref)", "This value is already there.")
