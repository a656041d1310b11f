from ast import literal_eval
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

from ..models.aliexpress_account_setup import FLOWS
from .common import SandboxCase


class TestGuidedSetUp(SandboxCase):
    """The steps on the shop: each says what is missing, nothing works before the last one."""

    def start(self, **values):
        """A shop begun in the guided set-up, as the form creates it."""
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_account_setup_action")
        context = literal_eval(action["context"])
        view = "aliexpress_connector.aliexpress_account_view_form_setup"
        with Form(self.env["aliexpress.account"].with_context(**context), view=view) as form:
            form.name = "New shop"
        form.record.write(values)
        return form.record

    def connect(self, shop):
        """Connect the shop as the login does, with the tokens of the sandbox."""
        self.account.active = False  # the same seller cannot be connected twice
        shop._connect(self.sandbox.issue_code().code)

    def test_nothing_is_switched_on_before_the_last_step(self):
        shop = self.start()
        self.assertEqual(shop.setup_step, "application")
        self.assertFalse(any(shop[flow] for flow in FLOWS))
        self.assertTrue(all(self.account[flow] for flow in FLOWS), "created connected: everything is on")
        self.assertEqual(self.account.setup_step, "done")

    def test_a_draft_shop_goes_through_the_set_up_with_its_flows_off(self):
        shop = self.env["aliexpress.account"].create({"name": "Draft"})
        action = shop.action_setup()
        self.assertEqual((action["res_id"], shop.setup_step), (shop.id, "application"))
        self.assertFalse(any(shop[flow] for flow in FLOWS))

    def test_a_connected_shop_keeps_its_flows_when_the_set_up_is_looked_at_again(self):
        self.account.action_setup()
        self.assertTrue(all(self.account[flow] for flow in FLOWS))

    def test_a_step_that_misses_something_says_so_and_is_not_left(self):
        shop = self.start()
        self.assertIn("application key", shop.setup_problem)
        shop.action_setup_next()
        self.assertEqual(shop.setup_step, "application")
        shop.write({"app_key": "501234", "app_secret": "helloworldsecret"})
        self.assertFalse(shop.setup_problem)
        shop.action_setup_next()
        self.assertEqual(shop.setup_step, "connect")
        self.assertIn("Connect with AliExpress", shop.setup_problem)
        shop.action_setup_back()
        self.assertEqual(shop.setup_step, "application")

    def test_a_sales_manager_is_told_to_ask_an_administrator(self):
        shop = self.start()
        manager = new_test_user(self.env, "set_up_manager", "sales_team.group_sale_manager")
        self.assertIn("administrator", shop.with_user(manager).setup_problem)

    def test_data_that_cannot_be_read_now_holds_nobody_up(self):
        self.account.setup_step = "shop_data"
        self.env["aliexpress.shop.data"]._sync_rows()
        rows = self.account.shop_data_ids
        self.assertIn("Still to be read", self.account.setup_problem)
        rows.state = "done"
        rows.filtered(lambda row: row.kind == "carriers").write({"state": "pending", "error": "AliExpress is busy"})
        self.assertFalse(self.account.setup_problem)
        self.assertIn("Carriers could not be read: AliExpress is busy", self.account.setup_advice)

    def test_from_the_first_step_to_the_last(self):
        shop = self.start(app_key="501234", app_secret="helloworldsecret")
        shop.action_setup_next()
        self.connect(shop)
        shop.action_setup_next()
        self.assertEqual(shop.setup_step, "shop_data")
        self.assertTrue(shop.setup_problem)
        self.run_job("refresh_shop_data")
        self.assertFalse(shop.setup_problem)
        shop.action_setup_next()
        self.assertIn("warehouse", shop.setup_problem)
        shop.warehouse_id = self.warehouse
        self.assertIn("No carrier has a delivery method yet", shop.setup_advice)
        shop.action_setup_next()
        self.assertEqual(shop.setup_step, "listings")
        self.run_job("publish_listings")
        self.assertTrue(shop.discovered_at, "looked through although the flows are off")
        shop.action_setup_next()
        self.assertIn("Rehearse once", shop.setup_advice)
        shop.action_setup_next()
        self.assertEqual(shop.setup_step, "switch_on")
        self.place()
        self.run_job("fetch_orders")
        self.assertFalse(self.env["aliexpress.order"].search([("account_id", "=", shop.id)]), "still off")
        shop.sync_orders = True
        shop.order_start_date = "2024-01-01"
        shop.action_setup_finish()
        self.assertEqual(shop.setup_step, "done")
        self.run_job("fetch_orders")
        self.assertTrue(self.env["aliexpress.order"].search([("account_id", "=", shop.id)]))
        self.assertFalse(self.sandbox.shipments)

    def test_the_callback_address_can_be_copied(self):
        self.assertTrue(self.account.callback_url.endswith("/aliexpress/callback"))


