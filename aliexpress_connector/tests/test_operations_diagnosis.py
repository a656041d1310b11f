import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools.translate import LazyGettext

from ..lib.diagnosis import FAILED, Check, Diagnosis
from ..models.aliexpress_account_diagnosis import NOTES
from .common import SandboxCase

DETAIL = "aliexpress.solution.order.info.get"


class TestDiagnosis(SandboxCase):
    """Check This Shop tells what AliExpress grants and how its answers differ from what is documented."""

    scenario = "default"

    def check(self):
        action = self.account.action_diagnose()
        return self.env[action["res_model"]].browse(action["res_id"])

    def get_outcome(self, wizard, act):
        return wizard.line_ids.filtered(lambda line: line.act == act and line.family == "solution").outcome

    def test_a_shop_as_documented(self):
        self.account._get_client()
        wizard = self.check()
        self.assertEqual(wizard.summary, "Everything that is read from AliExpress answers as expected.")
        self.assertEqual(self.get_outcome(wizard, "an order"), "expected")
        self.assertIn("methods in use: solution, methods that fit: solution", wizard.report)

    def test_a_shop_that_was_not_used_yet_needs_no_other_methods(self):
        self.account.family = False
        wizard = self.check()
        self.assertNotIn("Other methods", wizard.summary)
        self.account.family = "general"
        self.assertIn("Other methods", self.check().summary)

    def test_a_shop_that_differs(self):
        self.sandbox.add_fault("extra_field", method=DETAIL)
        self.sandbox.app.denied = ["aliexpress.solution.product.list.get"]
        wizard = self.check()
        self.sandbox.app.denied = []
        self.assertEqual(self.get_outcome(wizard, "an order"), "different")
        self.assertEqual(self.get_outcome(wizard, "products online"), "denied")
        self.assertIn("developer console", wizard.summary)
        self.assertIn("send the report to support", wizard.summary)

    def test_an_aliexpress_that_is_down_is_no_refusal(self):
        failed = [Check("solution", act, (), FAILED, (), "") for act in ("orders changed lately", "carriers")]
        for family in (False, "solution", "general"):
            self.account.family = family
            summary = self.account._prepare_diagnosis_values(Diagnosis(tuple(failed), None, None))["summary"]
            self.assertIn("could not be checked", summary)
            for advice in ("developer console", "connect the shop again"):
                self.assertNotIn(advice, summary)

    def test_the_window_speaks_the_persons_language_and_the_report_english(self):
        self.sandbox.add_fault("extra_field", method=DETAIL)
        wizard = self.check()
        line = wizard.line_ids.filtered(lambda line: line.act == "an order" and line.family == "solution")
        self.assertIn("Not documented: ", line.notes)
        self.assertIn("- unknown: ", wizard.report)
        self.env["res.lang"]._activate_lang("es_ES")
        label = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", line._name), ("field_id.name", "=", "act"), ("value", "=", "an order")]
        )
        label.with_context(lang="es_ES").name = "Un pedido"
        self.env.registry.clear_cache()
        field = line.with_context(lang="es_ES").fields_get(["act"])["act"]
        self.assertIn(("an order", "Un pedido"), field["selection"])
        self.assertFalse([note for note in NOTES.values() if not isinstance(note, LazyGettext)])

    def test_the_report_is_downloaded_and_holds_no_value(self):
        self.sandbox.add_fault("as_text")
        wizard = self.check()
        with Form(wizard) as form:
            self.assertTrue(form.report_name.endswith(".txt"))
        report = base64.b64decode(wizard.report_file).decode()
        self.assertIn(DETAIL, report)
        secrets = [self.account.access_token, self.account.refresh_token, self.account.app_secret]
        for order in self.sandbox.shop.orders.values():
            secrets += [
                order.buyer.login,
                order.address.contact_person,
                order.address.detail_address,
                str(order.order_id),
            ]
        for secret in secrets:
            self.assertNotIn(secret, report)

    def test_the_same_from_a_script(self):
        self.assertIn("[solution] an order: expected", self.account._get_diagnosis_report())

    def test_a_refused_token_is_told(self):
        self.sandbox.expire_tokens()
        with self.assertRaisesRegex(UserError, "Connect with AliExpress"):
            self.account.action_diagnose()

    def test_a_shop_that_is_not_connected_is_told(self):
        self.account.state = "draft"
        with self.assertRaisesRegex(UserError, "Connect with AliExpress"):
            self.account.action_diagnose()
        self.assertFalse(self.sandbox.calls)

    def test_only_managers_check(self):
        salesman = new_test_user(self.env, "ae_no_check", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.account.with_user(salesman).action_diagnose()
        self.assertFalse(self.sandbox.calls)

    def test_nothing_changes_by_checking(self):
        before = [order.status for order in self.sandbox.shop.orders.values()]
        self.check()
        self.assertEqual([order.status for order in self.sandbox.shop.orders.values()], before)
        self.assertFalse(self.env["aliexpress.order"].search([("account_id", "=", self.account.id)]))
