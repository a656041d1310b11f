from datetime import timedelta

from odoo import fields
from odoo.tools import mute_logger

from .shipping_common import CORREOS
from .test_shipping_changes import ChangeCase

FIRST, SECOND, THIRD = (CORREOS.format(number) for number in (1, 2, 3))
UNKNOWN = "something nobody has seen before"
ALREADY = "该交易订单已填写发货通知,无需重复操作。"
JOB_LOGGER = "odoo.addons.aliexpress_connector.models.aliexpress_job_mixin"


class TestShippingSiblings(ChangeCase):
    """Whatever becomes of one parcel of an order, the others are declared, and what has no outcome is read back."""

    def setUp(self):
        super().setUp()
        self.one_shirt = {self.get_product("TSHIRT-BLU-M"): 1}

    def get_parcels(self):
        return [entry[1:] for entry in self.get_ledger(self.placed)]

    def correct_in_vain(self):
        """Declare a part of the order, then correct its number, which AliExpress refuses; returns the backorder."""
        backorder = self.ship(self.delivery, FIRST, self.one_shirt)
        self.push()
        self.sandbox.world.settings.tracking_changes = 0
        self.delivery.carrier_tracking_ref = SECOND
        self.push()
        self.assertRecordValues(self.shipment, [{"state": "error", "sent_tracking_ref": FIRST}])
        return backorder

    def test_refused_correction_keeps_nothing_from_being_declared(self):
        self.ship(self.correct_in_vain(), THIRD)
        self.push()
        self.assertEqual(self.get_parcels(), [(FIRST, "part"), (THIRD, "all")])

    def test_refused_correction_that_is_taken_back(self):
        backorder = self.correct_in_vain()
        self.delivery.carrier_tracking_ref = FIRST
        self.push()
        self.assertEqual(self.shipment.state, "sent")
        self.ship(backorder, THIRD)
        self.push()
        self.assertEqual(self.get_parcels(), [(FIRST, "part"), (THIRD, "all")])

    def test_refused_correction_keeps_no_order_from_being_completed(self):
        self.correct_in_vain().action_cancel()
        self.push()
        self.assertEqual(self.placed.status, "WAIT_BUYER_ACCEPT_GOODS")
        self.push()
        self.assertRecordValues(self.shipment, [{"state": "error", "sent_tracking_ref": FIRST, "is_last": True}])
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls, "the refused correction waits for a person")

    def test_refused_completion_under_a_number_to_correct(self):
        backorder = self.correct_in_vain()
        self.refuse(UNKNOWN)
        backorder.action_cancel()
        self.push()
        self.push()
        self.assertEqual(self.shipment.state, "error")
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)
        self.sandbox.world.settings.tracking_changes = 5
        self.shipment.action_retry()
        self.push()
        self.push()
        self.assertEqual(self.get_parcels()[-1], (SECOND, "all"))
        self.assertRecordValues(self.shipment, [{"state": "sent", "is_last": True}])

    @mute_logger(JOB_LOGGER)
    def check_lost_completion_under_a_number_to_correct(self, fault):
        self.correct_in_vain().action_cancel()
        self.sandbox.add_fault(fault, method="*fulfill", count=1)
        self.push()
        self.assertTrue(self.shipment.intent_date)
        self.try_now()
        self.push()
        self.push()
        self.assertEqual(self.placed.status, "WAIT_BUYER_ACCEPT_GOODS")
        self.assertRecordValues(self.shipment, [{"sent_tracking_ref": FIRST, "is_last": True}])

    def test_lost_completion_under_a_number_to_correct(self):
        self.check_lost_completion_under_a_number_to_correct("reset")

    def test_lost_answer_to_a_completion_under_a_number_to_correct(self):
        self.check_lost_completion_under_a_number_to_correct("reset_after")

    def test_one_of_several_parcels_is_refused_in_unknown_words(self):
        self.ship(self.delivery, f"{FIRST},{SECOND}")
        self.refuse(UNKNOWN)
        self.push()
        self.assertEqual(self.get_parcels(), [(SECOND, "part")])
        self.delivery.action_aliexpress_send_again()
        self.push()
        self.assertEqual(self.get_parcels(), [(SECOND, "part"), (FIRST, "all")])

    @mute_logger(JOB_LOGGER)
    def check_correction_taken_back(self, fault, changes):
        """The correction gets no answer, and the first number is entered again before AliExpress is asked."""
        self.ship(self.delivery, FIRST)
        self.push()
        self.sandbox.add_fault(fault, method="*modifiedshipmentfortop", count=1)
        self.delivery.carrier_tracking_ref = SECOND
        self.push()
        self.assertTrue(self.shipment.intent_date)
        self.delivery.carrier_tracking_ref = FIRST
        self.try_now()
        self.push()
        self.assertEqual(self.get_parcels(), [(FIRST, "all")])
        self.assertEqual(self.placed.parcels[0].changes, changes)
        self.assertRecordValues(self.shipment, [{"state": "sent", "intent_date": False}])

    def test_correction_without_an_answer_is_taken_back(self):
        self.check_correction_taken_back("reset_after", 2)

    def test_correction_without_an_effect_is_taken_back(self):
        self.check_correction_taken_back("reset", 0)

    @mute_logger(JOB_LOGGER)
    def test_one_of_two_numbers_is_removed_while_it_is_declared(self):
        self.ship(self.delivery, f"{FIRST},{SECOND}")
        self.sandbox.add_fault("reset", method="*fulfill", count=1)
        self.push()
        self.delivery.carrier_tracking_ref = SECOND
        self.try_now()
        self.push()
        self.assertEqual(self.get_parcels(), [(SECOND, "all")])
        self.assertRecordValues(self.shipment, [{"state": "sent", "tracking_ref": SECOND}])

    @mute_logger(JOB_LOGGER)
    def test_only_number_is_removed_while_it_is_declared(self):
        self.ship(self.delivery, FIRST)
        self.sandbox.add_fault("reset", method="*fulfill", count=1)
        self.push()
        self.delivery.carrier_tracking_ref = False
        self.try_now()
        self.push()
        self.push()
        self.assertRecordValues(self.shipment, [{"state": "pending", "intent_date": False}])
        self.assertIn("no tracking number", self.shipment.error)

    @mute_logger(JOB_LOGGER)
    def test_part_declared_by_hand_while_the_call_is_lost(self):
        self.placed, self.order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        self.ship(self.get_delivery(self.order), FIRST)
        self.sandbox.add_fault("reset", method="*fulfill", count=1)
        self.push()
        self.sandbox.act(self.placed, "ship", logistics_no=FIRST, service_name="SPAIN_LOCAL_CORREOS", line=1)
        self.try_now()
        self.push()
        self.push()
        self.assertEqual(self.get_parcels(), [(FIRST, "part"), (FIRST, "all")])
        self.assertEqual(self.placed.status, "WAIT_BUYER_ACCEPT_GOODS")
        self.assertRecordValues(self.shipment, [{"state": "sent", "is_last": True}])

    def test_lines_of_an_intent_from_before_an_update(self):
        """It named lines, also where AliExpress is not told of them."""
        backorder = self.ship(self.delivery, FIRST, self.one_shirt)
        self.account._get_client().declare_parcel(self.get_part())
        shipments = self.env["aliexpress.shipment"]
        shipments._take_deliveries()
        shipments.search([("picking_id", "=", self.delivery.id)])._plan()
        self.shipment.with_context(aliexpress_run="before")._intend()
        self.shipment.intent = self.shipment.intent | {"lines": [[1, True]]}
        self.push()
        self.assertRecordValues(self.shipment, [{"state": "sent", "is_last": False}])
        # As the lines were marked then.
        self.shipment.line_ids.order_line_id.is_declared = True
        backorder.action_cancel()
        self.push()
        self.assertEqual(self.placed.status, "WAIT_BUYER_ACCEPT_GOODS")

    # === ANSWERS THAT NOBODY UNDERSTANDS === #

    def test_declaration_answered_unreadably_is_read_back_by_itself(self):
        self.ship(self.delivery, FIRST)
        self.sandbox.add_fault("drop_field", method="*fulfill", count=1, text="result_success")
        self.push()
        self.assertEqual((self.shipment.state, self.delivery.aliexpress_shipping_state), ("pending", "waiting"))
        self.assertIn("will be read again", self.shipment.error)
        self.assertGreater(self.shipment.retry_at, fields.Datetime.now())
        self.assertFalse(self.order.activity_ids)
        self.try_now()
        self.push()
        self.assertEqual(self.count_declarations(), 1)
        self.assertRecordValues(self.shipment, [{"state": "sent", "error": False, "is_last": True}])

    def test_person_is_asked_when_it_stays_unreadable(self):
        self.ship(self.delivery, FIRST)
        self.sandbox.add_fault("drop_field", method="*fulfill", count=2, text="result_success")
        for _attempt in range(2):
            self.push()
            # It was not taken.
            self.sandbox.act(self.placed, "put", status="WAIT_SELLER_SEND_GOODS")
            self.placed.parcels.clear()
            self.placed.sent = None
            self.shipment.retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.shipment.state, "pending")
        self.assertEqual(len(self.order.activity_ids), 1)

    @mute_logger(JOB_LOGGER)
    def test_outcome_that_cannot_be_read_stays_open(self):
        """That the order could not be looked at says nothing about the declaration."""
        backorder = self.ship(self.delivery, FIRST, self.one_shirt)
        self.sandbox.add_fault("reset_after", method="*fulfill", count=1)
        self.push()
        self.try_now()
        self.refuse(UNKNOWN, method="*order.info.get")
        self.push()
        first = self.shipment
        self.assertEqual(first.state, "error")
        self.assertTrue(first.intent_date)
        self.ship(backorder, SECOND)
        self.push()
        self.assertEqual(self.get_parcels(), [(FIRST, "part"), (SECOND, "part")], "it waits for no person")
        first.action_retry()
        self.push()
        # The last of them showed only now that all has left.
        self.push()
        self.assertEqual([number for number, _type in self.get_parcels()][:2], [FIRST, SECOND])
        self.assertEqual(self.placed.status, "WAIT_BUYER_ACCEPT_GOODS")
        self.assertEqual(set(self.shipment.mapped("state")), {"sent"})

    # === DECLARED ALREADY === #

    def test_order_that_stays_open_is_not_complete(self):
        """AliExpress says that it knows all, and still waits for goods."""
        backorder = self.ship(self.delivery, FIRST, self.one_shirt)
        self.push()
        backorder.action_cancel()
        self.refuse(ALREADY)
        self.push()
        self.assertRecordValues(self.shipment, [{"state": "error", "is_last": False}])
        self.assertIn("still waits for goods", self.shipment.error)
        self.shipment.action_retry()
        self.push()
        self.push()
        self.assertEqual(self.placed.status, "WAIT_BUYER_ACCEPT_GOODS")

    def test_part_that_was_declared_elsewhere_is_not_the_whole(self):
        backorder = self.ship(self.delivery, FIRST, self.one_shirt)
        self.account._get_client().declare_parcel(self.get_part())
        self.push()
        self.assertRecordValues(self.shipment, [{"state": "sent", "is_last": False}])
        self.ship(backorder, SECOND)
        self.push()
        self.assertEqual(self.get_parcels(), [(FIRST, "part"), (SECOND, "all")])

    @mute_logger(JOB_LOGGER)
    def test_declared_order_that_cannot_be_read(self):
        """What AliExpress knows of it stays unknown: a person is told why, and nothing is sent again and again."""
        backorder = self.ship(self.delivery, FIRST, self.one_shirt)
        self.push()
        backorder.action_cancel()
        self.sandbox.add_fault("reset_after", method="*fulfill", count=1)
        self.push()
        self.sandbox.add_fault("drop_field", method="*order.info.get", text="product_price")
        self.try_now()
        self.push()
        self.push()
        self.assertRecordValues(self.shipment, [{"state": "error", "intent_date": False}])
        self.assertIn("could not be understood", self.shipment.error)
        self.assertIn("Try again", self.shipment.error)
        self.assertEqual(len(self.order.activity_ids), 1)
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)

    @mute_logger(JOB_LOGGER)
    def test_lost_answer_about_an_order_that_cannot_be_read(self):
        self.ship(self.delivery, FIRST)
        self.sandbox.add_fault("reset_after", method="*fulfill", count=1)
        self.push()
        self.sandbox.add_fault("drop_field", method="*order.info.get", text="product_price")
        self.try_now()
        for _attempt in range(2):
            self.push()
            self.assertEqual((self.shipment.state, bool(self.shipment.error)), ("pending", True))
            self.shipment.retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(len(self.order.activity_ids), 1, "a person is asked")
        self.sandbox.clear_faults()
        self.push()
        self.assertRecordValues(self.shipment, [{"state": "sent", "is_last": True}])
        self.assertEqual(self.sandbox.count("aliexpress.solution.order.fulfill"), 1)
        self.assertEqual(self.get_parcels(), [(FIRST, "all")])

    def test_declared_parcel_that_cannot_be_looked_at_is_looked_for_again(self):
        for trouble in (
            {"kind": "error", "code": "15", "sub_code": "-999", "sub_text": UNKNOWN},
            {"kind": "drop_field", "text": "data"},
        ):
            with self.subTest(trouble=trouble["kind"]):
                self.placed, self.order = self.import_order()
                self.ship(self.get_delivery(self.order), FIRST if trouble["kind"] == "error" else SECOND)
                self.sandbox.add_fault(method="*order.info.get", **trouble)
                self.push()
                for _attempt in range(2):
                    self.assertRecordValues(self.shipment, [{"state": "sent", "is_confirm_due": True}])
                    self.assertFalse(self.order.activity_ids)
                    self.assertGreater(self.shipment.retry_at, fields.Datetime.now() + timedelta(minutes=50))
                    self.try_now()
                    self.push()
                self.sandbox.clear_faults()
                self.try_now()
                self.push()
                self.assertRecordValues(self.shipment, [{"state": "sent", "is_confirm_due": False, "error": False}])

    def get_part(self):
        from ..lib.values import Parcel

        return Parcel(self.order.order_ref, "SPAIN_LOCAL_CORREOS", FIRST, is_last=False)
