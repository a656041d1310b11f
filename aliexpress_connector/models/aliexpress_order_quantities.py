from typing import NamedTuple

from odoo import models


class SoldUnits(NamedTuple):
    """What an order has of a SKU."""

    quantity: int
    is_paid: bool
    is_cancelled: bool


class AliexpressOrder(models.Model):
    """What AliExpress takes off its own quantities when orders come or are paid, and gives back when they are
    cancelled.
    """

    _inherit = "aliexpress.order"

    def _get_sold_units(self):
        """`{(order, AliExpress product, SKU code or False): SoldUnits}` of these orders as they are stored."""
        sold = {}
        for order in self:
            is_cancelled = order.stage == "cancelled"
            is_paid = bool(order.payment_date) or (order.stage != "pending_payment" and not is_cancelled)
            for line in order.line_ids:
                if line.product_ref and not line.is_platform_fulfilled:
                    key = (order, line.product_ref, line.sku_code)
                    before = sold[key].quantity if key in sold else 0
                    sold[key] = SoldUnits(before + line.quantity, is_paid, is_cancelled)
        return sold

    def _note_quantity_changes(self, before):
        """Remember the SKUs of which AliExpress took or gave back units since `before` (of `_get_sold_units`): it has
        another quantity than the one that it acknowledged.
        """
        after = self._get_sold_units()
        keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
        if not keys:
            return
        shops = self.account_id.filtered(lambda account: account.sync_offers and account._has_catalogue())
        refs = list({product_ref for _order, product_ref, _code in keys})
        listings = self.env["aliexpress.listing"].search([("account_id", "in", shops.ids), ("product_ref", "in", refs)])
        strategies = {
            (listing.account_id, listing.product_ref): listing.stock_deduction or "order" for listing in listings
        }
        changed = set()
        for key in keys:
            order, product_ref, sku_code = key
            strategy = strategies.get((order.account_id, product_ref))
            if strategy and _get_taken(before.get(key), strategy) != _get_taken(after.get(key), strategy):
                changed.add((order.account_id.id, product_ref, sku_code))
        # Whoever imports an order need not be allowed to write what the jobs remember.
        self.env["aliexpress.quantity.change"].sudo().create(
            [
                {"account_id": account_id, "product_ref": product_ref, "sku_code": sku_code}
                for account_id, product_ref, sku_code in changed
            ]
        )


def _get_taken(sold, strategy):
    """How many units of a `SoldUnits` AliExpress has taken off its quantity, None when it never took any.

    Units given back are 0: of an order that comes cancelled already, AliExpress took units and gave them back, and its
    quantity may have been overwritten in between.
    """
    if not sold or (strategy == "payment" and not sold.is_paid):
        return None
    return 0 if sold.is_cancelled else sold.quantity
