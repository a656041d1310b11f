from .common_offers import DETAIL, PRICE, STOCK, OffersCase

LIST = "aliexpress.solution.product.list.get"


class TestOffersDrift(OffersCase):
    """What was changed outside Odoo is found, reported and mended."""

    def set_answers(self):
        super().set_answers()
        self.answers[LIST] = self.answer_list

    def answer_list(self, call):
        query = call.get_json("aeop_a_e_product_list_query")
        rows = [
            {"product_id": int(ref), "subject": "Something", "currency_code": "EUR"}
            for ref in self.remote
            if ref.isdecimal() and query["product_status_type"] == "onSelling"
        ]
        result = {
            "success": True,
            "product_count": len(rows),
            "total_page": 1 if rows else 0,
            "current_page": 1,
            "aeop_a_e_product_display_d_t_o_list": {"item_display_dto": rows} if rows else {},
        }
        return {"aliexpress_solution_product_list_get_response": {"result": result}}

    def setUp(self):
        super().setUp()
        self.push()

    def refresh(self):
        self.calls.clear()
        self.run_job("refresh_listings")

    def get_messages(self, sku):
        return [message.body for message in sku.listing_id.message_ids if "not from Odoo" in (message.body or "")]

    def test_nothing_changed_nothing_reported(self):
        self.refresh()
        self.assertEqual(len(self.called(DETAIL)), 2)
        self.assertFalse(self.get_messages(self.shirt_sku))
        self.assertFalse(self.push())

    def test_changes_are_mended_and_reported(self):
        self.add_remote(self.shirt_sku, stock=500, price="3.00")
        self.refresh()
        [message] = self.get_messages(self.shirt_sku)
        self.assertIn("TSHIRT-BLU-M: quantity 500 instead of 100", message)
        self.assertIn("3.00", message)
        self.assertFalse(self.get_messages(self.cap_sku))
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", None))
        self.assertEqual(self.sent_skus(STOCK).keys(), {"TSHIRT-BLU-M"})
        self.refresh()
        self.assertEqual(len(self.get_messages(self.shirt_sku)), 1)

    def test_changes_of_what_records_told_are_mended_too(self):
        product = self.create_product("TOLD", "Told", quantity=7)
        sku = self.create_listing(product, "1005001000000004")
        sku.write({"quantity_sent": 7, "price_sent": 12.1, "sale_price_sent": 0})
        self.add_remote(sku, stock=4, price="3.00")
        self.refresh()
        [message] = self.get_messages(sku)
        self.assertIn("quantity 4 instead of 7", message)
        self.push()
        self.assertEqual(self.get_remote(sku), (7, "12.10", None))

    def test_sales_are_no_change_from_outside(self):
        self.place_order(self.shirt_sku, 3, order_date="2099-01-01 00:00:00")
        self.add_remote(self.shirt_sku, stock=97, price="12.10")
        self.refresh()
        self.assertFalse(self.get_messages(self.shirt_sku))
        self.assertFalse(self.push(), "Odoo wants the same")
        self.add_remote(self.shirt_sku, stock=40, price="12.10")
        self.refresh()
        self.assertTrue(self.get_messages(self.shirt_sku))

    def test_sale_price_of_the_seller_is_taken_over(self):
        self.add_remote(self.shirt_sku, stock=100, price="12.10", sale="9.00")
        self.refresh()
        self.assertFalse(self.get_messages(self.shirt_sku))
        self.assertEqual(self.shirt_sku.sale_price_sent, 9)
        self.shirt.list_price = 20
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1:], ("24.20", "9.00"))

    def test_sale_price_that_odoo_sets_is_mended(self):
        self.account.sale_discount = 10
        self.push()
        self.add_remote(self.shirt_sku, stock=100, price="12.10", sale="9.00")
        self.refresh()
        self.assertTrue(self.get_messages(self.shirt_sku))
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1:], ("12.10", "10.89"))

    def test_calls_of_a_night_are_limited_and_the_next_go_first(self):
        self.account.drift_call_budget = 1
        self.refresh()
        self.refresh()
        self.assertEqual(len(self.called(DETAIL)), 1)
        self.assertTrue(self.shirt_sku.listing_id.offer_read_date)
        self.assertTrue(self.cap_sku.listing_id.offer_read_date)
        self.account.drift_call_budget = 0
        self.refresh()
        self.assertFalse(self.called(DETAIL))

    def test_sku_that_is_gone_is_left_alone(self):
        self.remote[self.shirt_sku.listing_id.product_ref] = {"OTHER": {"stock": 1, "price": "1.00", "sale": None}}
        self.refresh()
        self.assertEqual(self.shirt_sku.offer_state, "error")
        self.assertIn("no SKU with this code", self.shirt_sku.offer_note)
        self.add_stock(self.shirt, 5)
        self.assertFalse(self.push())
        self.add_remote(self.shirt_sku, stock=1, price="12.10")
        self.refresh()
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 105)

    def test_refused_offers_are_sent_once_more_every_night(self):
        self.refusals[self.cap_sku.listing_id.product_ref] = ("F00-00-99999-001", "no")
        self.add_stock(self.cap, 1)
        self.push()
        self.assertFalse(self.push())
        self.refusals.clear()
        self.refresh()
        self.push()
        self.assertEqual(self.get_remote(self.cap_sku)[0], 101)
        self.assertEqual(self.cap_sku.offer_state, "equal")

    def test_short_budget_goes_to_more_urgent_calls(self):
        self.account.call_budget = 10
        self.refresh()
        self.assertFalse(self.called(DETAIL))

    def test_what_is_still_to_be_sent_is_not_reported(self):
        self.add_stock(self.shirt, 5)
        self.refusal = ("PRODUCT_IN_AUDIT_PENDING", "")
        self.refusals[self.shirt_sku.listing_id.product_ref] = self.refusal
        self.push()
        self.shirt_sku.listing_id.retry_at = False
        self.refresh()
        self.assertFalse(self.get_messages(self.shirt_sku))
        self.refusals.clear()
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 105)

    def test_held_guard_asks_before_a_drifted_price_is_mended(self):
        self.account.price_max_change = 20
        self.add_remote(self.shirt_sku, stock=100, price="3.00")
        self.refresh()
        self.push()
        self.assertFalse(self.called(PRICE))
        self.assertEqual(self.shirt_sku.offer_state, "held")
