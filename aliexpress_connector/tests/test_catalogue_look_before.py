from datetime import timedelta

import requests

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .catalogue_common import CREATE, DETAIL, EDIT, LIST, CatalogueCase


class TestLookingBeforeCreating(CatalogueCase):
    """A shop that creates its first product is looked through before: it may be there already."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.discovered_at = False

    def make_complete(self, code):
        """The product with this SKU code, with all that AliExpress asks for; the sandbox has it already."""
        self.products.filtered(lambda product: product.default_code == code).default_code = False
        return self.create_complete_product(code)

    def test_the_first_creation_looks_through_the_shop_before(self):
        count = len(self.sandbox.shop.products)
        listing = self.create_listing(self.make_complete("MUG-01"))
        new = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "error")
        self.assertIn("already has", listing.error)
        self.assertFalse(listing.intent_date)
        self.assertEqual((new.state, new.error), ("auditing", False))
        self.assertEqual(len(self.sandbox.shop.products), count + 1)
        self.assertTrue(self.account.discovered_at)
        self.create_listing(self.create_complete_product("CAP-101"))
        self.publish()
        self.assertNotIn(LIST, self.sandbox.counts(), "looked through once")

    def find_blocked(self):
        """A listing that is not created because AliExpress has its product already."""
        listing = self.create_listing(self.make_complete("MUG-01"))
        self.publish()
        self.assertIn("already has a product", listing.error)
        return listing

    def test_what_aliexpress_has_already_is_linked_with_the_listing_that_was_not_created(self):
        listing = self.find_blocked()
        found = self.found_with("MUG-01")
        self.assertEqual((found.match, found.product_tmpl_id), ("1_certain", listing.product_tmpl_id))
        (found | self.found_with("CAP-RED")).action_link()
        self.assertEqual(found.listing_id, listing)
        self.assertTrue(self.found_with("CAP-RED").listing_id - listing)
        self.assertRecordValues(
            listing, [{"state": "online", "error": False, "product_ref": found.product_ref, "next_act": False}]
        )
        self.assertEqual(listing.sku_ids.mapped("sku_ref"), found.sku_ids.mapped("sku_ref"))
        self.publish()
        self.assertFalse({CREATE, EDIT} & self.sandbox.counts().keys(), listing.error)
        self.assertFalse(listing.problem_ids.filtered(lambda problem: "already has" in problem.message))
        listing.product_tmpl_id.aliexpress_title = "A better mug"
        self.publish()
        self.assertEqual(self.sandbox.count(EDIT), 1, listing.error)

    def test_a_variant_made_before_linking_is_none_that_aliexpress_has(self):
        self.products.filtered(lambda product: product.default_code == "MUG-01").default_code = False
        variant = self.create_shirt(colors=("Blue",), sizes=("M",), weight=0.3)
        variant.default_code = "MUG-01"
        listing = self.create_listing(variant)
        self.publish()
        self.assertIn("already has a product", listing.error)
        self.make_older(listing)
        template = listing.product_tmpl_id
        color = template.attribute_line_ids[0]
        color.value_ids |= color.value_ids.create({"name": "Red", "attribute_id": color.attribute_id.id})
        (template.product_variant_ids - variant).write({"default_code": "MUG-L", "weight": 0.3})
        found = self.found_with("MUG-01")
        found.action_link()
        self.assertEqual(found.listing_id, listing)
        self.publish()
        self.run_job("push_offers")
        self.assertEqual(listing.sku_ids.mapped("sku_code"), found.sku_ids.mapped("sku_code"))
        self.assertFalse([call for call in self.sandbox.calls if "MUG-L" in str(call.params)])

    def test_a_search_that_ended_without_its_methods_begins_again_with_them(self):
        self.account.write({"family": "general", "family_looked_date": False})
        self.account.action_find_listings()
        self.publish()
        self.assertTrue(self.account.discovery_error)
        self.run_job("refresh_shop_data")
        self.assertEqual(self.account.family, "solution")
        listing = self.create_listing(self.make_complete("MUG-01"))
        self.publish()
        self.assertNotIn(CREATE, self.sandbox.counts())
        self.assertIn("already has a product", listing.error)

    def test_a_listing_that_is_being_created_is_not_linked(self):
        listing = self.find_blocked()
        listing.intent_date = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "one listing in a shop"):
            self.found_with("MUG-01").action_link()

    def test_what_was_blocked_is_published_once_the_found_product_is_ignored(self):
        listing = self.find_blocked()
        self.found_with("LAMP-01").action_ignore()
        self.assertEqual(listing.state, "error")
        self.found_with("MUG-01").action_ignore()
        self.publish()
        self.assertEqual((listing.state, listing.error), ("auditing", False))

    def test_nothing_is_created_before_the_whole_shop_is_read(self):
        listing = self.create_listing(self.make_complete("MUG-01"))
        new = self.create_listing()
        odd = self.sandbox.shop.products[self.product_of("MUG-01")]
        days, odd.prepare_days = odd.prepare_days, "soon"
        self.publish()
        self.assertNotIn(CREATE, self.sandbox.counts())
        self.assertEqual(set((listing | new).mapped("state")), {"pending"})
        self.assertIn("already has on AliExpress are read", new.error)
        self.publish()
        self.assertFalse(self.sandbox.counts(), "waits as long as the one that could not be read does")
        odd.prepare_days = days
        self.account._begin_discovery()
        self.account.call_budget = 1
        self.publish()
        self.assertFalse(self.sandbox.counts(), "goes on when there are calls again")
        self.assertIn("already has on AliExpress are read", new.error)
        self.account.call_budget = 0
        self.env["aliexpress.found.product"].search([("state", "=", "pending")]).retry_at = False
        self.publish()
        self.assertEqual((new.state, new.error), ("auditing", False))
        self.assertIn("already has a product", listing.error)

    def test_what_can_never_be_read_does_not_hold_up_creations(self):
        odd = self.sandbox.shop.products[self.product_of("LAMP-01")]
        self.addCleanup(setattr, odd, "prepare_days", odd.prepare_days)
        odd.prepare_days = "soon"
        new = self.create_listing()
        self.publish()
        self.assertEqual(new.state, "pending")
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.publish()
        self.assertEqual((new.state, new.error), ("auditing", False))

    def test_a_shop_that_cannot_be_looked_through_creates_nevertheless(self):
        self.sandbox.app.denied = [LIST]
        self.addCleanup(setattr, self.sandbox.app, "denied", [])
        new = self.create_listing()
        self.publish()
        self.assertEqual((new.state, new.error), ("auditing", False))
        self.assertIn(LIST, self.account.discovery_error)

    def publish_later(self, **span):
        """Publish after this time (keyword arguments of `timedelta`)."""
        with freeze_time(fields.Datetime.now() + timedelta(**span)):
            self.publish()

    def test_a_list_that_is_not_to_be_had_holds_creations_up_for_an_hour_and_nothing_else(self):
        for code, fault in (
            ("CAP-201", {"kind": "error", "code": "15", "sub_code": "16009999", "sub_text": "oops"}),
            ("CAP-202", {"kind": "http_500"}),
        ):
            with self.subTest(fault["kind"]):
                self.account.write({"discovered_at": fields.Datetime.now(), "discovery_error": False})
                reviewed = self.create_listing(self.create_complete_product(f"{code}-OLD"))
                self.publish()
                self.sandbox.advance(hours=1)
                reviewed.retry_at = False
                self.account.discovered_at = False
                new = self.create_listing(self.create_complete_product(code))
                self.sandbox.add_fault(method=LIST, **fault)
                self.publish()
                self.assertFalse(self.account.retry_at, self.account.error)
                self.assertEqual(reviewed.state, "online", reviewed.error)
                self.assertEqual(new.state, "pending")
                self.assertIn("already has on AliExpress are read", new.error)
                self.assertFalse(self.env["aliexpress.found.product"]._count_remaining(), "the next regular run")
                self.publish_later(minutes=30)
                self.assertNotIn(CREATE, self.sandbox.counts())
                self.publish_later(minutes=90)
                self.assertEqual((new.state, new.error), ("auditing", False))
                self.assertTrue(self.account.discovery_error)
                self.sandbox.clear_faults()

    def test_one_answer_that_nobody_understood_does_not_end_the_look(self):
        listing = self.create_listing(self.make_complete("MUG-01"))
        self.sandbox.add_fault("drop_field", method=LIST, text="result", count=1)
        self.publish()
        self.assertNotIn(CREATE, self.sandbox.counts())
        self.assertEqual(listing.state, "pending")
        self.publish()
        self.assertNotIn(CREATE, self.sandbox.counts())
        self.assertIn("already has a product", listing.error)
        self.assertFalse(self.account.discovery_failing_since)

    def test_a_shop_that_becomes_due_while_another_is_looked_through_creates_in_the_next_run(self):
        other = self.create_account("Second shop", seller_ref="1", lang_id=self.account.lang_id.id)
        waiting = self.create_listing(self.create_complete_product("CAP-301"), account_id=other.id)
        waiting.write({"next_act": "create", "retry_at": fields.Datetime.now() + timedelta(minutes=5)})
        self.account._begin_discovery()
        self.create_listing(self.create_complete_product("CAP-302"))

        def let_time_pass(request):
            if LIST in request:
                self.env.cr.execute("UPDATE aliexpress_listing SET retry_at = NULL WHERE id = %s", [waiting.id])

        with self.watch_calls(let_time_pass):
            self.publish()
        self.assertFalse(waiting.retry_at)
        self.assertEqual(self.sandbox.count(CREATE), 1, "of the first shop")
        self.assertEqual(waiting.state, "pending")
        self.publish()
        self.assertEqual((waiting.state, waiting.error), ("auditing", False))
        self.assertTrue(other.discovered_at)

    def test_one_found_product_that_stays_busy_keeps_no_other_unread(self):
        lamp = str(self.product_of("LAMP-01"))

        def cut_off(request):
            if DETAIL in request and lamp in request:
                raise requests.ConnectionError("cut off")

        listing = self.create_listing(self.make_complete("MUG-01"))
        with self.watch_calls(cut_off):
            self.publish()
        found = self.env["aliexpress.found.product"].search([("account_id", "=", self.account.id)])
        self.assertEqual(found.filtered(lambda found: found.state == "pending").product_ref, lamp)
        self.assertEqual(self.found_with("MUG-01").state, "open")
        self.assertEqual(listing.state, "pending")
        with self.watch_calls(cut_off):
            self.publish_later(hours=2)
        self.assertIn("already has a product", listing.error)

    def test_creations_go_before_what_cannot_be_read_for_long(self):
        self.account.discovered_at = fields.Datetime.now()
        found = self.env["aliexpress.found.product"].create(
            [
                {"account_id": self.account.id, "product_ref": str(ref), "error": "busy"}
                for ref in self.sandbox.shop.products
            ]
        )
        long_ago = fields.Datetime.now() - timedelta(hours=3)
        self.env.cr.execute(
            "UPDATE aliexpress_found_product SET create_date = %s WHERE id IN %s", [long_ago, found._ids]
        )
        new = self.create_listing()
        self.account.call_budget = 10
        self.assertLess(self.account._get_calls_left("content"), len(found))
        self.publish()
        self.assertEqual((new.state, new.error), ("auditing", False))
        self.account.call_budget = 0
        found.retry_at = False
        self.publish()
        self.assertEqual(set(found.mapped("state")), {"open"})
