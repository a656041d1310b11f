import json

from odoo import api, models

from .aliexpress_offer_prices import keep_below


class AliexpressListing(models.Model):
    """Which new prices are sent, and which wait for a person's word."""

    _inherit = "aliexpress.listing"

    @api.model
    def _compare_price(self, account, row, price):
        """What to write on a SKU whose price shall be `price` (OfferPrice), None when nothing changes."""
        sale_price = self._get_sale_price(account, row, price)
        countries = {code: list(pair) for code, pair in price.countries.items()}
        is_equal = (
            row.price_sent
            and row.price_sent == price.price
            and (row.sale_price_sent or None) == sale_price
            and (row.country_prices_sent or {}) == countries
        )
        is_same = (row.price_due or None, row.sale_price_due or None, row.country_prices_due or {}) == (
            price.price,
            sale_price,
            countries,
        )
        mark = {
            "id": row.id,
            "price_due": price.price or 0.0,
            "sale_price_due": sale_price or 0.0,
            "country_prices_due": json.dumps(countries) if countries else None,
            "is_price_due": True,
            "hold_reason": None,
            "is_price_confirmed": is_same and row.is_price_confirmed,
        }
        if is_equal and not row.is_price_due:
            # Nothing to send; what was held or refused has been taken back.
            return mark | {"is_price_due": False} if row.hold_reason or row.has_price_error else None
        if not mark["is_price_confirmed"]:
            reason = self._get_hold_reason(account, row, price, sale_price)
            if reason:
                mark |= {"is_price_due": False, "hold_reason": reason}
                return None if is_same and row.hold_reason == reason and not row.is_price_due else mark
        if is_same and (row.is_price_due or row.has_price_error):
            return None
        return mark

    @api.model
    def _get_sale_price(self, account, row, price):
        """The sale price to send beside `price` (OfferPrice): Odoo's, or AliExpress' own as it is known."""
        if account._has_sale_prices():
            return price.sale_price
        return None if "" in (row.ended_sales or ()) else keep_below(row.sale_price_sent, price.price)

    @api.model
    def _get_hold_reason(self, account, row, price, sale_price):
        """Why a price must not be sent without a person's word (translated), "" when it may."""
        message_env = account._get_message_env()
        if not price.price:
            return message_env._(
                "There is no price for this product in the pricelist of the shop. Add one, or raise it above zero."
            )
        if price.is_below_margin:
            return message_env._(
                "The margin is smaller than %(margin)s %% of the cost. Correct the price or the cost, or press "
                "Confirm Price.",
                margin=f"{account.price_min_margin:g}",
            )
        if not account.price_max_change or not row.price_sent:
            return ""
        pairs = [((row.price_sent, row.sale_price_sent), (price.price, sale_price))]
        sent = row.country_prices_sent or {}
        pairs += [(sent[code], pair) for code, pair in price.countries.items() if code in sent]
        largest = max(_get_change(before, after) for before, after in pairs) * 100
        if largest <= account.price_max_change + 1e-9:
            return ""
        return message_env._(
            "The price changes by %(change)s %%, more than the %(limit)s %% allowed at once. Correct it, or press "
            "Confirm Price.",
            change=f"{largest:.1f}",
            limit=f"{account.price_max_change:g}",
        )


def _get_change(before, after):
    """How much (1.0 is all of it) a pair of price and sale price changes; without sale price, the price is what a buyer
    pays.
    """
    (old, old_sale), (new, new_sale) = before, after
    old_sale, new_sale = old_sale or old, new_sale or new
    return max(abs(new - old) / old, abs(new_sale - old_sale) / old_sale)
