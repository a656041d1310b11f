from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aliexpress_child_ref = fields.Char(
        string="AliExpress Child Order", readonly=True, copy=False, groups="base.group_user"
    )
    aliexpress_kind = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What of an AliExpress order this line stands for, where it is no product: freight, discount and so on.",
    )
