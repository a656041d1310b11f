from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user

from .shipping_common import CORREOS, SEUR, ShippingCase


class TestShippingCheck(ShippingCase):
    """What stops a delivery, for a person of the warehouse who has no right on anything of AliExpress."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packer = new_test_user(cls.env, login="packer", groups="stock.group_stock_user")

    def setUp(self):
        super().setUp()
        self.placed, self.order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        self.delivery = self.get_delivery(self.order)
        self.delivery.user_id = self.packer
        self.sandbox.calls.clear()

    def validate(self, delivery=None, **values):
        """Validate as the packer does; returns the delivery as the packer sees it."""
        delivery = (delivery or self.delivery).with_user(self.packer)
        if values:
            delivery.write(values)
        delivery.button_validate()
        return delivery

    def assert_stopped(self, *words, **values):
        with self.assertRaises(UserError) as stopped:
            self.validate(**values)
        for word in (self.delivery.name, *words):
            self.assertIn(word, str(stopped.exception))
        self.assertNotEqual(self.delivery.state, "done")
        self.assertFalse(self.sandbox.calls)

    # === WHAT MAY LEAVE === #

    def test_packer_walks_the_whole_way(self):
        delivery = self.delivery.with_user(self.packer)
        with Form(delivery) as form:
            self.assertEqual(form.aliexpress_order_ref, self.order.order_ref)
            form.carrier_id = self.correos
            form.carrier_tracking_ref = CORREOS.format(1)
        delivery.button_validate()
        self.assertEqual(delivery.state, "done")
        self.assertFalse(self.sandbox.calls, "validation calls nobody")
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertEqual(delivery.aliexpress_shipping_state, "sent")
        with Form(delivery) as form:
            form.carrier_tracking_ref = CORREOS.format(2)
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(2), "all")])

    def test_packer_finds_deliveries_by_the_number(self):
        pickings = self.env["stock.picking"].with_user(self.packer)
        found = pickings.search([("aliexpress_order_ref", "=", self.order.order_ref)])
        self.assertEqual(found, self.delivery)
        self.assertFalse(pickings.search([("aliexpress_shipping_state", "=", "error")]) & self.delivery)
        self.assertFalse(pickings.search([("aliexpress_order_ref", "=", "1")]))

    def test_no_method_and_no_number_never_stop(self):
        self.order.sale_order_id.carrier_id = False
        delivery = self.validate(carrier_id=False, carrier_tracking_ref=False)
        self.assertEqual(delivery.state, "done")
        self.push()
        self.assertFalse(self.get_ledger(self.placed))
        self.assertEqual(delivery.aliexpress_shipping_state, "waiting")
        self.assertIn("no tracking number", delivery.aliexpress_shipping_message)
        self.assertIn("no delivery method", delivery.aliexpress_shipping_message)
        self.assertEqual((self.account.shipment_waiting_count, self.account.shipment_backlog_count), (1, 0))
        action = self.account.with_context(counter="shipment_waiting_count").action_open_counted()
        self.assertEqual(self.env["aliexpress.shipment"].search(action["domain"]), self.order.shipment_ids)
        self.assertEqual(delivery.search([("aliexpress_shipping_state", "=", "waiting")]), delivery)
        self.assertFalse(delivery.search([("aliexpress_shipping_state", "=", "error")]) & delivery)
        # Both come later, one after the other.
        delivery.carrier_tracking_ref = CORREOS.format(1)
        self.push()
        self.assertNotIn("no tracking number", delivery.aliexpress_shipping_message)
        self.assertIn("no delivery method", delivery.aliexpress_shipping_message)
        delivery.carrier_id = self.correos
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertFalse(delivery.aliexpress_shipping_message)
        self.assertFalse(delivery.search([("aliexpress_shipping_state", "in", ("error", "waiting"))]))

    def test_number_given_during_validation_is_left_to_the_job(self):
        """A carrier that buys the label while the delivery is validated must never be refused."""
        carrier = self.correos
        wrong = "X"
        self.patch(
            type(carrier), "send_shipping", lambda carriers, pickings: [{"exact_price": 0, "tracking_number": wrong}]
        )
        self.delivery.picking_type_id.print_label = True
        delivery = self.validate(carrier_id=carrier.id, carrier_tracking_ref=False)
        self.assertEqual((delivery.state, delivery.carrier_tracking_ref), ("done", wrong))
        self.push()
        self.assertEqual(delivery.aliexpress_shipping_state, "error")
        self.assertIn("X is not a tracking number of Correos", delivery.aliexpress_shipping_message)
        self.assertFalse(self.count_declarations(), "what AliExpress would refuse is not sent")
        delivery.carrier_tracking_ref = CORREOS.format(1)
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])

    # === WHAT MAY NOT === #

    def test_method_mapped_to_nothing(self):
        other = self.create_carrier("Carrier pigeon")
        self.assert_stopped("Carrier pigeon", "Configuration > Carriers", carrier_id=other.id)

    def test_number_that_does_not_fit(self):
        self.assert_stopped(
            "short", "^[A-Z0-9]{13,23}$", carrier_id=self.correos.id, carrier_tracking_ref=f"{CORREOS.format(1)}, short"
        )

    def test_number_of_a_package_that_does_not_fit(self):
        shirt, cap = self.get_product("TSHIRT-BLU-M"), self.get_product("CAP-RED")
        self.pack(self.delivery, [{shirt: 2}, {cap: 1}], [CORREOS.format(1), "short"])
        self.assert_stopped("short", carrier_id=self.correos.id)

    def test_method_for_other_destinations(self):
        service = self.map_carrier("SPAIN_LOCAL_CORREOS", self.correos)
        service.country_ids = self.env.ref("base.pt")
        self.assert_stopped("Correos", "ES", carrier_id=self.correos.id, carrier_tracking_ref=CORREOS.format(1))
        service.country_ids += self.env.ref("base.es")
        self.assertEqual(self.validate().state, "done")

    def test_order_on_hold(self):
        self.order.write({"state": "hold", "hold_reason": "The buyer asked to cancel."})
        self.assert_stopped("on hold", "The buyer asked to cancel.")
        self.order.state = "pending"
        self.assert_stopped("on hold", "The buyer asked to cancel.")
        self.order.state = "hold"
        self.assertIn("The buyer asked to cancel.", self.delivery.with_user(self.packer).aliexpress_shipping_message)

    def test_hold_that_is_not_processed_yet(self):
        self.order.write({"state": "pending", "status": "IN_FROZEN", "stage": "frozen"})
        self.assert_stopped("IN_FROZEN")

    def test_orders_that_are_examined_or_not_paid(self):
        for status in ("RISK_CONTROL", "RISK_CONTROL_HOLD", "WAIT_SELLER_EXAMINE_MONEY", "PLACE_ORDER_SUCCESS"):
            with self.subTest(status=status):
                self.order.status = status
                self.assert_stopped(f"({status})", "nothing may leave yet", "Status Map")
        self.env.ref("aliexpress_connector.aliexpress_order_status_place_order_success").action = "confirm"
        self.assertEqual(self.validate().state, "done")

    def test_quotation_of_an_examined_order_confirmed_by_hand(self):
        _placed, order = self.import_order(status="RISK_CONTROL")
        order.sale_order_id.action_confirm()
        self.delivery = self.get_delivery(order)
        self.sandbox.calls.clear()
        self.assert_stopped("RISK_CONTROL")

    def test_examination_that_is_listed_but_not_read_yet(self):
        self.order.write({"list_status": "RISK_CONTROL_HOLD", "is_detail_due": True})
        self.assert_stopped("RISK_CONTROL_HOLD")

    def test_cancelled_order(self):
        self.order.write({"stage": "cancelled"})
        self.assert_stopped("cancelled on AliExpress", "Cancel this delivery")

    def test_order_that_aliexpress_ships(self):
        self.order.is_platform_fulfilled = True
        self.assert_stopped("own warehouse")

    def test_one_bad_delivery_stops_the_call(self):
        _placed, other_order = self.import_order()
        other = self.get_delivery(other_order)
        self.order.write({"state": "hold", "hold_reason": "Frozen."})
        both = (self.delivery | other).with_user(self.packer)
        with self.assertRaises(UserError) as stopped:
            both.button_validate()
        self.assertIn(self.delivery.name, str(stopped.exception))
        self.assertNotIn(other.name, str(stopped.exception))
        self.assertNotIn("done", both.mapped("state"))

    def test_batch_transfer_is_checked_too(self):
        if "stock.picking.batch" not in self.env:
            self.skipTest("stock_picking_batch is not installed")
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set(self.delivery.ids)], "picking_type_id": self.delivery.picking_type_id.id}
        )
        batch.action_confirm()
        self.order.write({"state": "hold", "hold_reason": "Frozen."})
        with self.assertRaises(UserError) as stopped:
            batch.with_user(self.packer).action_done()
        self.assertIn("Frozen.", str(stopped.exception))
        self.order.write({"state": "done", "hold_reason": False})
        batch.with_user(self.packer).action_done()
        self.assertEqual(self.delivery.state, "done")

    def test_shop_that_declares_nothing_checks_no_carrier(self):
        self.account.sync_shipments = False
        other = self.create_carrier("Carrier pigeon")
        self.assertEqual(self.validate(carrier_id=other.id).state, "done")

    def test_other_deliveries_are_left_alone(self):
        product = self.get_product("MUG-01")
        sale_order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Somebody"}).id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        sale_order.action_confirm()
        delivery = sale_order.picking_ids
        delivery.carrier_id = self.create_carrier("Carrier pigeon")
        self.assertFalse(delivery.aliexpress_order_ref)
        cron = self.env.ref("aliexpress_connector.ir_cron_push_shipments")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        delivery.with_user(self.packer).with_context(skip_sms=True).button_validate()
        self.assertEqual(delivery.state, "done")
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers)

    def test_seur_has_its_own_pattern(self):
        self.assert_stopped("SEUR", carrier_id=self.seur.id, carrier_tracking_ref=CORREOS.format(1))
        self.validate(carrier_id=self.seur.id, carrier_tracking_ref=SEUR.format(1))
        self.push()
        self.assertEqual(self.get_ledger(self.placed), [("SPAIN_LOCAL_SEUR", SEUR.format(1), "all")])

    def test_validation_reads_the_rules_at_once(self):
        """The check costs a fixed number of queries, however many deliveries are validated together."""
        orders = self.order
        for _index in range(8):
            self.place()
        orders |= self.import_orders()
        deliveries = orders.sale_order_id.picking_ids
        deliveries.write({"carrier_id": self.correos.id, "carrier_tracking_ref": CORREOS.format(1)})
        counts = []
        for batch in (deliveries[:2], deliveries[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.with_user(self.packer)._aliexpress_check_validation()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
