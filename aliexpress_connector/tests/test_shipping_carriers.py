from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user
from odoo.tools import SQL

from .shipping_common import CORREOS, ShippingCase


class TestShippingCarriers(ShippingCase):
    """The carriers a shop may use, and the delivery methods they stand for."""

    def get_service(self, code):
        services = self.env["aliexpress.logistics.service"].with_context(active_test=False)
        return services.search([("account_id", "=", self.account.id), ("code", "=", code)])

    def test_carriers_are_read_with_their_patterns(self):
        service = self.get_service("SPAIN_LOCAL_CORREOS")
        self.assertRecordValues(
            service, [{"name": "Correos Paq 48", "company_name": "CORREOS", "tracking_regex": "^[A-Z0-9]{13,23}$"}]
        )

    def test_shop_data_job_reads_them(self):
        self.sandbox.shop.carriers[0].tracking_no_regex = "^[0-9]{9}$"
        self.env["aliexpress.shop.data"].search([("account_id", "=", self.account.id)]).unlink()
        self.run_job("refresh_shop_data")
        self.assertEqual(self.get_service("SPAIN_LOCAL_CORREOS").tracking_regex, "^[0-9]{9}$")

    def test_what_people_mapped_stays(self):
        gone = self.sandbox.shop.carriers.pop(0)
        self.account._refresh_carriers()
        service = self.get_service(gone.service_name)
        self.assertFalse(service.active)
        self.assertEqual(service.carrier_id, self.correos)
        self.sandbox.shop.carriers.insert(0, gone)
        self.account._refresh_carriers()
        self.assertTrue(service.active)

    def test_mapped_carrier_that_is_gone_is_told(self):
        before = self.account.message_ids
        shop = self.sandbox.shop
        shop.carriers = [carrier for carrier in shop.carriers if "CORREOS" in carrier.service_name]
        self.account._refresh_carriers()
        told = "".join((self.account.message_ids - before).mapped("body"))
        self.assertIn(self.get_service("SPAIN_LOCAL_SEUR").name, told)
        self.assertNotIn(self.get_service("EMS").name, told, "nobody uses it")

    def test_a_first_list_without_carriers_is_read_again_soon(self):
        self.env["aliexpress.logistics.service"].search([("account_id", "=", self.account.id)]).unlink()
        carriers, self.sandbox.shop.carriers = self.sandbox.shop.carriers, []
        self.run_job("refresh_shop_data")
        row = self.env["aliexpress.shop.data"].search([("account_id", "=", self.account.id), ("kind", "=", "carriers")])
        self.assertLess(row.retry_at, fields.Datetime.now() + timedelta(hours=4))
        self.sandbox.shop.carriers = carriers
        row.retry_at = False
        self.run_job("refresh_shop_data")
        self.assertEqual(row.state, "done")
        self.assertTrue(self.get_service("SPAIN_LOCAL_SEUR"))

    def test_no_carriers_at_all_is_no_answer(self):
        _placed, order = self.import_order()
        services = self.env["aliexpress.logistics.service"].search([("account_id", "=", self.account.id)])
        self.sandbox.shop.carriers = []
        self.run_job("refresh_shop_data")
        self.assertEqual(set(services.mapped("active")), {True})
        domain = [("account_id", "=", self.account.id), ("kind", "=", "carriers")]
        row = self.env["aliexpress.shop.data"].search(domain)
        self.assertEqual(row.state, "error")
        self.assertLess(row.retry_at, fields.Datetime.now() + timedelta(hours=4))
        self.ship(self.get_delivery(order), CORREOS.format(1))

    def test_refresh_without_changes_writes_nothing(self):
        services = self.env["aliexpress.logistics.service"].search([("account_id", "=", self.account.id)])
        self.env.flush_all()
        dates = services.mapped("write_date")
        self.account._refresh_carriers()
        self.env.flush_all()
        self.assertEqual(services.mapped("write_date"), dates)

    def test_delivery_methods_are_suggested_by_name(self):
        services = self.env["aliexpress.logistics.service"].search([("account_id", "=", self.account.id)])
        services.unlink()
        dhl, named = self.create_carrier("Dhl"), self.create_carrier("ems")
        self.create_carrier("Seller's Shipping Method - ES")
        self.account._refresh_carriers()
        self.assertEqual(self.get_service("SPAIN_LOCAL_DHL").carrier_id, dhl)
        self.assertEqual(self.get_service("EMS").carrier_id, named)
        self.assertFalse(self.get_service("OTHER_ES_LOCAL").carrier_id)
        # Taken away by a person: not suggested again by itself, only when asked for.
        self.get_service("EMS").carrier_id = False
        self.account._refresh_carriers()
        self.assertFalse(self.get_service("EMS").carrier_id)
        self.get_service("EMS").action_suggest_carriers()
        self.assertEqual(self.get_service("EMS").carrier_id, named)

    def test_orders_that_came_before_the_mapping_get_the_delivery_method(self):
        service = self.get_service("SPAIN_LOCAL_CORREOS")
        service.carrier_id = False
        self.place()
        sale_order = self.import_orders().sale_order_id
        self.assertFalse(sale_order.carrier_id)
        service.carrier_id = self.correos
        self.assertEqual(sale_order.carrier_id, self.correos)
        self.assertEqual(sale_order.picking_ids.carrier_id, self.correos)
        service.carrier_id = self.create_carrier("Another")
        self.assertEqual(sale_order.carrier_id, self.correos, "what has a delivery method keeps it")

    def test_two_methods_with_the_name_are_no_suggestion(self):
        self.env["aliexpress.logistics.service"].search([("account_id", "=", self.account.id)]).unlink()
        self.create_carrier("EMS")
        self.create_carrier("ems")
        self.account._refresh_carriers()
        self.assertFalse(self.get_service("EMS").carrier_id)

    def test_one_method_for_each_destination(self):
        overseas = self.map_carrier("EMS", self.correos)
        overseas.tracking_regex = False
        overseas.country_ids = self.env.ref("base.fr") | self.env.ref("base.pt")
        self.sandbox.shop.carrier("EMS").tracking_no_regex = "^[A-Z0-9]{13,23}$"
        for country, code in (("ES", "SPAIN_LOCAL_CORREOS"), ("FR", "EMS"), ("PT", "EMS")):
            placed, order = self.import_order(country=country)
            self.ship(self.get_delivery(order), CORREOS.format(1))
            self.push()
            self.assertEqual(self.get_ledger(placed)[0][0], code)

    def test_service_the_buyer_chose_decides_among_several(self):
        self.map_carrier("SPAIN_LOCAL_DHL", self.correos)
        placed, order = self.import_order({"sku": "TSHIRT-BLU-M", "logistics_type": "SPAIN_LOCAL_DHL"})
        self.assertEqual(order.service_code, "SPAIN_LOCAL_DHL")
        self.ship(self.get_delivery(order), CORREOS.format(1))
        self.push()
        self.assertEqual(self.get_ledger(placed)[0][0], "SPAIN_LOCAL_DHL")

    def test_several_methods_for_one_carrier(self):
        urgent = self.create_carrier("Correos urgent")
        service = self.get_service("SPAIN_LOCAL_CORREOS")
        service.more_carrier_ids = urgent
        self.assertEqual((urgent | self.correos).aliexpress_service_ids, service)
        placed, order = self.import_order()
        self.ship(self.get_delivery(order), CORREOS.format(1), carrier=urgent)
        self.push()
        self.assertEqual(self.get_ledger(placed)[0][0], "SPAIN_LOCAL_CORREOS")

    def test_pattern_that_cannot_be_read_checks_nothing(self):
        service = self.get_service("SPAIN_LOCAL_CORREOS")
        service.tracking_regex = "(["
        self.assertTrue(service._accepts("anything"))
        service.tracking_regex = "^[A-Z]{3}$"
        self.assertTrue(service._accepts("ABC"))
        self.assertFalse(service._accepts("ABCD"))
        self.assertFalse(service._accepts("A" * 1000))

    def test_several_shops_map_for_themselves(self):
        other = self.create_account("Second shop", seller_ref="1")
        self.env["aliexpress.logistics.service"].create(
            {"account_id": other.id, "code": "EMS", "name": "EMS", "carrier_id": self.correos.id}
        )
        services = self.env["aliexpress.logistics.service"]._get_mapped(self.account | other)
        self.assertEqual(services[other]._choose(self.correos, "ES").code, "EMS")
        self.assertEqual(services[self.account]._choose(self.correos, "ES").code, "SPAIN_LOCAL_CORREOS")

    def test_people_read_or_map_as_their_group_allows(self):
        seller = new_test_user(self.env, login="seller", groups="sales_team.group_sale_salesman")
        manager = new_test_user(self.env, login="manager", groups="sales_team.group_sale_manager")
        service = self.get_service("EMS")
        self.assertEqual(service.with_user(seller).name, "EMS")
        self.assertFalse(service.with_user(seller).has_access("write"))
        service.with_user(manager).carrier_id = self.seur
        shipment = self.env["aliexpress.shipment"].with_user(seller)
        self.assertFalse(shipment.has_access("create"))
        self.assertTrue(shipment.has_access("read"))
        packer = new_test_user(self.env, login="packer", groups="stock.group_stock_user")
        self.assertFalse(self.env["aliexpress.shipment"].with_user(packer).has_access("read"))
        self.assertFalse(service.with_user(packer).has_access("read"))


