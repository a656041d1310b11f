from datetime import timedelta

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..models import aliexpress_job_mixin
from .common import SandboxCase, error_response
from .common_offers import DETAIL, PRICE, STOCK, OffersCase

# For each kind of call: what its fields begin with, where AliExpress keeps it, and a value that nobody sends.
KINDS = {STOCK: ("quantity", "stock", 0), PRICE: ("price", "price", "1.00")}


class TestOffersPush(OffersCase):
    """What is sent, packed how, and what is acknowledged for which answer."""

    def test_first_run_sends_everything_once(self):
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", None))
        self.assertEqual(self.get_remote(self.cap_sku), (100, "12.10", None))
        self.assertEqual(len(self.called(STOCK)), 1)
        self.assertEqual(len(self.called(PRICE)), 1)
        self.assertRecordValues(
            self.shirt_sku,
            [
                {
                    "quantity_sent": 100,
                    "price_sent": 12.1,
                    "sale_price_sent": 0.0,
                    "offer_state": "equal",
                    "offer_note": False,
                }
            ],
        )
        self.assertTrue(self.shirt_sku.quantity_date)

    def test_nothing_changed_no_call(self):
        self.push()
        self.assertFalse(self.push())
        self.env["aliexpress.offer.comparison"].search([]).full_date = fields.Datetime.now() - timedelta(hours=2)
        self.assertFalse(self.push())

    def test_only_what_changed_is_sent(self):
        self.push()
        self.add_stock(self.shirt, -30)
        self.push()
        self.assertEqual(self.sent_skus(STOCK), {"TSHIRT-BLU-M": {"sku_code": "TSHIRT-BLU-M", "inventory": "70"}})
        self.assertFalse(self.called(PRICE))
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 70)

    def test_many_changes_one_call(self):
        self.push()
        for _change in range(50):
            self.add_stock(self.cap, -1)
        self.push()
        self.assertEqual([call.method for call in self.calls], [STOCK])
        self.assertEqual(self.get_remote(self.cap_sku)[0], 50)

    def test_zero_is_sent_and_is_not_the_same_as_never(self):
        product = self.create_product("EMPTY", "Sold out")
        sku = self.create_listing(product, "1005001000000003")
        self.add_remote(sku, stock=5)
        self.push()
        self.assertEqual(self.get_remote(sku)[0], 0)
        self.assertFalse(self.push())

    def test_acknowledged_before_by_records(self):
        """Who provisions a listing with what AliExpress has causes no call."""
        self.push()
        product = self.create_product("KNOWN", "Known", quantity=7)
        sku = self.create_listing(product, "1005001000000004")
        sku.write({"quantity_sent": 7, "price_sent": 12.1})
        self.assertFalse(self.push())

    def test_twenty_products_a_call(self):
        products = [self.create_product(f"MANY-{number}", f"Many {number}", quantity=number) for number in range(43)]
        for number, product in enumerate(products):
            self.add_remote(self.create_listing(product, f"10050020000000{number:02}"))
        self.push()
        self.assertEqual(len(self.called(STOCK)), 3)
        self.assertEqual(len(self.called(PRICE)), 3)
        sizes = [len(call.get_json("mutiple_product_update_list")) for call in self.called(STOCK)]
        self.assertEqual(sorted(sizes), [5, 20, 20])
        self.assertEqual(len({call.session for call in self.calls}), 1, "one connection for a job")
        for method in KINDS:
            for name, answer in self.get_faults(method, self.answers[method]).items():
                with self.subTest(name, method=method):
                    self.break_second_call(products, method, answer)

    def get_faults(self, method, take_over):
        """What may come instead of the answer of `take_over`: name and a function of the call."""
        _prefix, column, old = KINDS[method]

        def taken_over_and_lost(call):
            take_over(call)
            return self.make_response("", status=502)

        def taken_over_and_garbled(call):
            take_over(call)
            return self.make_response('{"aliexpress_solution_batch_product_inv', status=200)

        def take_over_ten(call):
            rows = [{"product_id": product["product_id"]} for product in call.get_json("mutiple_product_update_list")]
            take_over(call)
            for row in rows[10:]:
                [remote] = self.remote[str(row["product_id"])].values()
                remote[column] = old
            return rows

        def half(call):
            rows = take_over_ten(call)
            failed = [row | {"error_code": "F00-00-99999-001", "error_message": "no"} for row in rows[5:]]
            return self.batch_answer(call.method, rows[:10], failed)

        def silence(call):
            return self.batch_answer(call.method, take_over_ten(call)[:3], [])

        return {
            "not reached": lambda call: self.make_response("", status=503),
            "rate limit": lambda call: error_response("ApiCallLimit", "this ban will last 30 more seconds"),
            "refused as a whole": lambda call: error_response("15", sub_code="PRODUCT_IN_AUDIT_PENDING"),
            "taken over, answer lost": taken_over_and_lost,
            "taken over, answer cut off": taken_over_and_garbled,
            "some in both lists, some refused": half,
            "silence about most": silence,
        }

    def break_second_call(self, products, method, answer):
        """What was acknowledged afterwards is what AliExpress has; and the next runs send the rest."""
        prefix, column, _old = KINDS[method]
        for product in products:
            if method == STOCK:
                self.add_stock(product, 1)
            else:
                product.list_price += 1
        numbers, normal = iter(range(100)), self.answers[method]
        self.answers[method] = lambda call: answer(call) if next(numbers) == 1 else normal(call)
        self.push()

        def has(sku):
            return float(self.remote[sku.listing_id.product_ref][sku.sku_code][column])

        skus = self.env["aliexpress.listing.sku"].search([("product_id", "in", [product.id for product in products])])
        wrong = [
            sku.sku_code
            for sku in skus
            if not sku[f"is_{prefix}_due"] and not sku[f"{prefix}_error"] and sku[f"{prefix}_sent"] != has(sku)
        ]
        self.assertFalse(wrong, "acknowledged, and AliExpress never said so")
        self.assertGreaterEqual(len(skus.filtered(lambda sku: sku.offer_state == "equal")), 20)
        self.answers[method] = normal
        self.account.retry_at = False
        skus.listing_id.retry_at = False
        skus.filtered(f"{prefix}_error").action_send_offer()
        self.push()
        for sku in skus:
            wanted = sku[f"{prefix}_wanted"]
            self.assertEqual((has(sku), sku[f"{prefix}_sent"], sku.offer_state), (wanted, wanted, "equal"))

    def test_more_skus_than_a_call_takes(self):
        attribute = self.env["product.attribute"].create({"name": "Number", "create_variant": "always"})
        values = self.env["product.attribute.value"].create(
            [{"name": str(number), "attribute_id": attribute.id} for number in range(230)]
        )
        template = self.env["product.template"].create(
            {
                "name": "Numbered",
                "is_storable": True,
                "attribute_line_ids": [(0, 0, {"attribute_id": attribute.id, "value_ids": [(6, 0, values.ids)]})],
            }
        )
        for number, product in enumerate(template.product_variant_ids):
            product.default_code = f"N-{number}"
        skus = self.create_listing(template.product_variant_ids, "1005001000000005")
        for sku in skus:
            self.add_remote(sku, stock=9)
        self.push()
        self.push()
        self.assertEqual({self.get_remote(sku)[0] for sku in skus}, {0})
        for call in self.called(STOCK):
            for product in call.get_json("mutiple_product_update_list"):
                self.assertLessEqual(len(product["multiple_sku_update_list"]), 200)

    # === ANSWERS === #

    def test_partial_success_acknowledges_what_was_accepted(self):
        self.refusals[self.cap_sku.listing_id.product_ref] = ("F00-00-99999-001", "inventory is not allowed")
        self.push()
        self.assertEqual(self.shirt_sku.quantity_sent, 100)
        self.assertEqual(self.cap_sku.offer_state, "error")
        self.assertIn("inventory is not allowed", self.cap_sku.offer_note)
        self.assertFalse(self.cap_sku.quantity_date)
        self.assertEqual(self.cap_sku.listing_id.state, "online")
        # The same refused value is not sent again, another one is.
        self.assertFalse(self.push())
        self.refusals.clear()
        self.add_stock(self.cap, 1)
        self.push()
        self.assertEqual(self.get_remote(self.cap_sku)[0], 101)
        self.assertFalse(self.cap_sku.quantity_error)

    def test_id_in_both_lists_is_read_back(self):
        shirt_ref, cap_ref = self.shirt_sku.listing_id.product_ref, self.cap_sku.listing_id.product_ref

        def answer(call):
            self.apply_updates(call, lambda row, sent: row.update(stock=int(sent["inventory"])))
            self.remote[cap_ref]["CAP-RED"]["stock"] = 3
            both = [{"product_id": int(shirt_ref)}, {"product_id": int(cap_ref)}]
            failed = [row | {"error_code": "F00-00-10014-017", "error_message": "try later"} for row in both]
            return self.batch_answer(call.method, both, failed)

        self.answers[STOCK] = answer
        self.push()
        self.assertEqual(self.shirt_sku.quantity_sent, 100)
        self.assertFalse(self.shirt_sku.is_quantity_due)
        self.assertTrue(self.cap_sku.is_quantity_due)
        self.assertTrue(self.cap_sku.listing_id.retry_at)
        self.answers[STOCK] = self.answer_stock
        self.cap_sku.listing_id.retry_at = False
        self.push()
        self.assertEqual(self.get_remote(self.cap_sku)[0], 100)
        self.assertEqual(set(self.sent_skus(STOCK)), {"CAP-RED"})

    def test_price_in_both_lists_beside_prices_of_the_seller_centre(self):
        self.push()
        product_ref = self.shirt_sku.listing_id.product_ref
        row = {"sku_code": self.shirt_sku.sku_code, "price": "30.00"}
        one = {"ship_to_country": "FR", "sku_price_by_country_list": [row]}
        self.remote["countries"] = {product_ref: {"price_type": "absolute", "country_price_list": [one]}}

        def answer(call):
            self.answer_price(call)
            both = [{"product_id": int(product_ref)}]
            failed = [both[0] | {"error_code": "F00-00-10014-017", "error_message": "try later"}]
            return self.batch_answer(call.method, both, failed)

        self.answers[PRICE] = answer
        self.shirt.list_price = 20
        self.push()
        self.assertEqual((self.shirt_sku.price_sent, self.shirt_sku.offer_state), (24.2, "equal"))
        self.assertFalse(self.push())

    def test_answer_lost_sends_again(self):
        self.answers[STOCK] = self.make_response("<html>", status=502)
        self.push()
        self.assertTrue(self.shirt_sku.is_quantity_due)
        self.assertTrue(self.account.retry_at)
        self.assertEqual(self.shirt_sku.offer_state, "waiting")
        self.assertFalse(self.called(PRICE), "a shop that cannot be reached is left alone")
        self.account.retry_at = False
        self.env["aliexpress.listing"].search([]).retry_at = False
        self.answers[STOCK] = self.answer_stock
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", None))
        self.assertEqual(self.shirt_sku.offer_state, "equal")

    def test_lost_answer_leaves_nothing_behind(self):
        """The shop waits and says why; a listing shows no error, and the report of publishing no line."""
        self.cap_sku.listing_id.write({"state": "error", "error": "Its content was refused"})
        self.answers[STOCK] = self.make_response("<html>", status=502)
        self.push()
        listings = (self.shirt_sku | self.cap_sku).listing_id
        self.assertEqual(listings.mapped("error"), [False, "Its content was refused"])
        self.assertFalse(self.env["aliexpress.publish.result"].search([("listing_id", "in", listings.ids)]))
        self.assertIn("could not be reached", self.shirt_sku.offer_note)
        self.account.retry_at = False
        self.answers[STOCK] = self.answer_stock
        self.push()
        self.assertFalse(self.shirt_sku.listing_id.retry_at)
        self.assertEqual(listings.mapped("error"), [False, "Its content was refused"])

    def test_value_back_to_the_acknowledged_after_a_lost_answer(self):
        """AliExpress may have taken over what it never answered: the old value is sent although it was acknowledged
        before.
        """
        self.push()

        def answer(call):
            self.answer_stock(call)
            return self.make_response("", status=502)

        self.answers[STOCK] = answer
        self.add_stock(self.shirt, -1)
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 99)
        self.answers[STOCK] = self.answer_stock
        self.add_stock(self.shirt, 1)
        self.account.retry_at = False
        self.env["aliexpress.listing"].search([]).retry_at = False
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100)

    def test_whole_call_refused_costs_one_product(self):
        bad_ref = self.cap_sku.listing_id.product_ref

        def answer(call):
            if any(str(product["product_id"]) == bad_ref for product in call.get_json("mutiple_product_update_list")):
                return error_response("15", sub_code="isv.invalid-parameter", sub_message="bad product")
            return self.answer_stock(call)

        self.answers[STOCK] = answer
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100)
        self.assertIn("bad product", self.cap_sku.quantity_error)
        self.assertEqual(self.cap_sku.price_sent, 12.1, "its price went on")

    def test_product_in_audit_waits_alone(self):
        self.refusals[self.cap_sku.listing_id.product_ref] = ("PRODUCT_IN_AUDIT_PENDING", "")
        self.push()
        self.assertEqual(self.shirt_sku.quantity_sent, 100)
        self.assertEqual(self.cap_sku.offer_state, "waiting")
        self.assertIn("reviewing", self.cap_sku.offer_note)
        self.assertFalse(self.account.retry_at)
        self.assertFalse(self.push())
        self.refusals.clear()
        self.cap_sku.listing_id.retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self.push()
        self.assertEqual(self.get_remote(self.cap_sku), (100, "12.10", None))
        self.assertFalse(self.cap_sku.listing_id.error)

    def test_waiting_ends_when_the_read_back_shows_what_was_sent(self):
        listing = self.cap_sku.listing_id
        self.refusals[listing.product_ref] = ("PRODUCT_IN_AUDIT_PENDING", "")
        self.push()
        self.assertTrue(listing.error)
        self.refusals.clear()
        listing.retry_at = fields.Datetime.now() - timedelta(seconds=1)

        def make_unclear(method, take_over):
            def answer(call):
                take_over(call)
                row = {"product_id": int(listing.product_ref)}
                failed = [row | {"error_code": "F00-00-10014-017", "error_message": "try later"}]
                return self.batch_answer(method, [row], failed)

            return answer

        for method in KINDS:
            self.answers[method] = make_unclear(method, self.answers[method])
        self.push()
        self.assertEqual(self.cap_sku.offer_state, "equal")
        self.assertRecordValues(listing, [{"error": False, "retry_at": False, "is_price_waiting": False}])

    def test_fault_of_one_listing_costs_one_listing(self):
        """What no call can be made of is shown at its SKUs once; the listing's content and the others go on."""
        self.account.sale_discount = 50  # so that no product is read first
        self.cap_sku.listing_id.product_ref = "no number"
        with mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_job_mixin"):
            self.push()
        self.assertEqual(self.get_remote(self.shirt_sku), (100, "12.10", "6.05"))
        self.assertIn("ValueError", self.cap_sku.quantity_error)
        self.assertIn("ValueError", self.cap_sku.price_error)
        self.assertEqual(self.cap_sku.offer_state, "error")
        self.assertRecordValues(self.cap_sku.listing_id, [{"state": "online", "error": False}])
        self.assertFalse(self.push())

    def test_whole_call_refused_for_an_audit_costs_one_product(self):
        bad_ref = self.cap_sku.listing_id.product_ref

        def answer(call):
            if any(str(product["product_id"]) == bad_ref for product in call.get_json("mutiple_product_update_list")):
                return error_response("15", sub_code="PRODUCT_IN_AUDIT_PENDING")
            return self.answer_stock(call)

        self.answers[STOCK] = answer
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100)
        self.assertEqual(self.cap_sku.offer_state, "waiting")
        self.assertIn("reviewing", self.cap_sku.offer_note)
        self.assertFalse(self.push(), "not before the review has ended")

    def test_product_locked_by_promotion_waits(self):
        self.refusals[self.cap_sku.listing_id.product_ref] = ("PRODUCT_IN_LOCK_MODE", "")
        self.push()
        self.assertEqual(self.cap_sku.offer_state, "waiting")
        self.assertIn("locks", self.cap_sku.offer_note)

    def test_promotion_locks_prices_and_stock_goes_on(self):
        self.push()
        self.answers[PRICE] = lambda call: self.batch_answer(
            call.method,
            [],
            [
                {
                    "product_id": int(self.shirt_sku.listing_id.product_ref),
                    "error_code": "PRODUCT_IN_PROMOTION",
                    "error_message": "The product is in a promotion, price can not be edited now",
                }
            ],
        )
        self.shirt.list_price = 20
        self.push()
        self.assertEqual(self.shirt_sku.offer_state, "waiting")
        self.assertIn("locks this product", self.shirt_sku.offer_note)
        self.assertTrue(self.shirt_sku.listing_id.retry_at)
        self.add_stock(self.shirt, -1)
        self.assertEqual([call.method for call in self.push()], [STOCK])
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 99)
        self.assertTrue(self.shirt_sku.listing_id.retry_at)
        # Emptying the time means try now.
        self.answers[PRICE] = self.answer_price
        self.shirt_sku.listing_id.retry_at = False
        self.assertEqual([call.method for call in self.push()], [DETAIL, PRICE])
        self.assertEqual(self.get_remote(self.shirt_sku)[1], "24.20")
        self.assertFalse(self.shirt_sku.listing_id.error)

    def test_content_that_waits_does_not_stop_stock(self):
        self.push()
        listing = self.shirt_sku.listing_id
        listing.write({"state": "pending", "retry_at": fields.Datetime.now() + timedelta(hours=6), "error": "Content"})
        self.add_stock(self.shirt, -1)
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 99)
        self.assertEqual(listing.error, "Content")
        self.assertTrue(listing.retry_at)

    def test_product_vanished(self):
        self.push()
        del self.remote[self.cap_sku.listing_id.product_ref]
        self.add_stock(self.cap, 1)
        self.add_stock(self.shirt, 1)
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 101)
        self.assertEqual(self.cap_sku.listing_id.state, "error")
        self.assertTrue(self.cap_sku.listing_id.error)
        self.assertEqual(self.cap_sku.quantity_sent, 100)
        self.assertFalse(self.push())
        self.add_stock(self.cap, 1)
        self.assertFalse(self.push(), "what is not there needs no stock")

    def test_sku_vanished_costs_one_sku(self):
        skus = self.create_sized("1005001000000006")
        small, medium = skus.product_id
        self.push()
        self.remote["1005001000000006"].pop("S")
        self.add_stock(small, 4)
        self.add_stock(medium, 5)
        self.push()
        self.push()
        self.assertEqual(self.get_remote(skus[1])[0], 5)
        self.assertEqual(skus[1].offer_state, "equal")
        self.assertEqual(skus[0].offer_state, "error")
        self.assertIn("no SKU with this code", skus[0].offer_note)
        self.assertFalse(self.push())

    def test_rate_limit_is_obeyed(self):
        self.answers[STOCK] = error_response("ApiCallLimit", "this ban will last 30 more seconds")
        self.push()
        self.assertEqual(len(self.calls), 1)
        wait = (self.account.retry_at - fields.Datetime.now()).total_seconds()
        self.assertTrue(25 <= wait <= 32, wait)
        self.assertFalse(self.push())

    def test_missing_permission_is_asked_once(self):
        self.answers[STOCK] = error_response("InsufficientPermission")
        self.push()
        self.assertEqual(len(self.called(STOCK)), 1)
        self.assertIn("may not use", self.shirt_sku.quantity_error)
        self.assertFalse(self.push())

    def test_expired_token_is_renewed_once(self):
        tokens = []

        def refresh(call):
            tokens.append(call)
            return {
                "access_token": "new",
                "refresh_token": "newer",
                "expires_in": 2592000,
                "refresh_token_valid_time": 1900000000000,
                "expire_time": 1900000000000,
                "refresh_expires_in": 5184000,
                "user_id": "2671514005",
                "seller_id": "2671514005",
                "code": "0",
            }

        def answer(call):
            return self.answer_stock(call) if tokens else error_response("IllegalAccessToken")

        self.answers["/auth/token/refresh"] = refresh
        self.answers[STOCK] = answer
        self.push()
        self.assertEqual(len(tokens), 1)
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100)

    # === WHO IS TOUCHED === #

    def test_shops_that_are_off_make_no_call(self):
        for values in ({"sync_offers": False}, {"state": "expired"}, {"state": "draft"}, {"active": False}):
            with self.subTest(values=values):
                self.account.write(values)
                self.assertFalse(self.push())
                self.account.write({"sync_offers": True, "state": "connected", "active": True})

    def test_general_sellers_make_no_call(self):
        self.account.family = "general"
        self.assertFalse(self.push())
        self.assertEqual(self.shirt_sku.offer_state, "none")
        self.assertIn("general sellers", self.shirt_sku.offer_note)
        self.run_job("refresh_listings")
        self.assertFalse(self.calls)
        self.assertFalse(self.account.error)

    def test_listings_off_the_shelf_are_left_alone_until_they_return(self):
        self.cap_sku.listing_id.state = "offline"
        self.push()
        self.assertEqual(set(self.sent_skus(STOCK)), {"TSHIRT-BLU-M"})
        self.assertEqual(self.cap_sku.offer_state, "none")
        self.cap_sku.listing_id.state = "online"
        self.push()
        self.assertEqual(set(self.sent_skus(STOCK)), {"CAP-RED"})

    def test_listing_whose_content_was_refused_still_gets_its_stock(self):
        self.push()
        self.cap_sku.listing_id.state = "error"
        self.add_stock(self.cap, -100)
        self.push()
        self.assertEqual(self.get_remote(self.cap_sku)[0], 0)

    def test_one_shop_in_trouble_does_not_stop_the_other(self):
        other = self.create_account("Other shop", app_key="777", seller_ref="2671514999")
        sku = self.create_listing(self.cap, "1005001000000007", account=other)
        self.add_remote(sku)

        def answer(call):
            if call.parameters["app_key"] == "501234":
                return self.make_response("", status=500)
            return self.answer_stock(call)

        self.answers[STOCK] = answer
        self.push()
        self.assertEqual(self.get_remote(sku)[0], 100)
        self.assertTrue(self.account.retry_at)
        self.assertFalse(other.retry_at)

    @mute_logger("odoo.sql_db", "odoo.addons.aliexpress_connector.models.aliexpress_listing_compare_offers")
    def test_lines_that_cannot_be_made_in_one_shop_are_made_in_the_other(self):
        other = self.create_account("Other shop", app_key="777", seller_ref="2671514999")
        mug = self.create_product("MUG-01", "Mug", quantity=7)
        self.env.cr.execute(
            "ALTER TABLE aliexpress_listing_sku ADD CONSTRAINT refused CHECK (account_id != %s OR product_id != %s)",
            [self.account.id, mug.id],
        )
        for number, account in enumerate((self.account, other)):
            self.create_listing(mug, f"100500100000007{number}", account=account, sku_ids=[])
        self.remote["1005001000000071"] = {"MUG-01": {"stock": 0, "price": "1.00", "sale": None}}
        self.push()
        self.assertEqual(self.remote["1005001000000071"]["MUG-01"]["stock"], 7)
        self.assertEqual(self.get_remote(self.cap_sku)[0], 100, "what has its lines goes on")

    def test_only_the_reads_that_are_needed(self):
        """Where sale prices are AliExpress' own, each product is read before its price, and no other."""
        self.push()
        self.assertEqual(len(self.called(DETAIL)), 2)
        self.shirt.list_price = 20
        self.assertEqual([call.method for call in self.push()], [DETAIL, PRICE])
        self.account.sale_discount = 10
        self.assertEqual([call.method for call in self.push()], [PRICE])

    def test_only_changed_skus_of_a_product_are_named(self):
        skus = self.create_sized("1005001000000040", sizes="SMLX")
        self.push()
        self.add_stock(skus[1].product_id, 5)
        skus[2].product_id.product_template_attribute_value_ids.price_extra = 1
        self.env.flush_all()
        self.push()
        self.assertEqual(self.sent_skus(STOCK).keys(), {"M"})
        self.assertEqual(self.sent_skus(PRICE).keys(), {"L"})

    # === WHAT FAILS ALONE === #

    def test_prices_that_always_fail_hold_nothing_else_up(self):
        self.push()
        self.answers[PRICE] = error_response("ServiceUnavailable", "service unavailable")
        for listing_price in (20, 21):
            self.shirt.list_price = self.cap.list_price = listing_price
            self.add_stock(self.shirt, -1)
            self.push()
            self.assertFalse(self.account.retry_at)
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 98)
        self.assertEqual(self.shirt_sku.offer_state, "waiting")
        self.assertIn("systems were busy", self.shirt_sku.offer_note)
        self.run_job("fetch_orders")
        self.assertTrue(self.called("aliexpress.solution.order.get"))

    def test_prices_that_fail_where_nothing_else_is_due_stop_the_shop_once(self):
        self.push()
        self.answers[PRICE] = error_response("ServiceUnavailable", "service unavailable")
        self.shirt.list_price = self.cap.list_price = 20
        self.push()
        self.assertTrue(self.account.retry_at, "it may be all of AliExpress")
        self.account.retry_at = False
        self.push()
        self.assertFalse(self.account.retry_at)
        self.assertTrue(self.shirt_sku.listing_id.is_price_waiting)
        self.assertFalse(self.push())
        self.answers[PRICE] = self.answer_price
        self.env["aliexpress.listing"].search([]).retry_at = False
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1], "24.20")
        self.assertFalse(self.shirt_sku.listing_id.is_price_waiting)

    def test_message_of_a_shop_without_orders_ends_with_the_next_answer(self):
        self.account.sync_orders = False
        self.push()
        self.answers[PRICE] = error_response("ServiceUnavailable", "service unavailable")
        self.shirt.list_price = self.cap.list_price = 20
        self.push()
        self.assertIn("systems were busy", self.account.error)
        self.answers[PRICE] = self.answer_price
        past = fields.Datetime.now() - timedelta(seconds=1)
        self.account.retry_at = past
        self.env["aliexpress.listing"].search([]).retry_at = past
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1], "24.20")
        self.assertRecordValues(self.account, [{"error": False, "retry_at": False}])

    def test_product_that_cannot_be_read_costs_its_own_price(self):
        cap_ref = self.cap_sku.listing_id.product_ref

        def answer(call):
            if call.parameters["product_id"] == cap_ref:
                return error_response("ServiceUnavailable", "service unavailable")
            return self.answer_detail(call)

        self.answers[DETAIL] = answer
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1], "12.10")
        self.assertEqual((self.cap_sku.offer_state, self.account.retry_at), ("waiting", False))

    def test_answer_without_skus_before_a_price_says_nothing(self):
        cap_ref = self.cap_sku.listing_id.product_ref

        def answer(call):
            result = self.answer_detail(call)
            if call.parameters["product_id"] == cap_ref:
                [product] = [body["result"] for body in result.values()]
                product.pop("aeop_ae_product_s_k_us")
            return result

        self.answers[DETAIL] = answer
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[1], "12.10")
        self.assertEqual(self.get_remote(self.cap_sku)[1], "1.00")
        self.assertEqual((self.cap_sku.offer_state, self.cap_sku.is_missing), ("waiting", False))

    def test_reason_of_a_refused_product_stays(self):
        listing = self.cap_sku.listing_id
        listing.write({"state": "rejected", "error": "The pictures are too small"})
        self.refusals[listing.product_ref] = ("PRODUCT_IN_AUDIT_PENDING", "")
        self.push()
        self.assertTrue(listing.is_quantity_waiting)
        self.assertEqual(listing.error, "The pictures are too small")

    def test_shop_without_calls_left_starves_no_other(self):
        other = self.create_account("Other shop", app_key="777", seller_ref="2671514999")
        sku = self.create_listing(self.cap, "1005001000000007", account=other)
        self.add_remote(sku)
        self.account.call_budget = 10
        values = {"account_id": self.account.id, "date": self.env["aliexpress.call.count"]._get_today()}
        self.env["aliexpress.call.count"].create(values | {"method": "orders", "count": 9})
        self.patch(aliexpress_job_mixin, "QUEUE_LIMIT", 2)
        self.push()
        self.assertEqual(self.get_remote(sku)[:2], (100, "12.10"))
        self.assertEqual(self.get_remote(self.cap_sku)[0], 0)

    def test_refused_price_keeps_its_reason_while_its_siblings_are_sent(self):
        """Prices by country are sent for all SKUs of a product; that says nothing about the one that was refused."""
        self.account.sale_discount = 50
        pricelist = self.env["product.pricelist"].create({"name": "France"})
        self.env["product.pricelist.item"].create({"pricelist_id": pricelist.id, "compute_price": "percentage"})
        line = {"country_id": self.env.ref("base.fr").id, "pricelist_id": pricelist.id}
        self.account.country_price_ids = [(0, 0, line)]
        small, medium = self.create_sized("1005001000000041")
        self.push()
        self.refusals["1005001000000041"] = ("F00-00-99999-001", "Too dear")
        small.product_id.product_template_attribute_value_ids.price_extra = 90
        self.env.flush_all()
        self.push()
        self.refusals.clear()
        medium.product_id.product_template_attribute_value_ids.price_extra = 1
        self.env.flush_all()
        self.push()
        self.assertEqual((self.get_remote(small)[1], self.get_remote(medium)[1]), ("12.10", "13.31"))
        self.assertIn("Too dear", small.price_error)


