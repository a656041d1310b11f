from odoo import fields, models


class AliexpressFreightTemplate(models.Model):
    """What a delivery costs the buyer and which carriers go where; set up in the seller centre."""

    _name = "aliexpress.freight.template"
    _description = "AliExpress Freight Template"
    _inherit = ["aliexpress.shop.metadata.mixin"]
    _order = "account_id, is_default desc, name, id"

    is_default = fields.Boolean(string="Default", readonly=True, help="Used by AliExpress where a product names none.")
