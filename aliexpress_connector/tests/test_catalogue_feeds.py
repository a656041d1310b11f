from .catalogue_common import CREATE, CatalogueCase, make_picture

SUBMIT = "aliexpress.solution.feed.submit"
FEED = "aliexpress.solution.feed.query"


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

    def test_a_submission_that_never_arrived_is_sent_again(self):
        self.create_listings()
        self.sandbox.add_fault("reset", method=SUBMIT, count=1)
        self.publish()
        feed = self.env["aliexpress.feed"].search([])
        self.account.retry_at = feed.retry_at = False
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
        self.account.retry_at = feed.retry_at = False
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

    def test_a_shop_without_feeds_publishes_one_by_one(self):
        listings = self.create_listings()
        self.sandbox.app.denied = [SUBMIT]
        self.publish()
        self.publish()
        self.sandbox.app.denied = []
        self.assertEqual(set(listings.mapped("state")), {"auditing"}, listings.mapped("error"))
        self.assertFalse(self.account.feed_minimum)
