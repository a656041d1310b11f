from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from .common import SandboxCase


class TestOrdersStatus(SandboxCase):
    """The life of an order: every move between statuses, by the map and by people."""

    def import_placed(self, *lines, **values):
        placed = self.place(*lines, **values)
        self.import_orders()
        return placed, self.get_order(placed)

    def move(self, placed, action, **values):
        self.sandbox.act(placed, action, **values)
        self.import_orders()

    def finish(self, placed, end_reason):
        with self.sandbox.lock:
            placed.end_reason = end_reason
        self.move(placed, "put", status="FINISH")

    def test_unpaid_orders_make_no_sale_order_until_they_are_paid(self):
        placed, order = self.import_placed(pay=False)
        self.assertRecordValues(order, [{"stage": "pending_payment", "state": "done", "sale_order_id": False}])
        self.env.ref("aliexpress_connector.aliexpress_order_status_place_order_success").action = "draft"
        wanted, early = self.import_placed(pay=False)
        self.assertEqual(early.sale_order_id.state, "draft")
        self.sandbox.act(wanted, "pay")
        self.move(placed, "pay")
        self.assertEqual((order | early).sale_order_id.mapped("state"), ["sale", "sale"])

    def test_a_row_that_is_there_already_becomes_the_one_of_the_data(self):
        Status = self.env["aliexpress.order.status"]
        made = Status._get_rows(["NEW_ONE", "NEW_TWO"])
        made["NEW_TWO"].write({"action": "none", "stage": "closed"})
        data = {"name": "New", "sequence": 5, "stage": "shipped", "action": "ship"}
        for code in made:
            xml_id = f"aliexpress_connector.aliexpress_order_status_{code.lower()}"
            loaded = Status._load_records(
                [{"xml_id": xml_id, "noupdate": True, "values": data | {"code": code}}], update=True
            )
            self.assertEqual(loaded | self.env.ref(xml_id), made[code])
        self.assertRecordValues(
            made["NEW_ONE"] | made["NEW_TWO"],
            [{"stage": "shipped", "action": "ship", "name": "New"}]
            + [{"stage": "closed", "action": "none", "name": "NEW_TWO"}],
        )

    def test_a_row_needs_no_name(self):
        values = {"code": "NEW_X", "stage": "waiting_shipment", "action": "confirm"}
        self.assertEqual(self.env["aliexpress.order.status"].create(values).name, "NEW_X")
        _placed, order = self.import_placed(status="NEW_X")
        self.assertEqual((order.state, order.sale_order_id.state), ("done", "sale"))

    def test_risk_control_is_a_quotation_until_released(self):
        placed, order = self.import_placed(status="RISK_CONTROL")
        self.assertEqual((order.stage, order.sale_order_id.state), ("new", "draft"))
        self.move(placed, "release")
        self.assertEqual(order.sale_order_id.state, "sale")

    def test_risk_control_that_is_closed_cancels_the_quotation(self):
        placed, order = self.import_placed(status="RISK_CONTROL")
        self.move(placed, "reject")
        self.assertEqual((order.stage, order.sale_order_id.state), ("cancelled", "cancel"))

    def test_cancel_request_holds_and_withdrawal_releases(self):
        placed, order = self.import_placed()
        self.move(placed, "request_cancel", reason="ordered twice")
        self.assertRecordValues(order, [{"state": "hold", "stage": "cancel_requested"}])
        self.assertTrue(order.hold_reason)
        self.assertEqual(len(order.activity_ids), 1)
        self.move(placed, "withdraw_cancel")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        self.assertFalse(order.activity_ids)
        self.assertEqual(order.sale_order_id.state, "sale")

    def test_what_a_buyer_writes_is_text_in_the_activity(self):
        placed, order = self.import_placed()
        self.move(placed, "request_cancel")
        order.activity_ids.unlink()
        order.cancel_reason = "<b>too late</b>\nand too dear"
        self.run_job("process_orders")
        self.assertIn("&lt;b&gt;too late&lt;/b&gt;", order.activity_ids.note)
        self.assertIn("<br>", order.activity_ids.note.replace("<br/>", "<br>"))

    def test_a_delivery_is_held_before_the_order_is_worked_on(self):
        placed, order = self.import_placed()
        self.sandbox.act(placed, "request_cancel")
        self.run_job("fetch_orders")
        self.assertRecordValues(order, [{"state": "hold", "stage": "cancel_requested"}])
        self.assertIn("cancel", order.hold_reason)

    def test_accepting_a_cancel_request_cancels_the_sale_order(self):
        placed, order = self.import_placed()
        self.move(placed, "request_cancel")
        order.action_accept_cancellation()
        self.import_orders()
        self.import_orders()
        self.assertEqual((order.stage, order.sale_order_id.state, order.state), ("cancelled", "cancel", "done"))
        self.assertEqual(order.sale_order_id.picking_ids.mapped("state"), ["cancel"])

    def test_refusing_a_cancel_request_releases_the_delivery(self):
        placed, order = self.import_placed()
        self.move(placed, "request_cancel")
        self.refuse(order)
        self.import_orders()
        self.import_orders()
        self.assertRecordValues(order, [{"state": "done", "stage": "waiting_shipment", "cancel_decision": False}])
        self.assertEqual(self.sandbox.count("aliexpress.trade.seller.order.refusecancel"), 1)

    def test_an_answer_whose_outcome_was_lost_is_read_back_and_not_repeated(self):
        placed, order = self.import_placed()
        self.move(placed, "request_cancel")
        self.sandbox.add_fault("reset_after", method="*acceptcancel", count=1)
        order.action_accept_cancellation()
        self.import_orders()
        self.assertEqual(order.cancel_decision, "accept")
        order.retry_at = False
        self.account.retry_at = False
        self.import_orders()
        self.import_orders()
        self.assertEqual(self.sandbox.count("aliexpress.trade.seller.order.acceptcancel"), 1)
        self.assertEqual(order.sale_order_id.state, "cancel")
        self.assertFalse(order.cancel_decision)

    def test_a_request_that_nobody_answers_is_decided_by_aliexpress(self):
        placed, order = self.import_placed()
        self.move(placed, "request_cancel")
        activity = order.activity_ids
        self.assertEqual(activity.date_deadline, order.status_deadline.date())
        self.assertIn("asked to cancel", activity.note)
        # The deadline passes; until AliExpress has decided, nothing leaves.
        order.status_deadline = fields.Datetime.now() - timedelta(minutes=1)
        self.import_orders()
        self.assertEqual((order.state, order.stage), ("hold", "cancel_requested"))
        self.sandbox.act(placed, "expire")
        # Somebody refuses at the same moment: too late, and AliExpress is not told.
        self.refuse(order)
        self.import_orders()
        self.assertRecordValues(
            order, [{"state": "done", "stage": "cancelled", "hold_reason": False, "cancel_decision": False}]
        )
        self.assertFalse(order.activity_ids)
        self.assertFalse(order.difference)
        self.assertEqual(order.sale_order_id.state, "cancel")
        self.assertEqual(order.sale_order_id.picking_ids.mapped("state"), ["cancel"])
        self.assertFalse(self.sandbox.count("aliexpress.trade.seller.order.refusecancel"))

    def refuse(self, order):
        self.env["aliexpress.cancel.refuse"].create({"order_id": order.id, "memo": "already packed"}).action_confirm()

    def test_an_answer_that_aliexpress_refuses_is_shown_and_asked_again(self):
        placed, order = self.import_placed()
        self.move(placed, "request_cancel")
        self.sandbox.add_fault(
            "error", method="*refusecancel", code="15", sub_code="isv.no-right", sub_text="no right", count=1
        )
        self.refuse(order)
        self.import_orders()
        self.assertRecordValues(order, [{"cancel_decision": False, "state": "hold"}])
        self.assertIn("no right", order.hold_reason)
        self.refuse(order)
        self.import_orders()
        self.assertRecordValues(order, [{"hold_reason": False, "stage": "waiting_shipment", "state": "done"}])

    def test_an_answer_that_nobody_understood_is_read_back(self):
        for is_taken in (True, False):
            with self.subTest(is_taken=is_taken):
                placed, order = self.import_placed()
                self.move(placed, "request_cancel")
                self.sandbox.calls.clear()
                self.sandbox.add_fault("drop_field", method="*refusecancel", text="success,target,is_success", count=1)
                self.refuse(order)
                self.run_job("process_orders")
                self.assertRecordValues(
                    order, [{"cancel_decision": "refuse", "cancel_memo": "already packed", "state": "hold"}]
                )
                self.assertIn("could not be understood", order.error)
                self.assertGreater(order.retry_at, fields.Datetime.now() + timedelta(minutes=25))
                if not is_taken:
                    self.sandbox.act(placed, "request_cancel")
                order.retry_at = False
                self.import_orders()
                self.import_orders()
                self.assertRecordValues(
                    order, [{"state": "done", "stage": "waiting_shipment", "cancel_decision": False, "error": False}]
                )
                count = self.sandbox.count("aliexpress.trade.seller.order.refusecancel")
                self.assertEqual(count, 1 if is_taken else 2)

    def test_frozen_orders_are_held_until_released(self):
        placed, order = self.import_placed()
        self.move(placed, "freeze")
        self.assertRecordValues(order, [{"state": "hold", "stage": "frozen"}])
        self.move(placed, "unfreeze")
        self.assertRecordValues(order, [{"state": "done", "stage": "waiting_shipment"}])

    def test_a_disputed_order_that_is_frozen_does_not_leave(self):
        placed, order = self.import_placed()
        with self.sandbox.lock:
            placed.frozen = True
        self.move(placed, "dispute")
        self.assertEqual((order.stage, order.state), ("disputed", "hold"))
        self.assertIn("frozen", order.hold_reason)

    def test_a_request_that_is_listed_but_cannot_be_read_stops_the_delivery(self):
        placed, order = self.import_placed()
        self.sandbox.act(placed, "request_cancel")
        self.sandbox.add_fault("error", method="*info.get", code="15", sub_code="isv.invalid-parameter", text="no")
        self.import_orders()
        self.assertEqual((order.state, order.stage, order.is_detail_due), ("error", "waiting_shipment", True))
        with self.assertRaises(UserError) as stopped:
            order.sale_order_id.picking_ids.button_validate()
        self.assertIn("Cancellation requested by the buyer (IN_CANCEL)", str(stopped.exception))

    def test_an_order_that_is_listed_as_finished_or_unknown_but_not_read_does_not_leave(self):
        placed, order = self.import_placed()
        self.sandbox.add_fault("error", method="*info.get", code="15", sub_code="isv.invalid-parameter", text="no")
        for status, named in (("FINISH", "Finished (FINISH)"), ("NEW_STATUS_OF_2027", "NEW_STATUS_OF_2027")):
            with self.subTest(status=status):
                self.move(placed, "put", status=status)
                self.assertEqual((order.stage, order.is_detail_due), ("waiting_shipment", True))
                with self.assertRaises(UserError) as stopped:
                    order.sale_order_id.picking_ids.button_validate()
                self.assertIn(f"to the status {named}, which stops deliveries", str(stopped.exception))

    def test_what_is_shipped_already_is_not_stopped_by_the_list(self):
        placed, order = self.import_placed()
        self.move(placed, "ship")
        self.assertEqual(order.stage, "shipped")
        order.write({"list_status": "FINISH", "is_detail_due": True})
        self.assertFalse(order._get_coming_stop())

    def set_line_status(self, placed, order, status):
        """Only the second child order changes; the order is read again."""
        with self.sandbox.lock:
            placed.lines[1].status = status
        order.action_refresh()
        self.run_job("process_orders")

    def test_lines_that_aliexpress_stops_hold_the_order_until_they_are_let_go(self):
        placed, order = self.import_placed(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        for status in ("IN_CANCEL", "IN_FROZEN", "FINISH"):
            with self.subTest(status=status):
                self.set_line_status(placed, order, status)
                self.assertRecordValues(order, [{"state": "hold", "stage": "waiting_shipment"}])
                self.assertRegex(order.hold_reason, rf"stops lines of this order: CAP-RED \(.*{status}\)")
                with self.assertRaisesRegex(UserError, "CAP-RED"):
                    order.sale_order_id.picking_ids.button_validate()
                self.set_line_status(placed, order, "WAIT_SELLER_SEND_GOODS")
                self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])

    def test_a_stopped_line_that_is_taken_out_lets_the_rest_leave(self):
        placed, order = self.import_placed(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        self.set_line_status(placed, order, "IN_CANCEL")
        self.assertEqual(order.state, "hold")
        order.line_ids[1].sale_line_id.product_uom_qty = 0
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])

    def test_a_stopped_line_that_is_deleted_from_the_quotation_lets_the_rest_leave(self):
        ghost = {"name": "Ghost", "sku": "NOPE-1", "product_id": 1005009999, "price": "5.00", "quantity": 1}
        placed, order = self.import_placed(ghost, ["CAP-RED", 1])
        self.set_line_status(placed, order, "IN_CANCEL")
        self.assertIn("stops lines of this order: CAP-RED", order.hold_reason)
        order.line_ids[1].sale_line_id.unlink()
        self.products[4].aliexpress_sku_code = "NOPE-1"
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        self.assertEqual(order.sale_order_id.state, "sale")

    def test_whoever_refreshes_a_held_order_its_reason_stays_in_one_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.company.partner_id.lang = "en_US"
        row = self.env["aliexpress.order.status"]._get_rows(["IN_CANCEL"])["IN_CANCEL"]
        row.with_context(lang="es_ES").name = "Pide cancelar"
        placed, order = self.import_placed(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        self.set_line_status(placed, order, "IN_CANCEL")
        reason = order.hold_reason
        self.assertIn(row.name, reason)
        for _time in range(2):
            order.with_context(lang="es_ES").action_refresh()
            self.assertEqual(order.hold_reason, reason)
        row.stage = "unknown"
        held = self.env["aliexpress.order.status"]._get_rows(["WAIT_SELLER_SEND_GOODS"])["WAIT_SELLER_SEND_GOODS"]
        held.action = "hold"
        held.with_context(lang="es_ES").name = "Por enviar"
        order.with_context(lang="es_ES").action_refresh()
        self.assertIn(f"The status map holds orders in the status {held.name}", order.hold_reason)

    def test_a_line_that_has_left_may_end(self):
        placed, order = self.import_placed(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = order.sale_order_id.picking_ids
        for move in delivery.move_ids:
            move.quantity = 1 if move.product_id.default_code == "CAP-RED" else 0
            move.picked = bool(move.quantity)
        delivery.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.assertEqual(delivery.state, "done")
        for status in ("WAIT_BUYER_ACCEPT_GOODS", "FINISH"):
            self.set_line_status(placed, order, status)
            self.assertRecordValues(order, [{"state": "done", "stage": "waiting_shipment"}])

    def test_statuses_have_names_and_are_found_by_their_codes(self):
        statuses = self.env["aliexpress.order.status"]
        _placed, order = self.import_placed(status="RISK_CONTROL")
        self.assertEqual(order.status_name, "Paid, in AliExpress' risk check (RISK_CONTROL)")
        self.assertIn((order.status_id.id, order.status_id.display_name), statuses.name_search("RISK_CON"))
        self.assertIn((order.status_id.id, order.status_id.display_name), statuses.name_search("risk check"))
        self.assertEqual(statuses.create({"code": "NEW", "name": "NEW"}).display_name, "NEW")

    def test_unknown_status_holds_and_gets_a_row_in_the_map(self):
        _placed, order = self.import_placed(status="NEW_STATUS_OF_2027")
        self.assertRecordValues(order, [{"state": "hold", "stage": "unknown"}])
        self.assertIn("NEW_STATUS_OF_2027", order.hold_reason)
        row = self.env["aliexpress.order.status"].search([("code", "=", "NEW_STATUS_OF_2027")])
        self.assertFalse(order.ship_deadline)
        row.write({"stage": "waiting_shipment", "action": "confirm"})
        self.import_orders()
        self.assertRecordValues(order, [{"state": "done", "stage": "waiting_shipment"}])
        self.assertTrue(order.ship_deadline)
        self.assertEqual(order.sale_order_id.state, "sale")

    def test_orders_in_odoo_follow_a_row_that_changes(self):
        _placed, order = self.import_placed()
        over, closed = self.import_placed()
        for action in ("ship", "confirm", "settle"):
            self.sandbox.act(over, action)
        self.import_orders()
        self.env.ref("aliexpress_connector.aliexpress_order_status_finish").action = "hold"
        row = self.env.ref("aliexpress_connector.aliexpress_order_status_wait_seller_send_goods")
        row.write({"stage": "cancel_requested", "action": "hold"})
        with self.assertRaisesRegex(UserError, "stops deliveries"):
            order.sale_order_id.picking_ids.button_validate()
        self.run_job("process_orders")
        self.assertRecordValues(
            order | closed, [{"state": "hold", "stage": "cancel_requested"}, {"state": "done", "stage": "closed"}]
        )
        order.action_accept_cancellation()
        self.assertEqual(order.cancel_decision, "accept")
        order.cancel_decision = False
        row.write({"stage": "waiting_shipment", "action": "confirm"})
        self.import_orders()
        self.assertRecordValues(order, [{"state": "done", "stage": "waiting_shipment", "hold_reason": False}])

    def test_the_map_decides_against_our_default(self):
        self.env.ref("aliexpress_connector.aliexpress_order_status_risk_control").action = "confirm"
        _placed, order = self.import_placed(status="RISK_CONTROL")
        self.assertEqual(order.sale_order_id.state, "sale")

    def test_orders_that_are_to_stay_quotations_leave_when_a_person_confirms_them(self):
        self.env.ref("aliexpress_connector.aliexpress_order_status_wait_seller_send_goods").action = "draft"
        _placed, order = self.import_placed()
        self.assertEqual(order.sale_order_id.state, "draft")
        order.sale_order_id.action_confirm()
        delivery = order.sale_order_id.picking_ids
        delivery.with_context(skip_sms=True).button_validate()
        self.assertEqual(delivery.state, "done")

    def test_finished_as_completed_locks(self):
        placed, order = self.import_placed()
        for action in ("ship", "confirm", "settle"):
            self.sandbox.act(placed, action)
        self.import_orders()
        self.assertEqual(order.stage, "closed")
        self.assertTrue(order.sale_order_id.locked)

    def test_finished_without_a_reason_after_a_parcel_was_declared_is_closed(self):
        for state, stage in (("sent", "done"), ("error", "hold")):
            with self.subTest(parcel=state):
                placed, order = self.import_placed()
                number = "PQ1234567890001"
                self.env["aliexpress.shipment"].create(
                    {"order_id": order.id, "tracking_ref": number, "sent_tracking_ref": number, "state": state}
                )
                self.finish(placed, "")
                self.assertFalse(order.parcels)
                self.assertEqual(order.state, stage)

    def test_finished_with_an_unknown_reason_is_held(self):
        placed, order = self.import_placed()
        self.finish(placed, "some_new_reason")
        self.assertEqual(order.state, "hold")
        self.assertIn("some_new_reason", order.hold_reason)

    def test_what_a_person_finished_waits_no_longer(self):
        placed, order = self.import_placed()
        cancelled, by_hand = self.import_placed()
        for one in (placed, cancelled):
            self.finish(one, "some_new_reason")
        order.sale_order_id.action_lock()
        by_hand.sale_order_id._action_cancel()
        self.run_job("process_orders")
        for one in (order, by_hand):
            self.assertRecordValues(one, [{"state": "done", "hold_reason": False, "stage": "closed"}])
        delivery = order.sale_order_id.picking_ids
        delivery.move_ids.picked = True
        self.assertIs(delivery.button_validate(), True)
        self.assertEqual(delivery.state, "done")

    def test_where_odoo_locks_what_is_confirmed_a_lock_finishes_nothing(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref("sale.group_auto_done_setting")
        placed, order = self.import_placed()
        self.assertTrue(order.sale_order_id.locked)
        self.finish(placed, "some_new_reason")
        self.assertEqual(order.state, "hold")
        delivery = order.sale_order_id.picking_ids
        with self.assertRaisesRegex(UserError, "some_new_reason"):
            delivery.button_validate()
        delivery.action_cancel()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False, "stage": "closed"}])

    def test_cancelled_after_the_delivery_becomes_a_return_task(self):
        placed, order = self.import_placed()
        picking = order.sale_order_id.picking_ids
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking._action_done()
        self.finish(placed, "seller_send_goods_timeout")
        self.assertEqual(order.stage, "cancelled")
        self.assertEqual(order.sale_order_id.state, "sale")
        self.assertEqual(
            order.activity_ids.activity_type_id, self.env.ref("aliexpress_connector.mail_activity_type_return")
        )
        self.import_orders()
        self.assertEqual(len(order.activity_ids), 1)
        order.activity_ids.action_done()
        order.action_refresh()
        self.run_job("process_orders")
        self.assertFalse(order.activity_ids, "asked once")

    def test_cancelled_after_it_was_invoiced_asks_for_a_credit_note(self):
        self.products.invoice_policy = "order"
        placed, order = self.import_placed()
        drafted, other = self.import_placed()
        invoice = order.sale_order_id._create_invoices()
        invoice.action_post()
        other.sale_order_id._create_invoices()
        self.finish(placed, "cancel_order_close_trade")
        self.finish(drafted, "cancel_order_close_trade")
        self.assertEqual((order | other).sale_order_id.mapped("state"), ["cancel", "cancel"])
        self.assertEqual(
            order.activity_ids.activity_type_id, self.env.ref("aliexpress_connector.mail_activity_type_refund")
        )
        self.assertIn("after it was invoiced in Odoo", order.activity_ids.note)
        self.assertIn(invoice.name, order.activity_ids.note)
        self.assertFalse(other.activity_ids, "its draft went with the sale order")

    def test_cancelled_after_a_part_has_left_stops_the_rest(self):
        placed, order = self.import_placed(["TSHIRT-BLU-M", 2])
        delivery = order.sale_order_id.picking_ids
        delivery.move_ids.quantity = 1
        delivery.move_ids.picked = True
        delivery.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.finish(placed, "seller_accept_issue_no_goods_return")
        self.assertEqual((delivery.state, delivery.backorder_ids.state), ("done", "cancel"))
        self.assertEqual(
            order.activity_ids.activity_type_id, self.env.ref("aliexpress_connector.mail_activity_type_return")
        )

    def test_what_people_cancel_by_hand_stays_and_is_shown(self):
        _placed, order = self.import_placed()
        order.sale_order_id._action_cancel()
        self.import_orders()
        self.assertEqual(order.sale_order_id.state, "cancel")
        self.assertIn("cancelled in Odoo", order.difference)

    def test_refund_of_a_platform_fulfilled_order_makes_no_delivery(self):
        self.products[0].default_code = "CHRG-65"
        _placed, order = self.import_placed(["CHRG-65", 1])
        self.assertTrue(order.is_platform_fulfilled)
        self.assertFalse(order.sale_order_id.picking_ids)

    def test_changes_on_aliexpress_hold_the_delivery_until_taken_over(self):
        placed, order = self.import_placed(["TSHIRT-BLU-M", 2])
        with self.sandbox.lock:
            placed.lines[0].quantity = 3
        self.sandbox.act(placed, "put", status="WAIT_SELLER_SEND_GOODS")
        order.action_refresh()
        self.run_job("process_orders")
        self.assertEqual(order.state, "hold", order.line_ids.read(["quantity"]))
        self.assertEqual(order.sale_order_id.order_line.filtered("aliexpress_child_ref").product_uom_qty, 2)
        order.action_take_over()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        self.assertEqual(order.sale_order_id.order_line.filtered("aliexpress_child_ref").product_uom_qty, 3)
        self.assertEqual(order.sale_order_id.amount_total, order.amount_total)

    def test_another_sku_becomes_another_product_when_taken_over(self):
        placed, order = self.import_placed(["TSHIRT-BLU-M", 2])
        sale_order = order.sale_order_id
        with self.sandbox.lock:
            placed.lines[0].sku_code = "NOPE-7"
        order.action_refresh()
        self.run_job("process_orders")
        self.assertEqual(order.state, "hold")
        self.assertIn("No product has the SKU code NOPE-7", order.hold_reason)
        self.assertIn("TSHIRT-BLU-M was replaced with NOPE-7", order.hold_reason)
        with self.assertRaisesRegex(UserError, "NOPE-7"):
            order.action_take_over()
        cap = self.products[2]
        cap.aliexpress_sku_code = "NOPE-7"
        self.run_job("process_orders")
        self.assertEqual(order.state, "hold")
        self.assertNotIn("No product", order.hold_reason)
        order.action_take_over()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False, "difference": False}])
        self.assertEqual(order.line_ids.sale_line_id.product_id, cap)
        moves = sale_order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel" and move.product_uom_qty)
        self.assertEqual([(move.product_id, move.product_uom_qty) for move in moves], [(cap, 2)])

    def change(self, placed, order, **values):
        """Let AliExpress change the order, and read it."""
        with self.sandbox.lock:
            for name, value in values.items():
                setattr(placed, name, value)
        order.action_refresh()
        self.run_job("process_orders")

    def assert_taken_over(self, order):
        """Take Over ends the hold, and the sale order has AliExpress' total."""
        self.assertTrue(order.can_take_over, order.hold_reason)
        order.action_take_over()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False, "difference": False}])
        self.assertEqual(order.sale_order_id.amount_total, order.amount_total)

    def test_each_change_before_the_shipment_is_told_and_taken_over(self):
        discount = {"owner": "SELLER", "amount": "1.00"}
        cap = {"sku": "CAP-RED", "quantity": 2, "price": "19.95", "discounts": [discount]}
        placed, order = self.import_placed(cap, freight="4.00")
        self.change(placed, order, freight=Decimal("7.00"))
        self.assertIn("freight is now", order.hold_reason)
        self.assert_taken_over(order)
        line = placed.lines[0]
        for name, value, told in (
            ("price", Decimal("18.00"), "CAP-RED is now 2 at"),
            ("adjust", Decimal("1.50"), "your price change of CAP-RED is now"),
            ("discounts", [replace(line.discounts[0], amount=Decimal("2.00"))], "your discount on CAP-RED is now"),
        ):
            with self.subTest(name=name):
                with self.sandbox.lock:
                    setattr(line, name, value)
                self.change(placed, order)
                self.assertIn(told, order.hold_reason)
                self.assert_taken_over(order)
        added = replace(line, child_id=line.child_id + 1, sort_index=2, sku_code="MUG-01", discounts=[])
        self.change(placed, order, lines=[line, added])
        self.assertIn("MUG-01 was added", order.hold_reason)
        self.assert_taken_over(order)
        self.change(placed, order, lines=[added])
        self.assertIn("CAP-RED was removed", order.hold_reason)
        self.assert_taken_over(order)
        self.assertEqual(len(order.sale_order_id.order_line.filtered("price_total")), 3)

    def test_taking_over_in_another_language_adds_nothing(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms(["aliexpress_connector"], ["es_ES"])
        placed, order = self.import_placed(freight="4.00")
        self.change(placed, order, freight=Decimal("7.00"))
        count = len(order.sale_order_id.order_line)
        order.with_context(lang="es_ES").action_take_over()
        self.assertEqual(len(order.sale_order_id.order_line), count)

    def test_taking_over_leaves_what_people_changed_elsewhere(self):
        lines = [{"sku": code, "quantity": 2, "price": "10.00"} for code in ("CAP-RED", "MUG-01", "TSHIRT-BLU-M")]
        lines[0]["discounts"] = [{"owner": "SELLER", "amount": "1.00"}]
        placed, order = self.import_placed(*lines, freight="4.00", status="RISK_CONTROL")
        sale_order = order.sale_order_id
        by_child = sale_order.order_line.filtered("aliexpress_child_ref")
        by_child[0].price_unit = 8
        by_child[1].product_id = self.products[4]
        own = {"product_id": self.env.ref("aliexpress_connector.product_discount").id, "price_unit": -3}
        sale_order.order_line = [(0, 0, own | {"name": "Our own", "tax_ids": []})]
        with self.sandbox.lock:
            placed.lines[1].quantity = placed.lines[2].quantity = 3
        self.change(placed, order, status="WAIT_SELLER_SEND_GOODS")
        order.action_take_over()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        self.assertEqual(by_child[0].price_unit, 8)
        self.assertEqual(by_child[1].product_id, self.products[4])
        self.assertEqual(by_child[1:].mapped("product_uom_qty"), [3, 3])
        self.assertEqual(sale_order.order_line.filtered(lambda line: line.name == "Our own").price_unit, -3)

    def test_orders_that_were_stored_with_less_are_judged_all_the_same(self):
        placed, order = self.import_placed(freight="4.00")
        order.taken_over = {
            name: value for name, value in order.taken_over.items() if name not in ("excess", "difference")
        }
        self.change(placed, order, freight=Decimal("7.00"))
        self.assert_taken_over(order)

    def test_unpaid_orders_that_time_out_leave_nothing_behind(self):
        placed, order = self.import_placed(pay=False)
        self.finish(placed, "buyer_pay_timeout")
        self.assertRecordValues(order, [{"stage": "cancelled", "state": "done", "sale_order_id": False}])

    def test_disputed_orders_keep_what_was_done(self):
        placed, order = self.import_placed()
        self.sandbox.act(placed, "ship")
        self.move(placed, "dispute")
        self.assertEqual((order.stage, order.state, order.sale_order_id.state), ("disputed", "done", "sale"))
        self.move(placed, "close_dispute")
        self.assertEqual(order.stage, "shipped")

    def test_a_dispute_lifts_no_hold_of_what_has_not_left(self):
        placed, order = self.import_placed()
        delivery = order.sale_order_id.picking_ids
        delivery.move_ids.quantity = 1
        delivery.move_ids.picked = True
        delivery.with_context(skip_backorder=True, skip_sms=True).button_validate()
        with self.sandbox.lock:
            placed.lines[0].quantity = 3
        order.action_refresh()
        self.run_job("process_orders")
        self.assertEqual(order.state, "hold")
        self.sandbox.act(placed, "ship")
        self.move(placed, "dispute")
        self.assertEqual((order.stage, order.state), ("disputed", "hold"))
        with self.assertRaisesRegex(UserError, "on hold"):
            delivery.backorder_ids.button_validate()
        delivery.backorder_ids.action_cancel()
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])

    def test_what_people_change_by_hand_is_shown_and_never_overwritten(self):
        placed, order = self.import_placed(freight="4.00")
        sale_order = order.sale_order_id
        elsewhere = self.env["res.partner"].create({"name": "Neighbour", "street": "Elsewhere 1", "city": "Madrid"})
        self.env.flush_all()
        where = SQL("SELECT ctid FROM aliexpress_order WHERE id = %s", order.id)
        row = self.env.execute_query(where)
        sale_order.partner_shipping_id = elsewhere
        self.env.flush_all()
        self.assertEqual(self.env.execute_query(where), row, "nobody waits for a job that works on the order")
        sale_order.order_line = [(0, 0, {"product_id": self.products[2].id, "price_unit": 1, "tax_ids": []})]
        lines = sale_order.order_line
        self.assertIn("address", order.difference)
        self.assertIn("total", order.difference)
        self.move(placed, "freeze")
        self.move(placed, "unfreeze")
        self.assertEqual(sale_order.order_line, lines)
        self.assertEqual(sale_order.partner_shipping_id, elsewhere)
        self.assertEqual(order.state, "done")

    def test_a_changed_address_is_taken_over_with_one_click(self):
        placed, order = self.import_placed()
        with self.sandbox.lock:
            placed.address.detail_address = "Avenida Nueva 7"
        order.action_refresh()
        self.run_job("process_orders")
        self.assertEqual(order.state, "hold")
        self.assertIn("address", order.hold_reason)
        order.action_take_over()
        self.run_job("process_orders")
        self.assertEqual(order.state, "done")
        self.assertEqual(order.sale_order_id.partner_shipping_id.street, "Avenida Nueva 7")
        self.assertEqual(order.shipping_partner_id, order.sale_order_id.partner_shipping_id)
        self.assertEqual(order.sale_order_id.picking_ids.partner_id.street, "Avenida Nueva 7")
