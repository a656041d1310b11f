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

    def _compute_price_unit(self):
        """Override of `sale`: what the buyer paid stays, whatever quantity or product people change by hand."""
        return super(SaleOrderLine, self._aliexpress_without_paid())._compute_price_unit()

    def _compute_discount(self):
        """Override of `sale`, as above."""
        return super(SaleOrderLine, self._aliexpress_without_paid())._compute_discount()

    def _aliexpress_without_paid(self):
        """Those of these lines whose price is not the one that a buyer on AliExpress paid."""
        return self.filtered(lambda line: not (line.aliexpress_child_ref or line.aliexpress_kind))
