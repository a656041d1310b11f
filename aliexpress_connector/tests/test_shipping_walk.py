from odoo.tools import mute_logger

from .shipping_common import CORREOS, ShippingCase


class TestShippingWalk(ShippingCase):
    """The warehouse validates a delivery; everything else happens by itself."""

    def render_slip(self, delivery):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html("stock.report_deliveryslip", delivery.ids)
        return content.decode()

    def test_slip_says_what_the_packer_needs(self):
        gift = {"sku": "CAP-RED", "quantity": 1, "price": "0.00"}
        _placed, order = self.import_order(["TSHIRT-BLU-M", 2], gift, memo="Ring <b>twice</b>")
        delivery = self.get_delivery(order)
        self.assertTrue(delivery.aliexpress_is_gift)
        self.assertEqual(order.sale_order_id.amount_total, order.amount_total)
        slip = self.render_slip(delivery)
        for text in (order.order_ref, order.service_name, "Gift", "Ring &lt;b&gt;twice&lt;/b&gt;"):
            self.assertIn(text, slip)
        _placed, plain = self.import_order(["TSHIRT-BLU-M", 1])
        slip = self.render_slip(self.get_delivery(plain))
        self.assertIn(plain.order_ref, slip)
        for text in ("Gift", "Buyer's Note"):
            self.assertNotIn(text, slip)
        other = self.get_delivery(plain).copy()
        other.sale_id = False
        self.assertNotIn("AliExpress", self.render_slip(other))

    def test_validated_delivery_is_declared(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = self.get_delivery(order)
        self.assertEqual(delivery.aliexpress_order_ref, order.order_ref)
        self.assertTrue(delivery.aliexpress_ship_deadline)
        self.sandbox.calls.clear()
        self.ship(delivery, CORREOS.format(1))
        self.assertFalse(self.sandbox.calls, "validation must call nobody")

        self.push()

        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        shipment = delivery.aliexpress_shipment_ids
        self.assertRecordValues(shipment, [{"state": "sent", "error": False, "is_last": True, "is_confirm_due": False}])
        self.assertEqual(
            {(line.order_line_id.sku_code, line.quantity) for line in shipment.line_ids},
            {("TSHIRT-BLU-M", 2), ("CAP-RED", 1)},
        )
        self.assertEqual(delivery.aliexpress_shipping_state, "sent")

    def test_second_run_does_nothing(self):
        placed, order = self.import_order()
        self.ship(self.get_delivery(order), CORREOS.format(1))
        self.push()
        self.sandbox.calls.clear()
        write_date = order.shipment_ids.write_date

        self.push()

        self.assertFalse(self.sandbox.calls)
        self.assertEqual(order.shipment_ids.write_date, write_date)

    def test_runs_without_time_cost_no_further_calls(self):
        self.check_calls_of_short_runs(seconds=0)

    def test_runs_whose_time_ends_while_parcels_are_declared_cost_no_further_calls(self):
        self.sandbox.add_fault("latency", method="*fulfill", seconds=0.8)
        self.check_calls_of_short_runs(seconds=1.8)

    def check_calls_of_short_runs(self, seconds):
        placed = [self.place() for _number in range(5)]
        orders = self.import_orders()
        for number, order in enumerate(orders):
            self.ship(self.get_delivery(order), CORREOS.format(number))
        self.sandbox.calls.clear()
        for _run in range(20):
            if not self.run_job_without_time("aliexpress.shipment", "push_shipments", seconds).remaining:
                break
        self.assertEqual([len(self.get_ledger(one)) for one in placed], [1] * 5)
        self.assertEqual(self.count_declarations(), 5)
        # Each is read back once; there is nothing to find out about what was written down and not sent.
        self.assertLessEqual(len(self.sandbox.calls), 10, self.sandbox.counts())
        self.assertFalse(any(orders.shipment_ids.mapped("is_confirm_due")))

    # === READ BACK === #

    def declare_unread(self, count):
        """Shipments of so many orders that AliExpress took and that are to be read back."""
        for _number in range(count):
            self.place()
        orders = self.import_orders()
        for number, order in enumerate(orders):
            self.ship(self.get_delivery(order), CORREOS.format(number))
        self.push()
        shipments = orders.shipment_ids
        self.assertEqual(shipments.mapped("state"), ["sent"] * count)
        shipments.is_confirm_due = True
        self.sandbox.calls.clear()
        return shipments

    def test_parcels_are_read_back_several_at_once(self):
        shipments = self.declare_unread(8)
        self.sandbox.add_fault("latency", method="*info.get", seconds=0.1)
        with self.watch_threads() as cursors:
            self.push()
        self.assertFalse(any(shipments.mapped("is_confirm_due")))
        self.assertEqual(len(self.sandbox.calls), 8)
        self.assertGreater(len(cursors), 1)
        self.assertNotIn(self.env.cr, set().union(*cursors.values()), "threads leave records alone")

    def test_parcel_that_cannot_be_read_back_costs_no_other(self):
        shipments = self.declare_unread(3)
        self.sandbox.add_fault("error", method="*info.get", count=1, code="15", sub_code="-999", text="no")
        self.push()
        [refused] = shipments.filtered("is_confirm_due")
        self.assertTrue(refused.retry_at)
        self.assertEqual(shipments.mapped("state"), ["sent"] * 3)
        self.assertEqual((shipments - refused).mapped("error"), [False] * 2)
        self.assertEqual(len(self.sandbox.calls), 3)

    def test_reading_back_goes_on_with_a_renewed_token(self):
        shipments = self.declare_unread(3)
        self.sandbox.add_fault("token_expired", method="*info.get", count=1)
        self.push()
        self.assertFalse(any(shipments.mapped("is_confirm_due")))
        self.assertFalse(any(shipments.mapped("error")))

    @mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_job_mixin")
    def test_reading_back_stops_while_aliexpress_is_down(self):
        shipments = self.declare_unread(8)
        self.sandbox.add_fault("http_500", method="*info.get")
        self.push()
        # Six at once, each read tried three times.
        self.assertLessEqual(len(self.sandbox.calls), 18)
        self.assertTrue(self.account.retry_at)
        self.assertEqual(shipments.mapped("state"), ["sent"] * 8)
        self.sandbox.clear_faults()
        self.account.retry_at = False
        shipments.retry_at = False
        self.push()
        self.assertFalse(any(shipments.mapped("is_confirm_due")))
        self.assertFalse(any(shipments.mapped("error")))

    def test_validation_wakes_the_job(self):
        placed, order = self.import_order()
        cron = self.env.ref("aliexpress_connector.ir_cron_push_shipments")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.ship(self.get_delivery(order), CORREOS.format(1))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers)

    def test_shipment_from_records_is_declared(self):
        placed, order = self.import_order()
        shipment = self.env["aliexpress.shipment"].create(
            {
                "order_id": order.id,
                "service_id": self.map_carrier("SPAIN_LOCAL_CORREOS", self.correos).id,
                "tracking_ref": CORREOS.format(1),
            }
        )
        self.assertEqual(shipment.account_id, self.account)
        # The delivery of the order is still open: the shipment cannot be all of it.
        self.push()
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "part")])
        self.assertEqual(shipment.state, "sent")