class TestOffersAfterOrders(SandboxCase, CronMixinCase):
    """What wakes the job before its next minute."""

    def test_imported_orders_wake_the_job_and_stock_moves_do_not(self):
        self.place()
        with self.capture_triggers("aliexpress_connector.ir_cron_push_offers") as captured:
            order = self.import_orders()
        self.assertTrue(captured.records)
        with self.capture_triggers("aliexpress_connector.ir_cron_push_offers") as captured:
            order.sale_order_id.picking_ids.move_ids.write({"picked": True})
            order.sale_order_id.picking_ids._action_done()
            self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, 1)
        self.assertFalse(captured.records, "each would cost people's own work milliseconds")

    def test_units_sold_since_the_last_import_are_not_offered_again(self):
        """The nightly reading lists the orders before it takes fewer units on AliExpress for a change from outside."""
        ref, code = self.get_sandbox_sku()
        product = self.products.filtered(lambda product: product.default_code == code)
        values = {"product_id": product.id, "sku_code": code}
        listing = self.env["aliexpress.listing"].create(
            {
                "account_id": self.account.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_ref": ref,
                "state": "online",
                "sku_ids": [(0, 0, values)],
            }
        )
        self.run_job("fetch_orders")
        self.run_job("push_offers")
        self.assertEqual(listing.sku_ids.quantity_sent, 1000)
        self.place([code, 3])
        self.run_job("refresh_listings")
        self.assertFalse([message for message in listing.message_ids if "not from Odoo" in (message.body or "")])
        self.assertEqual(listing.sku_ids.quantity_sent, 997)
        self.assertTrue(listing.offer_read_date)
        self.assertTrue(self.env["aliexpress.order"].search([("account_id", "=", self.account.id)]))

    def get_sandbox_sku(self):
        """`(product number, SKU code)` of a product of the sandbox that has one SKU of the test's products."""
        codes = set(self.products.mapped("default_code"))
        for product in self.sandbox.shop.products.values():
            if len(product.skus) == 1 and product.skus[0].sku_code in codes:
                return str(product.product_id), product.skus[0].sku_code
        raise AssertionError("the sandbox has no such product")
