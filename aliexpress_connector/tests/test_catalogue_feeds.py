from datetime import timedelta

from odoo import Command, fields

from ..models import aliexpress_feed
from .catalogue_common import CREATE, CatalogueCase, make_picture

SUBMIT = "aliexpress.solution.feed.submit"
FEED = "aliexpress.solution.feed.query"
LIST_FEEDS = "aliexpress.solution.feed.list.get"


class TestFeeds(CatalogueCase):
    def setUp(self):
        super().setUp()
        self.account.feed_minimum = 3

    def create_listings(self, count=4):
        products = [self.create_complete_product(f"FEED-{number}") for number in range(count)]
        return self.env["aliexpress.listing"].union(*(self.create_listing(product) for product in products))

    def read_results(self):
        """Let AliExpress work the feeds off and read what became of them."""
        self.sandbox.advance(minutes=30)
        self.env["aliexpress.feed"].search([]).retry_at = False
        self.publish()

    def let_time_pass(self, feed):
        """What AliExpress does not list now it never got."""
        feed.write({"intent_date": fields.Datetime.now() - timedelta(minutes=15), "retry_at": False})
        self.account.retry_at = False

    def test_many_products_go_in_one_feed_with_a_result_for_each(self):
        listings = self.create_listings()
        self.publish()
        self.assertEqual((self.sandbox.count(SUBMIT), self.sandbox.count(CREATE)), (1, 0))
        self.assertEqual(set(listings.mapped("state")), {"pending"})
        self.read_results()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))
        self.assertEqual(len(set(listings.mapped("product_ref"))), 4)
        feed = self.env["aliexpress.feed"].search([])
        self.assertRecordValues(feed, [{"state": "done", "accepted_count": 4, "refused_count": 0, "item_count": 4}])
        self.assertEqual(listings[0].sku_ids.quantity_sent, 100)

    def test_listings_in_a_feed_show_when_its_results_are_read_and_can_be_tried_now(self):
        listings = self.create_listings()
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.assertEqual(set(listings.mapped("retry_at")), {feed.retry_at})
        self.sandbox.advance(minutes=30)
        self.publish()
        self.assertEqual(set(listings.mapped("state")), {"pending"}, "not yet due")
        listings[0].retry_at = False
        self.publish()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))

    def test_a_submission_that_must_wait_is_told_at_its_listings(self):
        listings = self.create_listings()
        self.sandbox.add_fault("rate_limit", method=SUBMIT, seconds=900, count=1)
        self.publish()
        self.assertTrue(all(listing.error and listing.retry_at for listing in listings))

    def test_few_products_go_one_by_one(self):
        self.create_listings(2)
        self.publish()
        self.assertEqual((self.sandbox.count(SUBMIT), self.sandbox.count(CREATE)), (0, 2))

    def test_a_submission_without_answer_is_found_and_not_repeated(self):
        listings = self.create_listings()
        self.sandbox.add_fault("reset_after", method=SUBMIT, count=1)
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.assertEqual(feed.state, "pending")
        self.account.retry_at = feed.retry_at = False
        self.publish()
        self.assertEqual(self.sandbox.count(SUBMIT), 0)
        self.assertEqual(feed.state, "submitted")
        self.read_results()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))

    def test_a_feed_that_is_listed_late_is_not_submitted_twice(self):
        listings = self.create_listings()
        self.sandbox.add_fault("reset_after", method=SUBMIT, count=1)
        self.sandbox.add_fault("drop_field", method=LIST_FEEDS, text="job_list,total_page,total_count", count=1)
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.account.retry_at = feed.retry_at = False
        self.publish()
        self.assertEqual((self.sandbox.count(LIST_FEEDS), self.sandbox.count(SUBMIT)), (1, 0))
        self.assertGreater(feed.retry_at, fields.Datetime.now())
        feed.retry_at = False
        self.publish()
        self.assertEqual((feed.state, self.sandbox.count(SUBMIT)), ("submitted", 0))
        self.read_results()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))

    def test_a_feed_that_counts_nothing_yet_keeps_its_listings(self):
        listings = self.create_listings()
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.sandbox.advance(minutes=30)
        job = self.sandbox.shop.feeds[int(feed.feed_ref)]
        items, job.items = job.items, []
        self.read_results()
        self.assertEqual(feed.state, "submitted")
        self.assertEqual(listings.feed_id, feed)
        self.assertFalse(self.sandbox.count(CREATE))
        job.items = items[:2]
        self.read_results()
        self.assertEqual((feed.state, len(listings.filtered("product_ref"))), ("submitted", 2))
        job.items = items
        self.read_results()
        self.assertRecordValues(feed, [{"state": "done", "accepted_count": 4}])

    def make_old(self, feed):
        self.env.flush_all()
        for name in ("create_date", "submitted_date"):
            self.env.cr.execute(f"UPDATE aliexpress_feed SET {name} = {name} - interval '2 days'")
        feed.invalidate_recordset(["create_date", "submitted_date"])

    def test_a_feed_that_never_counts_anything_ends_after_a_day(self):
        listings = self.create_listings()
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.sandbox.advance(minutes=30)
        self.sandbox.shop.feeds[int(feed.feed_ref)].items = []
        self.make_old(feed)
        self.read_results()
        self.assertEqual(feed.state, "done")
        self.assertFalse(listings.feed_id)
        self.publish()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))
        self.assertFalse(self.sandbox.count(CREATE))

    def test_refused_results_of_a_feed_create_nothing_again(self):
        for sub_code in ("isv.invalid-parameter", "isv.permission-api-package-limit"):
            with self.subTest(sub_code):
                listings = self.create_listings()
                self.publish()
                feed = self.env["aliexpress.feed"].search([], limit=1)
                before = len(self.sandbox.shop.products)
                self.sandbox.add_fault("error", method=FEED, code="15", sub_code=sub_code, sub_text="非法参数", count=2)
                self.read_results()
                self.publish()
                self.assertEqual((feed.state, len(listings.feed_id)), ("submitted", 1))
                self.assertEqual(set(listings.mapped("state")), {"pending"})
                self.assertTrue(listings[0].error)
                feed.submitted_date -= timedelta(days=2)
                self.read_results()
                self.assertFalse(listings.feed_id)
                listings.retry_at = self.account.retry_at = False
                self.publish()
                self.assertEqual(set(listings.mapped("state")), {"online"}, listings.mapped("error"))
                self.assertFalse(self.sandbox.count(CREATE))
                self.assertEqual(len(self.sandbox.shop.products), before + 4)

    def test_a_refused_list_of_feeds_creates_nothing_again(self):
        listings = self.create_listings()
        self.sandbox.add_fault("reset_after", method=SUBMIT, count=1)
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.sandbox.add_fault("error", method=LIST_FEEDS, code="InsufficientPermission", text="no", count=1)
        self.account.retry_at = feed.retry_at = False
        self.publish()
        self.assertEqual((feed.state, listings.feed_id), ("pending", feed))
        feed.retry_at = False
        self.publish()
        self.assertEqual(feed.state, "submitted")
        self.read_results()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))
        self.assertFalse(self.sandbox.count(CREATE))

    def test_a_feed_that_nobody_understands_ends_after_a_day(self):
        listings = self.create_listings()
        self.sandbox.add_fault("drop_field", method=SUBMIT, text="job_id", count=1)
        self.sandbox.add_fault("drop_field", method=LIST_FEEDS, text="job_id", count=2)
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.sandbox.advance(minutes=30)
        feed.retry_at = False
        self.publish()
        self.assertEqual((feed.state, listings.feed_id), ("pending", feed))
        self.make_old(feed)
        feed.retry_at = False
        self.publish()
        self.assertEqual((feed.state, len(listings.feed_id)), ("error", 0))
        self.publish()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))
        self.assertFalse(self.sandbox.count(SUBMIT) + self.sandbox.count(CREATE))

    def test_a_submission_that_never_arrived_is_sent_again(self):
        self.create_listings()
        self.sandbox.add_fault("reset", method=SUBMIT, count=1)
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.let_time_pass(feed)
        self.publish()
        self.assertEqual(self.sandbox.count(SUBMIT), 1)
        self.assertEqual(feed.state, "submitted")

    def test_a_product_spoilt_meanwhile_leaves_the_feed_alone(self):
        listings = self.create_listings()
        self.sandbox.add_fault("reset", method=SUBMIT, count=1)
        self.publish()
        listings[0].product_tmpl_id.image_1920 = make_picture("blue")
        listings[1].product_tmpl_id.aliexpress_category_id = False
        listings[2].action_take_offline()
        feed = self.env["aliexpress.feed"].search([])
        self.let_time_pass(feed)
        self.publish()
        self.read_results()
        self.assertEqual(listings.mapped("state"), ["error", "error", "pending", "auditing"])
        self.assertIn("changed while", listings[0].error)
        self.assertIn("category", listings[1].error)
        self.assertFalse(listings[:3].feed_id)
        self.assertFalse(listings[:3].filtered("product_ref"))
        self.assertRecordValues(feed, [{"state": "done", "accepted_count": 1, "item_count": 1}])
        listings[0].action_send()
        self.publish()
        self.assertEqual(listings[0].state, "auditing", listings[0].error)

    def test_a_product_that_no_feed_can_carry_any_more_is_created_by_itself(self):
        listings = self.create_listings()
        self.sandbox.add_fault("reset", method=SUBMIT, count=1)
        self.publish()
        listings[0].product_tmpl_id.aliexpress_image_ids = [
            Command.create({"kind": "square", "image": make_picture("blue")})
        ]
        feed = self.env["aliexpress.feed"].search([])
        self.let_time_pass(feed)
        self.publish()
        self.assertEqual((feed.state, feed.item_count), ("submitted", 3), feed.error)
        self.run_job("publish_listings")
        self.assertEqual(self.sandbox.count(CREATE), 1)
        self.assertRecordValues(listings[0], [{"state": "auditing", "error": False}])
        self.assertTrue(self.remote(listings[0]).marketing_images)
        self.read_results()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))

    def test_what_no_feed_can_carry_any_more_waits_for_no_answer_that_is_lost(self):
        listings = self.create_listings()
        self.sandbox.add_fault("reset", method=SUBMIT, count=1)
        self.publish()
        listings[0].product_tmpl_id.aliexpress_image_ids = [
            Command.create({"kind": "square", "image": make_picture("blue")})
        ]
        listings[1].product_tmpl_id.aliexpress_category_id = False
        feed = self.env["aliexpress.feed"].search([])
        self.let_time_pass(feed)
        self.sandbox.add_fault("reset_after", method=SUBMIT, count=1)
        self.publish()
        self.account.retry_at = feed.retry_at = False
        self.publish()
        self.assertEqual((feed.state, feed.item_count), ("submitted", 2), feed.error)
        self.read_results()
        self.publish()
        self.assertRecordValues(feed, [{"state": "done", "accepted_count": 2, "item_count": 2}])
        self.assertEqual(listings.mapped("state"), ["auditing", "error", "auditing", "auditing"])
        self.assertTrue(self.remote(listings[0]).marketing_images)

    def test_a_feed_that_is_refused_as_a_whole_is_created_one_by_one(self):
        listings = self.create_listings()
        self.sandbox.add_fault("error", method=SUBMIT, code="15", sub_code="F00-00-10020-004", sub_text="no", count=1)
        self.publish()
        self.run_job("publish_listings")
        self.assertEqual((self.sandbox.count(SUBMIT), self.sandbox.count(CREATE)), (1, 4))
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))
        feed = self.env["aliexpress.feed"].search([])
        self.assertEqual(feed.state, "error")
        self.assertIn("no", feed.error)

    def test_what_a_feed_sent_is_acknowledged_not_what_was_meant_before(self):
        listings = self.create_listings()
        self.sandbox.add_fault("service_timeout", method=SUBMIT, count=1)
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        feed._write_intent()
        template = listings[0].product_tmpl_id
        title = template.aliexpress_title
        template.aliexpress_title = "Linen cap"
        feed._submit()
        template.aliexpress_title = title
        self.account.retry_at = False
        self.read_results()
        self.assertEqual(self.remote(listings[0]).subject, "Linen cap")
        self.settle(listings[0])
        self.publish()
        self.assertEqual(self.remote(listings[0]).subject, title, listings[0].error)

    def test_a_shop_without_feeds_publishes_one_by_one(self):
        listings = self.create_listings()
        self.sandbox.app.denied = [SUBMIT]
        self.publish()
        self.publish()
        self.sandbox.app.denied = []
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))
        self.assertFalse(self.account.feed_minimum)

    def test_more_results_than_one_step_takes_settle_in_one_run(self):
        listings = self.create_listings(5)
        self.publish()
        self.sandbox.advance(minutes=30)
        feed = self.env["aliexpress.feed"].search([])
        feed.retry_at = False
        self.patch(aliexpress_feed, "RESULT_BATCH", 2)
        self.publish()
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))
        self.assertEqual((feed.state, feed.accepted_count), ("done", 5))

    def test_a_submission_whose_answer_nobody_understands_is_found(self):
        self.create_listings()
        self.sandbox.add_fault("drop_field", method=SUBMIT, text="job_id", count=1)
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.assertEqual((feed.state, len(feed.listing_ids)), ("pending", 4), feed.error)
        feed.retry_at = False
        self.publish()
        self.assertEqual((feed.state, self.sandbox.count(SUBMIT)), ("submitted", 0))
