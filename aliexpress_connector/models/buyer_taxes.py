from odoo.tools import SQL


class BuyerTaxes:
    """Taxes that the buyers of one shop pay, looked up once for each set of taxes."""

    def __init__(self, account):
        self.account = account
        self.currency = account.currency_id
        self._fiscal_position = self._find_fiscal_position()
        self._rounding_method = account.company_id.tax_calculation_rounding_method
        self._tax_ids = {}
        self._rules = {}

    def _find_fiscal_position(self):
        account = self.account
        country = account.tax_country_id
        if not country or country == account.company_id.country_id:
            return account.env["account.fiscal.position"]
        buyer = account.env["res.partner"].new({"country_id": country.id})
        return account.env["account.fiscal.position"]._get_fiscal_position(buyer)

    def load(self, product_ids):
        """Read which taxes these products have. Asking each product for them takes Odoo as long as all its prices."""
        rows = self.account.env.execute_query(
            SQL(
                """
                SELECT product.id, ARRAY_AGG(tax.id ORDER BY tax.sequence, tax.id)
                  FROM product_product product
                  JOIN product_taxes_rel rel ON rel.prod_id = product.product_tmpl_id
                  JOIN account_tax tax ON tax.id = rel.tax_id AND tax.active
                 WHERE product.id = ANY(%s)
              GROUP BY product.id
                """,
                list(product_ids),
            )
        )
        self._tax_ids.update((product_id, tuple(tax_ids)) for product_id, tax_ids in rows)

    def include(self, product, price):
        """What a buyer pays for `product` (float) where its pricelist says `price`."""
        taxes, own_taxes, rate = self._get_rule(product)
        if rate is not None:
            if self._rounding_method == "round_per_line":
                price = self.currency.round(price)
            return price + price * rate
        price = own_taxes._adapt_price_unit_to_another_taxes(price, product, own_taxes, taxes)
        details = taxes._get_tax_details(
            price,
            1.0,
            precision_rounding=self.currency.rounding,
            rounding_method=self._rounding_method,
            product=product,
        )
        return details["total_included"]

    def exclude(self, product, price):
        """What is left (float) of what a buyer pays, without taxes."""
        taxes = self._get_rule(product)[0]
        details = taxes._get_tax_details(
            price, 1.0, rounding_method="round_globally", product=product, special_mode="total_included"
        )
        return details["total_excluded"]

    def _get_rule(self, product):
        """`(taxes of the buyer, taxes of the product, rate)`; rate is what they add to a price, None where that is not
        so simple.
        """
        tax_ids = self._tax_ids.get(product.id, ())
        if tax_ids not in self._rules:
            account = self.account
            own_taxes = account.env["account.tax"].browse(tax_ids)._filter_taxes_by_company(account.company_id)
            taxes = self._fiscal_position.map_tax(own_taxes)
            self._rules[tax_ids] = (taxes, own_taxes, self._get_simple_rate(taxes, own_taxes))
        return self._rules[tax_ids]

    def _get_simple_rate(self, taxes, own_taxes):
        """The one percentage that makes up most price lists in the world: Odoo's own computation takes longer than the
        whole price.
        """
        if not taxes and not any(own_taxes.mapped("price_include")):
            return 0.0
        leaves = taxes.flatten_taxes_hierarchy()
        is_simple = (
            len(leaves) == 1
            and leaves.amount_type == "percent"
            and leaves.amount >= 0
            and not leaves.has_negative_factor
        )
        if is_simple and not any((own_taxes | leaves).mapped("price_include")):
            return leaves.amount / 100
        if is_simple and taxes == own_taxes and leaves.price_include:
            return 0.0
        return None
