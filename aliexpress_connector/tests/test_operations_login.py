import random
from urllib.parse import urlencode

from odoo import http
from odoo.tests import HttpCase, new_test_user

from ..models.aliexpress_account_setup import FLOWS
from .common import AliexpressCase, envelope, error_response

URL = "/aliexpress/callback"
CREATE = "/auth/token/create"
LIST = "aliexpress.solution.order.get"
CARRIERS = "aliexpress.logistics.redefining.listlogisticsservice"


class TestLogin(AliexpressCase, HttpCase):
    """Coming back from AliExpress' login: only who may connect the shop, in the session in which it was asked for."""

    account_values = {"state": "draft", "access_token": False, "refresh_token": False, "family": False}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "ae_login", "sales_team.group_sale_manager")

    def set_answers(self):
        self.answers[CREATE] = {
            "access_token": "access",
            "refresh_token": "refresh",
            "expires_in": 2592000,
            "refresh_expires_in": 5183988,
            "seller_id": "2671514005",
            "user_nick": "es1012345678abcd",
            "code": "0",
        }
        self.answers[LIST] = {"result": {"success": True, "total_count": 0, "target_list": []}}

    def come_back(self, state=None, code="3_501234_code", **values):
        if state is None:
            state = f"{self.account.id}-{http.Request.csrf_token(self)}"
        values = {"state": state, "code": code} | values
        answer = self.url_open(f"{URL}?{urlencode(values)}", allow_redirects=False)
        self.env.invalidate_all()
        return answer

    def test_the_shop_is_connected_and_shown(self):
        self.authenticate("ae_login", "ae_login")
        answer = self.come_back()
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"/odoo/aliexpress-shops/{self.account.id}"))
        self.assertRecordValues(
            self.account,
            [
                {
                    "state": "connected",
                    "access_token": "access",
                    "seller_ref": "2671514005",
                    "family": "solution",
                    "error": False,
                }
            ],
        )

    def test_why_it_did_not_work_is_shown_on_the_shop(self):
        self.authenticate("ae_login", "ae_login")
        self.answers[CREATE] = {"code": "InvalidCode", "message": "The code has expired", "type": "ISV"}
        for code in ("used", ""):
            self.assertEqual(self.come_back(code=code).status_code, 303)
            self.assertEqual(self.account.state, "draft")
            self.assertIn("Connect with AliExpress", self.account.error)
            self.assertIn("used" if code else "cancelled", self.account.error)

    def test_another_seller_than_before_is_refused(self):
        self.account.seller_ref = "1"
        self.authenticate("ae_login", "ae_login")
        self.come_back()
        self.assertEqual(self.account.state, "draft")
        self.assertIn("another seller", self.account.error)

    def test_a_seller_that_is_connected_already_is_refused(self):
        self.create_account("First shop", seller_ref="2671514005")
        self.authenticate("ae_login", "ae_login")
        self.come_back()
        self.assertEqual(self.account.state, "draft")
        self.assertIn("already connected", self.account.error)

    def test_an_application_without_permission_is_told(self):
        self.answers[LIST] = error_response("InsufficientPermission")
        self.answers["aliexpress.trade.seller.orderlist.get"] = error_response("InsufficientPermission")
        self.authenticate("ae_login", "ae_login")
        self.come_back()
        # The code of the login is used up: the tokens that came for it stay.
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.account.access_token, "access")
        self.assertIn("developer console", self.account.error)

    def test_a_passing_fault_after_the_login_loses_no_tokens(self):
        self.answers[LIST] = self.make_response("", status=502)
        self.authenticate("ae_login", "ae_login")
        self.come_back()
        self.assertRecordValues(self.account, [{"state": "connected", "refresh_token": "refresh", "family": False}])
        self.assertIn("tried again by itself", self.account.error)
        self.set_answers()
        # The guided set-up: everything is off, and the first thing that is read ends the message.
        self.account.write(dict.fromkeys(FLOWS, False))
        self.answers[CARRIERS] = envelope(CARRIERS, {"result_success": True, "result_list": [{"service_name": "EMS"}]})
        self.run_job("refresh_shop_data")
        self.assertFalse(self.account.error)
        self.account.family = False
        salesman = new_test_user(self.env, "ae_first", "sales_team.group_sale_salesman")
        self.assertTrue(self.account.with_user(salesman)._get_client())
        self.assertEqual(self.account.family, "solution")

    def test_a_login_that_aliexpress_did_not_answer_is_to_be_repeated(self):
        self.answers[CREATE] = self.make_response("", status=502)
        self.authenticate("ae_login", "ae_login")
        self.come_back()
        self.assertEqual(self.account.state, "draft")
        self.assertIn("Press Connect with AliExpress again", self.account.error)
        self.assertNotIn("by itself", self.account.error)

    def test_nobody_else_gets_in(self):
        other_company = self.env["res.company"].create({"name": "Other company"})
        people = {
            "ae_salesman": {"groups": "sales_team.group_sale_salesman"},
            "ae_stranger": {
                "groups": "sales_team.group_sale_manager",
                "company_id": other_company.id,
                "company_ids": [(6, 0, other_company.ids)],
            },
            "ae_portal": {"groups": "base.group_portal"},
        }
        for login, values in people.items():
            new_test_user(self.env, login, **values)
            self.authenticate(login, login)
            with self.subTest(user=login):
                self.assertEqual(self.come_back().status_code, 404)
        self.logout()
        self.assertIn("/web/login", self.come_back("1-x").headers["Location"])
        self.assertFalse(self.calls)
        self.assertEqual(self.account.state, "draft")

    def test_a_state_of_another_session_is_refused(self):
        self.authenticate("ae_login", "ae_login")
        state = f"{self.account.id}-{http.Request.csrf_token(self)}"
        self.authenticate("ae_login", "ae_login")
        self.assertEqual(self.come_back(state).status_code, 404)
        self.assertFalse(self.calls)

    def test_odd_addresses_never_break_the_route(self):
        self.authenticate("ae_login", "ae_login")
        token = http.Request.csrf_token(self)
        generator = random.Random(7)
        parts = [str(self.account.id), token, "-", "0", "-1", "999999", "²", "٣", "\0", "'", "<x>", "%", " ", "9" * 400]
        states = ["".join(generator.choices(parts, k=generator.randint(0, 4))) for _number in range(60)]
        for state in [*states, f"{'9' * 30}-{token}", f"0-{token}", f"2147483648-{token}"]:
            if state == f"{self.account.id}-{token}":
                continue
            with self.subTest(state=state):
                answer = self.come_back(state, code="".join(generator.choices(parts, k=2)), uuid="x", extra="y")
                self.assertEqual(answer.status_code, 404)
        self.assertFalse(self.calls)
        self.assertEqual(self.account.state, "draft")
