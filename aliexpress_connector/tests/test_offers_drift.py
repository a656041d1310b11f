from odoo import fields

from ..models.product_reader import read_products
from .common import envelope, error_response
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

    def test_sales_without_a_code_are_no_change_from_outside(self):
        order = self.place_order(self.shirt_sku, 3, order_date="2099-01-01 00:00:00")
        order.line_ids.sku_code = False
        self.add_remote(self.shirt_sku, stock=97, price="12.10")
        self.refresh()
        self.assertFalse(self.get_messages(self.shirt_sku))

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

    def test_an_answer_without_skus_says_nothing_about_them(self):
        rows = self.remote[self.shirt_sku.listing_id.product_ref]
        had = dict(rows)
        rows.clear()
        self.refresh()
        self.assertFalse(self.shirt_sku.is_missing)
        self.assertIn("could not be understood", self.shirt_sku.listing_id.error)
        rows.update(had)
        self.shirt_sku.listing_id.retry_at = False
        self.add_stock(self.shirt, 5)
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 105)

    def test_an_answer_without_a_product_does_not_say_that_it_is_gone(self):
        listing, normal = self.cap_sku.listing_id, self.answers[DETAIL]
        product_ref = listing.product_ref

        def answer(call):
            is_asked = call.parameters["product_id"] == product_ref
            return envelope(call.method, {}) if is_asked else normal(call)

        self.answers[DETAIL] = answer
        self.refresh()
        self.assertEqual(len(self.called(DETAIL)), 1 + 3, "read again")
        self.assertRecordValues(listing, [{"state": "online", "is_vanished": False, "remote_state": "online"}])
        self.assertIn("no product in it", listing.error)
        self.assertTrue(listing.retry_at)
        self.add_stock(self.cap, -1)
        self.push()
        self.assertEqual(self.get_remote(self.cap_sku)[0], 99)
        self.answers[DETAIL] = normal
        listing.retry_at = False
        self.refresh()
        self.assertFalse(listing.error)

    def let_vanish_silently(self, listing):
        """AliExpress lists the product no more, and answers nothing where it is asked for it."""
        del self.remote[listing.product_ref]
        normal, product_ref = self.answers[DETAIL], listing.product_ref

        def answer(call):
            return envelope(call.method, {}) if call.parameters["product_id"] == product_ref else normal(call)

        self.answers[DETAIL] = answer

    def test_product_that_neither_the_list_nor_an_answer_shows_is_gone(self):
        listing = self.cap_sku.listing_id
        self.let_vanish_silently(listing)
        self.cap.list_price = 20
        self.push()
        self.assertEqual((len(self.called(DETAIL)), len(self.calls)), (3, 3), "read for the price")
        self.assertGreater(listing.retry_at, fields.Datetime.add(fields.Datetime.now(), minutes=20))
        self.refresh()
        self.assertRecordValues(listing, [{"state": "error", "is_vanished": True, "retry_at": False}])
        self.assertIn("does not know this record", listing.error)
        self.refresh()
        self.assertRecordValues(listing, [{"state": "error", "is_vanished": True, "retry_at": False}])
        self.add_stock(self.cap, -1)
        self.assertFalse(self.push())
        listing.action_forget()
        self.assertRecordValues(listing, [{"state": "draft", "product_ref": False}])

    def test_product_that_was_sent_while_the_list_was_read_is_not_gone(self):
        listing = self.cap_sku.listing_id
        listing.sent_at = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        self.let_vanish_silently(listing)
        self.refresh()
        self.assertRecordValues(listing, [{"state": "online", "is_vanished": False}])

    def test_product_that_may_stand_in_an_unreadable_row_is_not_gone(self):
        listing, normal = self.cap_sku.listing_id, self.answers[LIST]
        self.let_vanish_silently(listing)

        def answer(call):
            body = normal(call)
            for result in (one["result"] for one in body.values()):
                rows = result["aeop_a_e_product_display_d_t_o_list"].get("item_display_dto", [])
                rows += [{"product_id": "?"}] if rows else []
            return body

        self.answers[LIST] = answer
        self.refresh()
        self.assertRecordValues(listing, [{"state": "online", "is_vanished": False}])
        self.answers[LIST] = normal
        self.refresh()
        self.assertRecordValues(listing, [{"state": "error", "is_vanished": True}])

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

    # === WHAT A NIGHT MAY COST === #

    def create_shop(self, **values):
        other = self.create_account("Other shop", app_key="777", seller_ref="2671514999", **values)
        for number in range(2):
            product = self.create_product(f"OTHER-{number}", "Other", quantity=5)
            self.add_remote(self.create_listing(product, f"100500100000002{number}", account=other))
        return other

    def spend(self, account, budget, count):
        account.call_budget = budget
        today = self.env["aliexpress.call.count"]._get_today()
        values = {"account_id": account.id, "date": today, "method": "orders", "count": count}
        self.env["aliexpress.call.count"].create(values)

    def test_shop_that_waits_with_its_list_has_the_others_read_once(self):
        self.spend(self.create_shop(), 10, 9)
        self.refresh()
        read = self.called(DETAIL)
        for _run in range(2):
            self.refresh()
            read += self.called(DETAIL)
        self.assertEqual(len(read), 2)

    def let_wait(self, account, **delay):
        self.env["aliexpress.listing"].search([]).retry_at = False
        account.retry_at = fields.Datetime.add(fields.Datetime.now(), **delay)

    def test_shop_whose_wait_is_prolonged_has_the_others_read_once(self):
        other = self.create_shop()
        self.let_wait(other, minutes=5)
        self.refresh()
        self.assertEqual(len(self.called(DETAIL)), 2, "the shop that need not wait")
        self.let_wait(other, hours=1)
        self.refresh()
        self.assertFalse(self.called(DETAIL) + self.called(LIST))
        job = self.env.ref("aliexpress_connector.ir_cron_refresh_listings")
        wakes = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]).mapped("call_at")
        self.assertIn(other.retry_at, wakes)
        other.retry_at = False
        self.refresh()
        self.assertEqual(len(self.called(DETAIL)), 2, "the rest of the night")
        self.assertFalse(self.called(LIST))

    def test_rest_of_a_night_does_not_replace_the_next(self):
        other = self.create_shop()
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), hours=20)
        comparison = self.env["aliexpress.offer.comparison"]._get_comparison(other)
        comparison.write({"drift_start": yesterday, "drift_calls_left": 1})
        self.refresh()
        self.assertTrue(self.called(LIST))
        self.assertEqual(len(self.called(DETAIL)), 4)

    def test_orders_are_only_asked_for_where_units_are_missing(self):
        skus = self.create_sized("1005001000000009", "SMLX")
        self.account.write({"sync_orders": True, "orders_synced_until": fields.Datetime.now()})
        self.push()
        listing = skus.listing_id
        [detail] = read_products(self.account._get_client(), listing, reads_skus=True).values()
        listing._must_wait_for_orders(detail)
        with self.assertQueryCount(0):
            self.assertFalse(listing._must_wait_for_orders(detail))

    def test_shop_that_never_ends_its_list_stops_one_night_only(self):
        other = self.create_shop()
        self.spend(other, 10, 9)
        self.refresh()
        other.refresh_started_at = fields.Datetime.subtract(fields.Datetime.now(), hours=20)
        self.refresh()
        self.assertEqual(len(self.called(DETAIL)), 2)

    def test_night_ends_with_the_calls_of_the_day(self):
        for number in range(30):
            product = self.create_product(f"MANY-{number}", f"Many {number}")
            self.add_remote(self.create_listing(product, f"10050020000000{number:02}"))
        self.account.call_budget = 40
        before = self.account.call_count_today
        self.refresh()
        self.account.invalidate_recordset()
        self.assertEqual(self.account.call_count_today, 24, "the rest is kept for orders, stock and prices")
        self.assertEqual(len(self.called(DETAIL)) + len(self.called(LIST)), 24 - before)

    def test_hiccup_does_not_end_the_night(self):
        normal, answers = (
            self.answers[DETAIL],
            iter([error_response("ApiCallLimit", "this ban will last 30 more seconds")] * 2),
        )
        self.answers[DETAIL] = lambda call: next(answers, None) or normal(call)
        self.refresh()
        self.assertTrue(self.account.retry_at)
        self.assertFalse(self.shirt_sku.listing_id.offer_read_date)
        self.account.retry_at = False
        self.env["aliexpress.listing"].search([]).retry_at = False
        self.refresh()
        self.assertEqual(len(self.called(DETAIL)), 2)
        self.assertFalse(self.called(LIST), "the same night")

    def test_product_that_cannot_be_read_says_why(self):
        listing = self.cap_sku.listing_id
        product_ref = listing.product_ref
        normal, answers = self.answers[DETAIL], [error_response("ServiceUnavailable", "service unavailable")]

        def answer(call):
            is_bad = answers and call.parameters["product_id"] == product_ref
            return answers[0] if is_bad else normal(call)

        self.answers[DETAIL] = answer
        self.refresh()
        self.assertTrue(self.shirt_sku.listing_id.offer_read_date)
        self.assertFalse(self.account.retry_at)
        self.assertFalse(listing.offer_read_date)
        self.assertIn("systems were busy", listing.error)
        answers.clear()
        listing.retry_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=1)
        self.refresh()
        self.assertTrue(listing.offer_read_date)
        self.assertFalse(listing.error)

    def test_product_that_is_there_again_gets_its_stock(self):
        listing, remote = self.cap_sku.listing_id, dict(self.remote)
        del self.remote[listing.product_ref]
        self.refresh()
        self.assertTrue(self.cap_sku.is_missing)
        self.add_stock(self.cap, 1)
        self.assertFalse(self.push(), "there is nothing to be sold")
        self.remote.update(remote)
        self.refresh()
        self.assertFalse(self.cap_sku.is_missing)
        self.push()
        self.assertEqual(self.get_remote(self.cap_sku)[0], 101)

    # === COUNTRIES === #

    def set_country_prices(self, price, sale=None, country="FR"):
        row = {"sku_code": "TSHIRT-BLU-M", "price": price} | ({"discount_price": sale} if sale else {})
        one = {"ship_to_country": country, "sku_price_by_country_list": [row]}
        configuration = {"price_type": "absolute", "country_price_list": [one]}
        self.remote["countries"] = {self.shirt_sku.listing_id.product_ref: configuration}

    def add_france(self, percent=0):
        pricelist = self.env["product.pricelist"].create({"name": "France"})
        rule = {"pricelist_id": pricelist.id, "compute_price": "percentage", "percent_price": percent}
        self.env["product.pricelist.item"].create(rule)
        line = {"country_id": self.env.ref("base.fr").id, "pricelist_id": pricelist.id}
        self.account.country_price_ids = [(0, 0, line)]
        self.env.flush_all()
        self.push()

    def test_prices_by_country_are_mended_and_reported(self):
        self.add_france()
        self.set_country_prices("30.00")
        self.refresh()
        [message] = self.get_messages(self.shirt_sku)
        self.assertIn("TSHIRT-BLU-M FR", message)
        self.push()
        ref = self.shirt_sku.listing_id.product_ref
        self.assertEqual(self.get_remote_countries(ref), {"FR": {"TSHIRT-BLU-M": ("12.10", None)}})
        self.refresh()
        self.assertEqual(len(self.get_messages(self.shirt_sku)), 1)

    def test_sale_prices_of_the_seller_in_countries_are_taken_over(self):
        self.add_france()
        self.set_country_prices("12.10", "9.00")
        self.refresh()
        self.assertFalse(self.get_messages(self.shirt_sku))
        self.assertEqual(self.shirt_sku.country_prices_sent, {"FR": [12.1, 9.0]})
        self.shirt.list_price = 20
        self.push()
        ref = self.shirt_sku.listing_id.product_ref
        self.assertEqual(self.get_remote_countries(ref), {"FR": {"TSHIRT-BLU-M": ("24.20", "9.00")}})

    def test_prices_by_country_of_the_seller_centre_are_left_alone(self):
        self.set_country_prices("30.00", "20.00")
        self.refresh()
        self.push()
        ref = self.shirt_sku.listing_id.product_ref
        self.assertEqual(self.get_remote_countries(ref), {"FR": {"TSHIRT-BLU-M": ("30.00", "20.00")}})
