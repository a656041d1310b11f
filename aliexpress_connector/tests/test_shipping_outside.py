from odoo.tests import new_test_user

from .shipping_common import CORREOS, ShippingCase

OUTSIDE = "aliexpress_connector.mail_activity_type_shipped_outside"


class TestShippedOutside(ShippingCase):
    """The order was declared in AliExpress' seller centre, not by Odoo."""

    def setUp(self):
        super().setUp()
        self.placed, self.order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        self.delivery = self.get_delivery(self.order)

    def ship_outside(self, line=None):
        self.sandbox.act(
            self.placed, "ship", logistics_no=CORREOS.format(7), service_name="SPAIN_LOCAL_CORREOS", line=line
        )
        self.import_orders()

    def test_numbers_of_others_are_text_in_the_question(self):
        self.sandbox.act(self.placed, "ship", logistics_no="<b>7</b>", service_name="SPAIN_LOCAL_CORREOS")
        self.import_orders()
        self.push()
        self.assertIn("&lt;b&gt;7&lt;/b&gt;", self.delivery.activity_ids.note)

    def test_open_delivery_asks_a_person_once(self):
        self.ship_outside()
        self.push()
        self.assertTrue(self.order.is_shipped_outside)
        self.assertEqual(self.delivery.state, "assigned", "nothing is validated by itself")
        self.assertEqual(self.delivery.activity_ids.activity_type_id, self.env.ref(OUTSIDE))
        self.assertIn(CORREOS.format(7), self.delivery.activity_ids.note)
        self.assertIn(self.order.order_ref, self.delivery.aliexpress_shipping_message)
        self.delivery.activity_ids.action_done()
        self.push()
        self.assertFalse(self.delivery.activity_ids, "asked once")

    def test_validated_without_number_nothing_is_declared(self):
        self.ship_outside()
        self.push()
        self.sandbox.calls.clear()
        self.ship(self.delivery)
        self.push()
        self.assertFalse(self.count_declarations())
        self.assertEqual(len(self.get_ledger(self.placed)), 1)
        self.assertFalse(self.order.shipment_ids)
        self.assertFalse(self.delivery.aliexpress_shipping_message)

    def test_validated_with_the_same_number_nothing_is_declared(self):
        self.ship_outside()
        self.sandbox.calls.clear()
        self.ship(self.delivery, CORREOS.format(7))
        self.push()
        self.assertFalse(self.count_declarations())
        self.assertEqual(self.order.shipment_ids.state, "sent")

    def test_validated_with_another_number_is_shown(self):
        self.ship_outside()
        self.sandbox.calls.clear()
        self.ship(self.delivery, CORREOS.format(1))
        self.push()
        self.assertFalse(self.count_declarations())
        self.assertEqual(self.order.shipment_ids.state, "error")
        self.assertIn(CORREOS.format(7), self.delivery.aliexpress_shipping_message)

    def test_part_declared_outside_asks_about_what_is_left(self):
        self.ship_outside(line=1)
        self.push()
        self.assertFalse(self.order.is_shipped_outside)
        self.assertEqual(self.delivery.activity_ids.activity_type_id, self.env.ref(OUTSIDE))
        for text in (self.delivery.activity_ids.note, self.delivery.aliexpress_shipping_message):
            self.assertIn(CORREOS.format(7), text)
            self.assertIn("TSHIRT-BLU-M", text)
            self.assertNotIn("CAP-RED", text)
        self.delivery.activity_ids.action_done()
        self.push()
        self.assertFalse(self.delivery.activity_ids, "asked once for each parcel")
        self.delivery.move_ids.filtered(lambda move: move.product_id.default_code == "TSHIRT-BLU-M").quantity = 0
        self.ship(self.delivery, CORREOS.format(8), {self.get_product("CAP-RED"): 1}, backorder=False)
        self.push()
        self.assertFalse(self.delivery.aliexpress_shipping_message)

    def test_parts_that_odoo_declared_ask_nobody_even_when_corrected(self):
        backorder = self.ship(self.delivery, CORREOS.format(1), {self.get_product("TSHIRT-BLU-M"): 2})
        self.push()
        self.import_orders()
        self.assertEqual(self.order.stage, "waiting_shipment")
        self.delivery.carrier_tracking_ref = CORREOS.format(2)
        self.push()
        self.push()
        self.assertEqual(self.order.parcels[0][1], CORREOS.format(1), "not read again yet")
        self.assertFalse(backorder.activity_ids)
        self.assertFalse(backorder.aliexpress_shipping_message)

    def test_questions_send_no_mail_each(self):
        self.account.user_id = new_test_user(self.env, login="responsible", groups="sales_team.group_sale_manager")
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([("model", "=", "stock.picking")])
        self.ship_outside()
        self.push()
        self.assertEqual(self.delivery.activity_ids.user_id, self.account._get_responsible())
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.message"].search_count([("model", "=", "stock.picking")]), messages)

    def test_part_declared_outside_the_rest_from_odoo(self):
        self.ship_outside(line=1)
        self.assertEqual(self.order.stage, "waiting_shipment")
        backorder = self.ship(self.delivery, CORREOS.format(7), {self.get_product("TSHIRT-BLU-M"): 2})
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(self.placed)], [(CORREOS.format(7), "part")])
        self.ship(backorder, CORREOS.format(8))
        self.push()
        self.assertEqual(
            [entry[1:] for entry in self.get_ledger(self.placed)],
            [(CORREOS.format(7), "part"), (CORREOS.format(8), "all")],
        )
        self.assertEqual(self.order.shipment_ids.mapped("state"), ["sent", "sent"])

    def test_what_odoo_declared_itself_asks_nobody(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.push()
        self.import_orders()
        self.assertEqual(self.order.stage, "shipped")
        self.push()
        self.assertFalse(self.order.is_shipped_outside)

    def test_return_of_a_shipped_order_asks_nobody(self):
        self.ship(self.delivery, CORREOS.format(1))
        self.push()
        self.import_orders()
        wizard = self.env["stock.return.picking"].with_context(active_id=self.delivery.id, active_model="stock.picking")
        wizard = wizard.create({})
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self.order.shipment_ids.is_last = False
        self.push()
        self.assertFalse(returned.activity_ids)

    def test_order_that_aliexpress_ships_is_never_declared(self):
        """Even when its delivery was forced through, or somebody made a shipment by hand."""
        self.order.is_platform_fulfilled = True
        self.delivery.write({"carrier_id": self.correos.id, "carrier_tracking_ref": CORREOS.format(1)})
        self.delivery.move_ids.picked = True
        self.delivery.with_context(skip_sms=True)._action_done()
        shipment = self.env["aliexpress.shipment"].create(
            {
                "order_id": self.order.id,
                "service_id": self.map_carrier("SPAIN_LOCAL_CORREOS", self.correos).id,
                "tracking_ref": CORREOS.format(2),
            }
        )
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)
        self.assertEqual(self.order.shipment_ids, shipment)
        self.assertEqual(shipment.state, "error")
        self.assertIn("own warehouse", shipment.error)
