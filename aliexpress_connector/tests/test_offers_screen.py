from decimal import Decimal

from odoo.tests import Form

from .common_offers import DETAIL, PRICE, STOCK, OffersCase


class TestOffersScreen(OffersCase):
    """What people see and press, and what publishing asks for."""

    def test_what_odoo_wants_before_anything_was_sent(self):
        self.assertRecordValues(
            self.shirt_sku,
            [{"quantity_wanted": 100, "price_wanted": 12.1, "sale_price_wanted": 0, "quantity_sent": 0}],
        )

    def test_send_now_sends_what_is_equal_too(self):
        self.push()
        self.add_remote(self.shirt_sku, stock=3, price="1.00")
        self.assertFalse(self.push())
        self.shirt_sku.action_send_offer()
        self.assertEqual(self.shirt_sku.offer_state, "due")
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", None))
        self.assertEqual(self.sent_skus(STOCK).keys(), {"TSHIRT-BLU-M"})

    def test_send_now_after_a_refusal(self):
        self.refusals[self.shirt_sku.listing_id.product_ref] = ("F00-00-99999-001", "no")
        self.push()
        self.refusals.clear()
        self.assertFalse(self.push())
        self.shirt_sku.action_send_offer()
        self.push()
        self.assertEqual(self.shirt_sku.offer_state, "equal")

    def test_send_now_keeps_the_sale_price_of_aliexpress(self):
        self.add_remote(self.shirt_sku, price="20.00", sale="9.00")
        self.push()
        self.env["aliexpress.offer.comparison"].search([]).full_date = False
        self.shirt_sku.action_send_offer()
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", "9.00"))

    def test_send_now_leaves_a_held_price_held(self):
        self.push()
        self.account.price_max_change = 20
        self.shirt.list_price = 5
        self.push()
        self.shirt_sku.action_send_offer()
        self.assertEqual([call.method for call in self.push()], [STOCK])
        self.assertEqual(self.shirt_sku.offer_state, "held")

    def test_send_now_names_what_cannot_be_sent(self):
        self.push()
        self.assertFalse(self.shirt_sku.action_send_offer())
        self.cap_sku.sku_code = False
        action = (self.shirt_sku | self.cap_sku).action_send_offer()
        self.assertIn(self.cap_sku.listing_id.display_name, action["params"]["message"])
        self.assertNotIn(self.shirt_sku.listing_id.display_name, action["params"]["message"])
        self.assertFalse(self.cap_sku.is_quantity_due)
        self.assertEqual([call.method for call in self.push()], [STOCK, DETAIL, PRICE])
        self.assertEqual(self.cap_sku.listing_id.state, "online")

    def test_code_emptied_while_something_is_to_be_sent(self):
        self.push()
        (self.shirt_sku | self.cap_sku).action_send_offer()
        self.cap_sku.sku_code = False
        self.push()
        self.assertEqual(self.sent_skus(STOCK).keys(), {"TSHIRT-BLU-M"})
        self.assertRecordValues(self.cap_sku.listing_id, [{"state": "online", "error": False}])

    def test_another_code_or_product_gets_everything_anew(self):
        self.push()
        product_ref = self.shirt_sku.listing_id.product_ref
        self.remote[product_ref]["NEW"] = {"stock": 77, "price": "99.00", "sale": None}
        self.shirt_sku.sku_code = "NEW"
        self.assertEqual(self.shirt_sku.offer_state, "due")
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", None))
        self.remote["1005001000000099"] = {"NEW": {"stock": 50, "price": "50.00", "sale": None}}
        self.shirt_sku.listing_id.product_ref = "1005001000000099"
        self.assertEqual(self.shirt_sku.offer_state, "due")
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", None))
        self.assertEqual(self.shirt_sku.offer_state, "equal")
        self.assertFalse(self.push())

    def test_number_that_is_emptied_and_entered_anew_gets_everything_anew(self):
        self.push()
        listing = self.shirt_sku.listing_id
        listing.product_ref = False
        self.remote["1005001000000099"] = {self.shirt_sku.sku_code: {"stock": 50, "price": "50.00", "sale": None}}
        listing.product_ref = "1005001000000099"
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", None))

    def test_code_that_is_told_with_what_aliexpress_has(self):
        self.push()
        self.shirt_sku.write({"sku_code": "NEW", "quantity_sent": 100, "price_sent": 12.1})
        self.assertFalse(self.push())

    def test_shop_button_compares_everything(self):
        self.push()
        comparison = self.env["aliexpress.offer.comparison"].search([("account_id", "=", self.account.id)])
        self.assertTrue(comparison.full_date)
        self.account.action_send_offers()
        self.assertFalse(comparison.full_date)
        self.assertFalse(self.push())
        self.assertTrue(comparison.full_date)

    def test_states_say_why(self):
        self.push()
        product = self.create_product("LATE", "Late", quantity=1)
        sku = self.create_listing(product, "1005001000000040")
        self.assertEqual(sku.offer_state, "due", "not compared yet")
        sku.sku_code = False
        self.assertEqual(sku.offer_state, "none")
        self.assertIn("no code", sku.offer_note)
        sku.product_id = False
        self.assertIn("Choose the variant", sku.offer_note)
        self.account.sync_offers = False
        self.add_stock(self.shirt, 1)
        self.shirt_sku.action_send_offer()
        self.assertEqual(self.shirt_sku.offer_state, "waiting")
        self.assertIn(self.account.name, self.shirt_sku.offer_note)

    def test_forms_open(self):
        self.push()
        with Form(self.shirt_sku) as form:
            form.quantity_limit = 5
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 5)
        with Form(self.account) as form:
            form.stock_buffer = 98
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 2)

    # === PUBLISHING === #

    def test_offer_for_publishing(self):
        [offer] = self.shirt_sku._prepare_offer().values()
        self.assertEqual(
            (offer.quantity, offer.price, offer.sale_price, offer.keeps_sale_price), (100, Decimal("12.10"), None, True)
        )
        self.account.sale_discount = 10
        [offer] = self.shirt_sku._prepare_offer().values()
        self.assertEqual((offer.sale_price, offer.keeps_sale_price), (Decimal("10.89"), False))

    def test_offer_of_a_listing_that_is_not_published_yet(self):
        product = self.create_product("NEW", "New", quantity=4)
        sku = self.create_listing(product, False, state="draft")
        [offer] = sku._prepare_offer().values()
        self.assertEqual((offer.quantity, offer.price), (4, Decimal("12.10")))
        product.list_price = 0
        [offer] = sku._prepare_offer().values()
        self.assertIsNone(offer.price)

    def test_held_price_is_not_published(self):
        self.push()
        self.account.price_max_change = 20
        self.shirt.list_price = 5
        [offer] = self.shirt_sku._prepare_offer().values()
        self.assertEqual(offer.price, Decimal("12.10"))

    def test_sale_price_of_aliexpress_is_no_change(self):
        """Beside a sale price that stays, only the change of the price itself counts."""
        self.add_remote(self.shirt_sku, price="12.10", sale="9.00")
        self.push()
        self.account.price_max_change = 20
        self.shirt.list_price = 10.5
        [offer] = self.shirt_sku._prepare_offer().values()
        self.assertEqual(offer.price, Decimal("12.71"))

    def test_what_was_published_is_not_sent_again(self):
        product = self.create_product("NEW", "New", quantity=4)
        sku = self.create_listing(product, "1005001000000041")
        self.add_remote(sku, stock=4, price="12.10")
        sku._acknowledge_offer(sku._prepare_offer())
        self.push()
        self.assertEqual(self.sent_skus(STOCK).keys(), {"TSHIRT-BLU-M", "CAP-RED"})
