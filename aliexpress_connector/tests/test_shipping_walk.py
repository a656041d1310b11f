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
        placed = [self.place(buyer={"login": f"buyer{number}"}) for number in range(5)]
        orders = self.import_orders()
        for number, order in enumerate(orders):
            self.ship(self.get_delivery(order), CORREOS.format(number))
        self.sandbox.calls.clear()
        for _run in range(20):
            if not self.run_job_without_time("aliexpress.shipment", "push_shipments").remaining:
                break
        self.assertEqual([len(self.get_ledger(one)) for one in placed], [1] * 5)
        self.assertEqual(self.count_declarations(), 5)
        # Each is read back once; there is nothing to find out about what was written down and not sent.
        self.assertLessEqual(len(self.sandbox.calls), 10, self.sandbox.counts())
        self.assertFalse(any(orders.shipment_ids.mapped("is_confirm_due")))

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
