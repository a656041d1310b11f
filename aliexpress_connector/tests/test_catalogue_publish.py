import json
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError

from ..models.content_digest import make_digest
from .catalogue_common import CREATE, DETAIL, EDIT, LIST, UPLOAD, CatalogueCase, make_picture

CHARTS = "aliexpress.postproduct.redefining.getsizechartinfobycategoryid"
PRICE = "aliexpress.solution.batch.product.price.update"


class TestPublishing(CatalogueCase):
    def test_title_category_attributes_weight_and_a_picture_suffice(self):
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.sandbox.count(CREATE), 1)
        product = self.remote(listing)
        self.assertEqual(product.subject, "Cotton cap for summer")
        self.assertEqual([(sku.sku_code, sku.stock) for sku in product.skus], [("CAP-100", 100)])
        self.settle(listing)
        self.assertEqual(listing.sku_ids.sku_ref, "<none>")

    def test_an_unchanged_catalogue_sends_nothing(self):
        self.create_online()
        self.publish()
        self.assertFalse(self.sandbox.counts())

    def test_without_a_shop_that_publishes_the_job_does_nothing(self):
        self.env["aliexpress.account"].search([]).sync_listings = False
        with self.assertNoLogs("odoo.addons.base.models.ir_cron", "ERROR"):
            self.run_job("publish_listings")

    def test_pressing_send_on_an_unchanged_listing_sends_nothing(self):
        listing = self.create_online()
        listing.action_send()
        self.publish()
        self.assertEqual(listing.state, "online")
        self.assertFalse(self.sandbox.counts())

    def test_a_changed_title_is_found_and_sent_alone(self):
        listing = self.create_online()
        self.product.aliexpress_title = "Linen cap for summer"
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.sandbox.counts(), {EDIT: 1})
        request = self.sandbox.calls[-1].params["edit_product_request"]
        self.assertIn("Linen cap", str(request))
        self.assertNotIn("sku_info_list", str(request))
        self.assertEqual(self.remote(listing).subject, "Linen cap for summer")

    def test_an_edit_during_the_review_is_kept_and_sent_after_it(self):
        listing = self.create_listing()
        self.publish()
        self.product.aliexpress_title = "Linen cap"
        self.publish()
        self.assertEqual(self.remote(listing).subject, "Cotton cap for summer")
        self.settle(listing)
        self.publish()
        self.assertEqual(self.remote(listing).subject, "Linen cap")

    def test_sending_during_the_review_waits_by_itself(self):
        listing = self.create_listing()
        self.publish()
        self.product.aliexpress_title = "Linen cap"
        listing.action_send()
        self.publish()
        self.assertEqual(listing.state, "pending")
        self.assertIn("review", listing.error)
        self.assertGreater(listing.retry_at, fields.Datetime.now())
        self.settle(listing)
        self.assertEqual(self.remote(listing).subject, "Linen cap")

    def test_the_codes_of_variants_are_those_of_the_day_of_publishing(self):
        self.product.default_code = False
        listing = self.create_listing(state="draft")
        listing.action_check()
        self.assertEqual(listing.sku_ids.sku_code, f"ODOO-{self.product.id}")
        self.product.default_code = "CAP-LATE"
        listing.action_send()
        self.publish()
        self.assertEqual([sku.sku_code for sku in self.remote(listing).skus], ["CAP-LATE"])
        self.product.default_code = "CAP-LATER"
        self.publish()
        self.assertEqual(listing.sku_ids.sku_code, "CAP-LATE", "orders and offers go by the code that AliExpress has")

    def test_a_picture_is_uploaded_once_whatever_shows_it(self):
        self.create_listing()
        self.create_listing(self.create_complete_product("CAP-200"))
        self.publish()
        self.assertEqual(self.sandbox.count(UPLOAD), 1)
        self.assertEqual(self.sandbox.count(CREATE), 2)

    def test_a_listing_tells_that_its_picture_waits_and_can_be_tried_now(self):
        # The second concerns the whole shop, and is mended in its application.
        troubles = ({"kind": "service_timeout"}, {"kind": "error", "code": "AppWhiteIpLimit"})
        for color, trouble in zip(("red", "blue"), troubles, strict=True):
            with self.subTest(trouble["kind"]):
                product = self.create_complete_product(f"CAP-{color}")
                product.image_1920 = make_picture(color)
                listing = self.create_listing(product)
                self.sandbox.add_fault(method=UPLOAD, count=1, **trouble)
                self.publish()
                self.assertEqual(listing.state, "pending")
                self.assertTrue(listing.error and listing.retry_at)
                self.account.retry_at = listing.retry_at = False
                self.publish()
                self.assertRecordValues(listing, [{"state": "auditing", "error": False}])

    def test_a_refused_creation_uploads_no_picture_again(self):
        listing = self.create_listing()
        self.sandbox.add_fault("error", method=CREATE, code="15", sub_code="F00-00-10020-004", sub_text="no", count=1)
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertFalse(listing.intent_date)
        listing.action_retry()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.sandbox.count(UPLOAD), 0)

    def test_a_refused_creation_is_not_repeated_before_somebody_mends_it(self):
        listing = self.create_listing()
        self.sandbox.add_fault(
            "error", method=CREATE, code="15", sub_code="F00-00-10020-004", sub_text="bad words", count=1
        )
        self.publish()
        self.assertIn("bad words", listing.error)
        self.publish()
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.product.aliexpress_title = "Cap without bad words"
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_a_creation_without_answer_is_read_back_and_never_repeated(self):
        for kind in ("reset_after", "service_timeout_after", "http_500_after", "cut_json"):
            with self.subTest(kind):
                product = self.create_complete_product(f"CAP-{kind}")
                listing = self.create_listing(product)
                self.sandbox.add_fault(kind, method=CREATE, count=1)
                self.publish()
                self.assertFalse(listing.product_ref)
                self.assertEqual(listing.state, "pending")
                self.account.retry_at = False
                listing.retry_at = False
                self.publish()
                self.assertEqual(listing.state, "auditing", listing.error)
                self.assertEqual(self.sandbox.count(CREATE), 0)
                self.assertEqual(self.remote(listing).skus[0].sku_code, f"CAP-{kind}")
                self.assertEqual(listing.sku_ids.quantity_sent, 100)

    def test_spaces_around_a_code_make_no_other_code(self):
        product = self.create_complete_product(" CAP-200 ")
        listing = self.create_listing(product)
        self.sandbox.add_fault("reset_after", method=CREATE, count=1)
        before = len(self.sandbox.shop.products)
        self.publish()
        self.assertFalse(listing.product_ref)
        self.account.retry_at = False
        listing.write({"retry_at": False, "intent_date": listing.intent_date - timedelta(minutes=11)})
        self.publish()
        self.settle(listing)
        self.assertEqual(len(self.sandbox.shop.products), before + 1)
        self.assertEqual(listing.state, "online", listing.error)
        self.assertRecordValues(
            listing.sku_ids, [{"sku_code": "CAP-200", "product_id": product.id, "is_missing": False}]
        )

    def test_a_refused_creation_that_may_be_there_is_looked_for_first(self):
        """AliExpress refuses a restricted category, and the product appears all the same."""
        listing = self.create_listing()
        self.sandbox.add_fault("reset_after", method=CREATE, count=1)
        self.publish()
        listing.write({"intent_date": False, "retry_at": False, "next_act": "create"})
        self.account.retry_at = False
        self.sandbox.add_fault(
            "error", method=CREATE, code="15", sub_code="CHK_CATEGORY_ID_NO_PERMISSION", sub_text="707001032", count=1
        )
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertTrue(listing.intent_date)
        with self.assertRaisesRegex(UserError, "It is not known yet whether AliExpress has"):
            listing.unlink()
        listing.action_retry()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.sandbox.count(CREATE), 0)

    def test_answers_that_nobody_understands_are_read_again(self):
        listing = self.create_listing()
        self.sandbox.add_fault("drop_field", method=CREATE, text="product_id", count=1)
        self.publish()
        self.assertEqual(listing.state, "pending")
        self.assertIn("could not be understood", listing.error)
        self.assertTrue(listing.intent_date)
        listing.retry_at = False
        self.publish()
        self.assertEqual((listing.state, listing.error), ("auditing", False))
        self.assertFalse(self.sandbox.count(CREATE))
        self.sandbox.add_fault("drop_field", method=DETAIL, text="sku_price", count=1)
        self.settle(listing)
        self.assertEqual(listing.state, "auditing")
        self.assertIn("could not be understood", listing.error)
        listing.retry_at = False
        self.publish()
        self.assertEqual((listing.state, listing.error), ("online", False))

    def test_an_update_that_nobody_understands_is_sent_twice_at_most(self):
        listing = self.create_online()
        self.product.aliexpress_title = "Linen cap"
        self.sandbox.add_fault("drop_field", method=EDIT, text="result", count=9)
        self.publish()
        self.assertEqual((listing.state, listing.next_act), ("pending", "update"), listing.error)
        self.sandbox.advance(hours=1)
        listing.retry_at = fields.Datetime.now()
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1)
        self.assertEqual((listing.state, listing.retry_at), ("error", False))
        self.assertIn("could not be understood", listing.error)
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))

    def test_a_creation_that_nobody_understands_twice_is_not_repeated(self):
        listing = self.create_listing()
        self.sandbox.add_fault("drop_field", method=CREATE, text="product_id", count=1)
        self.sandbox.add_fault("drop_field", method=DETAIL, text="sku_price", count=1)
        self.publish()
        listing.retry_at = fields.Datetime.now()
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertTrue(listing.intent_date)
        listing.action_retry()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertFalse(self.sandbox.count(CREATE))

    def test_what_our_check_refused_is_sent_once_the_cause_is_gone(self):
        pound = self.env.ref("base.GBP")
        pound.active = True
        pound.rate_ids.unlink()
        currency = self.account.currency_id
        self.account.pricelist_id = self.env["product.pricelist"].create({"name": "GBP", "currency_id": pound.id})
        self.account.currency_id = currency
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertIn("no exchange rate", listing.error)
        listing.compared_at = fields.Datetime.now() - timedelta(days=2)
        self.publish()
        self.assertEqual(listing.state, "error")
        self.env["res.currency.rate"].create({"currency_id": pound.id, "rate": 2, "company_id": self.company.id})
        listing.compared_at = fields.Datetime.now() - timedelta(days=2)
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_a_nightly_look_that_nobody_understands_ends_with_the_next(self):
        listing = self.create_online()
        self.remote(listing).status = "service_delete"  # which the lists do not show
        self.sandbox.add_fault("drop_field", method=DETAIL, text="sku_price", count=1)
        self.run_job("refresh_listings")
        self.assertEqual(listing.state, "online")
        self.assertIn("could not be understood", listing.error)
        listing.retry_at = False
        self.run_job("refresh_listings")
        self.assertEqual((listing.state, listing.error), ("online", False))

    def test_a_refused_look_after_the_review_is_repeated_by_itself(self):
        listing = self.create_listing()
        self.publish()
        self.refuse(DETAIL)
        self.settle(listing)
        self.assertEqual(listing.state, "auditing")
        self.assertIn("not now", listing.error)
        self.assertGreater(listing.retry_at, fields.Datetime.now())
        listing.retry_at = False
        self.publish()
        self.assertRecordValues(listing, [{"state": "online", "error": False}])

    def refuse(self, method, count=1):
        """Let `count` calls of `method` be refused for a reason that nobody has written down."""
        self.sandbox.add_fault("error", method=method, code="15", sub_code="isv.odd", sub_text="not now", count=count)

    def test_a_look_that_is_refused_for_a_day_is_told_as_an_error(self):
        reviewed, online = self.create_listing(), self.create_online(self.create_complete_product("CAP-2"))
        self.remote(online).status = "service_delete"  # which the lists do not show
        self.publish()
        self.refuse(DETAIL, count=20)
        self.settle(reviewed)
        self.remote(reviewed).status = "service_delete"
        self.run_job("refresh_listings")
        self.assertEqual((reviewed.state, online.state), ("auditing", "online"))
        reviewed.write({"retry_at": False, "error": False, "refused_since": "2024-01-01 00:00:00"})
        self.publish()
        self.assertEqual(reviewed.state, "auditing", "an earlier refusal does not count")
        (reviewed | online).write({"retry_at": False, "refused_since": "2024-01-01 00:00:00"})
        self.publish()
        self.run_job("refresh_listings")
        self.assertEqual((reviewed.state, online.state), ("error", "error"))
        self.assertIn("not now", online.error)

    def test_a_refused_look_for_a_creation_without_answer_is_repeated_for_a_day(self):
        listing = self.create_listing()
        self.sandbox.add_fault("reset_after", method=CREATE, count=1)
        self.publish()
        self.account.retry_at = listing.retry_at = False
        self.refuse(DETAIL)
        self.publish()
        self.assertEqual(listing.state, "pending")
        self.assertIn("not now", listing.error)
        self.refuse(DETAIL)
        listing.write({"retry_at": False, "intent_date": fields.Datetime.now() - timedelta(days=2)})
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertTrue(listing.intent_date)
        listing.intent_date = fields.Datetime.now()
        listing.action_send()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertFalse(self.sandbox.count(CREATE))

    def test_a_refused_nightly_look_leaves_the_listing_as_it_is(self):
        listing = self.create_online()
        self.remote(listing).status = "service_delete"  # which the lists do not show
        self.refuse(DETAIL)
        self.run_job("refresh_listings")
        self.assertEqual(listing.state, "online")
        self.assertIn("not now", listing.error)
        listing.retry_at = False
        self.run_job("refresh_listings")
        self.assertEqual((listing.state, listing.error), ("online", False))

    def test_creations_stop_after_a_few_while_aliexpress_is_down(self):
        products = [self.create_complete_product(f"CAP-{number}") for number in range(10)]
        listings = self.env["aliexpress.listing"].union(*(self.create_listing(product) for product in products))
        self.sandbox.add_fault("service_timeout", method=CREATE)
        self.publish()
        self.sandbox.clear_faults()
        self.assertEqual(self.sandbox.count(CREATE), 3)
        self.assertEqual(len(listings.filtered("intent_date")), 3)
        self.assertGreater(self.account.retry_at, fields.Datetime.now())

    def test_a_creation_that_never_arrived_is_begun_again_after_a_while(self):
        listing = self.create_listing()
        self.sandbox.add_fault("reset", method=CREATE, count=1)
        self.publish()
        self.account.retry_at = listing.retry_at = False
        self.publish()
        self.assertFalse(listing.product_ref)
        self.assertEqual(self.sandbox.count(CREATE), 0, "AliExpress may show it late")
        listing.write({"intent_date": fields.Datetime.now() - timedelta(hours=1), "retry_at": False})
        self.publish()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(
            len([p for p in self.sandbox.shop.products.values() if p.subject == "Cotton cap for summer"]), 1
        )

    def test_a_rejection_shows_and_a_mended_product_is_sent_again(self):
        from aliexpress_sandbox.catalogue import publishing

        listing = self.create_listing()
        self.publish()
        publishing.reject(self.sandbox, self.remote(listing))
        listing.retry_at = False
        self.publish()
        self.assertEqual(listing.state, "rejected")
        self.assertIn("rejected", listing.error)
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.product.aliexpress_title = "Better cap"
        self.publish()
        self.assertEqual(self.remote(listing).subject, "Better cap")

    def test_the_shop_freezes_texts_and_pictures(self):
        listing = self.create_online()
        self.account.is_content_frozen = True
        self.product.write(
            {"aliexpress_title": "Frozen", "image_1920": make_picture("blue"), "aliexpress_lead_time": 5}
        )
        self.publish()
        remote = self.remote(listing)
        self.assertEqual((remote.subject, remote.prepare_days), ("Cotton cap for summer", 5))
        self.settle(listing)
        self.account.is_content_frozen = False
        self.publish()
        self.assertEqual(self.remote(listing).subject, "Frozen")

    def test_what_failed_without_the_methods_for_products_goes_on_with_them(self):
        changed = self.create_online()
        in_review = self.create_listing(self.create_complete_product("CAP-101"))
        self.publish()
        self.account.write({"family": "solution", "family_looked_date": False})
        changed.product_tmpl_id.aliexpress_title = "A better cap"
        in_review.retry_at = False
        new = self.create_listing(self.create_complete_product("CAP-102"))
        listings = changed | in_review | new
        self.sandbox.app.denied = ["aliexpress.solution.*"]
        self.addCleanup(setattr, self.sandbox.app, "denied", [])
        self.publish()
        self.assertEqual(listings.mapped("state"), ["error"] * 3)
        self.run_job("fetch_orders")
        self.assertEqual(self.account.family, "general")
        self.sandbox.app.denied = []
        self.account.family_looked_date -= timedelta(hours=1)
        self.run_job("refresh_shop_data")
        self.assertEqual(self.account.family, "solution")
        self.publish()
        self.assertEqual((self.sandbox.count(EDIT), self.sandbox.count(CREATE)), (1, 1))
        self.assertEqual(listings.mapped("state"), ["auditing"] * 3, listings.mapped("error"))
        self.assertFalse(any(listings.mapped("error")))

    def test_a_punished_product_waits_and_is_sent_after_it(self):
        listing = self.create_online()
        self.remote(listing).locked = True
        self.product.aliexpress_title = "Linen cap"
        self.publish()
        self.assertEqual(listing.state, "pending")
        self.assertIn("locks this product", listing.error)
        self.assertGreater(listing.retry_at, fields.Datetime.now())
        self.remote(listing).locked = False
        listing.retry_at = False
        self.publish()
        self.assertEqual(self.remote(listing).subject, "Linen cap")

    def test_a_product_in_a_promotion_waits_and_is_sent_after_it(self):
        listing = self.create_online()
        self.remote(listing).promotion_fields = ["edit"]
        self.product.aliexpress_title = "Linen cap"
        self.publish()
        self.assertEqual(listing.state, "pending")
        self.assertIn("promotion", listing.error)
        self.assertGreater(listing.retry_at, fields.Datetime.now())
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.remote(listing).promotion_fields = []
        listing.retry_at = False
        self.publish()
        self.assertEqual(self.remote(listing).subject, "Linen cap")

    def test_the_report_says_what_became_of_each_product(self):
        listing = self.create_listing()
        bad = self.create_listing(self.create_product("NO-CATEGORY", "Without category"))
        self.publish()
        results = self.env["aliexpress.publish.result"].search([("listing_id", "in", (listing | bad).ids)])
        self.assertEqual(
            {(result.listing_id, result.act, result.outcome) for result in results},
            {(listing, "create", "accepted"), (bad, "check", "refused")},
        )
        self.assertIn("category", results.filtered(lambda result: result.listing_id == bad).message)

    def test_a_group_that_is_taken_away_stays_on_aliexpress_and_that_is_said(self):
        listing = self.create_listing()
        group = self.env["aliexpress.product.group"].create(
            {"account_id": self.account.id, "ref": "262007002", "name": "Shirts", "is_leaf": True}
        )
        listing.product_group_id = group
        self.publish()
        self.settle(listing)
        self.assertEqual(self.remote(listing).group_ids, [262007002])
        listing.product_group_id = False
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.assertIn("AliExpress keeps what it was told", " ".join(listing.problem_ids.mapped("message")))
        listing.product_group_id = group
        self.publish()
        self.assertFalse(self.sandbox.counts(), "AliExpress has it still")
        self.assertFalse(listing.problem_ids)

    def test_a_brand_that_is_taken_away_leaves_aliexpress(self):
        listing = self.create_listing()
        template = self.product.product_tmpl_id
        attribute = self.category.attribute_ids.filtered(lambda attribute: attribute.ref == "2")
        attribute.is_required = self.sandbox.world.attribute(int(self.category_ref), 2).required = False
        template.aliexpress_attribute_line_ids.filtered(lambda line: line.attribute_id == attribute).unlink()
        template.aliexpress_brand = self.sandbox.shop.brands[0].name
        self.publish()
        self.settle(listing)
        template.aliexpress_brand = False
        self.publish()
        self.assertEqual(self.sandbox.counts(), {EDIT: 1}, listing.error)
        self.assertEqual(self.get_edit()["brand_name"], "")

    def get_edit(self):
        """What the last update told."""
        request = next(call for call in reversed(self.sandbox.calls) if call.method == EDIT)
        return json.loads(request.params["edit_product_request"])

    def test_many_reviews_are_listed_once(self):
        products = [self.create_complete_product(f"CAP-{number}") for number in range(6)]
        listings = self.env["aliexpress.listing"].union(*(self.create_listing(product) for product in products))
        self.publish()
        listings.retry_at = False
        self.publish()
        self.assertEqual(self.sandbox.counts(), {LIST: 1})
        query = json.loads(self.sandbox.calls[-1].params["aeop_a_e_product_list_query"])
        self.assertEqual(query["page_size"], 99)
        self.assertTrue(all(listings.mapped("retry_at")))


