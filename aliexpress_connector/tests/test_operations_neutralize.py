from lxml import etree

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import file_open

from ..lib.errors import AliexpressError
from .common import JOBS, AliexpressCase
from .records import Records, get_models


class TestNeutralizedCopy(AliexpressCase):
    """A neutralised copy of the database reaches AliExpress in no way."""

    @classmethod
    def _request_handler(cls, session, request, /, **kw):
        cls.urls.append(request.url)
        return super()._request_handler(session, request, **kw)

    @classmethod
    def setUpClass(cls):
        cls.urls = []
        super().setUpClass()

        cls.records = Records(cls.account)
        for model in get_models(cls.env):
            cls.records.get(model._name)
        cls.env.flush_all()
        with file_open("aliexpress_connector/data/neutralize.sql") as file:
            cls.env.cr.execute(file.read())
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    def setUp(self):
        super().setUp()
        self.urls.clear()

    def get_buttons(self, model):
        """Names of the methods behind the buttons of all views of `model`; those of lists in a form are its lines'."""
        views = self.env["ir.ui.view"].search([("model", "=", model._name)])
        return sorted(
            {
                button.get("name")
                for view in views
                for button in etree.fromstring(view.arch).iter("button")
                if button.get("type") == "object"
                and all(field.get("position") for field in button.iterancestors("field"))
            }
        )

    def press(self, record, name):
        """Press a button; what a person would be told is not an error here."""
        try:
            with self.env.cr.savepoint():
                getattr(record, name)()
                self.env.flush_all()
        except (UserError, AliexpressError):
            self.env.invalidate_all()

    def test_no_button_calls(self):
        pressed = 0
        for model in get_models(self.env):
            for name in self.get_buttons(model):
                with self.subTest(model=model._name, button=name):
                    self.press(self.records.get(model._name), name)
                    self.assertFalse(self.urls)
                    pressed += 1
        self.assertGreater(pressed, 10)

    def test_no_public_method_calls(self):
        for model in get_models(self.env):
            for name in dir(model):
                if name.startswith("action_") and not hasattr(models.BaseModel, name):
                    with self.subTest(model=model._name, method=name):
                        self.press(self.records.get(model._name), name)
                        self.assertFalse(self.urls)

    def test_no_job_calls(self):
        crons = self.env["ir.model.data"].search([("module", "=", "aliexpress_connector"), ("model", "=", "ir.cron")])
        self.assertEqual(set(crons.mapped("name")), {f"ir_cron_{name}" for name in JOBS})
        for name in JOBS:
            with self.subTest(job=name):
                self.env.ref(f"aliexpress_connector.ir_cron_{name}").active = True
                self.run_job(name)
                self.assertFalse(self.urls)

    def test_a_login_that_comes_back_does_not_connect(self):
        self.press(self.account, "action_connect")
        with self.assertRaises(AliexpressError):
            self.account._connect("3_501234_code")
        self.assertEqual(self.account.state, "draft")

    def test_nothing_that_opens_the_shop_is_left(self):
        secrets = self.account.read(["app_key", "app_secret", "access_token", "refresh_token"])[0]
        self.assertEqual({value for name, value in secrets.items() if name != "id"}, {False})

    def test_a_shop_connected_again_in_the_copy_does_not_reach_aliexpress(self):
        self.account.write({"app_key": "501234", "app_secret": "secret", "access_token": "token", "state": "connected"})
        for name in JOBS:
            self.run_job(name)
        self.assertEqual({url.split("/")[2] for url in self.urls}, {"neutralized.invalid"})
