from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.fields import Command
from odoo.tests import test_cursor
from odoo.tools import mute_logger

from .shipping_common import CORREOS, ShippingCase


class TestShippingParcels(ShippingCase):
    """Which parcels a delivery consists of, and how much of the order each of them is."""

    def setUp(self):
        super().setUp()
        self.shirt = self.get_product("TSHIRT-BLU-M")
        self.cap = self.get_product("CAP-RED")

    def get_contents(self, order):
        """`{number: {SKU code: quantity}}` of the shipments of an order."""
        return {
            shipment.tracking_ref: {line.order_line_id.sku_code: line.quantity for line in shipment.line_ids}
            for shipment in order.shipment_ids
        }

    # === PACKAGES === #

    def test_packages_with_numbers_of_their_own(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = self.get_delivery(order)
        self.pack(delivery, [{self.shirt: 2}, {self.cap: 1}], [CORREOS.format(1), CORREOS.format(2)])
        self.ship(delivery)
        self.push()
        self.assertEqual(
            self.get_ledger(placed),
            [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "part"), ("SPAIN_LOCAL_CORREOS", CORREOS.format(2), "all")],
        )
        self.assertEqual(
            self.get_contents(order), {CORREOS.format(1): {"TSHIRT-BLU-M": 2}, CORREOS.format(2): {"CAP-RED": 1}}
        )

    def test_packages_get_the_numbers_of_the_delivery_in_their_order(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = self.get_delivery(order)
        self.pack(delivery, [{self.shirt: 2}, {self.cap: 1}])
        self.ship(delivery, f"{CORREOS.format(1)}, {CORREOS.format(2)}")
        self.push()
        self.assertEqual(
            self.get_contents(order), {CORREOS.format(1): {"TSHIRT-BLU-M": 2}, CORREOS.format(2): {"CAP-RED": 1}}
        )
        self.assertEqual([entry[2] for entry in self.get_ledger(placed)], ["part", "all"])

    def test_a_product_that_nobody_knows_is_still_to_leave(self):
        ghost = {"name": "Ghost", "sku": "NOPE-1", "product_id": 1005009999, "price": "5.00", "quantity": 1}
        placed, order = self.import_order(ghost, ["CAP-RED", 1])
        order.sale_order_id.action_confirm()
        delivery = self.get_delivery(order)
        # Forced through beside the check.
        delivery.write({"carrier_id": self.correos.id, "carrier_tracking_ref": CORREOS.format(1)})
        delivery.move_ids.picked = True
        delivery._action_done()
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(placed)], [(CORREOS.format(1), "part")])

    def test_number_of_a_package_comes_late(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = self.get_delivery(order)
        packages = self.pack(delivery, [{self.shirt: 2}, {self.cap: 1}], [CORREOS.format(1)])
        self.ship(delivery)
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(placed)], [(CORREOS.format(1), "part")])
        self.assertEqual(delivery.aliexpress_shipping_state, "waiting")
        packages[1].aliexpress_tracking_ref = CORREOS.format(2)
        self.push()
        self.assertEqual(
            [entry[1:] for entry in self.get_ledger(placed)],
            [(CORREOS.format(1), "part"), (CORREOS.format(2), "all")],
        )
        self.assertEqual(delivery.aliexpress_shipping_state, "sent")

    def test_box_that_comes_back_has_no_number_of_its_own(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2])
        delivery = self.get_delivery(order)
        packages = self.pack(delivery, [{self.shirt: 2}], [CORREOS.format(1)])
        packages.package_type_id = self.env["stock.package.type"].create({"name": "Tote", "package_use": "reusable"})
        self.ship(delivery, CORREOS.format(2))
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(placed)], [(CORREOS.format(2), "all")])

    # === ONE PARCEL FOR SEVERAL === #

    def test_one_parcel_for_two_orders(self):
        first, first_order = self.import_order()
        second, second_order = self.import_order(["CAP-RED", 1])
        self.ship(self.get_delivery(first_order), CORREOS.format(1))
        self.ship(self.get_delivery(second_order), CORREOS.format(1))
        self.push()
        self.assertEqual(self.get_ledger(first), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertEqual(self.get_ledger(second), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])

    def test_one_parcel_for_two_deliveries_of_an_order(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        backorder = self.ship(self.get_delivery(order), CORREOS.format(1), {self.shirt: 2})
        self.ship(backorder, CORREOS.format(1))
        self.push()
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertEqual(order.shipment_ids.mapped("state"), ["sent", "sent"])
        self.assertEqual(self.count_declarations(), 1)

    def test_number_of_two_deliveries_of_an_order_is_corrected(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = self.get_delivery(order)
        backorder = self.ship(delivery, CORREOS.format(1), {self.shirt: 2})
        self.ship(backorder, CORREOS.format(1))
        self.push()
        (delivery | backorder).carrier_tracking_ref = CORREOS.format(2)
        self.push()
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(2), "all")])
        self.assertEqual(order.shipment_ids.mapped("state"), ["sent", "sent"])
        self.assertFalse(order.activity_ids)

    def test_parcel_that_gets_more_is_completed(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        backorder = self.ship(self.get_delivery(order), CORREOS.format(1), {self.shirt: 2})
        self.push()
        self.ship(backorder, CORREOS.format(1))
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(placed)][-1], (CORREOS.format(1), "all"))
        self.assertEqual(placed.status, "WAIT_BUYER_ACCEPT_GOODS")
        self.assertEqual(order.shipment_ids.mapped("state"), ["sent", "sent"])

    def test_goods_in_place_of_those_ordered_are_declared(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2])
        order.sale_order_id.order_line.product_uom_qty = 0
        order.sale_order_id.order_line = [Command.create({"product_id": self.cap.id, "product_uom_qty": 2})]
        delivery = self.get_delivery(order)
        self.assertEqual(delivery.move_ids.filtered("product_uom_qty").product_id, self.cap)
        self.ship(delivery, CORREOS.format(1))
        self.push()
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertRecordValues(order.shipment_ids, [{"state": "sent", "error": False}])

    def test_goods_added_to_those_ordered_are_not_declared_alone(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2])
        order.sale_order_id.order_line = [Command.create({"product_id": self.cap.id, "product_uom_qty": 1})]
        backorder = self.ship(self.get_delivery(order), CORREOS.format(1), {self.cap: 1})
        self.push()
        self.assertFalse(self.get_ledger(placed))
        self.ship(backorder, CORREOS.format(2))
        self.push()
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(2), "all")])

    def test_rest_that_never_comes_completes_the_order(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        backorder = self.ship(self.get_delivery(order), CORREOS.format(1), {self.shirt: 2})
        self.push()
        self.assertEqual([entry[2] for entry in self.get_ledger(placed)], ["part"])
        backorder.action_cancel()
        self.push()
        self.assertEqual(placed.status, "WAIT_BUYER_ACCEPT_GOODS")
        self.assertEqual(order.shipment_ids.mapped("state"), ["sent"])
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)

    def test_parcel_without_number_keeps_the_others_from_being_the_last(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = self.get_delivery(order)
        backorder = self.ship(delivery, False, {self.shirt: 2})
        self.ship(backorder, CORREOS.format(2))
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(placed)], [(CORREOS.format(2), "part")])
        delivery.carrier_tracking_ref = CORREOS.format(1)
        self.push()
        self.assertEqual(
            [entry[1:] for entry in self.get_ledger(placed)],
            [(CORREOS.format(2), "part"), (CORREOS.format(1), "all")],
        )

    # === WAYS OF DELIVERING === #

    def test_only_the_last_of_two_steps_counts(self):
        self.check_only_the_last_step_counts("pick_ship", ["internal", "customer"])

    def test_only_the_last_of_three_steps_counts(self):
        self.check_only_the_last_step_counts("pick_pack_ship", ["internal", "internal", "customer"])

    def check_only_the_last_step_counts(self, delivery_steps, usages):
        self.warehouse.delivery_steps = delivery_steps
        placed, order = self.import_order(["TSHIRT-BLU-M", 2])
        steps = []
        for _step in range(4):
            pickings = order.sale_order_id.picking_ids | self.env["stock.picking"].search(
                [("origin", "=", order.sale_order_id.name)]
            )
            todo = pickings.filtered(lambda picking: picking.state == "assigned")
            if not todo:
                break
            todo.ensure_one()
            todo.write({"carrier_id": self.correos.id, "carrier_tracking_ref": CORREOS.format(1)})
            todo.with_context(skip_sms=True).button_validate()
            steps.append(todo.location_dest_id.usage)
            self.push()
            self.assertEqual(bool(self.get_ledger(placed)), todo.location_dest_id.usage == "customer")
        self.assertEqual(steps, usages)
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertEqual(len(order.shipment_ids), 1)

    def test_vendor_ships_directly(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = self.get_delivery(order)
        delivery.move_ids.filtered(lambda move: move.product_id == self.cap)._action_cancel()
        sale_line = order.line_ids.filtered(lambda line: line.sku_code == "CAP-RED").sale_line_id
        supplier = self.env.ref("stock.stock_location_suppliers")
        direct = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": supplier.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.cap.id,
                            "product_uom_qty": 1,
                            "sale_line_id": sale_line.id,
                            "location_id": supplier.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        direct.action_confirm()
        self.assertEqual(direct.aliexpress_order_ref, order.order_ref)
        self.ship(delivery, CORREOS.format(1))
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(placed)], [(CORREOS.format(1), "part")])
        direct.move_ids.quantity = 1
        self.ship(direct, CORREOS.format(2))
        self.push()
        self.assertEqual(
            [entry[1:] for entry in self.get_ledger(placed)],
            [(CORREOS.format(1), "part"), (CORREOS.format(2), "all")],
        )

    def test_lots_are_counted_as_lots(self):
        placed = self.place([{"sku": "TSHIRT-BLU-M", "quantity": 2, "lot_num": 3}][0])
        self.import_orders()
        order = self.get_order(placed)
        self.assertEqual(order.line_ids.sale_line_id.product_uom_qty, 6)
        self.ship(self.get_delivery(order), CORREOS.format(1))
        self.push()
        self.assertEqual(self.get_contents(order), {CORREOS.format(1): {"TSHIRT-BLU-M": 2}})

    # === RETURNS === #

    def give_back(self, delivery):
        """Return all of a done delivery and validate the return."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({})
        )
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.carrier_tracking_ref = CORREOS.format(99)
        returned.with_context(skip_sms=True).button_validate()
        self.assertEqual(returned.state, "done")
        return returned

    def test_returns_are_never_declared(self):
        placed, order = self.import_order()
        delivery = self.get_delivery(order)
        self.ship(delivery, CORREOS.format(1))
        self.push()
        returned = self.give_back(delivery)
        again = self.give_back(returned)
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])
        self.assertFalse((returned | again).aliexpress_shipment_ids)
        # A number corrected after all came back is still corrected.
        self.assertEqual(delivery.aliexpress_shipping_state, "sent")

    def test_what_came_back_undeclared_is_declared_when_it_really_leaves(self):
        placed, order = self.import_order()
        delivery = self.get_delivery(order)
        self.ship(delivery)
        self.push()
        self.assertEqual(delivery.aliexpress_shipping_state, "waiting")
        returned = self.give_back(delivery)
        self.push()
        self.assertFalse(order.shipment_ids)
        again = self.give_back(returned)
        again.write({"carrier_id": self.correos.id, "carrier_tracking_ref": CORREOS.format(1)})
        self.push()
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(1), "all")])


class TestShippingKits(ShippingCase):
    """A kit is sold as one child order and leaves as its components."""

    def setUp(self):
        super().setUp()
        if "mrp.bom" not in self.env:
            self.skipTest("mrp is not installed")
        self.parts = self.env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Cup", "Saucer")]
        )
        for part in self.parts:
            self.env["stock.quant"]._update_available_quantity(part, self.warehouse.lot_stock_id, 100)
        self.kit = self.get_product("MUG-01")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in zip(self.parts, (1, 2), strict=True)
                ],
            }
        )

    def test_whole_kits_are_counted(self):
        placed, order = self.import_order(["MUG-01", 3], ["CAP-RED", 1])
        cup, saucer = self.parts
        delivery = self.get_delivery(order)
        backorder = self.ship(delivery, CORREOS.format(1), {cup: 2, saucer: 4})
        self.push()
        self.ship(backorder, CORREOS.format(2))
        self.push()
        self.assertEqual(
            [entry[1:] for entry in self.get_ledger(placed)],
            [(CORREOS.format(1), "part"), (CORREOS.format(2), "all")],
        )
        lines = {
            (shipment.tracking_ref, line.order_line_id.sku_code): line.quantity
            for shipment in order.shipment_ids
            for line in shipment.line_ids
        }
        self.assertEqual(
            lines,
            {(CORREOS.format(1), "MUG-01"): 2, (CORREOS.format(2), "MUG-01"): 1, (CORREOS.format(2), "CAP-RED"): 1},
        )

    def test_half_a_kit_is_not_the_child_order(self):
        placed, order = self.import_order(["MUG-01", 1])
        cup, _saucer = self.parts
        backorder = self.ship(self.get_delivery(order), CORREOS.format(1), {cup: 1})
        self.push()
        self.assertEqual([entry[1:] for entry in self.get_ledger(placed)], [(CORREOS.format(1), "part")])
        self.ship(backorder, CORREOS.format(2))
        self.push()
        self.assertEqual([entry[2] for entry in self.get_ledger(placed)], ["part", "all"])


class TestShippingParcelsGeneral(ShippingCase):
    """The family that tells AliExpress which lines are in a parcel."""

    family = "general"

    def get_parcels(self, placed):
        parcels = [parcel for order_id, parcel in self.sandbox.shipments if order_id == placed.order_id]
        return [(parcel.logistics_no, parcel.send_type, sorted(parcel.lines)) for parcel in parcels]

    def test_packages_tell_their_lines(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        delivery = self.get_delivery(order)
        shirt, cap = self.get_product("TSHIRT-BLU-M"), self.get_product("CAP-RED")
        self.pack(delivery, [{shirt: 1}, {shirt: 1, cap: 1}], [CORREOS.format(1), CORREOS.format(2)])
        self.ship(delivery)
        self.push()
        self.assertEqual(
            self.get_parcels(placed), [(CORREOS.format(1), "part", [1]), (CORREOS.format(2), "all", [1, 2])]
        )
        self.assertEqual(placed.status, "WAIT_BUYER_ACCEPT_GOODS")

    def test_lines_are_told_while_the_family_is_not_known(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        self.ship(self.get_delivery(order), CORREOS.format(1), {self.get_product("TSHIRT-BLU-M"): 1})
        self.account.family = False
        self.push()
        self.assertEqual(self.get_parcels(placed), [(CORREOS.format(1), "part", [1])])
        self.assertEqual(self.account.family, "general")

    def test_parcels_refused_with_the_methods_of_before_are_declared_with_those_of_now(self):
        pairs = [self.import_order(["TSHIRT-BLU-M", 2]) for _each in range(3)]
        self.account.write({"family": "solution", "family_looked_date": False})
        for index, (_placed, order) in enumerate(pairs, 1):
            self.ship(self.get_delivery(order), CORREOS.format(index))
        self.push()
        self.push()
        for index, (placed, order) in enumerate(pairs, 1):
            self.assertEqual(self.get_parcels(placed), [(CORREOS.format(index), "all", [1])])
            self.assertEqual(order.shipment_ids.state, "sent")
            self.assertFalse(order.activity_ids)
        self.assertEqual(self.count_declarations(), 4)
        self.assertEqual(self.account.family, "general")

    def push_refused_parcel(self, hook):
        """Declare a parcel with methods that are not granted any more, calling `hook` with each request: it ends
        declared with others, without a person.
        """
        placed, order = self.import_order(["TSHIRT-BLU-M", 2])
        self.account.write({"family": "solution", "family_looked_date": False})
        self.ship(self.get_delivery(order), CORREOS.format(1))
        with self.watch_calls(hook):
            self.push()
        self.push()
        self.assertEqual(self.get_parcels(placed), [(CORREOS.format(1), "all", [1])])
        self.assertEqual((order.shipment_ids.state, self.account.family), ("sent", "general"))
        self.assertFalse(order.activity_ids)

    def test_a_parcel_is_declared_with_methods_that_another_job_found_meanwhile(self):
        def switch(request):
            if "fulfill" in request:
                cursor = test_cursor.TestCursor._cursors_stack[-1]
                # What another transaction commits shows once this one has ended.
                cursor.postrollback.add(lambda: cursor.execute(query, [fields.Datetime.now(), self.account.id]))

        query = "UPDATE aliexpress_account SET family = 'general', family_looked_date = %s WHERE id = %s"
        self.push_refused_parcel(switch)

    def test_a_parcel_waits_for_another_job_that_changes_the_shop(self):
        def collide(request):
            if "order.get" in request and not collisions:
                collisions.append(request)
                raise SerializationFailure("another transaction was first")

        collisions = []
        self.push_refused_parcel(collide)
        self.assertTrue(collisions)

    def test_parcels_that_no_methods_declare_ask_a_person_and_once_for_other_methods(self):
        orders = [self.import_order(["TSHIRT-BLU-M", 2])[1] for _each in range(3)]
        self.account.write({"family": "solution", "family_looked_date": False})
        self.sandbox.app.denied = ["*"]
        for index, order in enumerate(orders, 1):
            self.ship(self.get_delivery(order), CORREOS.format(index))
        self.sandbox.calls.clear()
        self.push()
        self.assertEqual({order.shipment_ids.state for order in orders}, {"error"})
        self.assertTrue(all(order.activity_ids for order in orders))
        self.assertEqual(len(self.sandbox.calls), len(orders) + 2)

    def test_child_order_over_two_deliveries(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        shirt = self.get_product("TSHIRT-BLU-M")
        backorder = self.ship(self.get_delivery(order), CORREOS.format(1), {shirt: 1})
        self.push()
        self.ship(backorder, CORREOS.format(2))
        self.push()
        self.assertEqual(
            self.get_parcels(placed), [(CORREOS.format(1), "part", [1]), (CORREOS.format(2), "all", [1, 2])]
        )

    def test_rest_that_never_comes_completes_its_line(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2])
        shirt = self.get_product("TSHIRT-BLU-M")
        backorder = self.ship(self.get_delivery(order), CORREOS.format(1), {shirt: 1})
        self.push()
        backorder.action_cancel()
        self.push()
        self.assertEqual(self.get_parcels(placed)[-1], (CORREOS.format(1), "all", [1]))
        self.assertEqual(placed.status, "WAIT_BUYER_ACCEPT_GOODS")

    # === WHAT IS TOLD ONCE === #

    def check_complete(self, placed, order):
        self.assertEqual(placed.status, "WAIT_BUYER_ACCEPT_GOODS")
        self.assertEqual(set(order.shipment_ids.mapped("state")), {"sent"}, order.shipment_ids.mapped("error"))
        self.assertTrue(any(order.shipment_ids.mapped("is_last")))
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)

    def test_rest_that_never_comes_is_told_for_its_line_alone(self):
        placed, order = self.import_order(["CAP-RED", 1], ["TSHIRT-BLU-M", 2])
        cap, shirt = self.get_product("CAP-RED"), self.get_product("TSHIRT-BLU-M")
        backorder = self.ship(self.get_delivery(order), CORREOS.format(1), {cap: 1, shirt: 1})
        self.push()
        backorder.action_cancel()
        self.push()
        self.assertEqual(self.get_parcels(placed)[-1], (CORREOS.format(1), "all", [2]))
        self.check_complete(placed, order)

    def test_rest_that_never_comes_is_told_in_its_own_parcel(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        shirt, cap = self.get_product("TSHIRT-BLU-M"), self.get_product("CAP-RED")
        second = self.ship(self.get_delivery(order), CORREOS.format(1), {shirt: 1})
        self.push()
        self.ship(second, CORREOS.format(2), {cap: 1}, backorder=False)
        self.push()
        self.push()
        self.assertEqual(
            self.get_parcels(placed),
            [(CORREOS.format(1), "part", [1]), (CORREOS.format(2), "all", [2]), (CORREOS.format(1), "all", [1])],
        )
        self.check_complete(placed, order)

    @mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_job_mixin")
    def declare_in_trouble(self, order, fault):
        """Run the job while the next declaration meets `fault`, then again when all is well."""
        if fault:
            self.sandbox.add_fault(fault, method="*order.shipment", count=1)
        self.push()
        self.account.retry_at = order.shipment_ids.retry_at = False
        self.push()

    def check_goods_that_follow(self, fault=""):
        """The second delivery leaves under the number of the first, the third under another."""
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1], ["MUG-01", 1])
        first, last = CORREOS.format(1), CORREOS.format(2)
        second = self.ship(self.get_delivery(order), first, {self.get_product("TSHIRT-BLU-M"): 2})
        self.push()
        third = self.ship(second, first, {self.get_product("CAP-RED"): 1})
        self.declare_in_trouble(order, fault)
        self.assertEqual(self.get_parcels(placed), [(first, "all", [1]), (first, "all", [2])])
        self.assertFalse(any(order.shipment_ids.mapped("is_last")))
        self.ship(third, last)
        self.push()
        self.assertEqual(self.get_parcels(placed)[2:], [(last, "all", [3])])
        self.check_complete(placed, order)

    def test_goods_that_follow_under_a_known_number(self):
        self.check_goods_that_follow()

    def test_goods_that_follow_and_an_answer_that_is_lost(self):
        self.check_goods_that_follow("reset_after")

    def test_goods_that_follow_and_a_call_that_is_lost(self):
        self.check_goods_that_follow("reset")

    def check_last_goods_that_follow(self, fault=""):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        number = CORREOS.format(1)
        backorder = self.ship(self.get_delivery(order), number, {self.get_product("TSHIRT-BLU-M"): 2})
        self.push()
        self.ship(backorder, number)
        self.declare_in_trouble(order, fault)
        self.assertEqual(self.get_parcels(placed), [(number, "all", [1]), (number, "all", [2])])
        self.check_complete(placed, order)

    def test_last_goods_follow_under_a_known_number(self):
        self.check_last_goods_that_follow()

    def test_last_goods_follow_and_an_answer_that_is_lost(self):
        self.check_last_goods_that_follow("reset_after")

    def test_line_that_was_declared_elsewhere_keeps_no_other(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1], ["MUG-01", 1])
        number = CORREOS.format(1)
        backorder = self.ship(self.get_delivery(order), number, {self.get_product("TSHIRT-BLU-M"): 2})
        self.push()
        self.sandbox.act(placed, "ship", logistics_no=number, service_name="SPAIN_LOCAL_CORREOS", line=2)
        self.ship(backorder, number)
        self.push()
        self.assertEqual(self.get_parcels(placed)[-1], (number, "all", [3]))
        self.check_complete(placed, order)

    def test_line_that_was_declared_elsewhere_with_another_number(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        self.sandbox.act(placed, "ship", logistics_no=CORREOS.format(7), service_name="SPAIN_LOCAL_CORREOS", line=1)
        self.ship(self.get_delivery(order), CORREOS.format(1))
        self.push()
        self.assertEqual(self.get_parcels(placed)[1:], [(CORREOS.format(1), "all", [2])])
        self.check_complete(placed, order)

    @mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_job_mixin")
    def test_line_declared_by_hand_while_the_call_is_lost(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        number = CORREOS.format(1)
        self.ship(self.get_delivery(order), number)
        self.sandbox.add_fault("reset", method="*order.shipment", count=1)
        self.push()
        self.sandbox.act(placed, "ship", logistics_no=number, service_name="SPAIN_LOCAL_CORREOS", line=1)
        self.account.retry_at = order.shipment_ids.retry_at = False
        self.push()
        self.push()
        self.assertEqual(self.get_parcels(placed)[1:], [(number, "all", [2])])
        self.check_complete(placed, order)

    def test_goods_that_follow_under_a_number_being_corrected(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1], ["MUG-01", 1])
        first, second = CORREOS.format(1), CORREOS.format(2)
        delivery = self.get_delivery(order)
        backorder = self.ship(delivery, first, {self.get_product("TSHIRT-BLU-M"): 2})
        self.push()
        delivery.carrier_tracking_ref = second
        last = self.ship(backorder, second, {self.get_product("CAP-RED"): 1})
        self.push()
        self.assertEqual(self.get_parcels(placed), [(second, "all", [1]), (second, "all", [2])])
        self.ship(last, CORREOS.format(3))
        self.push()
        self.assertEqual(self.get_parcels(placed)[2:], [(CORREOS.format(3), "all", [3])])
        self.check_complete(placed, order)

    def test_rests_of_two_parcels_are_told_under_their_numbers(self):
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 2])
        shirt, cap = self.get_product("TSHIRT-BLU-M"), self.get_product("CAP-RED")
        first, second = CORREOS.format(1), CORREOS.format(2)
        backorder = self.ship(self.get_delivery(order), first, {shirt: 1})
        last = self.ship(backorder, second, {cap: 1})
        self.push()
        self.assertEqual(self.get_parcels(placed), [(first, "part", [1]), (second, "part", [2])])
        last.action_cancel()
        self.push()
        self.push()
        self.assertEqual(sorted(self.get_parcels(placed)[2:]), [(first, "all", [1]), (second, "all", [2])])
        self.check_complete(placed, order)

    def test_line_that_never_leaves_is_waited_for(self):
        """AliExpress is told of lines here: the order is not complete, and its deadline is watched."""
        placed, order = self.import_order(["TSHIRT-BLU-M", 2], ["CAP-RED", 1])
        shirt = self.get_product("TSHIRT-BLU-M")
        self.ship(self.get_delivery(order), CORREOS.format(1), {shirt: 2}, backorder=False)
        self.push()
        self.assertEqual(placed.status, "SELLER_PART_SEND_GOODS")
        self.assertEqual(order.filtered_domain(order._get_to_declare_domain()), order)
        self.sandbox.calls.clear()
        self.push()
        self.assertFalse(self.sandbox.calls)