class TestVariants(CatalogueCase):
    category_ref = "200000346"

    def test_names_and_order_of_attributes_are_aliexpress_own_affair(self):
        listing = self.create_online(self.create_shirt()[0])
        category = self.sandbox.world.categories[int(self.category_ref)]
        category.attributes.reverse()
        for attribute in category.attributes:
            attribute.name = f"{attribute.name} renamed"
        self.category._read_attributes(self.account._get_client())
        self.assertIn("renamed", self.category.attribute_ids[:1].name)
        listing.compared_at = False
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.assertEqual(make_digest({"brand": "", "titles": {"en": "Cap"}}), make_digest({"titles": {"en": "Cap"}}))
        self.assertNotEqual(make_digest({"titles": {"en": "Cap"}}), make_digest({"titles": {"en": "Hat"}}))

    def test_a_deleted_variant_leaves_aliexpress_at_the_next_run(self):
        variants = self.create_shirt()
        listing = self.create_online(variants[0])
        self.env.flush_all()
        for table in ("product_template", "product_product"):
            self.env.cr.execute(f"UPDATE {table} SET write_date = write_date - interval '1 day'")
        variants[0].unlink()
        self.publish()
        self.assertEqual(len(self.remote(listing).skus), 3, listing.error)
        self.assertEqual(len(listing.sku_ids), 3)

    def test_a_freeze_covers_the_pictures_of_variants(self):
        variants = self.create_shirt()
        variants[0].image_variant_1920 = make_picture("blue")
        listing = self.create_online(variants[0])

        def get_pictures():
            return {prop.image for sku in self.remote(listing).skus for prop in sku.properties if prop.image}

        before = get_pictures()
        self.account.is_content_frozen = True
        variants[0].image_variant_1920 = make_picture("navy")
        self.publish()
        self.assertFalse(self.sandbox.counts())
        variants[1].barcode = "8412345678905"
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, listing.error)
        self.assertEqual(get_pictures(), before)
        self.settle(listing)
        self.account.is_content_frozen = False
        self.publish()
        self.assertNotEqual(get_pictures(), before)

    def test_variants_are_mapped_by_name_and_published_in_one_listing(self):
        variants = self.create_shirt()
        listing = self.create_online(variants[0])
        skus = self.remote(listing).skus
        self.assertEqual(len(skus), 4)
        self.assertEqual(len({sku.sku_id for sku in skus}), 4)
        self.assertEqual(set(listing.sku_ids.mapped("sku_ref")), {sku.sku_id for sku in skus})

    def test_a_colour_without_a_name_on_aliexpress_is_mapped_once_with_its_own_name(self):
        variants = self.create_shirt(colors=("Sunset", "Blue"))
        listing = self.create_listing(variants[0])
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertIn("Sunset", listing.error)
        line = self.env["aliexpress.attribute.mapping.value"].search(
            [("product_attribute_value_id.name", "=", "Sunset")]
        )
        line.write(
            {
                "value_id": line.attribute_id.value_ids.filtered(lambda value: value.name == "Red").id,
                "custom_name": "Sunset",
            }
        )
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        names = {prop.name for sku in self.remote(listing).skus for prop in sku.properties}
        self.assertIn("Sunset", names)

    def test_variants_with_one_code_are_published_once_they_have_codes_of_their_own(self):
        variants = self.create_shirt()
        variants[:2].write({"aliexpress_sku_code": "SHIRT"})
        listing = self.create_listing(variants[0])
        self.publish()
        self.assertIn("another variant has SHIRT already", listing.error)
        variants[0].aliexpress_sku_code = "SHIRT-1"
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        codes = {sku.sku_code for sku in self.remote(listing).skus}
        self.assertLess({"SHIRT", "SHIRT-1"}, codes)

    def test_one_picture_for_each_colour(self):
        variants = self.create_shirt()
        blue = variants.filtered(lambda variant: "Blue" in variant.product_template_attribute_value_ids.mapped("name"))
        blue[0].image_variant_1920 = make_picture("blue")
        listing = self.create_online(variants[0])
        pictures = {
            sku.sku_code: [prop.image for prop in sku.properties if prop.image] for sku in self.remote(listing).skus
        }
        codes = set(listing.sku_ids.filtered(lambda sku: sku.product_id in blue).mapped("sku_code"))
        self.assertEqual({code for code, found in pictures.items() if found}, codes)

    def test_changing_the_ean_of_one_variant_sends_one_update(self):
        variants = self.create_shirt()
        self.create_online(self.create_complete_product("OTHER"))
        listing = self.create_online(variants[0])
        variants[1].barcode = "8412345678905"
        self.publish()
        self.assertEqual(self.sandbox.counts(), {DETAIL: 1, EDIT: 1})
        self.assertIn("8412345678905", [sku.ean for sku in self.remote(listing).skus])

    def test_an_archived_variant_is_removed_and_a_new_one_added(self):
        variants = self.create_shirt()
        listing = self.create_online(variants[0])
        variants[0].active = False
        self.publish()
        self.assertEqual(len(self.remote(listing).skus), 3)
        self.settle(listing)
        size = variants.product_tmpl_id.attribute_line_ids.filtered(lambda line: line.attribute_id.name == "Size")
        new = self.env["product.attribute.value"].create({"name": "L", "attribute_id": size.attribute_id.id})
        size.value_ids = [Command.link(new.id)]
        self.publish()
        # Odoo brings the archived variant back when values are added.
        self.assertEqual(
            len(self.remote(listing).skus), len(variants.product_tmpl_id.product_variant_ids), listing.error
        )

    def test_a_variant_that_was_archived_here_is_no_change_from_outside(self):
        variants = self.create_shirt()
        listing = self.create_online(variants[0])
        self.run_job("push_offers")
        variants[0].active = False
        self.publish()
        self.settle(listing)
        self.run_job("push_offers")
        gone = listing.sku_ids.filtered(lambda sku: sku.product_id == variants[0])
        self.assertTrue(gone.is_missing)
        self.assertEqual(gone.offer_state, "none")
        self.run_job("refresh_listings")
        self.assertTrue(listing.offer_read_date)
        self.assertNotIn("not from Odoo", "".join(listing.message_ids.mapped("body")))
        self.sandbox.calls.clear()
        variants.product_tmpl_id.list_price = 25
        self.run_job("push_offers")
        # One look at AliExpress' own sale prices, which are sent back.
        self.assertEqual(self.sandbox.counts(), {DETAIL: 1, PRICE: 1})
        self.assertNotIn(gone.sku_code, self.sandbox.calls[-1].params["mutiple_product_update_list"])
        self.assertFalse(listing.error or any(listing.sku_ids.mapped("price_error")))
        variants[0].active = True
        self.publish()
        self.assertEqual(len(self.remote(listing).skus), 4)
        self.assertFalse(gone.is_missing)

    def exchange_colour(self, variants, listing, is_named_late=False):
        """Let Green take the place of Red in Odoo, with the references of the red shirts, and have that published."""
        template = variants.product_tmpl_id
        line = template.attribute_line_ids.filtered(lambda line: line.attribute_id.name == "Color")
        green = line.value_ids.create(
            {"name": "Sunset" if is_named_late else "Green", "attribute_id": line.attribute_id.id}
        )
        line.value_ids = line.value_ids[0] | green
        if is_named_late:
            self.publish()
            self.assertIn("Sunset", "".join(listing.problem_ids.mapped("message")))
            self.env["aliexpress.attribute.mapping.value"].search(
                [("product_attribute_value_id", "=", green.id)]
            ).unlink()
            green.name = "Green"
        for number, variant in enumerate(template.product_variant_ids - variants[:2], start=2):
            variant.default_code = f"SHIRT-{number}"
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, listing.error or listing.problem_ids.mapped("message"))
        self.assertEqual(
            {sku.sku_code for sku in self.remote(listing).skus}, {f"SHIRT-{number}" for number in range(4)}
        )
        shown = {sku.sku_id for sku in self.remote(listing).skus}
        self.settle(listing)
        self.assertEqual(listing.state, "online", listing.error)
        self.assertEqual(listing.sku_ids.product_id, template.product_variant_ids)
        self.assertEqual(set(listing.sku_ids.mapped("sku_ref")), shown)

    def create_referenced_shirt(self):
        variants = self.create_shirt()
        for number, variant in enumerate(variants):
            variant.default_code = f"SHIRT-{number}"
        return variants, self.create_online(variants[0])

    def test_variants_that_take_the_place_of_deleted_ones_keep_their_codes(self):
        self.exchange_colour(*self.create_referenced_shirt())

    def test_variants_that_take_the_place_of_archived_ones_get_their_codes(self):
        variants, listing = self.create_referenced_shirt()
        variants[2:].active = False
        self.publish()
        self.assertEqual(len(self.remote(listing).skus), 2, listing.error)
        self.settle(listing)
        self.exchange_colour(variants, listing)

    def test_variants_that_get_their_references_later_take_the_place_of_deleted_ones(self):
        self.exchange_colour(*self.create_referenced_shirt(), is_named_late=True)

    def test_variants_take_the_codes_of_several_that_are_archived_later(self):
        variants, listing = self.create_referenced_shirt()
        size = variants.product_tmpl_id.attribute_line_ids.filtered(lambda line: line.attribute_id.name == "Size")
        size.value_ids = [Command.create({"name": "L", "attribute_id": size.attribute_id.id})]
        new = variants.product_tmpl_id.product_variant_ids - variants
        for number, variant in enumerate(new):
            variant.default_code = f"SHIRT-{number}"
        self.publish()
        self.assertFalse(self.sandbox.count(EDIT))
        self.assertFalse(any(listing.sku_ids.filtered(lambda sku: sku.product_id in new).mapped("sku_code")))
        variants[:2].active = False
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, listing.error)
        self.assertEqual(listing.sku_ids.product_id, new | variants[2:])
        self.assertEqual(
            {sku.sku_code for sku in self.remote(listing).skus}, {f"SHIRT-{number}" for number in range(4)}
        )

    def test_a_code_that_a_person_wrote_at_a_new_sku_stays(self):
        variants, listing = self.create_referenced_shirt()
        size = variants.product_tmpl_id.attribute_line_ids.filtered(lambda line: line.attribute_id.name == "Size")
        size.value_ids = [Command.create({"name": "L", "attribute_id": size.attribute_id.id})]
        new = variants.product_tmpl_id.product_variant_ids - variants
        new.default_code = "SHIRT-0"
        self.publish()
        lines = listing.sku_ids.filtered(lambda sku: sku.product_id in new)
        self.assertFalse(any(lines.mapped("sku_code")))
        for number, line in enumerate(lines, start=4):
            line.sku_code = f"SHIRT-{number}"
        listing.action_send()
        self.publish()
        self.assertEqual(
            {sku.sku_code for sku in self.remote(listing).skus}, {f"SHIRT-{number}" for number in range(6)}
        )

    def test_all_variants_gone_takes_the_listing_off(self):
        variants = self.create_shirt()
        listing = self.create_online(variants[0])
        variants.active = False
        self.publish()
        self.assertEqual(self.remote(listing).status, "offline")

    def test_a_sale_price_that_aliexpress_has_survives_an_update(self):
        variants = self.create_shirt()
        listing = self.create_online(variants[0])
        sku = self.remote(listing).skus[0]
        sku.sale_price = sku.price / 2
        variants[1].barcode = "8412345678905"
        self.publish()
        self.assertEqual(self.remote(listing).skus[0].sale_price, sku.price / 2)

    def test_a_sale_price_that_ended_in_odoo_does_not_survive_an_update(self):
        self.account.sale_discount = 10
        variants = self.create_shirt()
        listing = self.create_online(variants[0])
        self.assertTrue(all(sku.sale_price for sku in self.remote(listing).skus))
        self.account.sale_discount = 0
        variants[1].barcode = "8412345678905"
        self.publish()
        self.assertFalse(any(sku.sale_price for sku in self.remote(listing).skus))
        self.assertFalse(any(listing.sku_ids.mapped("sale_price_sent")))


