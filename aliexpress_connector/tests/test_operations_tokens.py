from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time

from ..lib.errors import AUTHORISATION, ReconnectError
from .common import JOBS, AliexpressCase, SandboxCase, error_response

REFRESH = "/auth/token/refresh"
LIST = "aliexpress.solution.order.get"


class TestTokenRenewal(SandboxCase):
    """Tokens are renewed ahead of time, once; a shop without authorisation stands still until somebody connects it."""

    def test_tokens_are_renewed_at_two_thirds_of_their_life(self):
        start = fields.Datetime.now()
        self.account.access_token_expiry = start + timedelta(days=30)
        with freeze_time(start + timedelta(days=19)):
            self.run_job("refresh_tokens")
        self.assertFalse(self.sandbox.calls)
        old = self.account.access_token
        # The gateway does not take a clock that is days ahead: let the time of renewal come to us instead.
        self.account.access_token_expiry = start + timedelta(days=10)
        self.account.token_renewal_date = start - timedelta(minutes=1)
        self.run_job("refresh_tokens")
        self.assertEqual(self.sandbox.count(REFRESH), 1)
        self.assertNotEqual(self.account.access_token, old)
        self.assertGreater(self.account.token_renewal_date, start + timedelta(days=18))
        self.run_job("refresh_tokens")
        self.assertEqual(self.sandbox.count(REFRESH), 1)

    def test_a_renewal_that_fails_for_the_network_changes_nothing(self):
        self.account.token_renewal_date = fields.Datetime.now() - timedelta(minutes=1)
        before = self.account.read(["access_token", "refresh_token", "state"])
        self.sandbox.add_fault("http_500", method=REFRESH)
        self.run_job("refresh_tokens")
        self.assertEqual(self.account.read(["access_token", "refresh_token", "state"]), before)
        self.assertTrue(self.account.retry_at)

    def test_a_token_that_is_refused_right_after_its_renewal_is_not_renewed_again_for_an_hour(self):
        self.place()
        self.sandbox.add_fault("token_expired", method=LIST)
        self.run_job("fetch_orders")
        self.run_job("fetch_orders")
        self.assertEqual(self.sandbox.count(REFRESH), 1)
        left = self.account.retry_at - fields.Datetime.now()
        self.assertGreater(left, timedelta(minutes=58))
        self.assertIn("Connect with AliExpress", self.account.error)

    def test_a_token_that_expires_again_and_again_is_renewed_each_time(self):
        placed = []
        for number in range(1, 5):
            placed.append(self.place())
            self.sandbox.expire_tokens()
            orders = self.import_orders()
            self.assertEqual(len(orders), number)
            self.assertEqual(self.sandbox.count(REFRESH), number)
        self.assertFalse(self.account.retry_at)
        self.assertFalse(self.account.error)

    def test_a_token_that_works_is_used_up_when_it_cannot_be_renewed(self):
        expiry = fields.Datetime.now().replace(microsecond=0) + timedelta(days=10)
        for refresh_token in ("not known to AliExpress", False):
            self.account.write(
                {
                    "refresh_token": refresh_token,
                    "access_token_expiry": expiry,
                    "authorization_expiry": expiry + timedelta(days=30),
                }
            )
            self.account.token_renewal_date = fields.Datetime.now() - timedelta(minutes=1)
            self.run_job("refresh_tokens")
            self.assertEqual(self.account.state, "connected")
            self.assertEqual(self.account.token_renewal_date, expiry)
            self.assertIn("ends in 10 days", self.account.connection_warning)
        self.place()
        self.assertTrue(self.import_orders())
        self.account.access_token_expiry = fields.Datetime.now() - timedelta(minutes=1)
        self.run_job("refresh_tokens")
        self.assertEqual(self.account.state, "expired")

    def test_a_provisioned_token_with_hours_to_live_is_renewed_at_once(self):
        self.account.access_token_expiry = fields.Datetime.now() + timedelta(hours=2)
        old = self.account.access_token
        self.run_job("refresh_tokens")
        self.assertNotEqual(self.account.access_token, old)
        self.assertGreater(self.account.token_renewal_date, fields.Datetime.now())
        self.account.write(
            {"refresh_token": "not known", "access_token_expiry": fields.Datetime.now() + timedelta(hours=2)}
        )
        self.run_job("refresh_tokens")
        self.assertEqual(self.account.state, "expired")

    def test_a_second_shop_of_the_same_seller_keeps_its_new_tokens_and_stops(self):
        second = self.create_account("Second shop", family="solution")
        self.sandbox.expire_tokens()
        old = second.access_token
        self.run_job("fetch_orders")
        self.assertNotEqual(second.access_token, old)
        self.assertTrue(self.account.seller_ref)
        self.assertFalse(second.seller_ref)
        self.assertEqual(second.state, "draft")
        self.assertIn("already connected", second.error)
        self.assertTrue(second.message_ids.filtered(lambda message: "already connected" in message.preview))
        self.assertIn("already connected", second.activity_ids.note)
        self.assertFalse(second.orders_synced_until)
        self.place()
        self.run_job("fetch_orders")
        orders = self.env["aliexpress.order"].search([("account_id", "in", (self.account | second).ids)])
        self.assertEqual(orders.account_id, self.account)

    def test_two_shops_with_the_same_tokens_are_refused(self):
        for name in ("access_token", "refresh_token"):
            with self.assertRaisesRegex(ValidationError, "every order would come twice"), self.env.cr.savepoint():
                self.create_account("Copy", **{name: self.account[name]})
        second = self.create_account("Second shop")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            second.access_token = self.account.access_token
        self.account.active = False
        second.access_token = self.account.access_token
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.account.active = True

    def test_a_refused_refresh_token_means_silence_until_somebody_connects(self):
        self.sandbox.expire_tokens(refresh=True)
        self.place()
        for _run in range(5):
            for job in JOBS:
                self.run_job(job)
        self.assertEqual(self.account.state, "expired")
        self.assertLessEqual(self.sandbox.count(REFRESH), 1)
        self.assertLessEqual(len(self.sandbox.calls), 2)
        self.assertIn("Connect with AliExpress", self.account.connection_warning)
        self.assertEqual(self.account.activity_ids.user_id, self.account._get_responsible())

    def test_another_application_with_other_methods_goes_on_at_once(self):
        self.account.family = "solution"
        application = self.sandbox.world.apps["502345"]
        tokens = self.sandbox.issue_token(app=application)
        self.account.write(
            {
                "app_key": application.key,
                "app_secret": application.secret,
                "access_token": tokens.access_token,
                "refresh_token": tokens.refresh_token,
                "state": "connected",
            }
        )
        self.assertFalse(self.account.family)
        placed = self.place()
        self.run_job("fetch_orders")
        self.assertEqual(self.get_order(placed).stage, "waiting_shipment")
        self.assertEqual(self.account.family, "general")
        self.account.write({"app_key": application.key, "app_secret": application.secret})
        self.assertEqual(self.account.family, "general")

    def test_an_application_that_has_other_methods_by_now_goes_on_with_these(self):
        self.account.family = "solution"
        self.sandbox.app.denied = ["aliexpress.solution.*"]
        placed = self.place()
        self.run_job("fetch_orders")
        self.assertEqual(self.get_order(placed).stage, "waiting_shipment")
        self.assertRecordValues(self.account, [{"family": "general", "error": False, "retry_at": False}])

    def test_an_application_without_any_methods_is_not_asked_for_others_each_time(self):
        self.account.family = "solution"
        self.sandbox.app.denied = ["*"]
        for calls in (3, 1, 1):
            self.sandbox.calls.clear()
            self.run_job("fetch_orders")
            self.assertEqual(len(self.sandbox.calls), calls)
            self.assertEqual(self.account.family, "solution")
            self.assertIn("may not use the AliExpress method aliexpress.solution.order.get", self.account.error)
            self.account.retry_at = False
        placed = self.place()
        self.sandbox.app.denied = ["aliexpress.solution.*"]
        self.account.family_looked_date -= timedelta(hours=1)
        self.run_job("fetch_orders")
        self.assertEqual(self.account.family, "general")
        self.assertEqual(self.get_order(placed).stage, "waiting_shipment")

    def test_after_forty_days_without_authorisation_everything_is_caught_up(self):
        now = fields.Datetime.now()
        self.account.write({"state": "expired", "orders_synced_until": now - timedelta(days=40)})
        placed = [self.place(created=f"-{days}d") for days in (39, 33, 29, 15, 1)]
        finished = self.place(created="-35d")
        for act in ("ship", "confirm"):
            self.sandbox.act(finished, act)
        self.import_orders()
        self.assertFalse(self.sandbox.calls)
        tokens = self.sandbox.issue_token()
        self.account.write(
            {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token, "state": "connected"}
        )
        orders = self.import_orders()
        self.assertEqual(set(orders.mapped("order_ref")), {str(order.order_id) for order in [*placed, finished]})
        self.assertFalse([call for call in self.sandbox.calls if call.outcome != "ok"])
        self.assertGreaterEqual(self.account.orders_synced_until, now)
        self.assertFalse(self.account.connection_warning)


