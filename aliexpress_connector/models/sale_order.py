from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aliexpress_order_id = fields.Many2one(
        "aliexpress.order",
        string="AliExpress Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
        help="The order on AliExpress that this one was made of.",
    )
    aliexpress_ship_deadline = fields.Datetime(
        related="aliexpress_order_id.ship_deadline",
        string="Ship Before",
        related_sudo=True,
        groups="base.group_user",
    )

    aliexpress_order_ref = fields.Char(
        related="aliexpress_order_id.order_ref", string="AliExpress Number", groups="base.group_user"
    )
    aliexpress_order_url = fields.Char(
        related="aliexpress_order_id.order_url", string="On AliExpress", groups="base.group_user"
    )
    aliexpress_stage = fields.Selection(
        related="aliexpress_order_id.stage", string="AliExpress Stage", groups="base.group_user"
    )
    aliexpress_service_name = fields.Char(
        related="aliexpress_order_id.service_name", string="Buyer's Delivery Service", groups="base.group_user"
    )
    aliexpress_note = fields.Text(related="aliexpress_order_id.note", string="Buyer's Note", groups="base.group_user")
    aliexpress_explanation = fields.Html(
        related="aliexpress_order_id.explanation", string="Money Explained", groups="base.group_user"
    )
    aliexpress_difference = fields.Text(
        related="aliexpress_order_id.difference", string="Differs from AliExpress", groups="base.group_user"
    )
    aliexpress_hold_reason = fields.Text(
        compute="_compute_aliexpress_hold_reason",
        string="AliExpress Hold",
        groups="base.group_user",
        help="Why the order may not be shipped for now.",
    )

    _aliexpress_order_uniq = models.UniqueIndex(
        "(aliexpress_order_id) WHERE aliexpress_order_id IS NOT NULL", "This AliExpress order already has a sale order."
    )

    @api.depends("aliexpress_order_id.state", "aliexpress_order_id.hold_reason")
    def _compute_aliexpress_hold_reason(self):
        for sale_order in self:
            # Read for people without AliExpress rights too: they must know why they may not ship.
            order = sale_order.sudo().aliexpress_order_id
            sale_order.aliexpress_hold_reason = order.hold_reason if order.state == "hold" else False

    def action_view_aliexpress_order(self):
        """Open the AliExpress order of this sale order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aliexpress.order",
            "res_id": self.aliexpress_order_id.id,
            "view_mode": "form",
        }

    def _aliexpress_settle_rounding(self):
        """Add a line for the cents that taxes rounded line by line left over, so that each total is AliExpress' own.

        More than cents is no rounding: it stays, and shows as a difference from AliExpress.
        """
        product = self.env["product.product"]._aliexpress_get_helper("difference")
        values_list = []
        for order in self:
            rest = order.currency_id.round(order.aliexpress_order_id.amount_total - order.amount_total)
            limit = order.currency_id.rounding * (len(order.order_line) + 1)
            if not order.currency_id.is_zero(rest) and order.currency_id.compare_amounts(abs(rest), limit) <= 0:
                values_list.append(
                    {
                        "order_id": order.id,
                        "product_id": product.id,
                        "name": self.env._("Rounding of taxes"),
                        "product_uom_qty": 1,
                        "price_unit": rest,
                        "discount": 0.0,
                        "tax_ids": [],
                        "sequence": 1001,
                    }
                )
        self.env["sale.order.line"].create(values_list)
