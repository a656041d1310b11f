import random
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from ..models import aliexpress_order_fetch
from .common import AliexpressCase

LIST = "aliexpress.solution.order.get"


class TestOrdersPaging(AliexpressCase):
    """No order is lost between two pages, whatever the list counts and in whichever order it shows what is equal."""

    def list_window(self, count, get_rows=None, **counters):
        """List a window of `count` orders of one moment; return the calls it took, without that for finished ones.

        :param get_rows: function of all rows that returns them in the order of one call
        :param counters: what the list says of them, where that is not true; None: nothing
        """
        rows = [{"order_id": 8100000000000000 + number, "gmt_create": "2024-03-01 10:00:00"} for number in range(count)]

        def answer(call):
            shown = [] if call.parameters.get("order_status") == "FINISH" else (get_rows or list)(rows)
            size = int(call.parameters["page_size"])
            first = (int(call.parameters["current_page"]) - 1) * size
            result = {"success": True, "target_list": shown[first : first + size]}
            counted = {"total_count": len(shown), "total_page": -(-len(shown) // size)} | (counters if shown else {})
            return {"result": result | {key: value for key, value in counted.items() if value is not None}}

        self.calls.clear()
        self.answers[LIST] = answer
        now = fields.Datetime.now()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            account = self.account.with_env(self.env(cr=cr))
            Order = account.env["aliexpress.order"]
            self.end = Order._list_window(account, account._get_client(), now - timedelta(days=3), now)
        orders = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual(set(orders.mapped("order_ref")), {str(row["order_id"]) for row in rows})
        return len(self.calls) - 1

    def test_orders_that_are_not_counted_come_too(self):
        self.assertEqual(self.list_window(110, total_count=45, total_page=1), 3)

    def test_counters_that_contradict_each_other_hide_nothing(self):
        for pages in (0, 1, 2):
            with self.subTest(pages=pages):
                self.assertEqual(self.list_window(110, total_page=pages), 3)

    def test_a_list_without_counters_is_read_to_its_end(self):
        self.assertEqual(self.list_window(110, total_count=None), 3)
        self.assertEqual(self.list_window(110, total_count=None, total_page=None), 3)

    def test_a_gateway_that_shows_its_last_page_again_and_again_is_left(self):
        self.assertEqual(self.list_window(50, lambda rows: rows * 1000, total_count=45, total_page=1), 2)

    def test_a_window_that_would_take_longer_than_a_run_is_cut(self):
        with patch.multiple(aliexpress_order_fetch, PACE_KNOWN_AFTER=0, LONGEST_READING=0):
            self.list_window(110)
        self.assertLess(self.end, fields.Datetime.now() - timedelta(days=2))

    def test_full_pages_that_are_counted_cost_no_further_call(self):
        self.assertEqual(self.list_window(100), 2)

    def test_a_list_without_a_firm_order_is_read_again(self):
        generator = random.Random(3)  # reproducible, not secret
        self.list_window(80, lambda rows: generator.sample(rows, len(rows)))

    def test_many_orders_of_one_moment_cost_a_call_for_every_fifty(self):
        self.assertEqual(self.list_window(1200), 24)