class TestTokenAnswers(AliexpressCase):
    """What a renewal may leave out, and when people are warned."""

    def set_answers(self):
        self.answers[REFRESH] = {
            "code": "0",
            "access_token": "new access token",
            "refresh_token": "new refresh token",
            "expires_in": 2592000,
            "request_id": "0ba2887315178178017221014",
        }

    def renew(self):
        self.account.token_renewal_date = fields.Datetime.now() - timedelta(minutes=1)
        self.run_job("refresh_tokens")

    def test_a_renewal_that_does_not_name_the_seller_or_the_end_keeps_both(self):
        self.account.seller_name = "es1012345678abcd"
        end = self.account.authorization_expiry
        self.renew()
        self.assertRecordValues(
            self.account,
            [
                {
                    "access_token": "new access token",
                    "refresh_token": "new refresh token",
                    "seller_ref": "2671514005",
                    "seller_name": "es1012345678abcd",
                    "authorization_expiry": end,
                }
            ],
        )

    def test_the_seller_of_a_shop_never_changes_by_a_renewal(self):
        self.answers[REFRESH]["seller_id"] = "999"
        self.renew()
        self.assertEqual(self.account.seller_ref, "2671514005")

    def test_tokens_that_another_worker_renewed_are_not_renewed_again(self):
        self.answers[LIST] = error_response("IllegalAccessToken")
        with self.assertRaises(ReconnectError) as refused:
            self.account._get_client().probe()
        self.account.access_token = "renewed by another worker"
        with self.enter_registry_test_mode():
            self.assertTrue(self.account._renew_tokens(refused.exception))
        self.assertFalse(self.called(REFRESH))
        self.assertEqual(self.account.access_token, "renewed by another worker")

    def test_a_token_that_worked_and_expires_within_the_same_run_makes_no_pause(self):
        refusal = error_response("IllegalAccessToken")
        empty = {"result": {"success": True, "total_count": 0, "target_list": []}}
        told = iter([refusal, empty, refusal])
        self.answers[LIST] = lambda call: next(told, empty)
        self.run_job("fetch_orders")
        self.assertEqual(len(self.called(LIST)), 3)
        self.assertFalse(self.account.retry_at)
        self.run_job("fetch_orders")
        self.assertTrue(self.account.orders_synced_until)

    def test_a_shop_connected_again_is_not_expired_by_what_its_old_token_was_told(self):
        self.answers[LIST] = error_response("53")
        with self.assertRaises(ReconnectError) as refused:
            self.account._get_client().probe()
        self.assertEqual(refused.exception.reason, AUTHORISATION)
        self.account.write({"access_token": "of the new login", "state": "connected"})
        with self.enter_registry_test_mode():
            self.assertTrue(self.account._renew_tokens(refused.exception))
        self.assertEqual(self.account.state, "connected")

    def test_a_renewal_that_prolongs_the_authorisation_ends_the_warning_and_arms_it_anew(self):
        self.account.authorization_expiry = fields.Datetime.now() + timedelta(hours=20)
        self.assertTrue(self.account._watch_authorisation())
        self.answers[REFRESH]["refresh_expires_in"] = 60 * 86400
        self.renew()
        self.assertFalse(self.account.activity_ids)
        self.account.authorization_expiry = fields.Datetime.now() + timedelta(days=14)
        self.assertTrue(self.account._watch_authorisation())

    def run_for(self, hours):
        """Run the jobs every ten minutes for so many hours; how often the renewal was tried."""
        self.calls.clear()
        start = fields.Datetime.now()
        for minutes in range(0, hours * 60, 10):
            with freeze_time(start + timedelta(minutes=minutes)):
                for job in ("refresh_tokens", "fetch_orders"):
                    self.run_job(job)
        return len(self.called(REFRESH))

    def test_a_renewal_refused_for_an_unknown_reason_is_tried_each_hour_and_ends_with_a_person(self):
        self.answers[REFRESH] = error_response("InvalidParameter")["error_response"]
        self.answers[LIST] = error_response("IllegalAccessToken")
        self.account.access_token_expiry = fields.Datetime.now() - timedelta(minutes=1)
        self.assertIn(self.run_for(hours=2), (2, 3))
        self.assertEqual(self.account.state, "connected")
        self.assertIn("AliExpress refused this", self.account.error)
        self.account.renewal_refused_date = fields.Datetime.now() - timedelta(hours=6)
        self.account.retry_at = False
        self.assertEqual(self.run_for(hours=1), 1)
        self.assertEqual(self.account.state, "expired")
        self.assertTrue(self.account.activity_ids)

    def test_a_token_that_works_goes_on_while_its_renewal_is_refused_for_an_unknown_reason(self):
        self.answers[REFRESH] = error_response("InvalidParameter")["error_response"]
        self.renew()
        self.assertFalse(self.account.retry_at)
        self.assertGreater(self.account.token_renewal_date, fields.Datetime.now() + timedelta(minutes=50))
        self.account.renewal_refused_date = fields.Datetime.now() - timedelta(hours=6)
        self.renew()
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.account.authorization_expiry, self.account.access_token_expiry)

    def test_people_are_warned_fourteen_seven_three_and_one_day_ahead(self):
        end = self.account.authorization_expiry
        warned = []
        for hours in range(20 * 24, 0, -6):
            with freeze_time(end - timedelta(hours=hours)):
                self.env.invalidate_all()
                if self.account._watch_authorisation():
                    warned.append(hours / 24)
        self.assertEqual(warned, [14, 7, 3, 1])
        activity = self.account.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.date_deadline, end.date())
        self.assertEqual(activity.user_id, self.account._get_responsible())

    def test_connecting_again_ends_the_warning_and_arms_it_anew(self):
        self.account.authorization_expiry = fields.Datetime.now() + timedelta(days=2)
        self.assertTrue(self.account._watch_authorisation())
        self.assertFalse(self.account._watch_authorisation())
        self.assertIn("ends in 2 days", self.account.connection_warning)
        for hours in (20, -1):
            self.account.authorization_expiry = fields.Datetime.now() + timedelta(hours=hours)
            self.account.invalidate_recordset(["connection_warning"])
            self.assertIn("ends within a day", self.account.connection_warning)
        self.account.write({"state": "connected", "authorization_expiry": fields.Datetime.now() + timedelta(days=60)})
        self.assertFalse(self.account.activity_ids)
        self.assertFalse(self.account.connection_warning)
        self.account.authorization_expiry = fields.Datetime.now() + timedelta(days=14)
        self.assertTrue(self.account._watch_authorisation())
