from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..models import aliexpress_job_mixin
from .shipping_common import CORREOS, SEUR, ShippingCase

CARRIER_REFUSED = "carrier does not exist"
NUMBER_REFUSED = "该货运跟踪号未通过物流风控审核,请更换货运跟踪号后重试。"


class ChangeCase(ShippingCase):
    """A delivered order whose number, carrier or answer turns out otherwise."""

    def setUp(self):
        super().setUp()
        self.placed, self.order = self.import_order()
        self.delivery = self.get_delivery(self.order)

    @property
    def shipment(self):
        return self.order.shipment_ids

    def refuse(self, text, method="*fulfill", count=1):
        self.sandbox.add_fault("error", method=method, count=count, code="15", sub_code="-999", sub_text=text)

    def try_now(self):
        """Empty the times until which shop and shipments wait."""
        self.account.retry_at = False
        self.shipment.retry_at = False


class TestShippingChanges(ChangeCase):
    """Late, corrected and removed numbers and delivery methods."""

    def test_changed_delivery_method(self):
        self.ship(self.delivery, "1234567890123")
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", "1234567890123", "all")])
        self.delivery.carrier_id = self.seur
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_SEUR", "1234567890123", "all")])
        self.assertEqual(self.shipment.state, "sent")

    def test_removed_number_is_shown(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.push()
        self.delivery.carrier_tracking_ref = False
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.count_declarations())
        self.assertEqual(self.shipment.state, "error")
        self.assertIn(CORREOS.format(1), self.delivery.aliexpress_shipping_message)
        self.assertIn("removed", self.delivery.aliexpress_shipping_message)
        # The same number again: AliExpress has it, nothing is sent.
        self.delivery.carrier_tracking_ref = CORREOS.format(1)
        self.push()
        self.assertEqual(self.shipment.state, "sent")
        self.assertFalse(self.count_declarations())
        # Removed and replaced later.
        self.delivery.carrier_tracking_ref = False
        self.push()
        self.delivery.carrier_tracking_ref = CORREOS.format(2)
        self.push()
        self.assertEqual([entry[1] for entry in self.get_ledger(self.placed)], [CORREOS.format(2)])

    def test_one_of_two_numbers_is_corrected_and_one_removed(self):
        first, second, third = (CORREOS.format(number) for number in (1, 2, 3))
        self.ship(self.delivery, f"{first},{second}")
        self.push()
        self.delivery.carrier_tracking_ref = f"{first},{third}"
        self.push()
        self.assertEqual({entry[1] for entry in self.get_ledger(self.placed)}, {first, third})
        self.delivery.carrier_tracking_ref = third
        self.push()
        self.assertEqual({entry[1] for entry in self.get_ledger(self.placed)}, {first, third})
        self.assertEqual(sorted(self.shipment.mapped("state")), ["error", "sent"])
        self.assertIn(first, self.delivery.aliexpress_shipping_message)

    def leave(self, delivery, carrier, number):
        """Let a delivery leave as an automation would: not through the button that checks."""
        delivery.write({"carrier_id": carrier.id, "carrier_tracking_ref": number})
        delivery.move_ids.picked = True
        delivery.with_context(skip_sms=True)._action_done()

    def leave_unmapped(self, carrier, count):
        """So many orders whose parcels wait because `carrier` stands for no carrier: `[(the gateway's, ours), …]`."""
        orders = [self.import_order() for _number in range(count)]
        for number, (_placed, order) in enumerate(orders):
            self.leave(self.get_delivery(order), carrier, CORREOS.format(100 + number))
        return orders

    def test_method_is_mapped_later(self):
        pigeon = self.create_carrier("Carrier pigeon")
        self.leave(self.delivery, pigeon, CORREOS.format(1))
        self.push()
        self.assertIn("Carrier pigeon", self.delivery.aliexpress_shipping_message)
        self.assertEqual(self.delivery.aliexpress_shipping_state, "waiting")
        write_date = self.shipment.write_date
        self.push()
        self.assertEqual(self.shipment.write_date, write_date, "what waits is not written again and again")
        self.map_carrier("SPAIN_LOCAL_DHL", pigeon)
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_DHL", CORREOS.format(1), "all")])

    def test_parcels_without_a_carrier_keep_no_other_waiting(self):
        self.patch(aliexpress_job_mixin, "QUEUE_LIMIT", 2)
        pigeon, courier = self.create_carrier("Carrier pigeon"), self.create_carrier("Courier")
        waiting = self.leave_unmapped(pigeon, 3)
        self.leave(self.delivery, courier, CORREOS.format(1))
        self.push()
        shipments = self.env["aliexpress.shipment"].search([("account_id", "=", self.account.id)])
        self.assertEqual((len(shipments), set(shipments.mapped("state"))), (4, {"pending"}))
        self.assertTrue(all(shipments.mapped("error")))
        manager = new_test_user(self.env, login="manager", groups="sales_team.group_sale_manager")
        self.map_carrier("SPAIN_LOCAL_DHL", self.env["delivery.carrier"]).with_user(manager).carrier_id = courier
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_DHL", CORREOS.format(1), "all")])
        for placed, order in waiting:
            self.assertFalse(self.get_ledger(placed))
            self.assertGreater(order.shipment_ids.retry_at, fields.Datetime.now())

    def test_parcels_without_a_carrier_all_have_their_turn(self):
        """What gives them one need not be seen: an address that is corrected, for instance."""
        self.patch(aliexpress_job_mixin, "QUEUE_LIMIT", 2)
        pigeon = self.create_carrier("Carrier pigeon")
        self.map_carrier("SPAIN_LOCAL_DHL", pigeon).country_ids = self.env.ref("base.fr")
        orders = self.leave_unmapped(pigeon, 5)
        for _run in range(3):
            self.push()
        shipments = self.env["aliexpress.shipment"].search([("account_id", "=", self.account.id)])
        self.assertEqual((len(shipments), any(shipments.mapped("is_plan_due"))), (5, False))
        placed, order = orders[-1]
        order.address = order.address | {"country_code": "FR"}
        shipments.retry_at = fields.Datetime.now() - timedelta(seconds=1)
        for _run in range(3):
            self.push()
        self.assertEqual([entry[0] for entry in self.get_ledger(placed)], ["SPAIN_LOCAL_DHL"])

    def test_parcel_that_waits_for_a_method_takes_that_of_the_sale_order(self):
        self.order.sale_order_id.carrier_id = False
        self.leave(self.delivery, self.env["delivery.carrier"], CORREOS.format(1))
        self.push()
        self.assertIn("no delivery method", self.shipment.error)
        self.order.sale_order_id.carrier_id = self.correos
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])

    def test_method_of_the_sale_order_counts_where_the_delivery_has_none(self):
        self.order.sale_order_id.carrier_id = self.correos
        self.delivery.write({"carrier_id": False, "carrier_tracking_ref": CORREOS.format(1)})
        self.delivery.with_context(skip_sms=True).button_validate()
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])

    def test_number_that_changes_while_it_is_declared(self):
        """What was sent is acknowledged, what is wanted by now is a correction."""
        self.ship(self.delivery, CORREOS.format(1))
        self.sandbox.add_fault("reset_after", method="*fulfill", count=1)
        self.push()
        self.delivery.carrier_tracking_ref = CORREOS.format(2)
        self.try_now()
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(2), "all")])
        self.assertEqual(self.sandbox.shipments[0][1].changes, 1)
        self.assertEqual(self.shipment.state, "sent")

    def test_number_that_is_removed_while_it_is_declared(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.sandbox.add_fault("reset_after", method="*fulfill", count=1)
        self.push()
        self.delivery.carrier_tracking_ref = False
        self.try_now()
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("removed", self.shipment.error)
        self.assertEqual(self.shipment.sent_tracking_ref, CORREOS.format(1))

    def test_number_corrected_on_the_shipment_itself(self):
        shipment = self.env["aliexpress.shipment"].create(
            {
                "order_id": self.order.id,
                "service_id": self.map_carrier("SPAIN_LOCAL_CORREOS", self.correos).id,
                "tracking_ref": CORREOS.format(1),
            }
        )
        self.push()
        shipment.tracking_ref = CORREOS.format(2)
        self.assertEqual(shipment.state, "pending")
        self.push()
        self.assertEqual([entry[1] for entry in self.get_ledger(self.placed)], [CORREOS.format(2)])

    def test_carrier_of_another_shop_is_refused(self):
        other = self.env["aliexpress.account"].create({"name": "Other shop"})
        service = self.env["aliexpress.logistics.service"].create(
            {"account_id": other.id, "code": "EMS", "name": "EMS"}
        )
        with self.assertRaises(ValidationError):
            self.env["aliexpress.shipment"].create({"order_id": self.order.id, "service_id": service.id})

    def test_platform_limits_the_changes(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.push()
        self.sandbox.world.settings.tracking_changes = 0
        self.delivery.carrier_tracking_ref = CORREOS.format(2)
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("修改次数已达上限", self.shipment.error)
        self.assertEqual(self.shipment.sent_tracking_ref, CORREOS.format(1))


class TestShippingRefusals(ChangeCase):
    """What AliExpress refuses, by its reason."""

    def test_number_refused_is_shown_to_people(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.refuse(NUMBER_REFUSED)
        self.push()
        self.assertEqual((self.shipment.state, self.delivery.aliexpress_shipping_state), ("error", "error"))
        self.assertIn(CORREOS.format(1), self.shipment.error)
        self.assertIn("Correos Paq 48", self.shipment.error)
        self.assertEqual(len(self.order.activity_ids), 1)
        self.assertEqual(self.order.activity_ids.user_id, self.account._get_responsible())
        found = self.env["stock.picking"].search([("aliexpress_shipping_state", "=", "error")])
        self.assertIn(self.delivery, found)
        # Nothing is tried again before somebody acts.
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)
        self.shipment.action_retry()
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertFalse(self.order.activity_ids)

    def test_number_refused_falls_back_inside_the_country(self):
        self.account.write({"is_fallback_allowed": True, "tracking_website": "https://track.example"})
        self.ship(self.delivery, CORREOS.format(1))
        self.refuse(NUMBER_REFUSED)
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("OTHER_ES_LOCAL", CORREOS.format(1), "all")])
        self.assertEqual(self.sandbox.shipments[0][1].tracking_website, "https://track.example")
        self.assertRecordValues(self.shipment, [{"state": "sent", "error": False}])
        self.assertEqual(self.shipment.refused_service_id.code, "SPAIN_LOCAL_CORREOS")
        # What was settled stays settled.
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.count_declarations())
        # A corrected number is tried with the real carrier first.
        self.delivery.carrier_tracking_ref = CORREOS.format(2)
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(2), "all")])

    def test_carrier_refused_falls_back_across_the_border(self):
        self.account.is_fallback_allowed = True
        self.correos.tracking_url = "https://correos.example/<shipmenttrackingnumber>"
        placed, order = self.import_order(["CAP-RED", 1], country="FR")
        self.ship(self.get_delivery(order), CORREOS.format(1))
        self.refuse(CARRIER_REFUSED)
        self.push()
        self.assertEqual(self.get_ledger(placed), [("OTHER_ES_OVERSEAS", CORREOS.format(1), "all")])
        parcel = self.sandbox.shipments[0][1]
        self.assertEqual(parcel.tracking_website, f"https://correos.example/{CORREOS.format(1)}")

    def test_fallback_without_a_page_to_follow_it_is_not_sent(self):
        self.account.write({"is_fallback_allowed": True, "tracking_website": False})
        self.ship(self.delivery, CORREOS.format(1))
        self.refuse(NUMBER_REFUSED)
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("tracking page on the shop", self.shipment.error)
        self.assertEqual(self.count_declarations(), 1)

    def test_fallback_that_is_refused_too_is_shown(self):
        self.account.is_fallback_allowed = True
        self.ship(self.delivery, CORREOS.format(1))
        self.refuse(NUMBER_REFUSED, count=2)
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("Seller's Shipping Method", self.shipment.error)

    def test_no_fallback_that_the_shop_does_not_have(self):
        self.account.is_fallback_allowed = True
        self.env["aliexpress.logistics.service"].search([("code", "=like", "OTHER%")]).unlink()
        self.ship(self.delivery, CORREOS.format(1))
        self.refuse(CARRIER_REFUSED)
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("Configuration > Carriers", self.shipment.error)

    def test_already_declared_with_the_same_number_is_done(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.sandbox.act(self.placed, "ship", logistics_no=CORREOS.format(1), service_name="SPAIN_LOCAL_CORREOS")
        self.push()
        self.assertEqual(len(self.get_ledger(self.placed)), 1)
        self.assertRecordValues(self.shipment, [{"state": "sent", "error": False, "is_last": True}])

    def test_already_declared_with_another_number_is_shown(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.sandbox.act(self.placed, "ship", logistics_no=CORREOS.format(7), service_name="SPAIN_LOCAL_CORREOS")
        self.push()
        self.assertEqual([entry[1] for entry in self.get_ledger(self.placed)], [CORREOS.format(7)])
        self.assertEqual(self.shipment.state, "error")
        self.assertIn(CORREOS.format(7), self.delivery.aliexpress_shipping_message)
        self.assertEqual(self.order.stage, "shipped", "the order was read again")
        # The delivery gets the number that is right.
        self.delivery.carrier_tracking_ref = CORREOS.format(7)
        self.push()
        self.assertEqual(self.shipment.state, "sent")
        self.assertEqual(len(self.get_ledger(self.placed)), 1)

    def test_wrong_status_refreshes_the_order(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.sandbox.act(self.placed, "expire")
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("FINISH", self.shipment.error)
        self.assertEqual(self.order.status, "FINISH")

    def test_cancel_request_that_comes_while_the_parcel_leaves(self):
        """The goods have left: AliExpress hears of them once, and the request is settled by that."""
        self.ship(self.delivery, CORREOS.format(1))
        self.sandbox.act(self.placed, "request_cancel")
        self.import_orders()
        self.assertEqual(self.order.state, "hold")
        self.push()
        self.import_orders()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertRecordValues(self.order, [{"state": "done", "stage": "shipped", "activity_ids": []}])

    def test_cancellation_accepted_while_the_parcel_leaves(self):
        self.sandbox.act(self.placed, "request_cancel")
        self.sandbox.act(self.placed, "accept_cancel")
        self.ship(self.delivery, CORREOS.format(1))
        self.import_orders()
        self.push()
        self.assertFalse(self.get_ledger(self.placed))
        self.assertEqual((self.order.stage, self.shipment.state), ("cancelled", "error"))
        self.assertIn(
            self.env.ref("aliexpress_connector.mail_activity_type_return"),
            self.order.activity_ids.activity_type_id,
        )

    def test_number_entered_after_the_order_was_cancelled(self):
        self.ship(self.delivery)
        self.push()
        self.sandbox.act(self.placed, "request_cancel")
        self.sandbox.act(self.placed, "accept_cancel")
        self.import_orders()
        self.assertEqual(self.order.stage, "cancelled")
        self.delivery.carrier_tracking_ref = CORREOS.format(1)
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("AliExpress cancelled order", self.shipment.error)
        self.assertFalse(self.count_declarations())

    def test_busy_system_is_tried_again_by_itself(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.refuse("系统异常,请稍候重试")
        self.push()
        self.assertEqual(self.shipment.state, "pending")
        self.assertTrue(self.shipment.retry_at > fields.Datetime.now())
        self.assertFalse(self.get_ledger(self.placed))
        self.try_now()
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertFalse(self.shipment.error)

    def test_unknown_refusal_is_shown_in_aliexpress_words(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.refuse("something nobody has seen before")
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("something nobody has seen before", self.shipment.error)

    def test_one_refused_parcel_stops_no_other(self):
        placed, order = self.import_order(["CAP-RED", 1])
        self.ship(self.delivery, CORREOS.format(1))
        self.ship(self.get_delivery(order), CORREOS.format(2))
        self.refuse(NUMBER_REFUSED)
        self.push()
        states = {self.shipment.state, order.shipment_ids.state}
        self.assertEqual(states, {"error", "sent"})

    def test_refused_in_one_of_several_parcels(self):
        """The others are declared, and none of them claims to be the last."""
        self.ship(self.delivery, f"{CORREOS.format(1)},{CORREOS.format(2)}")
        self.refuse(NUMBER_REFUSED)
        self.push()
        self.assertEqual([entry[2] for entry in self.get_ledger(self.placed)], ["part"])
        self.delivery.action_aliexpress_send_again()
        self.push()
        self.assertEqual([entry[2] for entry in self.get_ledger(self.placed)], ["part", "all"])


class TestShippingCrash(ChangeCase):
    """Killed at any point, the job goes on without declaring anything twice."""

    def leave_intent(self):
        """The state in which a killed process leaves a shipment: the intent is committed, the outcome unknown."""
        self.ship(self.delivery, CORREOS.format(1))
        shipments = self.env["aliexpress.shipment"]
        shipments._take_deliveries()
        shipments.search([("picking_id", "=", self.delivery.id)])._plan()
        self.shipment.with_context(aliexpress_run="the run that was killed")._intend()
        self.assertTrue(self.shipment.intent_date)

    def test_killed_before_the_call(self):
        self.leave_intent()
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertRecordValues(self.shipment, [{"state": "sent", "intent_date": False}])

    def test_killed_after_the_call(self):
        self.leave_intent()
        self.account._get_client().declare_parcel(self.get_parcel())
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.count_declarations(), "read back first")
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertRecordValues(self.shipment, [{"state": "sent", "is_last": True}])

    def get_parcel(self):
        from ..lib.values import Parcel

        return Parcel(self.order.order_ref, "SPAIN_LOCAL_CORREOS", CORREOS.format(1), is_last=True)

    @mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_job_mixin")
    def test_time_out_without_effect(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.sandbox.add_fault("reset", method="*fulfill", count=1)
        self.push()
        self.assertEqual(self.shipment.state, "pending")
        self.assertTrue(self.shipment.retry_at)
        self.try_now()
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])

    @mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_job_mixin")
    def test_time_out_after_the_effect_and_more_goods_in_the_same_parcel(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        backorder = self.ship(self.get_delivery(order), CORREOS.format(7), {self.get_product("TSHIRT-BLU-M"): 2})
        self.sandbox.add_fault("reset_after", method="*fulfill", count=1)
        self.push()
        first = order.shipment_ids
        self.assertTrue(first.intent_date)
        self.ship(backorder, CORREOS.format(7))
        self.account.retry_at = False
        self.push()
        self.assertEqual(self.count_declarations(), 1)
        first.retry_at = False
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(placed)][-1], (CORREOS.format(7), "all"))
        self.assertEqual(order.shipment_ids.mapped("state"), ["sent", "sent"])

    def test_expired_token_is_renewed_and_the_parcel_declared_once(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.sandbox.add_fault("token_expired", method="*fulfill", count=1)
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])

    def test_what_aliexpress_does_not_show_is_a_problem(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.push()
        self.shipment.write({"is_confirm_due": True})
        self.placed.parcels.clear()
        self.push()
        self.assertEqual(self.shipment.state, "sent")
        self.assertTrue(self.shipment.retry_at, "AliExpress may need a moment")
        self.shipment.write({"retry_at": False, "sent_date": fields.Datetime.now() - timedelta(hours=1)})
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.assertIn("does not show it", self.shipment.error)

    def test_shipment_taken_up_again_is_read_back(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.push()
        self.sandbox.calls.clear()
        self.shipment.state = "pending"
        self.push()
        self.assertFalse(self.count_declarations())
        self.assertEqual(self.shipment.state, "sent")
        self.assertEqual(len(self.get_ledger(self.placed)), 1)

    def test_shop_that_is_not_connected_is_left_alone(self):
        self.ship(self.delivery, SEUR.format(1), carrier=self.seur)
        self.account.state = "expired"
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)
        self.assertFalse(self.shipment)
        self.account.state = "connected"
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_SEUR", SEUR.format(1), "all")])
