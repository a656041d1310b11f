from odoo import fields, models
from odoo.tools import format_amount


class AliexpressListingSku(models.Model):
    """What of a SKU's price and stock was changed outside Odoo."""

    _inherit = "aliexpress.listing.sku"

    def _take_over_offer(self, remote):
        """Store what AliExpress has by a `ProductSku`; return the texts (translated) of what nobody in Odoo can have
        changed.
        """
        changes, values = [], {}
        if self.is_missing:
            values["is_missing"] = False
        # Who provisions a SKU tells what AliExpress has, and no date.
        if (self.quantity_date or self.quantity_sent) and not self.is_quantity_due and remote.quantity is not None:
            if remote.quantity != self.quantity_sent:
                if not 0 <= self.quantity_sent - remote.quantity <= self._get_sold_quantity():
                    changes.append(self._describe_quantity_drift(remote.quantity))
                values["quantity_sent"] = remote.quantity
        if (self.price_date or self.price_sent) and not self.is_price_due:
            sale_price = float(remote.sale_price or 0)
            is_changed = self.currency_id.compare_amounts(float(remote.price), self.price_sent) != 0
            if self.account_id._has_sale_prices():
                is_changed |= self.currency_id.compare_amounts(sale_price, self.sale_price_sent) != 0
            if is_changed:
                changes.append(self._describe_price_drift(float(remote.price), sale_price))
            values |= {"price_sent": float(remote.price), "sale_price_sent": sale_price}
            self.price_date = fields.Datetime.now()
        values = {name: value for name, value in values.items() if value != self[name]}
        if values:
            self.write(values)
        return changes

    def _take_over_absence(self):
        """AliExpress has no such SKU: nothing is sent for it any more. Returns the text (translated), [] when that was
        known.
        """
        if self.is_missing:
            return []
        self._set_missing(self.ids)
        return [self.account_id._get_message_env()._("%(code)s: no longer there", code=self.sku_code)]

    def _get_sold_quantity(self):
        """Units (int) that AliExpress may have taken off since it acknowledged the quantity."""
        since = self.quantity_date or self.create_date
        lines = self.env["aliexpress.order.line"].search(
            [
                ("account_id", "=", self.account_id.id),
                ("product_ref", "=", self.listing_id.product_ref),
                ("sku_code", "=", self.sku_code),
                "|",
                ("order_id.order_date", ">=", since),
                ("order_id.payment_date", ">=", since),
            ]
        )
        return sum(lines.mapped("quantity"))

    def _describe_quantity_drift(self, quantity):
        return self.account_id._get_message_env()._(
            "%(code)s: quantity %(actual)s instead of %(sent)s",
            code=self.sku_code,
            actual=quantity,
            sent=self.quantity_sent,
        )

    def _describe_price_drift(self, price, sale_price):
        message_env = self.account_id._get_message_env()

        def describe(price, sale_price):
            texts = [format_amount(message_env, amount, self.currency_id) for amount in (price, sale_price) if amount]
            return " / ".join(texts)

        return message_env._(
            "%(code)s: price %(actual)s instead of %(sent)s",
            code=self.sku_code,
            actual=describe(price, sale_price),
            sent=describe(self.price_sent, self.sale_price_sent),
        )
