from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

ADDON = "aliexpress_connector"


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demonstration data: a filled shop, and nothing that could call AliExpress."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for path in Manifest.for_addon(ADDON)["demo"]:
            convert_file(cls.env, ADDON, path, {}, mode="init", noupdate=True)
        cls.shop = cls.env.ref(f"{ADDON}.demo_account_spain")
        domain = [("account_id", "=", cls.shop.id)]
        cls.orders = cls.env["aliexpress.order"].search(domain)
        cls.listings = cls.env["aliexpress.listing"].search(domain)

    def test_no_shop_is_connected(self):
        self.assertEqual(set(self.env["aliexpress.account"].search([]).mapped("state")), {"draft"})

    def test_listings_in_every_state(self):
        states = {state for state, _label in self.listings._fields["state"].selection}
        self.assertEqual(set(self.listings.mapped("state")), states)
        self.assertTrue(all(listing.sku_ids for listing in self.listings))

    def test_orders_in_every_stage(self):
        stages = {stage for stage, _label in self.orders._fields["stage"]._description_selection(self.env)}
        self.assertEqual(set(self.orders.mapped("stage")), stages)

    def test_a_hold_of_each_kind_with_its_way_out(self):
        held = self.orders.filtered(lambda order: order.state == "hold")
        reasons = "\n".join(held.mapped("hold_reason"))
        for words in (
            "asked to cancel",
            "has frozen this order",
            "No product has the SKU code",
            "status map does not know",
            "is not what the order's parts add up to",
            "far larger than usual",
            "own warehouse ships part",
            "delivery country",
            "finished this order for the reason",
        ):
            self.assertIn(words, reasons)
        self.assertTrue(any(held.mapped("can_release")))
        self.assertTrue(any(held.mapped("can_accept_total")))
        self.assertTrue(any(held.mapped("unknown_line_count")))

    def test_orders_to_ship_have_deliveries_and_their_total(self):
        waiting = self.orders.filtered(lambda order: order.stage == "waiting_shipment" and order.state == "done")
        ours = waiting.filtered(lambda order: not order.is_platform_fulfilled)
        self.assertTrue(ours)
        for order in ours:
            self.assertTrue(order.sale_order_id.picking_ids, order.order_ref)
            self.assertEqual(order.sale_order_id.amount_total, order.amount_total)

    def test_every_product_has_a_picture_and_a_category_but_the_one_to_be_listed(self):
        categories = self.env["product.category"].search([("name", "in", ("Clothes", "Electronics", "Home"))])
        products = self.env["product.template"].search([("categ_id", "in", categories.ids)])
        self.assertTrue(all(products.mapped("image_1920")))
        self.assertEqual(products.filtered(lambda product: not product.aliexpress_category_id).name, "Beach Towel")