class TestRehearsal(SandboxCase):
    """The import shown, and not done."""

    def rehearse(self, **values):
        rehearsal = self.env["aliexpress.order.rehearsal"].create({"account_id": self.account.id} | values)
        rehearsal.action_rehearse()
        return rehearsal

    def test_shows_what_would_happen_and_does_nothing(self):
        clear = self.place()
        unknown = self.place({"name": "Ghost", "sku": "NOPE", "product_id": 1, "price": "5"})
        unpaid = self.place(pay=False)
        tables = ("aliexpress.order", "sale.order", "res.partner", "stock.picking")
        before = {name: self.env[name].search_count([]) for name in tables}
        rehearsal = self.rehearse()
        self.assertEqual({name: self.env[name].search_count([]) for name in tables}, before)
        lines = {line.order_ref: line for line in rehearsal.line_ids}
        self.assertEqual(lines[str(clear.order_id)].outcome, "order")
        self.assertEqual(lines[str(clear.order_id)].amount_total, float(clear.amount))
        self.assertIn("Product TSHIRT-BLU-M", lines[str(clear.order_id)].products)
        self.assertEqual(lines[str(unknown.order_id)].outcome, "hold")
        self.assertIn("NOPE", lines[str(unknown.order_id)].reason)
        self.assertEqual(lines[str(unpaid.order_id)].outcome, "none")
        self.assertTrue(self.account.rehearsed_at)
        self.assertFalse(self.account.orders_synced_until)
        written = [name for name in self.sandbox.counts() if not name.endswith((".get", ".query"))]
        self.assertFalse(written)

    def test_looks_back_as_many_days_as_asked(self):
        self.place(created="-6d")
        self.assertFalse(self.rehearse(days=2).line_ids)
        self.assertTrue(self.rehearse(days=9).line_ids)
        with self.assertRaises(UserError):
            self.rehearse(days=0)

    def test_tells_which_orders_are_older_than_the_first_day_of_the_shop(self):
        old, new = self.place(created="-6d"), self.place()
        self.account.order_start_date = fields.Datetime.now() - timedelta(days=3)
        rehearsal = self.rehearse(days=9)
        # Both are shown: so that there is something to see in a new shop.
        self.assertEqual(rehearsal.line_ids.mapped("order_ref"), [str(new.order_id), str(old.order_id)])
        self.assertEqual(rehearsal.line_ids[0].outcome, "order")
        self.assertEqual(rehearsal.too_old_count, 1)
        self.run_job("fetch_orders")
        self.assertEqual(self.env["aliexpress.order"].search([]).mapped("order_ref"), [str(new.order_id)])

    def test_an_order_that_is_there_already_stays_as_it_is(self):
        self.place()
        order = self.import_orders()
        before = order.read(["state", "status", "sale_order_id", "update_date"])
        self.rehearse()
        self.assertEqual(order.read(["state", "status", "sale_order_id", "update_date"]), before)

    def test_what_aliexpress_refuses_is_told(self):
        self.sandbox.add_fault("http_500", count=None)
        with self.assertRaisesRegex(UserError, "could not be reached|busy"):
            self.rehearse()
