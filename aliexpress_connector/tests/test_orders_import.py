from dataclasses import replace
from datetime import timedelta

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import SandboxCase

LIST = "aliexpress.solution.order.get"
DETAIL = "aliexpress.solution.order.info.get"
ACCOUNT_LOG = "odoo.addons.aliexpress_connector.models.aliexpress_account_orders"


class TestOrdersImport(SandboxCase):
    """Orders come in once, completely, and cost as few calls as the protocol allows."""

    interruptions = []
    meanwhile = []

    @classmethod
    def _request_handler(cls, session, request, /, **kw):
        if cls.interruptions:
            raise cls.interruptions.pop()
        while cls.meanwhile:
            cls.meanwhile.pop()()
        return super()._request_handler(session, request, **kw)

    def import_by_date(self, wizard=None):
        wizard = wizard or self.env["aliexpress.order.import"].create({"account_id": self.account.id, "mode": "date"})
        with self.enter_registry_test_mode():
            return wizard.action_import()

    def move_first_day(self, days):
        """Set the shop's first day as somebody else would, while AliExpress is asked."""
        with self.env.registry.cursor() as cr:
            account = self.account.with_env(self.env(cr=cr))
            account.order_start_date = fields.Datetime.now() - timedelta(days=days)

    def test_paid_order_becomes_a_confirmed_sale_order(self):
        placed = self.place(["TSHIRT-BLU-M", 2], freight="4.99")
        order = self.import_orders()
        self.assertRecordValues(
            order,
            [
                {
                    "order_ref": str(placed.order_id),
                    "state": "done",
                    "stage": "waiting_shipment",
                    "hold_reason": False,
                    "error": False,
                }
            ],
        )
        sale_order = order.sale_order_id
        self.assertEqual(sale_order.state, "sale")
        self.assertEqual(sale_order.client_order_ref, order.order_ref)
        self.assertEqual(sale_order.amount_total, order.amount_total)
        self.assertEqual(order.amount_freight, 4.99)
        self.assertEqual(sale_order.picking_ids.mapped("state"), ["assigned"])
        self.assertEqual(order.line_ids.sale_line_id.product_id.default_code, "TSHIRT-BLU-M")
        self.assertTrue(order.ship_deadline)

    def test_a_second_run_with_nothing_new_costs_two_lists_and_writes_nothing(self):
        self.place()
        order = self.import_orders()
        messages = order.message_ids | order.sale_order_id.message_ids
        written = order.write_date
        self.sandbox.calls.clear()
        self.import_orders()
        self.assertEqual(self.sandbox.counts(), {LIST: 2})
        self.assertEqual(order.write_date, written)
        self.assertEqual(order.message_ids | order.sale_order_id.message_ids, messages)

    def test_new_orders_cost_a_detail_each_and_a_list_for_every_fifty(self):
        self.account.order_start_date = fields.Datetime.now() - timedelta(hours=1)
        placed = [self.place(["CAP-RED", 1], check_stock=False) for _number in range(120)]
        # Which methods the shop may use is found out once.
        self.account._get_client()
        self.sandbox.calls.clear()
        self.run_job("fetch_orders")
        # One more list, of the finished ones, is empty.
        self.assertEqual(self.sandbox.counts(), {LIST: 4, DETAIL: len(placed)})
        orders = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual(orders.mapped("is_detail_due"), [False] * len(placed))

    def test_six_pages_come_in_completely_while_orders_change(self):
        placed = [self.place(["CAP-RED", 1]) for _number in range(300)]
        self.sandbox.add_fault("drift", method=LIST, rows=3, count=8)
        self.run_job("fetch_orders")
        orders = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual(set(orders.mapped("order_ref")), {str(order.order_id) for order in placed})
        while orders.filtered("is_detail_due"):
            self.run_job("fetch_orders")

    def test_an_order_that_is_listed_twice_is_stored_once(self):
        self.place()
        start, end = fields.Datetime.now() - timedelta(days=1), fields.Datetime.now() + timedelta(minutes=1)
        page = self.account._get_client().list_orders(start, end)
        twice = replace(page, rows=page.rows * 2, total=2)
        orders = self.env["aliexpress.order"]
        self.assertEqual(len(orders._store_rows(self.account, twice)), 1)
        self.assertFalse(orders._store_rows(self.account, twice))

    def test_orders_before_the_start_date_are_left_alone(self):
        self.account.order_start_date = fields.Datetime.now() - timedelta(hours=1)
        self.place(created="-3d")
        recent = self.place()
        self.assertEqual(self.import_orders().mapped("order_ref"), [str(recent.order_id)])

    def test_a_gap_of_forty_days_is_caught_up_in_windows(self):
        self.account.orders_synced_until = fields.Datetime.now() - timedelta(days=40)
        old = self.place(created="-38d")
        new = self.place()
        self.assertEqual(set(self.import_orders().mapped("order_ref")), {str(old.order_id), str(new.order_id)})
        self.assertFalse([call for call in self.sandbox.calls if call.outcome != "ok"])

    def test_unreadable_detail_is_stored_and_read_again(self):
        placed = self.place()
        self.sandbox.add_fault(
            "error", method=DETAIL, code="15", sub_code="isv.invalid-parameter", text="Remote service error", count=1
        )
        order = self.import_orders()
        self.assertEqual(order.order_ref, str(placed.order_id))
        self.assertEqual(order.state, "error")
        self.assertTrue(order.error)
        self.assertTrue(order.retry_at)
        order.retry_at = False
        self.import_orders()
        self.assertRecordValues(order, [{"state": "done", "error": False, "retry_at": False}])

    def test_a_down_gateway_postpones_the_shop_and_loses_nothing(self):
        placed = self.place()
        self.sandbox.add_fault("http_500", method="*")
        self.assertFalse(self.import_orders())
        self.assertTrue(self.account.retry_at)
        self.assertTrue(self.account.error)
        self.sandbox.clear_faults()
        self.sandbox.calls.clear()
        self.import_orders()
        self.assertFalse(self.sandbox.calls, "a postponed shop makes no call")
        self.account.retry_at = False
        self.assertEqual(self.import_orders().order_ref, str(placed.order_id))
        self.assertFalse(self.account.error)

    def test_another_transaction_that_was_quicker_is_no_error(self):
        placed = self.place()
        self.interruptions.append(SerializationFailure())
        self.assertEqual(self.import_orders().order_ref, str(placed.order_id))
        self.assertFalse(self.account.error)
        self.interruptions += [SerializationFailure(), SerializationFailure()]
        with self.assertNoLogs(ACCOUNT_LOG, "ERROR"):
            self.run_job("fetch_orders")
        self.assertFalse(self.account.error, "the next run goes on")
        self.interruptions.clear()

    def test_another_transaction_that_was_quicker_to_change_the_methods_stops_no_other_shop(self):
        self.account.family = "solution"
        self.sandbox.app.denied = ["aliexpress.solution.*"]
        other = self.create_account("Other shop", app="502345")
        self.sandbox.place_order([["TMUG-01", 1]], shop=2671514006, pay=True)
        placed = self.place()
        # The list is asked for, then whether other methods are granted.
        self.meanwhile.append(lambda: self.interruptions.append(SerializationFailure()))
        self.run_job("fetch_orders")
        self.assertTrue(self.env["aliexpress.order"].search([("account_id", "=", other.id)]))
        self.assertEqual(self.account.family, "solution")
        self.account.retry_at = False
        self.run_job("fetch_orders")
        self.assertEqual(self.account.family, "general")
        self.assertTrue(self.get_order(placed))

    @mute_logger(ACCOUNT_LOG)
    def test_a_shop_whose_reading_breaks_off_waits(self):
        self.interruptions.append(ZeroDivisionError())
        self.run_job("fetch_orders")
        self.assertTrue(self.account.error)
        self.assertGreater(self.account.retry_at, fields.Datetime.now())

    @mute_logger(ACCOUNT_LOG)
    def test_a_fault_nobody_thought_of_does_not_stop_the_next_shop(self):
        other = self.create_account("Other shop", app="502345")
        self.sandbox.place_order([["TMUG-01", 1]], shop=2671514006, pay=True)
        self.interruptions.append(KeyError("number"))
        self.run_job("fetch_orders")
        self.assertTrue(self.account.error and self.account.retry_at)
        self.assertTrue(self.env["aliexpress.order"].search([("account_id", "=", other.id)]))

    def test_an_expired_token_is_renewed_once_and_the_run_goes_on(self):
        self.place()
        self.sandbox.expire_tokens()
        order = self.import_orders()
        self.assertEqual(order.state, "done")
        self.assertEqual(self.sandbox.count("/auth/token/refresh"), 1)
        self.assertEqual(self.account.state, "connected")

    def test_a_refused_refresh_token_pauses_the_shop_until_it_is_connected_again(self):
        placed = self.place()
        self.sandbox.expire_tokens(refresh=True)
        self.assertFalse(self.import_orders())
        self.assertEqual(self.account.state, "expired")
        self.assertTrue(self.account.activity_ids)
        self.sandbox.calls.clear()
        self.import_orders()
        self.assertFalse(self.sandbox.calls)
        tokens = self.sandbox.issue_token()
        self.account.write(
            {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token, "state": "connected"}
        )
        self.assertEqual(self.import_orders().order_ref, str(placed.order_id))

    def test_archived_and_draft_shops_make_no_call(self):
        self.place()
        for values in ({"active": False}, {"active": True, "state": "draft"}):
            self.account.write(values)
            self.import_orders()
        self.assertFalse(self.sandbox.calls)

    def test_one_failing_shop_does_not_delay_another(self):
        other = self.create_account("Other shop", app="502345")
        self.sandbox.place_order([["TMUG-01", 1]], shop=2671514006, pay=True)
        self.sandbox.add_fault("http_500", app_key="501234")
        self.place()
        self.import_orders()
        self.assertEqual(len(self.env["aliexpress.order"].search([("account_id", "=", other.id)])), 1)
        self.assertEqual(other.family, "general")
        self.assertTrue(self.account.retry_at)

    def test_import_by_number_and_by_date_are_safe_to_repeat(self):
        placed = self.place(created="-5d")
        self.account.order_start_date = fields.Datetime.now()
        wizard = self.env["aliexpress.order.import"].create(
            {"account_id": self.account.id, "numbers": str(placed.order_id)}
        )
        wizard.action_import()
        wizard.action_import()
        order = self.get_order(placed)
        self.assertEqual(len(order), 1)
        self.run_job("process_orders")
        self.assertEqual(order.state, "done")
        self.account.order_start_date = fields.Datetime.now() - timedelta(days=30)
        second = self.place(created="-6d")
        by_date = self.env["aliexpress.order.import"].create({"account_id": self.account.id, "mode": "date"})
        self.import_by_date(by_date)
        self.import_by_date(by_date)
        self.import_orders()
        self.assertEqual(len(self.get_order(second)), 1)
        self.assertEqual(len(self.get_order(placed).sale_order_id), 1)

    def test_days_before_the_first_one_are_imported_when_asked_for(self):
        self.account.order_start_date = fields.Datetime.now() - timedelta(days=1)
        placed = self.place(created="-6d")
        self.import_orders()
        self.assertFalse(self.get_order(placed))
        self.assertIn("1 orders found", self.import_by_date()["params"]["message"])
        self.import_orders()
        self.assertEqual(self.get_order(placed).state, "done")
        self.sandbox.shop.orders.clear()
        self.assertIn("No order of the shop was placed", self.import_by_date()["params"]["message"])

    def test_days_that_are_asked_for_come_in_completely_while_orders_change(self):
        self.account.write({"order_start_date": fields.Datetime.now() - timedelta(days=1), "family": "solution"})
        # What the buyer confirms moves from one list to the other.
        values = {"created": "-6d", "status": "WAIT_BUYER_ACCEPT_GOODS"}
        placed = [self.place(["CAP-RED", 1], **values) for _number in range(60)]
        self.sandbox.add_fault("drift", method=LIST, rows=3, count=1)
        self.import_by_date()
        orders = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual(set(orders.mapped("order_ref")), {str(order.order_id) for order in placed})

    def test_days_that_could_not_be_read_to_the_end_keep_what_was_read(self):
        self.account.write({"order_start_date": fields.Datetime.now() - timedelta(days=1), "family": "solution"})
        placed = self.place(created="-2d")
        self.sandbox.add_fault("error", method=LIST, skip=1, code="15", sub_code="isv.invalid-parameter", text="no")
        try:
            self.import_by_date()
        except UserError:
            self.assertTrue(self.get_order(placed))
        else:
            self.fail("the refusal is told")

    def test_days_that_are_asked_for_hold_orders_that_come_in_meanwhile(self):
        self.account.write({"order_start_date": fields.Datetime.now() - timedelta(days=1), "family": "solution"})
        placed = self.place(created="-2d")

        def store():
            with self.env.registry.cursor() as cr:
                values = {"account_id": self.account.id, "order_ref": str(placed.order_id)}
                self.env(cr=cr)["aliexpress.order"].create(values)

        self.meanwhile.append(store)
        self.import_by_date()
        self.assertEqual(self.get_order(placed).list_status, "WAIT_SELLER_SEND_GOODS")

    def test_what_is_refused_about_one_of_several_numbers_names_it(self):
        placed = self.place()
        self.sandbox.add_fault(
            "error", method="aliexpress.solution.order.info.get", code="15", sub_code="isv.odd", sub_text="no luck"
        )
        values = {"account_id": self.account.id, "numbers": f"{placed.order_id} 8180000000000002"}
        wizard = self.env["aliexpress.order.import"].create(values)
        with self.assertRaisesRegex(UserError, f"{placed.order_id}: .*no luck"):
            wizard.action_import()

    def test_what_changes_in_an_imported_older_order_is_followed(self):
        self.account.order_start_date = fields.Datetime.now() - timedelta(days=1)
        placed, unknown = self.place(created="-2d"), self.place(created="-2d")
        wizard = self.env["aliexpress.order.import"].create(
            {"account_id": self.account.id, "numbers": str(placed.order_id)}
        )
        wizard.action_import()
        self.import_orders()
        self.assertEqual(self.get_order(placed).state, "done")
        self.sandbox.act(placed, "request_cancel")
        self.sandbox.act(unknown, "request_cancel")
        self.import_orders()
        self.assertRecordValues(self.get_order(placed), [{"state": "hold", "stage": "cancel_requested"}])
        self.assertFalse(self.get_order(unknown))

    def test_an_earlier_first_day_brings_what_was_placed_since_then(self):
        self.account.order_start_date = fields.Datetime.now() - timedelta(days=1)
        older, oldest = self.place(created="-6d"), self.place(created="-9d")
        recent = self.place()
        self.assertEqual(self.import_orders(), self.get_order(recent))
        synced = self.account.orders_synced_until
        self.account.order_start_date = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(self.account.orders_synced_until, synced, "a later one reads nothing again")
        self.account.order_start_date = fields.Datetime.now() - timedelta(days=7)
        self.import_orders()
        self.assertEqual(self.get_order(older).state, "done")
        self.assertFalse(self.get_order(oldest))

    def test_a_first_day_set_back_while_orders_are_listed_is_kept(self):
        older, oldest = self.place(created="-6d"), self.place(created="-12d")
        self.account.write({"order_start_date": fields.Datetime.now() - timedelta(days=1), "family": "solution"})
        self.meanwhile.append(lambda: self.move_first_day(7))
        self.run_job("fetch_orders")
        self.assertFalse(self.account.orders_synced_until, "what was listed began later")
        self.import_orders()
        self.assertEqual(self.get_order(older).state, "done")
        self.assertFalse(self.get_order(oldest))
        self.meanwhile.append(lambda: self.move_first_day(13))
        self.run_job("fetch_orders")
        self.import_orders()
        self.assertEqual(self.get_order(oldest).state, "done")
        self.assertGreater(self.account.orders_synced_until, fields.Datetime.now() - timedelta(hours=1))

    def test_orders_are_followed_when_the_first_day_moves_on(self):
        placed = self.place()
        self.import_orders()
        self.account.order_start_date = fields.Datetime.now() + timedelta(hours=1)
        self.sandbox.act(placed, "request_cancel")
        self.import_orders()
        self.assertEqual(self.get_order(placed).stage, "cancel_requested")

    def test_a_list_that_leaves_out_time_or_status_costs_no_details(self):
        self.place()
        start, end = fields.Datetime.now() - timedelta(days=1), fields.Datetime.now() + timedelta(minutes=1)
        page = self.account._get_client().list_orders(start, end)
        bare = replace(page, rows=tuple(replace(row, status="", updated_at=None) for row in page.rows))
        orders = self.env["aliexpress.order"]
        self.assertEqual(len(orders._store_rows(self.account, bare)), 1)
        self.assertFalse(orders._store_rows(self.account, bare))

    def test_a_child_order_of_another_order_costs_only_the_order_that_claims_it(self):
        placed = [self.place(["CAP-RED", 1]) for _number in range(3)]
        with self.sandbox.lock:
            placed[1].lines[0].child_id = placed[0].lines[0].child_id
        self.import_orders()
        orders = self.env["aliexpress.order"].union(*(self.get_order(order) for order in placed))
        claiming = orders.filtered(lambda order: order.state == "error")
        owner = orders[:2] - claiming
        self.assertEqual((orders - claiming).mapped("state"), ["done", "done"])
        self.assertEqual((len(claiming), len(owner), claiming.line_ids.ids), (1, 1, []))
        self.assertIn(owner.order_ref, claiming.error)
        self.assertTrue(claiming.retry_at)

    def test_the_same_seller_is_not_connected_twice(self):
        self.account.seller_ref = "2671514005"
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.create_account("Twice", seller_ref="2671514005").flush_recordset()
        self.account.active = False
        self.account.flush_recordset()
        self.create_account("Instead", seller_ref="2671514005").flush_recordset()

    def test_a_salesperson_reads_refreshes_and_decides_but_does_not_write(self):
        placed = self.place()
        order = self.import_orders()
        user = new_test_user(self.env, "ae_sales", "sales_team.group_sale_salesman_all_leads")
        own = order.with_user(user)
        own.action_refresh()
        self.assertEqual(own.sale_order_id.aliexpress_order_ref, str(placed.order_id))
        with self.assertRaises(AccessError):
            own.state = "pending"
        with self.assertRaises(AccessError):
            own.account_id.read(["app_secret"])

    def read_as(self, user, order):
        """All that the form of the order shows to `user`."""
        orders = order.with_user(user)
        self.env.flush_all()
        self.env.invalidate_all()
        shown = orders.get_view(view_type="form")["models"]["aliexpress.order"]
        relational = ("many2one", "one2many", "many2many")
        return orders.web_read(
            {
                name: {"fields": {"display_name": {}}} if orders._fields[name].type in relational else {}
                for name in shown
            }
        )[0]

    def test_a_salesperson_of_other_customers_sees_orders_but_decides_nothing(self):
        placed = self.place()
        order = self.import_orders()
        user = new_test_user(self.env, "ae_own", "sales_team.group_sale_salesman")
        own = new_test_user(self.env, "ae_responsible", "sales_team.group_sale_salesman")
        order.sale_order_id.user_id = own
        buttons = ("can_take_over", "can_release", "can_accept_total", "may_decide")
        with self.sandbox.lock:
            placed.lines[0].quantity = 3
        self.sandbox.act(placed, "request_cancel")
        self.import_orders()
        self.assertEqual(order.stage, "cancel_requested")
        shown = self.read_as(user, order)
        self.assertTrue(shown["explanation"] and shown["hold_reason"])
        self.assertEqual([shown[name] for name in buttons], [False] * 4)
        shown = self.read_as(own, order)
        self.assertTrue(shown["can_take_over"] and shown["may_decide"])
        refuse = self.env["aliexpress.cancel.refuse"].with_user(user).create({"order_id": order.id, "memo": "no"})
        theirs = order.with_user(user)
        for button in (
            theirs.action_accept_cancellation,
            theirs.action_refuse_cancellation,
            refuse.action_confirm,
            theirs.action_take_over,
            theirs.action_release,
            theirs.action_accept_total,
        ):
            self.assertRaises(AccessError, button)
        order.with_user(own).action_accept_cancellation()
        self.assertEqual(order.cancel_decision, "accept")

    def test_a_refused_list_of_finished_orders_does_not_lose_the_others(self):
        placed = self.place()
        self.account.write({"orders_synced_until": fields.Datetime.now() - timedelta(days=1), "family": "solution"})
        self.sandbox.add_fault("error", method=LIST, skip=1, code="15", sub_code="isv.invalid-parameter", text="no")
        self.run_job("fetch_orders")
        self.assertTrue(self.get_order(placed))
        self.assertTrue(self.account.error)

    def test_writing_pending_ends_every_wait(self):
        self.place()
        order = self.import_orders()
        order.write({"state": "error", "retry_at": fields.Datetime.now() + timedelta(hours=5), "error": "x"})
        order.state = "pending"
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "retry_at": False, "error": False}])
