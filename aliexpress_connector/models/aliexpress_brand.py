from odoo import fields, models


class AliexpressBrand(models.Model):
    """A brand that AliExpress allows the seller to use."""

    _name = "aliexpress.brand"
    _description = "AliExpress Brand"
    _inherit = ["aliexpress.shop.metadata.mixin"]

    valid_until = fields.Datetime(readonly=True, help="AliExpress' permission ends then.")