class TestPublishingWithSizeCharts(CatalogueCase):
    """A category that takes no product without a size chart, before the daily job has read any."""

    category_ref = "348"

    def setUp(self):
        super().setUp()
        self.variants = self.create_shirt(colors=("Blue",), sizes=("S",))

    def test_size_charts_are_read_before_the_first_product(self):
        listing = self.create_listing(self.variants[0])
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.remote(listing).size_chart_id, 100)
        self.assertEqual(self.sandbox.count(CHARTS), 1)
        self.create_listing(self.create_shirt(colors=("Red",), sizes=("S",))[0])
        self.publish()
        self.assertEqual((self.sandbox.count(CREATE), self.sandbox.count(CHARTS)), (1, 0), "read once")

    def test_size_charts_that_may_not_be_read_stop_nothing_else(self):
        self.sandbox.app.denied = [CHARTS]
        self.addCleanup(setattr, self.sandbox.app, "denied", [])
        listing = self.create_listing()
        self.publish()
        self.assertEqual(self.sandbox.count(CREATE), 1, listing.error)
        self.assertIn("size_chart_id", listing.error)
        row = self.env["aliexpress.shop.data"].search([("kind", "=", "size_chart")])
        self.assertEqual(row.state, "denied")

    def get_charts_row(self):
        return self.env["aliexpress.shop.data"].search([("kind", "=", "size_chart")])

    def test_what_stops_the_whole_shop_is_no_answer_about_a_category(self):
        listing = self.create_listing(self.variants[0])
        for code in ("AppWhiteIpLimit", "IncompleteSignature"):
            with self.subTest(code):
                self.sandbox.add_fault("error", method=CHARTS, code=code, count=1)
                self.publish()
                self.assertEqual((self.sandbox.count(CREATE), self.sandbox.count(CHARTS)), (0, 1))
                self.assertEqual(listing.state, "pending")
                self.assertFalse(self.get_charts_row().filtered("error"))
                self.assertTrue(self.account.retry_at)
                listing.retry_at = self.account.retry_at = False
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.remote(listing).size_chart_id, 100)

    def test_size_charts_wait_for_calls_as_their_products_do(self):
        self.create_listing(self.variants[0])
        self.publish()
        self.get_charts_row().unlink()
        self.env["aliexpress.size.chart"].search([]).unlink()
        self.account.call_budget = 1
        listing = self.create_listing(self.create_shirt(colors=("Red",), sizes=("S",))[0])
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.assertEqual(listing.state, "pending")
        self.account.call_budget = 0
        listing.retry_at = False
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.remote(listing).size_chart_id, 100)

    def test_size_charts_that_nobody_understands_are_asked_for_soon(self):
        self.sandbox.add_fault("drop_field", method=CHARTS, text="sizechart_d_t_o_list,result")
        self.create_listing(self.variants[0])
        triggers = self.env["ir.cron.trigger"].search
        job = [("cron_id", "=", self.env.ref("aliexpress_connector.ir_cron_refresh_shop_data").id)]
        known = triggers(job)
        self.publish()
        row = self.get_charts_row()
        self.assertEqual(row.state, "error")
        self.assertIn(row.retry_at, (triggers(job) - known).mapped("call_at"))

    def test_size_charts_that_cannot_be_read_now_stop_nothing_and_are_left_alone_for_a_while(self):
        category = self.load_category("200000402")
        caps = self.create_complete_product("CAP-SIZED")
        caps.aliexpress_category_id = category
        caps.aliexpress_attribute_line_ids.unlink()
        type(self).category, shirt_category = category, self.category
        self.addCleanup(setattr, type(self), "category", shirt_category)
        caps.product_tmpl_id.aliexpress_attribute_line_ids = self.prepare_attribute_lines()
        listings = self.create_listing() | self.create_listing(caps)
        self.sandbox.add_fault("service_timeout", method=CHARTS)
        self.publish()
        self.assertEqual(self.sandbox.count(CREATE), 2, listings.mapped("error"))
        self.assertGreater(self.sandbox.count(CHARTS), 0)
        self.assertEqual(self.remote(listings[1]).category_id, 200000402)
        self.assertFalse(self.account.retry_at)
        rows = self.env["aliexpress.shop.data"].search([("kind", "=", "size_chart")])
        self.assertEqual((len(rows), set(rows.mapped("state"))), (2, {"pending"}))
        self.assertTrue(all(rows.mapped("retry_at")), "the others are not asked for while one has no answer")
        self.create_listing(self.variants[0])
        self.publish()
        self.assertEqual((self.sandbox.count(CREATE), self.sandbox.count(CHARTS)), (1, 0))

    def test_a_product_refused_for_want_of_a_size_chart_is_sent_once_it_is_read(self):
        listing = self.create_listing(self.variants[0])
        self.sandbox.add_fault("service_timeout", method=CHARTS)
        self.publish()
        self.assertEqual(listing.state, "error")
        self.sandbox.clear_faults()
        self.env["aliexpress.shop.data"].search([("kind", "=", "size_chart")]).retry_at = False
        self.run_job("refresh_shop_data")
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertEqual(self.remote(listing).size_chart_id, 100)
