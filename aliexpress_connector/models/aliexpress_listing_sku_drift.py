from odoo import fields, models
from odoo.tools import format_amount


class AliexpressListingSku(models.Model):
    """What of a SKU's price and stock was changed outside Odoo."""

    _inherit = "aliexpress.listing.sku"

    def _take_over_offer(self, remote, countries):
        """Store what AliExpress has by a `ProductSku` and its prices by country (of `read_countries`); return the texts
        (translated) of what nobody in Odoo can have changed.
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
            changes += self._describe_price_changes(remote, countries)
            values |= self._prepare_remote_prices(remote, countries)
            self.price_date = fields.Datetime.now()
        values = {name: value for name, value in values.items() if value != self[name]}
        if values:
            self.write(values)
        return changes

    def _prepare_remote_prices(self, remote, countries):
        """What to write where AliExpress has the prices of a `ProductSku` and these by country."""
        values = {"price_sent": float(remote.price), "sale_price_sent": float(remote.sale_price or 0)}
        if self._has_country_prices():
            values["country_prices_sent"] = {code: list(pair) for code, pair in countries.items()} or False
        if self.ended_sales and values != {name: self[name] for name in values}:
            # Not what Odoo set: AliExpress' own stay.
            values["ended_sales"] = False
        return values

    def _has_ended_sale(self, remote):
        """Whether the sale price of a `ProductSku` (None where there is none) is one that Odoo set and sets no more."""
        own = float(remote.sale_price or 0) if remote else 0
        return "" in (self.ended_sales or ()) and self.currency_id.compare_amounts(own, self.sale_price_sent) == 0

    def _has_country_prices(self):
        """Whether Odoo sets prices by country of this SKU; else those of the seller centre are none of its business."""
        return bool(self.account_id.country_price_ids or self.country_prices_sent)

    def _describe_price_changes(self, remote, countries):
        """Texts (translated) of the prices that differ from what AliExpress acknowledged."""
        account = self.account_id
        sent_pair = (self.price_sent, self.sale_price_sent)
        pairs = [(self.sku_code, not account._has_sale_prices(), (remote.price, remote.sale_price), sent_pair)]
        if self._has_country_prices():
            kept, sent = account._get_kept_countries(), self.country_prices_sent or {}
            pairs += [
                (f"{self.sku_code} {code}", code in kept, countries.get(code, (0, 0)), sent.get(code, (0, 0)))
                for code in sorted(countries.keys() | sent.keys())
            ]
        changes = []
        for name, is_sale_kept, actual, expected in pairs:
            (price, sale_price), (sent_price, sent_sale) = [
                [float(one or 0) for one in pair] for pair in (actual, expected)
            ]
            is_changed = self.currency_id.compare_amounts(price, sent_price) != 0
            if not is_sale_kept:
                is_changed |= self.currency_id.compare_amounts(sale_price, sent_sale) != 0
            if is_changed:
                changes.append(self._describe_price_drift(name, (price, sale_price), (sent_price, sent_sale)))
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
                # What came without a code may be any SKU of the product.
                ("sku_code", "in", [self.sku_code, False]),
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

    def _describe_price_drift(self, name, actual, sent):
        message_env = self.account_id._get_message_env()

        def describe(amounts):
            texts = [format_amount(message_env, amount, self.currency_id) for amount in amounts if amount]
            return " / ".join(texts) or "-"

        return message_env._(
            "%(code)s: price %(actual)s instead of %(sent)s", code=name, actual=describe(actual), sent=describe(sent)
        )
