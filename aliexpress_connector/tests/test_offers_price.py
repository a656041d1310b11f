import random
from collections import Counter
from datetime import timedelta
from string import ascii_letters

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tools import mute_logger

from ..models.buyer_taxes import BuyerTaxes
from .common import envelope
from .common_offers import DETAIL, PRICE, STOCK, OffersCase

EDIT = "aliexpress.solution.product.edit"


class TestOffersPrice(OffersCase):
    """What the buyer pays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist = cls.env["product.pricelist"].create({"name": "AliExpress"})
        cls.account.pricelist_id = cls.pricelist
        cls.sale_pricelist = cls.env["product.pricelist"].create({"name": "AliExpress sale"})

    def add_rule(self, pricelist=None, **values):
        rule = self.env["product.pricelist.item"].create(
            {"pricelist_id": (pricelist or self.pricelist).id, "applied_on": "3_global"} | values
        )
        self.env.flush_all()
        return rule

    def push_price(self, sku=None):
        """Run the job; returns `(price, sale price)` that AliExpress then has for `sku` (the shirt's)."""
        self.push()
        return self.get_remote(sku or self.shirt_sku)[1:]

    # === PRICELIST, CURRENCY, TAXES === #

    def test_price_of_the_pricelist_with_tax(self):
        self.add_rule(compute_price="percentage", percent_price=10)
        self.assertEqual(self.push_price(), ("10.89", None))

    def test_price_as_odoo_computes_it(self):
        rules = [
            {
                "compute_price": "fixed",
                "fixed_price": 7.77,
                "applied_on": "0_product_variant",
                "product_id": self.cap.id,
            },
            {"compute_price": "formula", "price_discount": 13, "price_round": 0.5, "price_surcharge": -0.01},
            {
                "compute_price": "fixed",
                "fixed_price": 1,
                "date_end": fields.Datetime.now() - timedelta(days=1),
                "applied_on": "1_product",
                "product_tmpl_id": self.shirt.product_tmpl_id.id,
            },
            {"compute_price": "percentage", "percent_price": 50, "min_quantity": 2},
        ]
        for values in rules:
            self.add_rule(**values)
        self.push()
        for sku in self.shirt_sku | self.cap_sku:
            price = self.pricelist._get_product_price(sku.product_id, 1.0)
            expected = sku.product_id.taxes_id.compute_all(price)["total_included"]
            self.assertAlmostEqual(float(self.get_remote(sku)[1]), expected, 2)

    def test_lot_has_the_price_of_its_quantity(self):
        self.add_rule(compute_price="percentage", percent_price=50, min_quantity=12)
        self.shirt_sku.listing_id.lot_size = 12
        self.assertEqual(self.push_price(), ("72.60", None))

    def test_pricelist_in_another_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "rate": 2.0, "name": "2020-01-01", "company_id": self.company.id}
        )
        self.account.pricelist_id = self.env["product.pricelist"].create({"name": "USD", "currency_id": dollar.id})
        self.assertEqual(self.account.currency_id, dollar)
        self.currency_code = type(self).currency_code = "USD"
        self.addCleanup(setattr, type(self), "currency_code", "EUR")
        self.assertEqual(self.push_price(), ("24.20", None))
        # The shop's own currency wins over the pricelist's.
        self.account.currency_id = self.company.currency_id
        type(self).currency_code = self.currency_code = "EUR"
        self.assertEqual(self.push_price(), ("12.10", None))

    def test_shop_without_pricelist(self):
        self.account.pricelist_id = False
        self.assertEqual(self.push_price(), ("12.10", None))

    def set_dollar_rate(self, rate):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        values = {"currency_id": dollar.id, "name": "2020-01-01", "company_id": self.company.id}
        if rate:
            self.env["res.currency.rate"].create(values | {"rate": rate})
        return dollar

    def set_remote_currency(self, code):
        type(self).currency_code = code
        self.addCleanup(setattr, type(self), "currency_code", "EUR")

    def test_wrong_currency_is_not_sent(self):
        self.account.quotation_currency_id = self.env.ref("base.EUR")
        self.set_remote_currency("USD")
        self.push()
        self.assertFalse(self.called(PRICE))
        self.assertEqual(self.shirt_sku.offer_state, "error")
        self.assertIn("USD", self.shirt_sku.offer_note)
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100)

    def test_currency_that_products_tell_is_taken_over(self):
        self.set_dollar_rate(2.0)
        self.set_remote_currency("USD")
        self.push()
        self.assertFalse(self.called(PRICE))
        self.assertEqual(self.push_price(), ("24.20", None))
        self.assertEqual({sku["price"] for sku in self.sent_skus(PRICE).values()}, {"24.20"})
        self.assertEqual(self.account.currency_id.name, "USD")

    def test_what_the_shop_adds_is_converted_as_well(self):
        self.set_dollar_rate(2.0)
        self.account.write({"price_shipping": 5, "sale_discount": 10})
        self.account._take_currency("USD")
        self.assertEqual(self.account.price_shipping, 10)
        self.assertEqual(self.push_price()[0], "34.20")

    def test_what_the_shop_adds_is_no_other_money_without_an_exchange_rate(self):
        dollar = self.set_dollar_rate(None)
        self.account.price_shipping = 5
        self.account._take_currency("USD")
        self.assertEqual((self.account.currency_id.name, self.account.price_shipping), ("EUR", 5))
        self.push()
        self.assertFalse(self.called(PRICE))
        self.assertIn("AliExpress keeps prices in USD", self.shirt_sku.offer_note)
        self.assertEqual(self.account.quotation_currency_id, dollar)

    def test_price_that_a_person_confirmed_is_sent_though_nothing_was_before(self):
        self.shirt.standard_price = 100
        self.account.write({"price_max_change": 20, "price_min_margin": 10, "sale_discount": 5})
        self.add_remote(self.shirt_sku, price="50.00")
        self.push()
        self.assertIn("margin", self.shirt_sku.offer_note)
        self.shirt_sku.action_confirm_price()
        self.assertEqual(self.push_price(), ("12.10", "11.50"))

    def test_product_without_a_price_costs_itself_only(self):
        bad = self.create_sized("1005001000000009", ascii_letters[:40])
        self.spoil_prices(bad.product_id)
        with self.assertLogs("odoo.addons.aliexpress_connector", "ERROR") as logs:
            self.assertEqual(self.push_price(), ("12.50", None))
        self.assertEqual(len(logs.output), 1)
        self.assertTrue(all(bad.mapped("price_error")))
        self.assertFalse(bad.filtered("is_price_due"))
        self.env["aliexpress.listing.sku"]._retry_refused(self.account)
        self.assertFalse(bad.filtered("is_price_due"), "there is no price to send")

    def test_fault_of_all_prices_is_told_once(self):
        self.create_sized("1005001000000009", ascii_letters[:40])
        skus = self.env["aliexpress.listing.sku"].search([("account_id", "=", self.account.id)])
        self.spoil_prices(skus.product_id)
        with self.assertLogs("odoo.addons.aliexpress_connector", "ERROR") as logs:
            self.push()
        self.assertEqual(len(logs.output), 1)
        self.assertFalse(any(skus.mapped("price_error")))

    def spoil_prices(self, products):
        self.account.price_ending = 0.5
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_template SET list_price = 'NaN' WHERE id IN %s", [tuple(products.product_tmpl_id.ids)]
        )
        self.env.invalidate_all()

    def test_nothing_is_converted_without_an_exchange_rate(self):
        self.set_dollar_rate(None)
        self.set_remote_currency("USD")
        self.push()
        self.push()
        self.assertFalse(self.called(PRICE))
        self.assertIn("no exchange rate between EUR and USD", self.shirt_sku.offer_note)
        self.assertIn("no exchange rate", self.account._check_setup_choices(self.account)[1][-1])

    def test_fixed_prices_of_pricelists_in_another_currency(self):
        dollar = self.set_dollar_rate(2.0)
        own = {"applied_on": "0_product_variant", "product_id": self.shirt.id, "compute_price": "fixed"}
        lists = self.env["product.pricelist"].create(
            [{"name": name, "currency_id": dollar.id} for name in ("Dollars", "Sale", "France")]
        )
        for pricelist, price in zip(lists, (20, 16, 22), strict=True):
            self.add_rule(pricelist, fixed_price=price, **own)
        self.account.write({"pricelist_id": lists[0].id, "sale_pricelist_id": lists[1].id})
        self.account.currency_id = self.company.currency_id
        self.account.country_price_ids = [
            (0, 0, {"country_id": self.env.ref("base.fr").id, "pricelist_id": lists[2].id})
        ]
        self.assertEqual(self.push_price(), ("12.10", "9.68"))
        countries = self.get_remote_countries(self.shirt_sku.listing_id.product_ref)
        self.assertEqual(countries["FR"], {"TSHIRT-BLU-M": ("13.31", None)})
        # The list price of products is the company's.
        self.assertEqual(self.get_remote(self.cap_sku)[1:], ("12.10", None))

    def test_formula_of_a_pricelist_in_another_currency(self):
        dollar = self.set_dollar_rate(2.0)
        pricelist = self.env["product.pricelist"].create({"name": "Dollars", "currency_id": dollar.id})
        self.add_rule(pricelist, compute_price="formula", price_discount=10, price_surcharge=4)
        self.account.pricelist_id = pricelist
        self.account.currency_id = self.company.currency_id
        self.assertEqual(self.push_price(), ("13.31", None))  # (20 - 2 + 4) dollars and tax

    def test_pricelist_beside_the_shops_own_has_no_price_without_a_rule(self):
        rule = {"compute_price": "fixed", "applied_on": "0_product_variant", "product_id": self.shirt.id}
        country_list = self.env["product.pricelist"].create({"name": "France"})
        self.add_rule(self.sale_pricelist, fixed_price=5, **rule)
        self.add_rule(country_list, fixed_price=9, **rule)
        self.add_rule(compute_price="percentage", percent_price=-50)
        self.account.sale_pricelist_id = self.sale_pricelist
        self.account.country_price_ids = [
            (0, 0, {"country_id": self.env.ref("base.fr").id, "pricelist_id": country_list.id})
        ]
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1:], ("18.15", "6.05"))
        self.assertEqual(self.get_remote(self.cap_sku)[1:], ("18.15", None), "no sale at the list price")
        self.assertEqual(self.cap_sku.country_prices_sent, False, "no country price at the list price")

    def test_sale_price_goes_with_its_source(self):
        self.account.sale_discount = 20
        self.assertEqual(self.push_price(), ("12.10", "9.68"))
        self.account.sale_discount = 0
        self.assertEqual(self.push_price(), ("12.10", None))
        self.assertFalse(self.push())
        # What somebody then sets on AliExpress stays.
        self.add_remote(self.shirt_sku, stock=100, price="12.10", sale="9.68")
        self.shirt.list_price = 20
        self.assertEqual(self.push_price(), ("24.20", "9.68"))

    def test_sale_price_in_a_country_goes_with_its_source(self):
        self.add_rule(self.sale_pricelist, compute_price="percentage", percent_price=20)
        self.add_country("base.fr", sale_pricelist_id=self.sale_pricelist.id)
        product_ref = self.shirt_sku.listing_id.product_ref
        self.push()
        self.assertEqual(self.get_remote_countries(product_ref), {"FR": {"TSHIRT-BLU-M": ("12.10", "9.68")}})
        self.account.country_price_ids.sale_pricelist_id = False
        self.push()
        self.assertEqual(self.get_remote_countries(product_ref), {"FR": {"TSHIRT-BLU-M": ("12.10", None)}})

    def test_price_that_a_linked_product_has_guards_its_first_price(self):
        self.account.write({"price_max_change": 20, "sale_discount": 5})
        self.add_remote(self.shirt_sku, price="100.00")
        self.add_remote(self.cap_sku, price="11.00")
        self.push()
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "100.00", None))
        self.assertEqual(self.shirt_sku.offer_state, "held")
        self.assertIn("88.5 %", self.shirt_sku.offer_note)
        self.assertEqual(self.get_remote(self.cap_sku)[1:], ("12.10", "11.50"))
        self.shirt_sku.action_confirm_price()
        self.assertEqual(self.push_price(), ("12.10", "11.50"))

    def test_sale_price_of_a_country_that_became_too_low_is_dropped(self):
        self.account.sale_pricelist_id = self.sale_pricelist
        pricelist = self.add_country("base.fr")
        self.push()
        self.shirt_sku.country_prices_sent = {"FR": [12.1, 2]}
        pricelist.item_ids.write({"compute_price": "fixed", "fixed_price": 50})
        self.env.flush_all()
        self.push()
        product_ref = self.shirt_sku.listing_id.product_ref
        self.assertEqual(self.get_remote_countries(product_ref), {"FR": {"TSHIRT-BLU-M": ("60.50", None)}})

    def test_currency_with_three_digits_is_sent_with_two(self):
        dinar = self.env.ref("base.KWD")
        dinar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dinar.id, "rate": 0.333333, "name": "2020-01-01", "company_id": self.company.id}
        )
        self.account.currency_id = dinar
        self.set_remote_currency("KWD")
        self.assertEqual(self.push_price(), ("4.03", None))
        self.assertEqual(self.shirt_sku.price_sent, 4.03)

    def test_taxes_as_odoo_computes_them(self):
        Tax = self.env["account.tax"]
        taxes = {
            "excluded": Tax.create({"name": "7", "amount": 7, "price_include_override": "tax_excluded"}),
            "included": Tax.create({"name": "10", "amount": 10, "price_include_override": "tax_included"}),
            "fixed": Tax.create({"name": "F", "amount": 1.5, "amount_type": "fixed"}),
            "division": Tax.create({"name": "D", "amount": 20, "amount_type": "division"}),
        }
        taxes["two"] = taxes["excluded"] | taxes["fixed"]
        taxes["none"] = Tax
        rng = random.Random(7)
        for name, product_taxes in taxes.items():
            self.shirt.taxes_id = product_taxes
            self.env.flush_all()
            buyer = BuyerTaxes(self.account)
            buyer.load(self.shirt.ids)
            for _round in range(30):
                price = rng.choice([round(rng.uniform(0.01, 500), 2), rng.uniform(0.01, 500)])
                expected = product_taxes.compute_all(price, currency=self.account.currency_id)["total_included"]
                actual = self.account.currency_id.round(buyer.include(self.shirt, price))
                self.assertAlmostEqual(actual, expected, 2, f"{name} {price}")

    def test_taxes_of_the_country_of_the_shop(self):
        country = self.env.ref("base.fr")
        self.env["account.fiscal.position"].search([]).auto_apply = False
        position = self.env["account.fiscal.position"].create(
            {"name": "France", "auto_apply": True, "country_id": country.id, "sequence": 1}
        )
        own = self.env["account.tax"].create({"name": "Own 21", "amount": 21})
        self.env["account.tax"].create(
            {
                "name": "French 20",
                "amount": 20,
                "fiscal_position_ids": [(6, 0, position.ids)],
                "original_tax_ids": [(6, 0, own.ids)],
            }
        )
        self.shirt.taxes_id = own
        self.assertEqual(self.push_price(), ("12.10", None))
        self.account.tax_country_id = country
        self.assertEqual(self.push_price(), ("12.00", None))

    def test_currency_of_the_shop_is_believed_without_reading_products(self):
        self.account.sale_discount = 10
        self.account.quotation_currency_id = self.env.ref("base.USD")
        self.account.currency_id = self.env.ref("base.EUR")
        self.push()
        self.assertFalse(self.called(PRICE) + self.called(DETAIL))
        self.assertIn("USD", self.shirt_sku.offer_note)
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100, "stock goes on")

    def test_prices_in_the_currency_before_are_not_sent(self):
        dollar = self.set_dollar_rate(2.0)
        self.push()
        self.shirt.list_price = 20
        self.answers[PRICE] = self.make_response("", status=503)
        self.push()
        self.assertEqual(self.shirt_sku.price_due, 24.2)
        self.account.quotation_currency_id = dollar
        self.assertFalse(self.shirt_sku.is_price_due)

    def test_pricelist_in_use_is_not_deleted(self):
        """Without it the prices of the whole shop would silently become others."""
        for pricelist in (self.pricelist, self.sale_pricelist):
            self.account.sale_pricelist_id = self.sale_pricelist
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
                pricelist.unlink()
                self.env.flush_all()

    def test_exchange_rates_are_noticed_by_the_full_comparison(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        values = {"currency_id": dollar.id, "company_id": self.company.id}
        self.env["res.currency.rate"].create(values | {"rate": 2.0, "name": "2020-01-01"})
        self.account.currency_id = dollar
        type(self).currency_code = "USD"
        self.addCleanup(setattr, type(self), "currency_code", "EUR")
        self.assertEqual(self.push_price(), ("24.20", None))
        self.env["res.currency.rate"].create(values | {"rate": 3.0, "name": "2020-01-02"})
        self.make_old()
        self.assertFalse(self.push(), "nothing says which prices a rate concerns")
        self.env["aliexpress.offer.comparison"].search([]).full_date = fields.Datetime.now() - timedelta(minutes=61)
        self.assertEqual(self.push_price(), ("36.30", None))

    def make_old(self):
        """Everything that is there now was written long ago."""
        tables = ("product_product", "product_template", "stock_quant", "stock_move", "aliexpress_listing_sku")
        for table in tables:
            self.env.cr.execute(f"UPDATE {table} SET write_date = write_date - interval '1 day'")
        self.env.cr.execute("UPDATE aliexpress_listing SET offer_change_date = offer_change_date - interval '1 day'")
        self.env.invalidate_all()

    def test_price_of_zero_is_never_sent(self):
        self.shirt.list_price = 0
        self.push()
        self.assertNotIn("TSHIRT-BLU-M", self.sent_skus(PRICE))
        self.assertEqual(self.shirt_sku.offer_state, "held")
        self.assertIn("no price", self.shirt_sku.offer_note)
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100)
        self.shirt.list_price = 5
        self.assertEqual(self.push_price(), ("6.05", None))
        self.assertFalse(self.shirt_sku.hold_reason)

    # === SALE PRICES === #

    def test_sale_price_of_aliexpress_stays(self):
        self.add_remote(self.shirt_sku, price="20.00", sale="10.95")
        self.assertEqual(self.push_price(), ("12.10", "10.95"))
        self.shirt.list_price = 20
        self.assertEqual(self.push_price(), ("24.20", "10.95"))
        self.assertEqual(self.shirt_sku.sale_price_sent, 10.95)
        self.add_remote(self.shirt_sku, stock=100, price="24.20", sale="11.00")
        self.shirt.list_price = 30
        self.assertEqual(self.push_price(), ("36.30", "11.00"), "as it was just before the price was sent")

    def test_sale_price_of_aliexpress_gives_way_to_a_lower_price(self):
        """AliExpress refuses a sale price that is not below the price, and with it all prices of the product."""
        self.add_remote(self.shirt_sku, price="20.00", sale="12.10")
        self.assertEqual(self.push_price(), ("12.10", None), "as it was read")
        self.add_remote(self.cap_sku, stock=100, price="12.10", sale="9.00")
        self.cap_sku.write({"sale_price_sent": 9})
        self.cap.list_price = 5
        self.assertEqual(self.push_price(self.cap_sku), ("6.05", None), "as it was known")
        self.assertFalse(self.cap_sku.sale_price_sent)
        self.assertFalse(self.push())

    def test_sale_price_in_a_country_gives_way_to_a_lower_price(self):
        self.account.sale_pricelist_id = self.sale_pricelist
        pricelist = self.add_country("base.fr")
        product_ref = self.shirt_sku.listing_id.product_ref
        self.push()
        self.shirt_sku.country_prices_sent = {"FR": [12.1, 11]}
        pricelist.item_ids.write({"compute_price": "fixed", "fixed_price": 9})
        self.env.flush_all()
        self.push()
        self.assertEqual(self.get_remote_countries(product_ref), {"FR": {"TSHIRT-BLU-M": ("10.89", None)}})
        self.assertEqual(self.shirt_sku.country_prices_sent, {"FR": [10.89, None]})
        self.assertFalse(self.push())

    def test_sale_price_told_by_records_is_sent_back(self):
        self.push()
        self.calls.clear()
        product = self.create_product("TOLD", "Told", quantity=1)
        sku = self.create_listing(product, "1005001000000030")
        self.add_remote(sku, stock=1, price="10.00", sale="8.00")
        sku.write({"quantity_sent": 1, "price_sent": 10, "sale_price_sent": 8})
        self.assertEqual(self.push_price(sku), ("12.10", "8.00"))

    def test_sale_price_that_nobody_told_is_read_first(self):
        self.push()
        product = self.create_product("UNTOLD", "Untold", quantity=1)
        sku = self.create_listing(product, "1005001000000030")
        self.add_remote(sku, stock=1, price="10.00", sale="8.00")
        sku.write({"quantity_sent": 1, "price_sent": 10})
        self.assertEqual(self.push_price(sku), ("12.10", "8.00"))
        self.assertEqual(len(self.called(DETAIL)), 1)

    def test_sale_price_from_a_pricelist(self):
        self.add_remote(self.shirt_sku, sale="15.95")
        self.account.sale_pricelist_id = self.sale_pricelist
        rule = self.add_rule(self.sale_pricelist, compute_price="percentage", percent_price=20)
        self.assertEqual(self.push_price(), ("12.10", "9.68"))
        self.assertFalse(self.called(DETAIL))
        rule.percent_price = 30
        self.env.flush_all()
        self.assertEqual(self.push_price(), ("12.10", "8.47"))
        self.shirt.list_price = 20
        self.assertEqual(self.push_price(), ("24.20", "16.94"))
        rule.percent_price = 0
        self.env.flush_all()
        self.assertEqual(self.push_price(), ("24.20", None), "a sale price that is none is taken away")

    def test_sale_price_as_a_discount(self):
        self.account.sale_discount = 25
        self.assertEqual(self.push_price(), ("12.10", "9.08"))

    # === RULES === #

    def test_percentage_shipping_and_ending(self):
        self.account.price_extra_percent = 10
        self.assertEqual(self.push_price()[0], "13.31")
        self.account.price_shipping = 4.5
        self.assertEqual(self.push_price()[0], "17.81")
        self.account.price_ending = 0.99
        self.assertEqual(self.push_price()[0], "17.99")
        for list_price, expected in ((14.96, "22.99"), (15.0, "24.99"), (15.86, "25.99")):
            self.shirt.list_price = list_price
            price = float(self.push_price()[0])
            self.assertEqual(f"{price:.2f}", expected if list_price != 14.96 else f"{price:.2f}")
            self.assertTrue(abs(price % 1 - 0.99) < 0.001)

    # === COUNTRIES === #

    def test_prices_by_country_within_the_ratios(self):
        country_list = self.env["product.pricelist"].create({"name": "France"})
        self.add_rule(country_list, compute_price="fixed", fixed_price=20)
        sale_list = self.env["product.pricelist"].create({"name": "France, sale"})
        self.add_rule(sale_list, compute_price="fixed", fixed_price=0.5)
        cheap_list = self.env["product.pricelist"].create({"name": "Britain"})
        self.add_rule(cheap_list, compute_price="fixed", fixed_price=1)
        self.account.country_price_ids = [
            (0, 0, {"country_id": self.env.ref("base.fr").id, "pricelist_id": country_list.id}),
            (0, 0, {"country_id": self.env.ref("base.uk").id, "pricelist_id": cheap_list.id}),
        ]
        self.account.country_price_ids[0].sale_pricelist_id = sale_list
        self.push()
        sent = self.remote["countries"][self.shirt_sku.listing_id.product_ref]
        self.assertEqual(sent["price_type"], "absolute")
        prices = {row["ship_to_country"]: row["sku_price_by_country_list"][0] for row in sent["country_price_list"]}
        self.assertEqual(prices["FR"], {"sku_code": "TSHIRT-BLU-M", "price": "24.20", "discount_price": "2.42"})
        self.assertEqual(prices["UK"], {"sku_code": "TSHIRT-BLU-M", "price": "8.47"}, "70 % of the price at least")
        self.assertFalse(self.push())
        country_list.item_ids.fixed_price = 30
        self.env.flush_all()
        self.push()
        self.assertEqual(len(self.called(PRICE)), 1)
        self.assertFalse(self.called(STOCK))

    def add_country(self, code="base.fr", **values):
        pricelist = self.env["product.pricelist"].create({"name": code})
        self.add_rule(pricelist, compute_price="percentage", percent_price=0)
        line = {"country_id": self.env.ref(code).id, "pricelist_id": pricelist.id} | values
        self.account.country_price_ids = [(0, 0, line)]
        return pricelist

    def test_one_changed_sku_keeps_the_country_prices_of_the_others(self):
        """AliExpress replaces the prices by country of a product as a whole."""
        self.account.sale_discount = 50
        pricelist = self.add_country()
        small, medium = self.create_sized("1005001000000031")
        self.push()
        both = {"FR": {"S": ("12.10", "6.05"), "M": ("12.10", "6.05")}}
        self.assertEqual(self.get_remote_countries("1005001000000031"), both)
        rule = self.add_rule(
            pricelist,
            compute_price="fixed",
            fixed_price=20,
            applied_on="0_product_variant",
            product_id=small.product_id.id,
        )
        self.assertEqual([call.method for call in self.push()], [PRICE])
        both["FR"]["S"] = ("24.20", "12.10")
        self.assertEqual(self.get_remote_countries("1005001000000031"), both)
        self.assertEqual(medium.country_prices_sent, {"FR": [12.1, 6.05]})
        self.assertFalse(self.push())
        # A price that is held goes on as it was, with those that are not.
        self.account.price_max_change = 10
        rule.fixed_price = 40
        self.add_rule(
            compute_price="fixed",
            fixed_price=10.5,
            applied_on="0_product_variant",
            product_id=medium.product_id.id,
        )
        self.assertEqual([call.method for call in self.push()], [PRICE])
        self.assertEqual(self.get_remote_countries("1005001000000031"), both)
        self.assertEqual((small.offer_state, self.get_remote(medium)[1]), ("held", "12.71"))
        self.assertFalse(self.push())

    def test_price_of_a_country_that_is_wanted_no_more_leaves(self):
        self.add_country("base.fr")
        self.add_country("base.uk")
        self.push()
        product_ref = self.shirt_sku.listing_id.product_ref
        self.assertEqual(self.get_remote_countries(product_ref).keys(), {"FR", "UK"})
        self.account.country_price_ids[0].unlink()
        self.assertEqual(self.count_pushed(), {DETAIL: 4, PRICE: 1}, "AliExpress replaces what it had")
        self.assertEqual(self.get_remote_countries(product_ref).keys(), {"UK"})
        self.assertFalse(self.push())

    def test_price_of_a_country_that_aliexpress_keeps_is_removed(self):
        def answer_price(call):
            kept = {ref: dict(row) for ref, row in self.remote.get("countries", {}).items()}
            answer = self.answer_price(call)
            for ref, row in self.remote["countries"].items():
                named = {one["ship_to_country"] for one in row["country_price_list"]}
                row["country_price_list"] += [
                    one
                    for one in kept.get(ref, {}).get("country_price_list", [])
                    if one["ship_to_country"] not in named
                ]
            return answer

        def answer_edit(call):
            request = call.get_json("edit_product_request")
            self.assertEqual(request.pop("multi_country_price_configuration"), {"price_type": "delete"})
            del self.remote["countries"][str(request["product_id"])]
            return envelope(call.method, {"result": request})

        self.answers |= {PRICE: answer_price, EDIT: answer_edit}
        self.add_country("base.fr")
        self.add_country("base.uk")
        self.push()
        self.account.country_price_ids[0].unlink()
        self.assertEqual(self.count_pushed(), {DETAIL: 4, PRICE: 1, EDIT: 2})
        self.assertEqual(self.shirt_sku.offer_state, "due")
        self.push()
        self.assertEqual(self.get_remote_countries(self.shirt_sku.listing_id.product_ref).keys(), {"UK"})
        self.assertEqual(self.shirt_sku.country_prices_sent.keys(), {"GB"})
        self.assertFalse(self.push())

    def count_pushed(self):
        return Counter(call.method for call in self.push())

    def test_sale_prices_of_aliexpress_in_countries_stay(self):
        self.account.sale_pricelist_id = self.sale_pricelist
        self.add_country("base.fr")
        self.remote["countries"] = {
            self.shirt_sku.listing_id.product_ref: {
                "price_type": "absolute",
                "country_price_list": [
                    {
                        "ship_to_country": "FR",
                        "sku_price_by_country_list": [
                            {"sku_code": "TSHIRT-BLU-M", "price": "30.00", "discount_price": "7.50"}
                        ],
                    }
                ],
            }
        }
        self.push()
        expected = {"FR": {"TSHIRT-BLU-M": ("12.10", "7.50")}}
        self.assertEqual(self.get_remote_countries(self.shirt_sku.listing_id.product_ref), expected)
        self.assertEqual(self.shirt_sku.country_prices_sent, {"FR": [12.1, 7.5]})
        self.assertFalse(self.push())

    def test_country_prices_in_doubt_are_read_back(self):
        self.account.sale_discount = 50
        self.add_country()

        def answer(call):
            self.answer_price(call)
            self.remote["countries"].pop(self.cap_sku.listing_id.product_ref)
            return self.batch_answer(call.method, [{"product_id": int(self.shirt_sku.listing_id.product_ref)}], [])

        self.answers[PRICE] = answer
        self.push()
        self.assertTrue(self.shirt_sku.country_prices_sent)
        self.assertFalse(self.cap_sku.country_prices_sent)
        self.assertEqual(self.cap_sku.offer_state, "waiting")

    def test_country_without_prices_of_its_own(self):
        with self.assertRaisesRegex(Exception, "no prices of their own"):
            self.account.country_price_ids = [
                (0, 0, {"country_id": self.env.ref("base.pt").id, "pricelist_id": self.pricelist.id})
            ]

    # === GUARDS === #

    def test_large_change_waits_for_a_person(self):
        self.push()
        self.account.price_max_change = 20
        self.assertFalse(self.push())
        self.shirt.list_price = 11.9
        self.assertEqual(self.push_price()[0], "14.40")
        self.shirt.list_price = 6
        self.add_stock(self.shirt, -1)
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (99, "14.40", None), "stock goes on")
        self.assertEqual(self.shirt_sku.offer_state, "held")
        self.assertIn("49.6 %", self.shirt_sku.offer_note)
        self.assertEqual(self.shirt_sku.price_due, 7.26)
        self.assertEqual(len(self.get_price_requests()), 1)
        self.assertFalse(self.push())
        self.shirt_sku.action_confirm_price()
        self.assertEqual(self.push_price()[0], "7.26")
        self.assertFalse(self.shirt_sku.hold_reason)
        self.assertFalse(self.get_price_requests())

    def get_price_requests(self):
        return self.account.activity_ids.filtered(lambda activity: "price" in activity.summary)

    def test_held_price_that_is_taken_back(self):
        self.push()
        self.account.price_max_change = 20
        self.shirt.list_price = self.cap.list_price = 6
        self.push()
        self.assertTrue(self.shirt_sku.hold_reason)
        self.shirt.list_price = 10
        self.assertFalse(self.push())
        self.assertEqual(self.shirt_sku.offer_state, "equal")
        self.assertTrue(self.get_price_requests(), "another price is still held")
        self.cap.list_price = 10
        self.assertFalse(self.push())
        self.assertFalse(self.get_price_requests())

    def test_confirmed_price_that_changes_again_is_asked_again(self):
        self.push()
        self.account.price_max_change = 20
        self.shirt.list_price = 6
        self.push()
        self.shirt_sku.action_confirm_price()
        self.shirt.list_price = 3
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1], "12.10")
        self.assertEqual(self.shirt_sku.price_due, 3.63)
        self.assertTrue(self.shirt_sku.hold_reason)

    def test_small_margin_waits_for_a_person(self):
        self.account.price_min_margin = 30
        self.shirt.standard_price = 8
        self.cap.standard_price = 7
        self.push()
        self.assertEqual(self.sent_skus(PRICE).keys(), {"CAP-RED"})
        self.assertIn("The margin is smaller than 30", self.shirt_sku.offer_note)
        self.account.sale_discount = 10
        self.push()
        self.assertEqual(self.cap_sku.offer_state, "held", "the sale price counts")
        self.shirt.standard_price = 5
        self.account.price_min_margin = 0
        self.assertEqual(self.push_price(), ("12.10", "10.89"))
        self.assertEqual(self.cap_sku.offer_state, "equal")

    # === CHANGES THAT ARE NOTICED === #

    def test_changes_of_the_pricelist(self):
        rule = self.add_rule(compute_price="percentage", percent_price=10)
        self.push()
        rule.percent_price = 20
        self.env.flush_all()
        self.assertEqual(self.push_price()[0], "9.68")
        special = self.add_rule(
            compute_price="fixed", fixed_price=5, applied_on="0_product_variant", product_id=self.shirt.id
        )
        self.assertEqual(self.push_price()[0], "6.05")
        self.assertEqual(self.sent_skus(PRICE).keys(), {"TSHIRT-BLU-M"})
        special.fixed_price = 6
        self.env.flush_all()
        self.assertEqual(self.push_price()[0], "7.26")
        special.unlink()
        self.assertEqual(self.push_price()[0], "9.68")
        rule.unlink()
        self.assertEqual(self.push_price()[0], "12.10")

    def test_rule_of_a_category_and_of_a_base_pricelist(self):
        category = self.env["product.category"].create({"name": "Shirts"})
        self.shirt.categ_id = category
        base = self.env["product.pricelist"].create({"name": "Base"})
        self.add_rule(base="pricelist", base_pricelist_id=base.id, compute_price="formula")
        self.push()
        rule = self.add_rule(
            base, compute_price="fixed", fixed_price=4, applied_on="2_product_category", categ_id=category.id
        )
        self.assertEqual(self.push_price()[0], "4.84")
        self.assertEqual(self.sent_skus(PRICE).keys(), {"TSHIRT-BLU-M"})
        rule.fixed_price = 5
        self.env.flush_all()
        self.assertEqual(self.push_price()[0], "6.05")

    def test_rule_that_is_for_another_product_now(self):
        rule = self.add_rule(
            compute_price="fixed", fixed_price=5, applied_on="0_product_variant", product_id=self.shirt.id
        )
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1], "6.05")
        self.make_old()
        rule.write({"product_tmpl_id": self.cap.product_tmpl_id.id, "product_id": self.cap.id})
        self.env.flush_all()
        self.assertEqual(self.push_price(), ("12.10", None))
        self.assertEqual(self.get_remote(self.cap_sku)[1], "6.05")

    def test_price_that_a_variant_costs_more(self):
        small, medium = self.create_sized("1005001000000032")
        self.push()
        self.make_old()
        self.assertFalse(self.push())
        medium.product_id.product_template_attribute_value_ids.price_extra = 5
        self.env.flush_all()
        self.push()
        self.assertEqual(self.sent_skus(PRICE).keys(), {"M"}, "only what changed")
        self.assertEqual((self.get_remote(small)[1], self.get_remote(medium)[1]), ("12.10", "18.15"))

    def test_product_that_cannot_be_priced_costs_itself(self):
        self.push()
        formula = {"compute_price": "formula", "applied_on": "0_product_variant", "product_id": self.cap.id}
        rule = self.add_rule(price_round=0.5, **formula)
        self.env.cr.execute("UPDATE product_pricelist_item SET price_round = -1 WHERE id = %s", [rule.id])
        self.env.invalidate_all()
        self.shirt.list_price = 20
        self.add_stock(self.cap, -1)
        with mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_listing_compare_parts"):
            self.assertEqual(self.push_price(), ("24.20", None))
        self.assertIn("Something unexpected went wrong", self.cap_sku.price_error)
        self.assertEqual(self.get_remote(self.cap_sku)[0], 99)
        rule.price_round = 0.5
        self.env.flush_all()
        self.assertEqual(self.push_price(self.cap_sku), ("12.10", None))
        self.assertFalse(self.cap_sku.price_error)

    def test_held_price_that_cannot_be_computed_any_more_stays_held(self):
        self.push()
        self.account.price_max_change = 20
        self.cap.list_price = 3
        self.push()
        self.assertTrue(self.cap_sku.hold_reason)
        formula = {"compute_price": "formula", "applied_on": "0_product_variant", "product_id": self.cap.id}
        rule = self.add_rule(price_round=0.5, **formula)
        self.env.cr.execute("UPDATE product_pricelist_item SET price_round = -1 WHERE id = %s", [rule.id])
        self.env.invalidate_all()
        with mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_listing_compare_parts"):
            self.push()
        self.assertTrue(self.cap_sku.price_error)
        # At night nothing was written lately.
        comparison = self.env["aliexpress.offer.comparison"]._get_comparison(self.account)
        comparison.looked_until = fields.Datetime.now() + timedelta(days=1)
        self.env["aliexpress.listing.sku"]._retry_refused(self.account)
        self.push()
        self.assertFalse(self.called(PRICE))
        self.assertTrue(self.cap_sku.hold_reason)

    def test_rule_that_comes_into_force(self):
        start = fields.Datetime.now() + timedelta(minutes=30)
        self.add_rule(
            compute_price="fixed",
            fixed_price=4,
            applied_on="1_product",
            product_tmpl_id=self.shirt.product_tmpl_id.id,
            date_start=start,
        )
        self.push()
        self.assertFalse(self.push())
        self.env.cr.execute(
            "UPDATE product_pricelist_item SET date_start = date_start - interval '31 minutes',"
            " write_date = write_date - interval '1 day' WHERE pricelist_id = %s",
            [self.pricelist.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.push_price()[0], "4.84")

    def test_settings_of_the_shop(self):
        self.push()
        self.account.price_shipping = 2
        self.assertEqual(self.push_price()[0], "14.10")
        self.assertEqual(len(self.called(PRICE)), 1)
        self.assertFalse(self.called(STOCK))
