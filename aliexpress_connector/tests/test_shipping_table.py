import itertools
import os

from odoo.tools import mute_logger

from .shipping_common import CORREOS, ShippingCase

PARCELS = ("one", "several")
AMOUNTS = ("full", "partial", "backorder")
NUMBERS = ("before", "after", "corrected")
REFUSED = "该货运跟踪号未通过物流风控审核,请更换货运跟踪号后重试。"


class TestShippingTable(ShippingCase):
    """{one, several parcels} × {full, partial, backorder} × {number before, after, corrected} × {what happens}.

    After each case the gateway has each parcel once, with the right lines, whatever happened on the way. Here for the
    overseas sellers' family: it tells how much of the order has left, not which lines.
    """

    declaring = ("*fulfill", "*shipmentfortop", "*order.shipment")
    number_count = 0

    def get_cases(self):
        return list(itertools.product(PARCELS, AMOUNTS, NUMBERS))

    def run_table(self, answer):
        cases = self.get_cases()
        placed = [self.place(["TSHIRT-BLU-M", 2], ["CAP-RED", 1]) for _case in cases]
        self.import_orders()
        for case, order in zip(cases, placed, strict=True):
            with self.subTest(case=case, answer=answer):
                self.run_case(order, *case, answer)

    def run_case(self, placed, parcels, amount, number, answer):
        self.sandbox.clear_faults()
        order = self.get_order(placed)
        delivery = self.get_delivery(order)
        numbers = [self.next_number() for _index in range(1 if parcels == "one" else 2)]
        wrong = [self.next_number(), *numbers[1:]]
        quantities = None if amount == "full" else {self.get_product("TSHIRT-BLU-M"): 2}
        self.trouble(answer)
        first = {"before": numbers, "after": [], "corrected": wrong}[number]
        backorder = self.ship(delivery, ",".join(first), quantities, backorder=amount == "backorder")
        self.declare(order, answer)
        if number != "before":
            if number == "after":
                self.assertFalse(self.get_ledger(placed))
                self.assertRecordValues(order.shipment_ids, [{"state": "pending"}])
                self.assertIn(delivery.name, order.shipment_ids.error)
            else:
                self.trouble(answer)
            delivery.carrier_tracking_ref = ",".join(numbers)
            self.declare(order, answer)
        if amount == "backorder":
            numbers.append(self.next_number())
            self.ship(backorder, numbers[-1])
            self.declare(order, answer)
        self.check(placed, order, numbers, amount)

    def next_number(self):
        type(self).number_count += 1
        return CORREOS.format(self.number_count)

    def trouble(self, answer):
        """Let the next declaration meet what `answer` says."""
        for method in self.declaring:
            if answer == "refused":
                self.sandbox.add_fault("error", method=method, count=1, code="15", sub_code="-999", sub_text=REFUSED)
            elif answer == "timeout":
                self.sandbox.add_fault("reset_after", method=method, count=1)

    @mute_logger("odoo.addons.aliexpress_connector.lib.transport")
    def declare(self, order, answer):
        """Run the job, and do what a person does about the answer."""
        self.push()
        if answer == "refused":
            refused = order.shipment_ids.filtered(lambda shipment: shipment.state == "error")
            for shipment in refused:
                self.assertIn(REFUSED, shipment.error)
                self.assertEqual(shipment.picking_id.aliexpress_shipping_state, "error")
            refused.picking_id.action_aliexpress_send_again()
            self.push()
        elif answer == "timeout":
            # What is tried again by itself in some minutes is tried now.
            order.account_id.retry_at = False
            order.shipment_ids.retry_at = False
            self.push()
        elif answer == "repeat":
            order.shipment_ids.filtered("sent_tracking_ref").state = "pending"
            self.push()
            self.push()

    def check(self, placed, order, numbers, amount):
        shipments = order.shipment_ids.sorted("id")
        self.assertEqual(set(shipments.mapped("state")), {"sent"}, shipments.mapped("error"))
        self.assertEqual(sorted(shipments.mapped("sent_tracking_ref")), sorted(numbers))
        self.assertFalse(order.activity_ids)
        ledger = self.get_ledger(placed)
        self.assertEqual(sorted(entry[1] for entry in ledger), sorted(numbers), "each parcel once")
        self.check_ledger(placed, ledger, numbers, amount)

    def check_ledger(self, placed, ledger, numbers, amount):
        self.assertEqual([entry[2] for entry in ledger], ["part"] * (len(numbers) - 1) + ["all"])
        self.assertEqual(placed.status, "WAIT_BUYER_ACCEPT_GOODS")

    def test_accepted(self):
        self.run_table("accepted")

    def test_refused(self):
        self.run_table("refused")

    def test_timeout_after_the_effect(self):
        self.run_table("timeout")

    def test_repeat(self):
        self.run_table("repeat")


class TestShippingTableGeneral(TestShippingTable):
    """The same for the general sellers' family, which tells the lines of each parcel."""

    family = "general"

    def get_cases(self):
        # When a number comes is the same code in both families, and each case takes a second or two: the short form
        # takes the longest way with everything, and the others with what is sent in most pieces.
        return [
            case
            for case in super().get_cases()
            if os.environ.get("ALIEXPRESS_LONG") or case[2] == "corrected" or case[:2] == ("several", "backorder")
        ]

    def check_ledger(self, placed, ledger, numbers, amount):
        shirt, cap = (line.sort_index for line in placed.lines)
        first = {shirt} if amount != "full" else {shirt, cap}
        count = len(numbers) - (amount == "backorder")
        expected = [("part", first)] * (count - 1) + [("all", first)]
        if amount == "backorder":
            expected.append(("all", {cap}))
        parcels = [parcel for order_id, parcel in self.sandbox.shipments if order_id == placed.order_id]
        self.assertEqual([(parcel.send_type, set(parcel.lines)) for parcel in parcels], expected)
