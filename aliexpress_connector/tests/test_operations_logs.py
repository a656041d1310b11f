import contextlib
import logging

from odoo.exceptions import UserError

from .common import ADDRESS, BUYER, PERSONAL, SandboxCase

DETAIL = "aliexpress.solution.order.info.get"


class Everything(logging.Handler):
    """Keeps all that is logged, exceptions included, but for Odoo's own trace of SQL that worked and what the gateway
    logs.
    """

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.texts = []

    def emit(self, record):
        is_trace = record.name == "odoo.sql_db" and record.levelno < logging.WARNING
        if not is_trace and not record.name.startswith("aliexpress_sandbox"):
            self.texts.append(self.format(record))


class TestLogs(SandboxCase):
    """Whatever happens and however much is logged: no buyer's data and no secret is in the log."""

    def setUp(self):
        super().setUp()
        self.log = Everything()
        root = logging.getLogger()
        levels = {name: logging.getLogger(name).level for name in ("", "odoo", "urllib3", "requests", "werkzeug")}
        for name in levels:
            logging.getLogger(name).setLevel(logging.DEBUG)
            self.addCleanup(logging.getLogger(name).setLevel, levels[name])
        root.addHandler(self.log)
        self.addCleanup(root.removeHandler, self.log)
        self.secrets = {self.account.app_secret, self.account.access_token, self.account.refresh_token}

    def assertClean(self):
        self.secrets |= {self.account.access_token, self.account.refresh_token} - {False}
        text = "\n".join(self.log.texts)
        self.assertIn("aliexpress", text, "what happens is logged")
        for secret in [*self.secrets, *PERSONAL]:
            self.assertNotIn(secret, text)

    def place_one(self, **values):
        return self.place(["CAP-RED", 1], buyer=BUYER, address=ADDRESS, memo="ring twice", **values)

    def test_a_full_run(self):
        placed = self.place_one()
        order = self.import_orders()
        self.assertEqual(order.buyer_name, "Marisol Quintanilla")
        for job in ("refresh_shop_data", "push_shipments", "push_offers", "refresh_listings", "watchdog", "cleanup"):
            self.run_job(job)
        self.sandbox.act(placed, "request_cancel", reason="other_reasons")
        self.import_orders()
        order.action_accept_cancellation()
        self.import_orders()
        self.account._diagnose()
        self.assertClean()

    def test_refusals_that_name_the_buyer_or_the_token(self):
        self.place_one()
        told = f"order of Marisol Quintanilla, ana@example.com, +34 611223344, token {self.account.access_token}"
        for kind in ({"code": "IllegalAccessToken"}, {"code": "15", "sub_code": "isv.invalid-parameter"}):
            self.sandbox.add_fault("error", method=DETAIL, text=told, sub_text=told, count=2, **kind)
            self.import_orders()
        self.sandbox.clear_faults()
        order = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        with contextlib.suppress(UserError):
            order.action_refresh()
        text = "\n".join(self.log.texts)
        for secret in (*self.secrets, "ana@example.com", "611223344"):
            self.assertNotIn(secret, text)

    def test_trouble_on_the_line(self):
        self.place_one()
        for kind in (
            "http_500",
            "html",
            "reset",
            "cut_json",
            "service_timeout",
            "rate_limit",
            "token_expired",
            "drop_field",
        ):
            self.sandbox.add_fault(kind, method="aliexpress.*", count=2, seconds=1, text="id,child_order_list")
            self.import_orders()
            self.sandbox.clear_faults()
            self.account.retry_at = False
        self.assertClean()

    def test_a_fault_of_our_own(self):
        """An order that Odoo itself refuses for an unforeseen reason."""
        self.place_one()
        self.run_job("fetch_orders")
        order = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.run_job("process_orders")
        order.invalidate_recordset()
        self.env.cr.execute('UPDATE aliexpress_order SET address = \'{"unknown": "Calle Desconocida 77"}\'')
        order.invalidate_recordset()
        order.write({"state": "pending", "is_detail_due": False, "retry_at": False})
        self.run_job("process_orders")
        self.assertEqual(order.state, "error")
        self.assertClean()

    def test_rows_that_postgresql_refuses(self):
        self.place_one()
        refused = {"aliexpress_order": "buyer_name", "res_partner": "name"}
        for table, column in refused.items():
            self.env.cr.execute(f"ALTER TABLE {table} ADD CONSTRAINT refused CHECK ({column} NOT LIKE 'Marisol%')")
            order = self.import_orders()
            self.assertIn("CheckViolation", order.error)
            self.assertIn("bad query", "\n".join(self.log.texts))
            self.env.cr.execute(f"ALTER TABLE {table} DROP CONSTRAINT refused")
            order.write({"state": "pending", "retry_at": False})
        self.assertClean()

    def test_renewing_and_losing_the_authorisation(self):
        self.sandbox.expire_tokens()
        self.import_orders()
        self.sandbox.expire_tokens(refresh=True)
        self.import_orders()
        self.assertEqual(self.account.state, "expired")
        self.assertClean()
