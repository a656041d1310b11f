import math
from decimal import Decimal
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL, float_round, split_every

from ..lib.catalogue_rules import COUNTRY_PRICE_RATIO_MIN, SALE_PRICE_RATIO_MIN
from .buyer_taxes import BuyerTaxes

# A pricelist looks at every rule for every product: few products at once see only the rules that concern them. Those
# that rules name are fewest, or else each of them would see the rules of all.
PRODUCTS_AT_ONCE = 500
NAMED_AT_ONCE = 50
# AliExpress takes two digits at most, also of currencies that have three.
PRICE_ROUNDING = 0.01


class OfferPrice(NamedTuple):
    """What a buyer pays for a lot, in the shop's currency, taxes included.

    `price` None where there is none to ask, `sale_price` None where there is none. `countries` is
    `{country code: (price, sale price or None)}`.
    """

    price: float | None
    sale_price: float | None
    countries: dict
    is_below_margin: bool


class OfferPrices:
    """Prices of one shop, computed by Odoo's pricelists in bulk, with the shop's rules and taxes."""

    def __init__(self, account):
        self.account = account.with_company(account.company_id)
        self.currency = account.currency_id
        self._rounding = max(self.currency.rounding, PRICE_ROUNDING)
        self.date = fields.Datetime.now()
        self._taxes = BuyerTaxes(self.account)
        self._countries = [(line.country_id.code, line) for line in self.account.country_price_ids]
        self._kept_countries = self.account._get_kept_countries()
        self._rates = {}

    def get_prices(self, product_ids, lot_size=1):
        """`{product id: OfferPrice}` of lots of `lot_size` pieces."""
        self._taxes.load(product_ids)
        prices = {}
        named_ids = self._find_named(product_ids)
        plain_ids = [product_id for product_id in product_ids if product_id not in named_ids]
        named_ids = [product_id for product_id in product_ids if product_id in named_ids]
        for ids in [*split_every(PRODUCTS_AT_ONCE, plain_ids), *split_every(NAMED_AT_ONCE, named_ids)]:
            products = self.account.env["product.product"].browse(ids)
            prices.update(self._get_chunk(products, max(lot_size, 1)))
        return prices

    def keep_country_sales(self, price, sent, ended):
        """`price` (OfferPrice) with the sale prices that AliExpress has, as acknowledged in `sent`, where they are its
        own; those in `ended` were Odoo's.
        """
        if not self._kept_countries:
            return price
        kept = self._kept_countries - set(ended or ())
        countries = {
            code: (full, keep_country_sale((sent or {}).get(code, (None, None))[1], full) if code in kept else sale)
            for code, (full, sale) in price.countries.items()
        }
        return price._replace(countries=countries)

    def _find_named(self, product_ids):
        """Those of `product_ids` (as a set) that a rule of the shop's pricelists names, by variant or product."""
        pricelists = self.account._get_pricelists()
        if not pricelists:
            return set()
        self.account.env["product.pricelist.item"].flush_model()
        rows = self.account.env.execute_query(
            SQL(
                """
                SELECT product_id
                  FROM product_pricelist_item
                 WHERE pricelist_id IN %(ids)s AND product_id = ANY(%(product_ids)s)
                 UNION
                SELECT product.id
                  FROM product_pricelist_item rule
                  JOIN product_product product ON product.product_tmpl_id = rule.product_tmpl_id
                 WHERE rule.pricelist_id IN %(ids)s AND rule.product_id IS NULL AND product.id = ANY(%(product_ids)s)
                """,
                ids=tuple(pricelists.ids),
                product_ids=list(product_ids),
            )
        )
        return {product_id for (product_id,) in rows}

    def _get_chunk(self, products, lot_size):
        account = self.account
        base = self._compute(account.pricelist_id, products, lot_size)
        sale = self._compute_beside(account.sale_pricelist_id, products, lot_size)
        countries = {
            code: (
                line,
                self._compute_beside(line.pricelist_id, products, lot_size),
                self._compute_beside(line.sale_pricelist_id, products, lot_size),
            )
            for code, line in self._countries
        }
        has_rules = bool(sale or account.sale_discount or countries or account.price_min_margin)
        if not has_rules:
            return {product_id: OfferPrice(price, None, {}, False) for product_id, price in base.items()}
        prices = {}
        for product in products:
            price = base[product.id]
            sale_price = self._get_sale_price(price, sale.get(product.id))
            by_country = {
                code: self._get_country_price(price, line, of_country[product.id], of_sale.get(product.id))
                for code, (line, of_country, of_sale) in countries.items()
                if price and of_country[product.id]
            }
            is_below_margin = self._is_below_margin(product, lot_size, price, sale_price, by_country)
            prices[product.id] = OfferPrice(price, sale_price, by_country, is_below_margin)
        return prices

    # === ONE PRICE === #

    def _compute(self, pricelist, products, lot_size):
        """`{product id: price of a lot}` by one pricelist, None where it says no price."""
        return {
            product.id: self._finish(self._taxes.include(product, price))
            for product, price, _has_rule in self._read_prices(pricelist, products, lot_size)
        }

    def _compute_beside(self, pricelist, products, lot_size):
        """As `_compute` for a pricelist beside the shop's own: None also where it has no rule for a product, for which
        Odoo would say its own price. {} without pricelist.
        """
        if not pricelist:
            return {}
        return {
            product.id: self._finish(self._taxes.include(product, price)) if has_rule else None
            for product, price, has_rule in self._read_prices(pricelist, products, lot_size)
        }

    def _read_prices(self, pricelist, products, lot_size):
        """Triples `(product, price of a lot without taxes, whether a rule says it)` in the shop's currency.

        Odoo is asked in the pricelist's currency: it converts what its rules are based on, and no fixed price of
        theirs.
        """
        own = pricelist.currency_id or self.currency
        found = pricelist._compute_price_rule(products, lot_size, currency=own, date=self.date)
        factor = lot_size * self._get_rate(own)
        for product in products:
            price, rule_id = found[product.id]
            yield product, price * factor, bool(rule_id)

    def _get_rate(self, currency):
        """How much of the shop's currency one unit of `currency` is."""
        if currency == self.currency:
            return 1
        if currency not in self._rates:
            convert = currency._get_conversion_rate
            self._rates[currency] = convert(currency, self.currency, self.account.company_id, self.date)
        return self._rates[currency]

    def _finish(self, price):
        """Apply the shop's rules to a price with taxes, and round it."""
        if price <= 0:
            return None
        account = self.account
        if account.price_extra_percent or account.price_shipping:
            price = price * (1 + account.price_extra_percent / 100) + account.price_shipping
        price = self._round(price)
        if account.price_ending:
            price = self._round(math.ceil(self._round(price - account.price_ending)) + account.price_ending)
        return price if price > 0 else None

    def _get_sale_price(self, price, sale_price):
        """The sale price beside `price`, None where it would be none."""
        if price and sale_price is None and self.account.sale_discount and not self.account.sale_pricelist_id:
            sale_price = self._round(price * (1 - self.account.sale_discount / 100))
        return sale_price if price and sale_price and 0 < sale_price < price else None

    def _get_country_price(self, base, line, price, sale_price):
        """`(price, sale price or None)` by one line of prices by country, moved into the ratios that AliExpress
        takes.
        """
        price = max(price, self._round_up(base * float(COUNTRY_PRICE_RATIO_MIN)))
        if not line.sale_pricelist_id and self.account.sale_discount:
            sale_price = self._round(price * (1 - self.account.sale_discount / 100))
        if not sale_price or sale_price >= price:
            return price, None
        return price, max(sale_price, self._round_up(price * float(SALE_PRICE_RATIO_MIN)))

    def _round(self, price):
        return float_round(price, precision_rounding=self._rounding)

    def _round_up(self, price):
        return float_round(price, precision_rounding=self._rounding, rounding_method="UP")

    def _is_below_margin(self, product, lot_size, price, sale_price, by_country):
        if not self.account.price_min_margin or not price or not product.standard_price:
            return False
        lowest = min([sale_price or price, *(sale or full for full, sale in by_country.values())])
        company = self.account.company_id
        cost = company.currency_id._convert(
            product.standard_price * lot_size, self.currency, company, self.date, round=False
        )
        return self._taxes.exclude(product, lowest) < cost * (1 + self.account.price_min_margin / 100)


def keep_below(sale_price, price):
    """A sale price that AliExpress has, None where it is not below the new `price`: AliExpress would refuse both, and
    the price alone asks no more of the buyer.
    """
    return sale_price if sale_price and price and sale_price < price else None


def keep_country_sale(sale_price, price):
    """As `keep_below` for one country, where AliExpress takes no sale price that is far below the price either."""
    sale_price = keep_below(sale_price, price)
    return sale_price if sale_price and sale_price >= price * float(SALE_PRICE_RATIO_MIN) else None


def to_decimal(price, currency):
    """A price as exact Decimal with the digits of `currency`; None for none."""
    return Decimal(f"{price:.{currency.decimal_places}f}") if price else None