class TestShippingScale(ShippingCase):
    """The job's cost follows what changed, not what there is."""

    def test_planning_and_intending_cost_the_same_for_more(self):
        """Queries grow by a fixed small number for each delivery more."""
        counts = {}
        for size in (4, 12):
            orders = self.env["aliexpress.order"]
            placed = [self.place(["TSHIRT-BLU-M", 1], ["CAP-RED", 1]) for _index in range(size)]
            self.import_orders()
            for one in placed:
                orders |= self.get_order(one)
            deliveries = orders.sale_order_id.picking_ids
            deliveries.write({"carrier_id": self.correos.id, "carrier_tracking_ref": CORREOS.format(size)})
            deliveries.with_context(skip_sms=True).button_validate()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            shipments = self.env["aliexpress.shipment"]
            shipments._take_deliveries()
            shipments.search([("picking_id", "in", deliveries.ids)])._plan()
            self.env.flush_all()
            counts[size] = self.env.cr.sql_log_count - before
            self.assertEqual(orders.shipment_ids.mapped("tracking_ref"), [CORREOS.format(size)] * size)
            orders.shipment_ids.write({"state": "sent"})
        growth = (counts[12] - counts[4]) / 8
        self.assertLessEqual(growth, 3, f"{counts}")

    def test_deliveries_are_found_through_the_index(self):
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            SQL("EXPLAIN SELECT id, aliexpress_order_id FROM stock_picking WHERE %s", SQL(self.get_condition()))
        )
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("aliexpress_to_reflect_idx", plan)

    def get_condition(self):
        from ..models.stock_picking_reflection import TO_REFLECT

        return TO_REFLECT
