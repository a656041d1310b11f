from odoo.tests import new_test_user

from .catalogue_common import CREATE, EDIT, LIST, CatalogueCase

DELETE = "aliexpress.solution.batch.product.delete"
FREIGHT_TEMPLATES = "aliexpress.freight.redefining.listfreighttemplate"
OFFLINE = "aliexpress.postproduct.redefining.offlineaeproduct"


class TestShelf(CatalogueCase):
    def test_an_archived_product_comes_off_the_shelf_and_back(self):
        listing = self.create_online()
        self.product.product_tmpl_id.active = False
        self.publish()
        self.assertEqual((listing.state, self.remote(listing).status), ("offline", "offline"))
        self.publish()
        self.assertFalse(self.sandbox.counts())
        self.product.product_tmpl_id.active = True
        self.publish()
        self.settle(listing)
        self.assertEqual((listing.state, self.remote(listing).status), ("online", "onSelling"))

    def test_a_product_that_is_not_sold_comes_off_the_shelf(self):
        listing = self.create_online()
        self.product.sale_ok = False
        self.publish()
        self.assertEqual(self.remote(listing).status, "offline")

    def test_an_excluded_product_comes_off_the_shelf(self):
        listing = self.create_online()
        self.account.excluded_product_ids = self.product.product_tmpl_id
        self.publish()
        self.assertEqual(self.remote(listing).status, "offline")

    def test_without_a_freight_template_listings_say_so_and_come_off_the_shelf(self):
        for trouble in ("none", "denied"):
            with self.subTest(trouble):
                listing, shop, app = self.create_online(), self.sandbox.shop, self.sandbox.app
                templates, shop.freight_templates = shop.freight_templates, []
                self.addCleanup(setattr, shop, "freight_templates", templates)
                app.denied = [FREIGHT_TEMPLATES] if trouble == "denied" else []
                self.addCleanup(setattr, app, "denied", [])
                self.account.freight_template_id = False
                self.env["aliexpress.freight.template"].search([("account_id", "=", self.account.id)]).unlink()
                self.env["aliexpress.shop.data"].search([]).unlink()
                self.run_job("refresh_shop_data")
                self.product.aliexpress_title = f"Linen cap: {trouble}"
                for _attempt in range(2):
                    listing.action_send()
                    self.publish()
                    self.assertEqual(listing.state, "error")
                    self.assertIn("has no freight template", listing.error)
                listing.action_take_offline()
                self.publish()
                self.assertEqual((listing.state, self.remote(listing).status), ("offline", "offline"), listing.error)
                shop.freight_templates, app.denied = templates, []
                self.env["aliexpress.shop.data"].search([]).unlink()
                listing._forget()
                listing.unlink()

    def test_a_product_outside_the_shops_choice_is_not_created(self):
        self.account.product_domain = "[('default_code', '=like', 'X%')]"
        listing = self.create_listing()
        self.publish()
        self.assertFalse(listing.product_ref)
        self.assertEqual(listing.state, "error")
        self.assertIn("does not offer", listing.error)
        self.account.product_domain = False
        listing.action_send()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_deleting_is_done_once_and_frees_the_listing(self):
        listing = self.create_online()
        ref = int(listing.product_ref)
        listing.action_delete()
        self.publish()
        self.assertNotIn(ref, self.sandbox.shop.products)
        self.assertEqual((listing.state, listing.product_ref), ("draft", False))

    def test_a_listing_on_aliexpress_cannot_be_removed_here(self):
        listing = self.create_online()
        with self.assertRaisesRegex(Exception, "Press Delete… on the listing first"):
            listing.unlink()

    def test_a_product_deleted_on_aliexpress_is_an_error_and_can_be_published_anew(self):
        listing = self.create_online()
        del self.sandbox.shop.products[int(listing.product_ref)]
        self.run_job("refresh_listings")
        self.assertEqual(listing.state, "error")
        listing.action_forget()
        listing.action_send()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_a_refused_list_of_products_stops_nothing_but_the_nightly_look(self):
        self.create_listing(self.products[0])
        self.publish()
        self.sandbox.app.denied = [LIST]
        self.addCleanup(setattr, self.sandbox.app, "denied", [])
        self.sandbox.calls.clear()
        self.run_job("refresh_listings")
        self.assertEqual(self.sandbox.counts(), {LIST: 1})
        self.assertFalse(self.account.retry_at)
        self.account.user_id = new_test_user(
            self.env, "ae_boss", "sales_team.group_sale_manager", email="b@example.com"
        )
        self.run_job("fetch_orders")
        self.assertFalse(self.account.error)
        self.assertIn(LIST, self.account.refresh_error)
        mails = self.env["mail.mail"].search([])
        self.run_job("watchdog")
        self.assertIn(LIST, str((self.env["mail.mail"].search([]) - mails).mapped("body_html")))
        self.sandbox.app.denied = []
        self.sandbox.calls.clear()
        self.run_job("refresh_listings")
        self.assertGreater(self.sandbox.count(LIST), 1)
        self.assertFalse(self.account.refresh_error)

    def test_what_stopped_the_nightly_look_is_told_no_more_when_nobody_wants_it(self):
        self.account.refresh_error = "Not granted"
        self.account.sync_listings = False
        self.assertFalse(self.account.refresh_error)

    def test_what_the_nightly_look_shows_is_not_waited_for_any_more(self):
        listing = self.create_listing()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.assertTrue(listing.retry_at)
        self.sandbox.advance(hours=1)
        self.run_job("refresh_listings")
        self.assertRecordValues(listing, [{"state": "online", "retry_at": False, "error": False}])
        listing.product_tmpl_id.active = False
        self.publish()
        self.assertEqual(self.remote(listing).status, "offline")

    def test_a_rejection_that_was_mended_on_aliexpress_is_not_told_any_more(self):
        listing = self.create_online()
        self.remote(listing).status = "editingRequired"
        self.run_job("refresh_listings")
        self.assertEqual(listing.state, "rejected")
        self.assertTrue(listing.error)
        self.remote(listing).status = "onSelling"
        self.run_job("refresh_listings")
        self.assertRecordValues(listing, [{"state": "online", "error": False}])

    def test_a_product_that_aliexpress_shows_again_is_no_error_any_more(self):
        listing = self.create_online()
        remote = self.sandbox.shop.products.pop(int(listing.product_ref))
        refusals = [("listing_id", "=", listing.id), ("outcome", "=", "refused")]
        for _night in range(2):
            self.run_job("refresh_listings")
            self.assertEqual(self.env["aliexpress.publish.result"].search_count(refusals), 1)
        self.sandbox.shop.products[int(listing.product_ref)] = remote
        self.run_job("refresh_listings")
        self.publish()
        self.assertEqual((listing.state, listing.error), ("online", False))
        self.assertFalse(any(listing.sku_ids.mapped("is_missing")))

    def test_a_refused_listing_whose_state_nobody_knows_has_not_vanished(self):
        listing = self.create_online()
        listing.write({"state": "error", "error": "Refused", "remote_state": False})
        self.run_job("refresh_listings")
        self.assertEqual((listing.state, listing.error, listing.remote_state), ("error", "Refused", "online"))

    def test_what_was_taken_off_on_aliexpress_stays_off_until_a_person_puts_it_back(self):
        from aliexpress_sandbox.catalogue import publishing

        listing = self.create_online()
        publishing.take_offline(self.sandbox, self.remote(listing))
        self.run_job("refresh_listings")
        self.assertEqual((listing.state, listing.remote_state), ("offline", "offline"))
        # It stays so until a person here wants it back.
        self.publish()
        self.assertEqual(self.remote(listing).status, "offline")
        listing.action_put_online()
        self.publish()
        self.assertEqual(self.remote(listing).status, "onSelling")

    # === PEOPLE CHANGE THEIR MINDS === #

    def test_a_deletion_that_waits_is_given_up_with_its_goal(self):
        listing = self.create_online()
        self.sandbox.add_fault("rate_limit", method=DELETE, count=1)
        listing.action_delete()
        self.publish()
        self.assertEqual((listing.state, listing.next_act), ("pending", "delete"))
        listing.action_put_online()
        self.account.retry_at = False
        self.publish()
        self.assertFalse(self.sandbox.count(DELETE))
        self.assertEqual((listing.state, self.remote(listing).status), ("online", "onSelling"))

    def test_an_update_that_waits_does_not_keep_a_listing_on_the_shelf(self):
        for way in ("goal", "archived"):
            with self.subTest(way):
                product = self.create_complete_product(f"CAP-{way}")
                listing = self.create_online(product)
                self.remote(listing).promotion_fields = ["edit"]
                product.aliexpress_title = "Linen cap"
                self.publish()
                self.assertEqual((listing.state, listing.next_act), ("pending", "update"))
                if way == "goal":
                    listing.action_take_offline()
                else:
                    product.product_tmpl_id.action_archive()
                    listing.retry_at = False
                self.publish()
                self.publish()
                self.assertEqual((listing.state, self.remote(listing).status), ("offline", "offline"), listing.error)

    def test_a_creation_that_waits_is_given_up_when_it_is_not_wanted_any_more(self):
        listings = self.create_listing() | self.create_listing(self.create_complete_product("CAP-200"))
        self.sandbox.add_fault("rate_limit", method=CREATE, count=1)
        self.publish()
        self.assertEqual(set(listings.mapped("next_act")), {"create"})
        listings[0].action_take_offline()
        self.account.excluded_product_ids = listings[1].product_tmpl_id
        self.account.retry_at = listings.retry_at = False
        self.publish()
        self.publish()
        self.assertFalse(self.sandbox.count(CREATE))
        self.assertEqual(listings.mapped("state"), ["draft", "error"])
        self.assertFalse(any(listings.mapped("intent_date")))

    def test_what_is_taken_off_during_its_review_never_goes_on_sale(self):
        listing = self.create_listing()
        self.publish()
        listing.action_take_offline()
        self.publish()
        self.assertEqual((listing.state, listing.error), ("auditing", False))
        self.assertFalse(self.sandbox.count(OFFLINE))
        self.settle(listing)
        self.publish()
        self.assertEqual((listing.state, self.remote(listing).status), ("offline", "offline"), listing.error)

    def test_a_refused_shelf_change_is_explained_by_what_aliexpress_has(self):
        from aliexpress_sandbox.catalogue import publishing

        listing = self.create_online()
        publishing.audit_again(self.sandbox, self.remote(listing))
        listing.action_take_offline()
        self.publish()
        self.assertEqual((listing.state, self.sandbox.count(OFFLINE)), ("auditing", 1), listing.error)
        publishing.approve(self.sandbox, self.remote(listing))
        listing.retry_at = False
        self.publish()
        self.publish()
        self.assertEqual((listing.state, self.remote(listing).status), ("offline", "offline"), listing.error)

    def test_a_refused_listing_comes_off_the_shelf_when_its_product_is_not_offered_any_more(self):
        refused = {"code": "15", "sub_code": "F00-00-10020-004", "sub_text": "bad words", "count": 1}
        listing = self.create_online()
        self.sandbox.add_fault("error", method=EDIT, **refused)
        self.product.aliexpress_title = "Bad words"
        self.publish()
        self.assertEqual((listing.state, listing.remote_state), ("error", "online"))
        self.account.excluded_product_ids = self.product.product_tmpl_id
        self.sandbox.add_fault("error", method=OFFLINE, **refused)
        self.publish()
        self.assertEqual((listing.state, self.remote(listing).status), ("error", "onSelling"))
        self.publish()
        self.assertFalse(self.sandbox.counts(), "what was refused is not tried over and over")
        self.account.excluded_product_ids = False
        self.publish()
        self.account.excluded_product_ids = self.product.product_tmpl_id
        self.settle(listing)
        self.publish()
        self.assertEqual((listing.state, self.remote(listing).status), ("offline", "offline"), listing.error)

    # === ANSWERS THAT ARE LOST === #

    def test_what_odoo_took_off_the_shelf_comes_back_although_the_answer_was_lost(self):
        listing = self.create_online()
        self.sandbox.add_fault("reset_after", method=OFFLINE, count=1)
        self.product.product_tmpl_id.action_archive()
        self.publish()
        self.assertEqual((listing.remote_state, self.remote(listing).status), ("online", "offline"))
        self.run_job("refresh_listings")
        self.account.retry_at = listing.retry_at = False
        self.run_job("refresh_listings")
        self.assertEqual((listing.remote_state, listing.goal), ("offline", "online"))
        self.product.product_tmpl_id.action_unarchive()
        self.publish()
        self.assertEqual((listing.state, self.remote(listing).status), ("online", "onSelling"))

    def test_deleting_what_is_gone_already_frees_the_listing(self):
        listing = self.create_online()
        self.sandbox.add_fault("reset_after", method=DELETE, count=1)
        listing.action_delete()
        self.publish()
        self.assertFalse(self.sandbox.shop.products.get(int(listing.product_ref)))
        self.account.retry_at = listing.retry_at = False
        self.sandbox.add_fault("error", method=DELETE, code="15", sub_code="F00-00-10001-002", sub_text="gone", count=1)
        self.publish()
        self.assertEqual((listing.state, listing.product_ref, listing.error), ("draft", False, False))
        listing.unlink()

    def test_a_rejection_that_the_nightly_look_finds_shows_its_reason(self):
        from aliexpress_sandbox.catalogue import publishing

        listing = self.create_online()
        publishing.audit_again(self.sandbox, self.remote(listing))
        publishing.reject(self.sandbox, self.remote(listing))
        self.run_job("refresh_listings")
        self.assertEqual((listing.state, listing.remote_state), ("rejected", "rejected"))
        self.assertIn("rejected", listing.error)
        self.product.aliexpress_title = "Better cap"
        self.publish()
        self.assertEqual(self.remote(listing).subject, "Better cap", listing.error)

    def test_a_forgotten_product_leaves_nothing_behind(self):
        """What AliExpress acknowledged of the old product says nothing about the new one."""
        listing = self.create_online()
        sku = listing.sku_ids
        sku.write(
            {
                "is_missing": True,
                "country_prices_sent": {"FR": ["9.00", None]},
                "hold_reason": "Too cheap",
                "price_error": "Refused",
                "is_quantity_due": True,
            }
        )
        sku.create({"listing_id": listing.id, "sku_code": "THEIRS", "is_foreign": True})
        del self.sandbox.shop.products[int(listing.product_ref)]
        self.run_job("refresh_listings")
        listing.action_forget()
        self.assertEqual(listing.sku_ids, sku)
        self.env.cr.execute(
            "SELECT count(*) FROM aliexpress_listing_sku WHERE id = %s AND num_nulls(quantity_sent, quantity_date, "
            "quantity_error, price_sent, sale_price_sent, price_date, price_error, country_prices_sent, "
            "country_prices_due, hold_reason, sku_ref) = 11",
            [sku.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (1,))
        self.assertFalse(sku.is_missing or sku.is_quantity_due or sku.is_price_due)
        listing.action_send()
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)

    def test_a_sku_that_the_review_brings_back_is_offered_again(self):
        listing = self.create_listing()
        self.publish()
        listing.sku_ids.is_missing = True
        self.settle(listing)
        self.assertFalse(listing.sku_ids.is_missing)
