from odoo.addons.aliexpress_connector.tests.common_offers import PRICE, STOCK, OffersCase
from odoo.addons.aliexpress_connector.tests.shipping_common import CORREOS, ShippingCase

from .common import JobRunner


class TestShipmentsAsJobs(JobRunner, ShippingCase):
    """Parcels are declared by jobs as they are by the scheduled action."""

    def leave(self, count):
        """So many orders that have left, each in a parcel of its own: `[the gateway's order, …]`."""
        orders = [self.import_order_in_jobs() for _number in range(count)]
        for number, (_placed, order) in enumerate(orders):
            self.ship(self.get_delivery(order), CORREOS.format(number))
        self.sandbox.calls.clear()
        return [placed for placed, _order in orders]

    def import_order_in_jobs(self):
        placed = self.place()
        self.run_flow("fetch_orders")
        order = self.get_order(placed)
        order._process_in_job()
        return placed, order

    def test_each_parcel_is_declared_once(self):
        placed = self.leave(3)
        self.assertEqual(self.run_jobs("push_shipments"), 1)
        for number, one in enumerate(placed):
            self.assertEqual(self.get_ledger(one), [("SPAIN_LOCAL_CORREOS", CORREOS.format(number), "all")])
        self.assertEqual(self.count_declarations(), 3)
        shipments = self.env["aliexpress.shipment"].search([("account_id", "=", self.account.id)])
        self.assertEqual(shipments.mapped("state"), ["sent"] * 3)
        self.sandbox.calls.clear()
        self.assertEqual(self.run_jobs("push_shipments"), 1)
        self.assertFalse(self.sandbox.calls)

    def test_parcel_whose_answer_is_lost_is_declared_once(self):
        [placed] = self.leave(1)
        self.sandbox.add_fault("reset_after", method="*fulfill", count=1)
        self.run_jobs("push_shipments")
        self.account.retry_at = self.env["aliexpress.shipment"].search([]).retry_at = False
        self.run_jobs("push_shipments")
        self.assertEqual(self.get_ledger(placed), [("SPAIN_LOCAL_CORREOS", CORREOS.format(0), "all")])
        self.assertEqual(self.count_declarations(), 1)

    def test_a_shop_that_declares_nothing_has_no_job(self):
        [placed] = self.leave(1)
        self.account.sync_shipments = False
        self.assertEqual(self.run_jobs("push_shipments"), 0)
        # Nor does one that was made before the switch was turned.
        self.run_flow("push_shipments")
        self.assertFalse(self.sandbox.calls)
        self.account.sync_shipments = True
        self.run_jobs("push_shipments")
        self.assertEqual(len(self.get_ledger(placed)), 1)


class TestOffersAsJobs(JobRunner, OffersCase):
    """Prices and quantities are sent by jobs as they are by the scheduled action."""

    def push(self):
        """Override to do it in jobs."""
        self.calls.clear()
        self.run_jobs("push_offers")
        return list(self.calls)

    def test_quantity_and_price_are_sent_once(self):
        self.push()
        self.assertEqual([len(self.called(method)) for method in (STOCK, PRICE)], [1, 1])
        for sku in (self.shirt_sku, self.cap_sku):
            self.assertEqual(self.get_remote(sku), (100, "12.10", None))
        self.assertEqual((self.shirt_sku.quantity_sent, self.shirt_sku.price_sent), (100, 12.1))
        self.assertFalse(self.push())

    def test_only_what_changed_is_sent(self):
        self.push()
        self.add_stock(self.shirt, -30)
        self.push()
        self.assertEqual(self.sent_skus(STOCK), {"TSHIRT-BLU-M": {"sku_code": "TSHIRT-BLU-M", "inventory": "70"}})
        self.assertFalse(self.called(PRICE))
        self.assertFalse(self.push())

    def test_each_shop_has_a_job_that_sends_its_own(self):
        other = self.create_account("Other shop", seller_ref="1")
        other_sku = self.create_listing(self.create_product("MUG", "Mug", quantity=7), "1005001000000009", other)
        self.add_remote(other_sku)
        self.calls.clear()
        self.run_flow("push_offers")
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100)
        self.assertEqual(self.get_remote(other_sku)[0], 0)
        self.assertEqual(self.run_jobs("push_offers"), 2)
        self.assertEqual(self.get_remote(other_sku)[0], 7)
        self.assertEqual(len(self.called(STOCK)), 2)

    def test_a_shop_that_sends_no_offers_has_no_job(self):
        self.account.sync_offers = False
        self.assertEqual(self.run_jobs("push_offers"), 0)
        # Nor does one that was made before the switch was turned.
        self.run_flow("push_offers")
        self.assertFalse(self.calls)
        self.account.sync_offers = True
        self.assertTrue(self.push())
