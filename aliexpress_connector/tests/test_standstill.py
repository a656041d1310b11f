from odoo.tests import Form, new_test_user

from .catalogue_common import CREATE, CatalogueCase
from .shipping_common import CORREOS, ShippingCase

OFF = "is switched off in the shop Test shop: nothing of it happens"


class TestStandstillOrders(ShippingCase):
    """What a shop leaves undone is told where people press the buttons."""

    def test_an_answer_to_a_cancellation_waits_for_the_import_of_orders(self):
        placed, order = self.import_order()
        self.sandbox.act(placed, "request_cancel")
        self.import_orders()
        self.assertFalse(order.standstill)
        self.account.sync_orders = False
        self.sandbox.calls.clear()
        order.action_accept_cancellation()
        self.run_job("process_orders")
        self.run_job("fetch_orders")
        self.assertIn("Import Orders " + OFF, order.standstill)
        self.assertEqual((list(self.sandbox.calls), order.cancel_decision), ([], "accept"))
        self.account.sync_orders = True
        self.import_orders()
        self.import_orders()
        self.assertEqual(order.stage, "cancelled")
        self.assertFalse(order.standstill)

    def test_a_parcel_waits_for_the_declaration_of_shipments(self):
        placed, order = self.import_order()
        delivery = self.get_delivery(order)
        packer = new_test_user(self.env, "ae_standstill", "stock.group_stock_user")
        seen = delivery.with_user(packer)
        self.assertFalse(seen.aliexpress_shipping_message)
        self.account.sync_shipments = False
        self.assertIn("Declare Shipments " + OFF, seen.aliexpress_shipping_message)
        self.ship(delivery, CORREOS.format(1))
        self.push()
        self.assertFalse(self.get_ledger(placed))
        self.assertIn("Declare Shipments " + OFF, seen.aliexpress_shipping_message)
        self.account.sync_shipments = True
        self.push()
        self.assertEqual(len(self.get_ledger(placed)), 1)
        self.assertFalse(seen.aliexpress_shipping_message)
        self.account.sync_shipments = False
        shipment = delivery.aliexpress_shipment_ids
        self.assertFalse(shipment.standstill)
        shipment.tracking_ref = "PQ1234567890999"
        shipment.invalidate_recordset()
        self.assertIn("Declare Shipments " + OFF, shipment.standstill)

    def test_a_delivery_leads_to_its_order_before_anything_is_shipped(self):
        _placed, order = self.import_order()
        delivery = self.get_delivery(order)
        salesman = new_test_user(
            self.env, "ae_leads", "sales_team.group_sale_salesman_all_leads,stock.group_stock_user"
        )
        self.assertEqual(delivery.with_user(salesman).action_aliexpress_view_order()["res_id"], order.id)
        arch = delivery.with_user(salesman).get_view(self.env.ref("stock.view_picking_form").id)["arch"]
        self.assertIn("action_aliexpress_view_order", arch)

    def test_the_import_by_hand_tells_that_orders_are_only_stored(self):
        self.account.sync_orders = False
        form = Form(self.env["aliexpress.order.import"].with_context(default_account_id=self.account.id))
        self.assertIn("Import Orders " + OFF, form.standstill)

    def test_the_overview_names_what_is_switched_off(self):
        self.assertFalse(self.account.switched_off)
        self.account.write({"sync_orders": False, "sync_offers": False})
        self.assertEqual(self.account.switched_off, "Import Orders, Update Prices and Stock")
        self.account.family = "general"
        self.assertEqual(self.account.switched_off, "Import Orders")
        self.assertIn('name="switched_off"', self.env.ref("aliexpress_connector.aliexpress_account_view_kanban").arch)


class TestStandstillCatalogue(CatalogueCase):
    """Listing a product in a shop that publishes nothing is told before and after."""

    def open_wizard(self, account):
        context = {"default_account_ids": account.ids, "default_product_tmpl_ids": self.product.product_tmpl_id.ids}
        return Form(self.env["aliexpress.product.list"].with_context(**context))

    def test_a_listing_waits_for_the_publishing(self):
        self.account.sync_listings = False
        form = self.open_wizard(self.account)
        self.assertIn("Publish Listings " + OFF, form.standstill)
        action = form.save().action_list()
        listing = self.env["aliexpress.listing"].search(action["domain"])
        self.sandbox.calls.clear()
        self.run_job("publish_listings")
        self.assertFalse(self.sandbox.calls)
        self.assertIn("Publish Listings " + OFF, listing.standstill)
        self.account.sync_listings = True
        self.assertFalse(listing.standstill)
        self.run_job("publish_listings")
        self.assertTrue([call for call in self.sandbox.calls if call.method == CREATE])

    def test_only_connected_shops_are_offered(self):
        draft = self.env["aliexpress.account"].create({"name": "Not yet", "state": "draft"})
        Wizard = self.env["aliexpress.product.list"]
        self.assertEqual(Wizard._default_account_ids(), self.account)
        self.assertNotIn(draft, self.env["aliexpress.account"].search(Wizard._fields["account_ids"].domain))
        listing = self.create_listing()
        listing.account_id = draft
        self.assertIn("The shop Not yet is not connected: nothing is imported", listing.standstill)
        draft.active = False
        listing.invalidate_recordset()
        self.assertIn("The shop Not yet is archived", listing.standstill)
        draft.write({"active": True, "state": "expired"})
        listing.invalidate_recordset()
        self.assertEqual(listing.standstill, draft.connection_warning)

    def test_a_variant_leads_to_what_aliexpress_has_of_it(self):
        listing = self.create_listing()
        sku = self.env["aliexpress.listing.sku"].create({"listing_id": listing.id, "product_id": self.product.id})
        salesman = new_test_user(self.env, "ae_variant", "sales_team.group_sale_salesman")
        seen = self.product.with_user(salesman)
        self.assertEqual(seen.aliexpress_sku_count, 1)
        self.assertEqual(self.env["aliexpress.listing.sku"].search(seen.action_aliexpress_offers()["domain"]), sku)
        for name in ("product_normal_form_view", "product_variant_easy_edit_view"):
            self.assertIn("action_aliexpress_offers", seen.get_view(self.env.ref(f"product.{name}").id)["arch"])

    def test_a_price_waits_for_the_updates(self):
        listing = self.create_listing(product_ref="1005001", state="online", remote_state="online")
        values = {"listing_id": listing.id, "product_id": self.product.id, "sku_code": "CAP-100"}
        sku = self.env["aliexpress.listing.sku"].create(values)
        self.account.sync_offers = False
        sku.is_price_due = True
        self.assertIn("Update Prices and Stock " + OFF, sku.offer_note)
