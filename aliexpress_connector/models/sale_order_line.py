from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aliexpress_child_ref = fields.Char(
        string="AliExpress Child Order", readonly=True, copy=False, groups="base.group_user"
    )
