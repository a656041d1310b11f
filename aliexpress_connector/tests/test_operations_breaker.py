from collections import Counter
from datetime import timedelta

import requests

from odoo import fields
from odoo.tests import freeze_time

from .common import JOBS, AliexpressCase, error_response

LIST = "aliexpress.solution.order.get"
DETAIL = "aliexpress.solution.order.info.get"
PAST = "2024-01-01 00:00:00"


class TestBreaker(AliexpressCase):
    """No storm of retries: while AliExpress is down or asks for silence, calls are few, and then none."""

    def run_minutes(self, minutes, jobs, after=0):
        """Run the jobs every minute, which is more than they do, from `after` minutes on; the calls made so far."""
        start = fields.Datetime.now() + timedelta(minutes=after)
        for minute in range(minutes):
            with freeze_time(start + timedelta(minutes=minute)):
                for job in jobs:
                    self.run_job(job)
        return len(self.calls)

    def test_attempts_are_few_while_aliexpress_is_down(self):
        for answer in (
            requests.ConnectionError(),
            error_response("ServiceUnavailable"),
            self.make_response("", status=502),
        ):
            with self.subTest(answer=str(answer)):
                self.calls.clear()
                self.account.write({"retry_at": False})
                self.answers[LIST] = self.answers[DETAIL] = answer
                # At most one attempt in two minutes; a read is tried three times in a row.
                self.assertLessEqual(self.run_minutes(20, ["fetch_orders"]), 10 * 3)

    def test_attempts_are_few_while_only_details_fail(self):
        order = self.env["aliexpress.order"].create(
            [{"account_id": self.account.id, "order_ref": str(number)} for number in range(30)]
        )
        self.answers[LIST] = {"result": {"success": True, "total_count": 0, "target_list": []}}
        self.answers[DETAIL] = requests.ConnectionError()
        self.run_minutes(10, ["fetch_orders", "process_orders"])
        # Six at once, three tries each, once in two minutes; or one alone, where the others saw its failure in time,
        # which says nothing about the shop: the next run is a minute later.
        self.assertLessEqual(len(self.called(DETAIL)), 5 * 18 + 3)
        self.calls.clear()
        self.run_minutes(10, ["fetch_orders", "process_orders"], after=10)
        # Each has failed before: the shop goes on, and each is tried again by itself, once in five minutes.
        self.assertLessEqual(len(self.called(DETAIL)), 2 * 30 * 3)
        self.assertTrue(all(order.mapped("error")) or self.account.error)

    def test_a_backlog_makes_no_more_attempts_while_only_details_fail(self):
        orders = self.env["aliexpress.order"].create(
            [
                {"account_id": self.account.id, "order_ref": str(number), "error": "Not read", "retry_at": PAST}
                for number in range(200)
            ]
        )
        self.answers[LIST] = {"result": {"success": True, "total_count": 0, "target_list": []}}
        self.answers[DETAIL] = requests.ConnectionError()
        self.run_job("fetch_orders")
        # Six at once, three tries each.
        self.assertLessEqual(len(self.called(DETAIL)), 18)
        self.assertEqual(set(orders.mapped("is_detail_due")), {True})

    def test_a_limit_is_obeyed_to_the_second(self):
        start = fields.Datetime.now()
        self.answers[LIST] = error_response(
            "ApiCallLimit", "Api access frequency exceeds the limit. this ban will last 37 seconds"
        )
        with freeze_time(start):
            self.run_job("fetch_orders")
        self.assertEqual(self.account.retry_at, start.replace(microsecond=0) + timedelta(seconds=38))
        made = len(self.calls)
        for seconds in (1, 30, 37):
            with freeze_time(start + timedelta(seconds=seconds)):
                for job in JOBS:
                    self.run_job(job)
        self.assertEqual(len(self.calls), made)
        with freeze_time(start + timedelta(seconds=39)):
            self.run_job("fetch_orders")
        self.assertGreater(len(self.calls), made)

    def test_a_daily_quota_means_silence_until_midnight_in_beijing(self):
        start = fields.Datetime.now()
        self.answers[LIST] = {
            "error_response": {
                "code": 7,
                "msg": "App Call Limited",
                "sub_code": "accesscontrol.limited-by-app-access-count",
                "sub_msg": "This app has reached its daily limit",
            }
        }
        self.run_job("fetch_orders")
        midnight = (start + timedelta(hours=8)).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=16)
        self.assertLess(abs(self.account.retry_at - midnight), timedelta(seconds=30))

    def test_a_limit_stops_the_details_that_were_not_yet_asked_for(self):
        orders = self.env["aliexpress.order"].create(
            [{"account_id": self.account.id, "order_ref": str(number)} for number in range(40)]
        )
        self.answers[LIST] = {"result": {"success": True, "total_count": 0, "target_list": []}}
        self.answers[DETAIL] = error_response("AppCallLimit", "this ban will last 60 seconds")
        self.run_job("fetch_orders")
        self.run_job("process_orders")
        # Six are under way when the first is refused.
        self.assertLessEqual(len(self.called(DETAIL)), 6)
        self.assertTrue(orders.filtered("is_detail_due"))
        # The orders that met it wait no longer than the shop.
        latest = fields.Datetime.now() + timedelta(seconds=61)
        self.assertTrue(all(order.retry_at <= latest for order in orders if order.retry_at))

    def test_a_detail_that_always_fails_costs_itself(self):
        order = self.env["aliexpress.order"].create({"account_id": self.account.id, "order_ref": "8180000000000001"})
        self.answers[LIST] = {"result": {"success": True, "total_count": 0, "target_list": []}}
        self.answers[DETAIL] = error_response("15")
        for _attempt in range(2):
            order.retry_at = False
            self.run_job("fetch_orders")
            self.assertTrue(order.error and order.retry_at and order.is_detail_due)
            self.assertFalse(self.account.retry_at or self.account.error)

    def test_shops_are_all_listed_once_when_listing_is_slow(self):
        for number in (2, 3):
            self.create_account(f"Shop {number}", seller_ref=str(number), access_token=f"token {number}")
        self.env["aliexpress.account"].search([]).order_start_date = fields.Datetime.now() - timedelta(days=1)
        listed = {"result": {"success": True, "total_count": 0, "target_list": []}}
        with freeze_time(fields.Datetime.now()) as clock:

            def answer(_call):
                clock.tick(2.6)
                return listed

            self.answers[LIST] = answer
            for times in (1, 2):
                self.run_job("fetch_orders")
                calls = Counter(call.parameters["session"] for call in self.called(LIST))
                self.assertEqual(list(calls.values()), [2 * times] * 3)

    # === BUDGET === #

    def use_up(self, share):
        self.account.call_budget = 1000
        Count = self.env["aliexpress.call.count"]
        Count.search([]).unlink()
        Count.create(
            {"account_id": self.account.id, "date": Count._get_today(), "method": LIST, "count": int(1000 * share)}
        )

    def test_what_is_urgent_goes_on_longest(self):
        allowed = {}
        for share in (0.5, 0.65, 0.75, 0.85, 1.1):
            self.use_up(share)
            kinds = ("orders", "tracking", "stock", "price", "content")
            allowed[share] = [kind for kind in kinds if self.account._has_call_budget(kind)]
        self.assertEqual(allowed[0.5], ["orders", "tracking", "stock", "price", "content"])
        self.assertEqual(allowed[0.65], ["orders", "tracking", "stock", "price"])
        self.assertEqual(allowed[0.75], ["orders", "tracking", "stock"])
        self.assertEqual(allowed[0.85], ["orders", "tracking"])
        self.assertEqual(allowed[1.1], ["orders", "tracking"], "kept for them, and they go on to the end")
