import json
from urllib.parse import parse_qs, urlsplit

from odoo.tests import HttpCase, tagged

from .common import SandboxCase


@tagged("post_install", "-at_install")
class TestConnect(SandboxCase, HttpCase):
    """The login at AliExpress and the way back."""

    def setUp(self):
        super().setUp()
        self.account.write({"state": "draft", "access_token": False, "refresh_token": False, "family": False})
        self.authenticate("admin", "admin")

    def get_state(self):
        """The state value that the Connect button puts into the login address, for the session of this test."""
        call = {"model": "aliexpress.account", "method": "action_connect", "args": [self.account.ids], "kwargs": {}}
        answer = self.url_open(
            "/web/dataset/call_button/aliexpress.account/action_connect",
            data=json.dumps({"params": call}),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertIn("result", answer, answer)
        url = urlsplit(answer["result"]["url"])
        query = parse_qs(url.query)
        self.assertEqual(url.path, "/oauth/authorize")
        self.assertTrue(query["redirect_uri"][0].endswith("/aliexpress/callback"))
        return query["state"][0]

    def come_back(self, **parameters):
        return self.url_open("/aliexpress/callback", params=parameters, allow_redirects=False)

    def test_login_connects_the_shop(self):
        answer = self.come_back(code=self.sandbox.issue_code().code, state=self.get_state())
        self.assertEqual(answer.status_code, 303)
        self.env.invalidate_all()
        self.assertRecordValues(
            self.account, [{"state": "connected", "family": "solution", "seller_ref": "2671514005", "error": False}]
        )
        self.assertTrue(self.account.access_token)
        self.assertTrue(self.account.token_renewal_date)

    def test_a_used_or_missing_code_is_explained_on_the_shop(self):
        code = self.sandbox.issue_code().code
        self.come_back(code=code, state=self.get_state())
        self.account.state = "draft"
        self.come_back(code=code, state=self.get_state())
        self.env.invalidate_all()
        self.assertEqual(self.account.state, "draft")
        self.assertIn("Connect with AliExpress", self.account.error)
        self.come_back(state=self.get_state())
        self.env.invalidate_all()
        self.assertIn("cancelled", self.account.error)

    def test_foreign_states_are_refused(self):
        code = self.sandbox.issue_code().code
        state = self.get_state()
        for wrong in (
            "",
            "1",
            f"{self.account.id}-",
            f"{self.account.id}-nonsense",
            "999999-" + state.split("-", 1)[1],
        ):
            self.assertEqual(self.come_back(code=code, state=wrong).status_code, 404, wrong)
        self.env.invalidate_all()
        self.assertEqual(self.account.state, "draft")

    def test_without_a_login_nothing_happens(self):
        code, state = self.sandbox.issue_code().code, self.get_state()
        self.authenticate(None, None)
        answer = self.come_back(code=code, state=state)
        self.assertIn("/web/login", answer.headers.get("Location", ""))

    def test_another_seller_is_refused(self):
        self.account.seller_ref = "999"
        self.come_back(code=self.sandbox.issue_code().code, state=self.get_state())
        self.env.invalidate_all()
        self.assertEqual(self.account.state, "draft")
        self.assertIn("another seller", self.account.error)

    def test_the_same_seller_in_a_second_shop_is_refused(self):
        self.create_account("First", seller_ref="2671514005")
        self.come_back(code=self.sandbox.issue_code().code, state=self.get_state())
        self.env.invalidate_all()
        self.assertEqual(self.account.state, "draft")
        self.assertIn("already connected", self.account.error)
