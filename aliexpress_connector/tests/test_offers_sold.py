from datetime import timedelta

from .common import SandboxCase
from .common_offers import STOCK

ORDERS = "aliexpress.solution.order.get"


class TestOffersSold(SandboxCase):
    """AliExpress changes its quantities itself when it sells and gives back, whatever it acknowledged."""

    def setUp(self):
        super().setUp()
        codes = set(self.products.mapped("default_code"))
        self.remote = next(
            product
            for product in self.sandbox.shop.products.values()
            if len(product.skus) == 1 and product.skus[0].sku_code in codes
        )
        self.code = self.remote.skus[0].sku_code
        self.product = self.products.filtered(lambda product: product.default_code == self.code)
        self.listing = self.env["aliexpress.listing"].create(
            {
                "account_id": self.account.id,
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "product_ref": str(self.remote.product_id),
                "state": "online",
                "sku_ids": [(0, 0, {"product_id": self.product.id, "sku_code": self.code})],
            }
        )
        self.take_stock_at("order")

    def take_stock_at(self, moment):
        self.listing.stock_deduction = moment
        self.remote.deduction = {"order": "place_order_withhold", "payment": "payment_success_deduct"}[moment]

    def add_stock(self, quantity):
        self.env["stock.quant"]._update_available_quantity(self.product, self.warehouse.lot_stock_id, quantity)
        self.env.flush_all()

    def synchronise(self):
        """Import and send; returns how many calls for stock that took."""
        before = self.sandbox.counts().get(STOCK, 0)
        self.import_orders()
        self.run_job("push_offers")
        return self.sandbox.counts().get(STOCK, 0) - before

    def get_quantities(self):
        """What AliExpress has, and what it last acknowledged."""
        return self.remote.skus[0].stock, self.listing.sku_ids.quantity_sent

    def test_units_given_back_while_others_are_sold_elsewhere(self):
        self.synchronise()
        placed = self.place([self.code, 1], pay=False)
        self.assertEqual(self.synchronise(), 1)
        self.assertEqual(self.get_quantities(), (999, 999))
        self.sandbox.act(placed, "expire")
        self.assertEqual(self.get_quantities(), (1000, 999))
        self.add_stock(-1)
        self.assertEqual(self.synchronise(), 1)
        self.assertEqual(self.get_quantities(), (999, 999))
        self.assertEqual(self.synchronise(), 0)

    def test_units_given_back_while_the_listing_is_off_the_shelf(self):
        self.synchronise()
        placed = self.place([self.code, 1], pay=False)
        self.synchronise()
        self.listing.state = "offline"
        self.sandbox.act(placed, "expire")
        self.add_stock(-1)
        self.assertEqual(self.synchronise(), 0)
        self.listing.state = "online"
        self.assertEqual(self.synchronise(), 1)
        self.assertEqual(self.get_quantities(), (999, 999))
        self.assertFalse(self.env["aliexpress.quantity.change"].search([]))

    def test_units_of_an_unnamed_sku_are_sent_once(self):
        self.env["aliexpress.listing.sku"].create({"listing_id": self.listing.id, "is_foreign": True})
        self.synchronise()
        placed = self.place([self.code, 1], pay=False)
        placed.lines[0].sku_code = ""
        self.synchronise()
        self.assertEqual(self.synchronise(), 0)
        self.assertFalse(self.env["aliexpress.quantity.change"].search([]))

    def test_units_sold_while_others_come_in(self):
        self.synchronise()
        self.place([self.code, 1], pay=False)
        self.add_stock(1)
        self.synchronise()
        self.assertEqual(self.get_quantities(), (1000, 1000))
        self.assertEqual(self.synchronise(), 0)

    def test_units_sold_while_the_application_may_not_send_stock(self):
        self.account.family = "solution"
        self.synchronise()
        self.sandbox.app.denied = ["aliexpress.solution.*"]
        self.addCleanup(setattr, self.sandbox.app, "denied", [])
        self.place([self.code, 1])
        self.add_stock(1)
        self.synchronise()
        self.assertEqual(self.account.family, "general")
        self.assertIn("products, prices and stock are not managed", self.account.message_ids[0].body)
        self.run_job("refresh_shop_data")
        denied = self.env["aliexpress.shop.data"].search([("state", "=", "denied")])
        self.assertEqual(self.account.family, "general")
        self.sandbox.app.denied = []
        self.account.family_looked_date -= timedelta(hours=1)
        self.run_job("refresh_shop_data")
        self.assertEqual(self.account.family, "solution")
        self.assertTrue(
            self.account.message_ids.filtered(lambda message: "stock are managed from Odoo" in message.body)
        )
        self.assertFalse(denied.filtered(lambda row: row.state == "denied"))
        self.synchronise()
        self.assertEqual(self.get_quantities(), (1000, 1000))
        self.sandbox.calls.clear()
        self.run_job("refresh_shop_data")
        self.assertFalse(self.sandbox.count(ORDERS))

    def test_units_taken_at_payment_and_given_back(self):
        self.take_stock_at("payment")
        self.synchronise()
        placed = self.place([self.code, 1], pay=False)
        self.assertEqual(self.synchronise(), 0, "an unpaid order took nothing")
        self.sandbox.act(placed, "pay")
        self.add_stock(1)
        self.assertEqual(self.synchronise(), 1)
        self.assertEqual(self.get_quantities(), (1000, 1000))
        self.sandbox.act(placed, "request_cancel")
        self.sandbox.act(placed, "accept_cancel")
        self.add_stock(-1)
        self.assertEqual(self.get_quantities(), (1001, 1000))
        self.synchronise()
        self.assertEqual(self.get_quantities(), (1000, 1000))
        unpaid = self.place([self.code, 1], pay=False)
        self.synchronise()
        self.sandbox.act(unpaid, "expire")
        self.assertEqual(self.synchronise(), 0, "what was never taken is not given back")

    def test_when_a_product_that_exists_takes_its_units_is_learned(self):
        self.remote.deduction = "payment_success_deduct"
        self.run_job("publish_listings")
        self.run_job("refresh_listings")
        self.assertEqual(self.listing.stock_deduction, "payment")
        self.sandbox.calls.clear()
        self.run_job("publish_listings")
        self.assertFalse(self.sandbox.counts(), "nothing is to be sent")

    def test_an_adopted_product_takes_its_units_as_before(self):
        self.remote.deduction = "payment_success_deduct"
        self.listing._forget()
        self.listing.unlink()
        self.account.action_find_listings()
        self.run_job("publish_listings")
        found = self.env["aliexpress.found.product"].search([("product_ref", "=", str(self.remote.product_id))])
        found.action_link()
        self.listing = found.listing_id
        self.synchronise()
        placed = self.place([self.code, 1], pay=False)
        self.assertEqual(self.synchronise(), 0, "an unpaid order took nothing")
        self.sandbox.act(placed, "pay")
        self.assertEqual(self.synchronise(), 1)
        self.assertEqual(self.get_quantities(), (999, 999))

    def test_an_order_costs_one_call_in_its_life(self):
        self.synchronise()
        placed = self.place([self.code, 1], pay=False)
        self.assertEqual(self.synchronise(), 1)
        for action in ("pay", "ship", "confirm"):
            self.sandbox.act(placed, action)
            self.assertEqual(self.synchronise(), 0, action)

    def test_units_of_an_order_without_code_are_gone_before_it_is_processed(self):
        """The job that sends quantities may run before the one that works on orders."""
        self.synchronise()
        placed = self.place([self.code, 1], pay=False)
        for line in placed.lines:
            line.sku_code = ""
        self.run_job("fetch_orders")
        self.run_job("push_offers")
        self.assertFalse(self.get_order(placed).line_ids.sku_code)
        self.assertEqual(self.get_quantities(), (999, 999))

    def test_quantity_that_is_capped_is_filled_up_again(self):
        self.account.stock_cap = 10
        self.synchronise()
        self.place([self.code, 3])
        self.assertEqual(self.get_quantities(), (7, 10))
        self.synchronise()
        self.assertEqual(self.get_quantities(), (10, 10))
