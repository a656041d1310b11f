from datetime import timedelta

from odoo import fields

from .common import SandboxCase

DETAIL = "aliexpress.solution.order.info.get"
LIST = "aliexpress.solution.order.get"


class TestExchange(SandboxCase):
    """What was last exchanged about a record is kept for support, without personal data, as long as the shop says."""

    def get_exchanges(self, **values):
        domain = [("account_id", "=", self.account.id)] + [(name, "=", value) for name, value in values.items()]
        return self.env["aliexpress.exchange"].search(domain)

    def test_the_exchanges_about_an_order_are_kept(self):
        placed = self.place(buyer={"first_name": "Marisol"}, address={"detail_address": "Calle Desconocida 77"})
        self.import_orders()
        exchange = self.get_exchanges(reference=str(placed.order_id))
        self.assertRecordValues(exchange, [{"method": DETAIL, "outcome": "ok"}])
        self.assertTrue(exchange.request_id)
        self.assertIn("WAIT_SELLER_SEND_GOODS", exchange.answer_excerpt)
        stored = str(self.get_exchanges().read())
        for secret in ("Marisol", "Desconocida", "600000000", self.account.access_token, self.account.app_secret):
            self.assertNotIn(secret, stored)

    def test_calls_that_fail_are_kept_although_their_work_is_rolled_back(self):
        self.place()
        self.sandbox.add_fault(
            "error", method=DETAIL, code="15", sub_code="isp.service-unavailable", text="Remote service error"
        )
        self.import_orders()
        failed = self.get_exchanges(method=DETAIL)
        self.assertEqual(set(failed.mapped("outcome")), {"busy"})
        self.assertIn("isp.service-unavailable", failed[0].answer_excerpt)

    def test_calls_about_an_order_that_cannot_be_stored_are_kept_and_counted(self):
        orders = [self.place(), self.place()]
        self.env.cr.execute(
            "ALTER TABLE aliexpress_order ADD CONSTRAINT refused CHECK (order_ref != %s OR status IS NULL)",
            [str(orders[1].order_id)],
        )
        with self.assertLogs("odoo", level="ERROR"):
            self.run_job("fetch_orders")
        stored = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual(len(stored.filtered("status")), 1)
        self.assertKept(orders)

    def test_calls_of_a_rehearsal_which_stores_nothing_are_kept_and_counted(self):
        orders = [self.place(), self.place()]
        wizard = self.env["aliexpress.order.rehearsal"].create({"account_id": self.account.id})
        with self.enter_registry_test_mode():
            wizard.action_rehearse()
            # The request ends with a commit, which a test leaves out.
            self.env.cr.flush()
            self.env.cr.postcommit.run()
        self.env.invalidate_all()
        self.assertKept(orders)

    def assertKept(self, orders):
        """The details of these orders of the sandbox are kept, and all calls there were are counted."""
        exchanges = self.get_exchanges(method=DETAIL)
        self.assertEqual(set(exchanges.mapped("reference")), {str(order.order_id) for order in orders})
        counts = self.env["aliexpress.call.count"].search([("account_id", "=", self.account.id)])
        for method in (DETAIL, LIST):
            counted = sum(counts.filtered(lambda count, method=method: count.method == method).mapped("count"))
            self.assertEqual(counted, self.sandbox.count(method))

    def test_lists_that_work_are_not_kept(self):
        self.import_orders()
        self.assertFalse(self.get_exchanges())
        self.sandbox.add_fault("http_500", method=LIST)
        self.import_orders()
        self.assertEqual(set(self.get_exchanges().mapped("outcome")), {"network"})

    def test_a_shop_may_keep_nothing(self):
        self.account.exchange_days = 0
        self.place()
        self.import_orders()
        self.assertFalse(self.get_exchanges())

    def test_the_cleaning_keeps_the_last_of_each_method_and_record(self):
        now = fields.Datetime.now()

        def create(days, **values):
            return self.env["aliexpress.exchange"].create(
                {
                    "account_id": self.account.id,
                    "company_id": self.company.id,
                    "date": now - timedelta(days=days),
                    "method": DETAIL,
                    "reference": "1",
                    "outcome": "ok",
                }
                | values
            )

        replaced, last = create(5), create(3)
        other_record, other_method = create(5, reference="2"), create(5, method="another")
        failure_of_a_list = create(5, reference=False, outcome="busy")
        recent = create(0.1, reference="3") | create(0.2, reference="3")
        old = create(31, reference="4")
        self.run_job("cleanup")
        self.assertFalse((replaced | old).exists())
        kept = last | other_record | other_method | failure_of_a_list | recent
        self.assertEqual(kept.exists(), kept)
