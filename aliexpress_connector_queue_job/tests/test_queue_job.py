from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.aliexpress_connector.tests.common import SandboxCase
from odoo.addons.aliexpress_connector_queue_job.models import aliexpress_order
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import JobRunner

FLOWS = (
    ("aliexpress.order", "fetch_orders"),
    ("aliexpress.order", "process_orders"),
    ("aliexpress.shipment", "push_shipments"),
    ("aliexpress.listing", "publish_listings"),
    ("aliexpress.listing", "refresh_listings"),
    ("aliexpress.listing", "push_offers"),
)


@tagged("post_install", "-at_install")
class TestQueueJob(JobRunner, SandboxCase):
    """Scheduled actions make jobs, and the jobs do what the scheduled actions would."""

    def test_each_flow_of_each_shop_is_a_job_of_its_own_channel(self):
        other = self.create_account("Other shop", app="502345")
        self.create_account("Expired", app="502345", state="expired", seller_ref="1")
        for model, flow in FLOWS:
            with self.subTest(flow), trap_jobs() as trap:
                getattr(self.env[model], f"_cron_{flow}")()
                trap.assert_jobs_count(2)
                for account in self.account + other:
                    trap.assert_enqueued_job(
                        account._run_flow,
                        args=(flow,),
                        properties={
                            "channel": f"root.aliexpress.{flow}.shop{account.id}",
                            "identity_key": f"aliexpress {flow} {account.id}",
                        },
                    )
        self.assertFalse(self.sandbox.calls)

    def test_what_has_a_switch_of_its_own_goes_on_while_publishing_is_off(self):
        self.account.sync_listings = False
        self.account.action_find_listings()
        for flow in ("publish_listings", "refresh_listings"):
            with trap_jobs() as trap:
                getattr(self.env["aliexpress.listing"], f"_cron_{flow}")()
                trap.assert_jobs_count(1, only=self.account._run_flow)
            self.run_flow(flow)
        self.assertTrue(self.account.discovered_at)
        self.assertFalse(self.account.discovery_cursor)
        self.assertTrue(self.env["aliexpress.offer.comparison"]._get_comparison(self.account).drift_start)

    def test_ended_jobs_are_removed_after_the_time_of_their_channel(self):
        self.env["aliexpress.order"]._cron_fetch_orders()
        job = self.env["queue.job"].search([("identity_key", "=", f"aliexpress fetch_orders {self.account.id}")])
        for days in (1, 3):
            job.write({"state": "done", "date_done": fields.Datetime.now() - timedelta(days=days)})
            self.env["queue.job"]._gc_aliexpress_jobs()
            self.assertEqual(bool(job.exists()), days == 1)

    def test_a_flow_waits_once(self):
        for _number in range(2):
            self.env["aliexpress.order"]._cron_fetch_orders()
        jobs = self.env["queue.job"].search([("identity_key", "=", f"aliexpress fetch_orders {self.account.id}")])
        self.assertEqual(len(jobs), 1)

    def test_a_flow_that_runs_already_is_left_alone(self):
        self.env["aliexpress.order"]._cron_fetch_orders()
        self.env["queue.job"].search([("method_name", "=", "_run_flow")]).write({"state": "started"})
        with self.assertRaises(RetryableJobError):
            self.account._run_flow("fetch_orders")

    def test_orders_come_in_and_are_processed_in_batches(self):
        placed = [self.place() for _number in range(3)]
        self.run_flow("fetch_orders")
        self.run_flow("process_orders")
        orders = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual(len(orders), len(placed))
        job = self.env["queue.job"].search([("method_name", "=", "_process_in_job")])
        self.assertEqual(job.records, orders)
        self.run_flow("process_orders")
        self.assertEqual(self.env["queue.job"].search([("method_name", "=", "_process_in_job")]), job)
        orders._process_in_job()
        self.assertEqual(orders.mapped("state"), ["done"] * 3)
        self.assertEqual(orders.sale_order_id.mapped("state"), ["sale"] * 3)
        with self.assertQueryCount(20):
            orders._process_in_job()

    def test_more_orders_than_are_looked_up_at_once_all_get_a_job(self):
        self.patch(aliexpress_order, "QUEUE_LIMIT", 2)
        for _number in range(5):
            self.place()
        self.run_flow("fetch_orders")
        self.run_flow("process_orders")
        jobs = self.env["queue.job"].search([("method_name", "=", "_process_in_job")])
        orders = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual({order_id for job in jobs for order_id in job.records.ids}, set(orders.ids))
        self.assertEqual(len(orders), 5)

    def test_orders_whose_stock_changes_again_and_again_are_tried_again_and_again(self):
        self.place()
        self.run_flow("fetch_orders")
        self.run_flow("process_orders")
        job = Job.load(self.env, self.env["queue.job"].search([("method_name", "=", "_process_in_job")]).uuid)
        self.assertFalse(job.max_retries, "never given up")
        job.retry = 20
        self.assertIn(job._get_retry_seconds(), range(60, 121))

    def test_a_queue_job_waits_as_a_scheduled_action_does(self):
        self.assertFalse(self.account._is_job())
        self.assertTrue(self.account.with_context(job_uuid="one of the runner")._is_job())

    def test_a_bad_order_in_a_batch_costs_itself(self):
        placed = [self.place(status="RISK_CONTROL") for _number in range(2)]
        self.run_flow("fetch_orders")
        good, bad = (self.get_order(one) for one in placed)
        (good + bad)._process_in_job()
        # Odoo does not confirm a line without a product.
        bad.sale_order_id.order_line = [(0, 0, {"name": "by hand", "product_uom_qty": 1, "price_unit": 0})]
        for one in placed:
            self.sandbox.act(one, "release")
        self.run_flow("fetch_orders")
        with trap_jobs() as trap:
            (good + bad)._process_in_job()
            for order in (good, bad):
                trap.assert_jobs_count(1, only=order._process_in_job)
        good._process_in_job()
        bad._process_in_job()
        self.assertEqual((good.state, bad.state), ("done", "error"))
        self.assertIn("product", bad.error)

    def test_what_goes_wrong_stands_at_the_shop(self):
        self.place()
        self.sandbox.add_fault("http_500")
        self.run_flow("fetch_orders")
        self.assertTrue(self.account.retry_at)
        self.assertTrue(self.account.error)

    def test_the_nightly_reading_of_one_shop_leaves_that_of_another_alone(self):
        other = self.create_account("Other shop", app="502345")
        comparison = self.env["aliexpress.offer.comparison"]._get_comparison(other)
        comparison.drift_calls_left = 5
        self.run_flow("refresh_listings")
        self.assertEqual(comparison.drift_calls_left, 5)
        own = self.env["aliexpress.offer.comparison"]._get_comparison(self.account)
        self.assertTrue(own.drift_start, "it began, though another is not through")
