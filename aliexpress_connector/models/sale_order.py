from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aliexpress_order_id = fields.Many2one(
        "aliexpress.order", string="AliExpress Order", readonly=True, copy=False, index="btree_not_null", check_company=True
    )
    aliexpress_ship_deadline = fields.Datetime(related="aliexpress_order_id.ship_deadline", string="Ship Before", compute_sudo=True)
