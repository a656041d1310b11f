from datetime import timedelta

from odoo import fields

from ..models.aliexpress_offer_stock import OfferStock
from .common_offers import STOCK, OffersCase


class TestOffersQuantity(OffersCase):
    """How many are shown."""

    def push_quantity(self, sku=None):
        """Run the job; returns the quantity AliExpress then has for `sku` (the shirt's)."""
        self.push()
        return self.get_remote(sku or self.shirt_sku)[0]

    def confirm_order(self, product, quantity):
        """A sale order from elsewhere, confirmed, with its delivery."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Somebody"}).id,
                "warehouse_id": self.warehouse.id,
                "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        self.env.flush_all()
        return order

    def link(self, ae_order, sale_order):
        """Let `sale_order` be the one of an AliExpress order, line by line."""
        ae_order.sale_order_id = sale_order
        for line, sale_line in zip(ae_order.line_ids, sale_order.order_line, strict=False):
            line.sale_line_id = sale_line
        self.env.flush_all()

    def test_a_listing_made_without_skus_offers_its_variants(self):
        sku = self.shirt_sku
        listing = sku.listing_id
        sku.unlink()
        self.push()
        self.assertEqual((listing.sku_ids.product_id, listing.sku_ids.sku_code), (self.shirt, self.shirt.default_code))
        self.assertEqual(self.get_remote(listing.sku_ids)[0], 100)

    def test_lines_that_a_person_deleted_come_back_within_the_hour(self):
        """To look for them each minute would read all SKUs; what was just changed gets its lines at once."""
        self.push()
        new, old = self.cap_sku.listing_id, self.shirt_sku.listing_id
        (self.cap_sku | self.shirt_sku).unlink()
        old.offer_change_date -= timedelta(days=1)
        self.push()
        self.assertEqual((new.sku_ids.product_id, old.sku_ids.product_id), (self.cap, self.shirt.browse()))
        self.env["aliexpress.offer.comparison"].search([]).full_date -= timedelta(minutes=61)
        self.push()
        self.assertEqual(old.sku_ids.product_id, self.shirt)

    # === THE SHOP'S SETTINGS === #

    def test_free_quantity_is_what_is_not_reserved(self):
        self.confirm_order(self.shirt, 30)
        self.assertEqual(self.push_quantity(), 70)

    def test_buffer(self):
        self.account.stock_buffer = 15
        self.assertEqual(self.push_quantity(), 85)
        self.account.stock_buffer = 200
        self.assertEqual(self.push_quantity(), 0)

    def test_cap_of_the_shop_and_of_the_sku(self):
        self.account.stock_cap = 40
        self.cap_sku.quantity_limit = 3
        self.assertEqual(self.push_quantity(), 40)
        self.assertEqual(self.get_remote(self.cap_sku)[0], 3)
        self.cap_sku.quantity_limit = 60
        self.assertEqual(self.push_quantity(self.cap_sku), 40)

    def test_threshold(self):
        self.account.stock_threshold = 100
        self.assertEqual(self.push_quantity(), 100)
        self.add_stock(self.shirt, -1)
        self.assertEqual(self.push_quantity(), 0)

    def test_never_negative_never_too_many(self):
        self.add_stock(self.shirt, -150)
        self.assertEqual(self.push_quantity(), 0)
        self.add_stock(self.shirt, 5000000)
        self.assertEqual(self.push_quantity(), 999999)

    def test_lots(self):
        self.shirt_sku.listing_id.lot_size = 12
        self.assertEqual(self.push_quantity(), 8)

    def test_products_in_other_units(self):
        """Odoo counts the product in dozens, and so does AliExpress: nothing is converted."""
        dozen = self.create_product(
            "DOZEN", "By the dozen", quantity=4, uom_id=self.env.ref("uom.product_uom_dozen").id
        )
        sku = self.create_listing(dozen, "1005001000000010")
        self.add_remote(sku)
        self.assertEqual(self.push_quantity(sku), 4)

    def test_fractions_are_rounded_down(self):
        kilo = self.create_product("KILO", "By weight", uom_id=self.env.ref("uom.product_uom_kgm").id)
        self.add_stock(kilo, 2.9)
        sku = self.create_listing(kilo, "1005001000000011")
        self.add_remote(sku)
        self.assertEqual(self.push_quantity(sku), 2)

    def test_warehouses_and_locations(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self.env["stock.quant"]._update_available_quantity(self.shirt, other.lot_stock_id, 7)
        self.assertEqual(self.push_quantity(), 100)
        self.account.stock_warehouse_ids = self.warehouse | other
        self.assertEqual(self.push_quantity(), 107)
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": other.lot_stock_id.id})
        self.env["stock.quant"]._update_available_quantity(self.shirt, shelf, 2)
        self.account.stock_location_ids = shelf
        self.assertEqual(self.push_quantity(), 2)

    def test_forecast_within_the_horizon(self):
        self.account.write({"stock_source": "forecast", "stock_horizon_days": 5})
        for days, quantity in ((2, 10), (9, 1000)):
            self.env["stock.move"].create(
                {
                    "product_id": self.shirt.id,
                    "product_uom_qty": quantity,
                    "location_id": self.env.ref("stock.stock_location_suppliers").id,
                    "location_dest_id": self.warehouse.lot_stock_id.id,
                    "date": fields.Datetime.now() + timedelta(days=days),
                }
            )._action_confirm()
        self.assertEqual(self.push_quantity(), 110)

    def test_archived_variant_is_sold_out(self):
        self.push()
        self.shirt.active = False
        self.assertEqual(self.push_quantity(), 0)

    def test_goods_that_are_not_counted(self):
        self.shirt.is_storable = False
        self.assertEqual(self.push_quantity(), 999)
        self.account.stock_cap = 20
        self.assertEqual(self.push_quantity(), 20)

    # === ORDERS THAT ODOO HAS NOT RESERVED === #

    def test_unpaid_order_takes_its_units(self):
        self.place_order(self.shirt_sku, 4)
        self.assertEqual(self.push_quantity(), 96)

    def test_unpaid_order_takes_nothing_where_stock_is_taken_at_payment(self):
        self.shirt_sku.listing_id.stock_deduction = "payment"
        self.place_order(self.shirt_sku, 4)
        self.assertEqual(self.push_quantity(), 100)
        order = self.place_order(self.shirt_sku, 1)
        order.payment_date = fields.Datetime.now()
        self.assertEqual(self.push_quantity(), 99, "a group that is not complete may have paid")
        order.stage = "closed"
        self.place_order(self.shirt_sku, 5, stage="new")
        self.assertEqual(self.push_quantity(), 95)

    def test_unmatched_line_is_found_by_its_listing(self):
        order = self.place_order(self.shirt_sku, 4)
        order.line_ids.product_id = False
        self.assertEqual(self.push_quantity(), 96)

    def test_held_orders_in_every_open_stage(self):
        for index, stage in enumerate(("waiting_shipment", "cancel_requested", "frozen", "unknown"), start=1):
            self.place_order(self.shirt_sku, 1, stage=stage, state="hold")
            self.assertEqual(self.push_quantity(), 100 - index, stage)

    def test_orders_that_left_or_ended_take_nothing(self):
        for stage in ("shipped", "closed", "cancelled", "disputed"):
            self.place_order(self.shirt_sku, 1, stage=stage)
        self.assertEqual(self.push_quantity(), 100)

    def test_lines_that_aliexpress_ships_itself_take_nothing(self):
        self.place_order(self.shirt_sku, 4, stage="waiting_shipment").line_ids.is_platform_fulfilled = True
        self.assertEqual(self.push_quantity(), 100)

    def test_reserved_order_is_taken_off_once(self):
        ae_order = self.place_order(self.shirt_sku, 4, stage="waiting_shipment")
        self.assertEqual(self.push_quantity(), 96)
        self.link(ae_order, self.confirm_order(self.shirt, 4))
        self.assertFalse(self.push())
        picking = ae_order.sale_order_id.picking_ids
        picking.move_ids.write({"picked": True})
        picking._action_done()
        self.assertFalse(self.push())
        ae_order.stage = "shipped"
        self.assertFalse(self.push())

    def test_confirmed_but_not_reserved_order_is_taken_off(self):
        ae_order = self.place_order(self.shirt_sku, 4, stage="waiting_shipment")
        sale_order = self.confirm_order(self.shirt, 4)
        sale_order.picking_ids.do_unreserve()
        self.link(ae_order, sale_order)
        self.assertEqual(self.push_quantity(), 96)

    def test_partly_reserved_order(self):
        ae_order = self.place_order(self.shirt_sku, 120, stage="waiting_shipment")
        self.link(ae_order, self.confirm_order(self.shirt, 120))
        self.push()
        self.add_stock(self.shirt, 25)
        # 125 on hand, 100 of the 120 reserved: the other 20 are promised as well.
        self.assertEqual(self.push_quantity(), 5)

    def test_forecast_takes_confirmed_orders_off_once(self):
        self.account.stock_source = "forecast"
        ae_order = self.place_order(self.shirt_sku, 4, stage="waiting_shipment")
        sale_order = self.confirm_order(self.shirt, 4)
        sale_order.picking_ids.do_unreserve()
        self.link(ae_order, sale_order)
        self.assertEqual(self.push_quantity(), 96)

    def test_forecast_takes_orders_that_leave_after_the_horizon_off_too(self):
        self.account.write({"stock_source": "forecast", "stock_horizon_days": 7})
        self.shirt.sale_delay = 14
        ae_order = self.place_order(self.shirt_sku, 4, stage="waiting_shipment")
        self.link(ae_order, self.confirm_order(self.shirt, 4))
        self.assertEqual(self.push_quantity(), 96)

    def test_lots_of_an_order(self):
        order = self.place_order(self.shirt_sku, 2)
        order.line_ids.lot_size = 10
        self.assertEqual(self.push_quantity(), 80)

    def test_an_order_of_one_shop_lowers_the_others_in_the_same_run(self):
        other = self.create_account("Other shop", app_key="777", seller_ref="2671514999")
        sku = self.create_listing(self.shirt, "1005001000000012", account=other)
        self.add_remote(sku)
        self.push()
        self.place_order(self.shirt_sku, 4)
        self.push()
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 96)
        self.assertEqual(self.get_remote(sku)[0], 96)
        self.assertEqual(len(self.called(STOCK)), 2)

    def test_orders_of_another_warehouse_take_nothing(self):
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        other = self.create_account("Other shop", app_key="777", seller_ref="2671514999", warehouse_id=second.id)
        sku = self.create_listing(self.shirt, "1005001000000012", account=other)
        self.add_remote(sku)
        self.place_order(sku, 4, account=other)
        self.assertEqual(self.push_quantity(), 100)

    def test_own_orders_of_a_shop_that_offers_other_stock_than_it_delivers(self):
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self.env["stock.quant"]._update_available_quantity(self.shirt, second.lot_stock_id, 7)
        self.account.stock_warehouse_ids = second
        self.place_order(self.shirt_sku, 4, stage="waiting_shipment")
        self.assertEqual(self.push_quantity(), 3)

    def test_other_company_is_apart(self):
        company = self.env["res.company"].create({"name": "Other company"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        other = self.create_account("Its shop", company=company, app_key="777", seller_ref="2671514999")
        sku = self.create_listing(self.shirt, "1005001000000013", account=other)
        self.add_remote(sku)
        self.env["stock.quant"]._update_available_quantity(self.shirt, warehouse.lot_stock_id, 3)
        self.push()
        self.assertEqual(self.get_remote(sku)[0], 3)
        self.assertEqual(self.get_remote(self.shirt_sku)[0], 100)


class TestOffersKits(OffersCase):
    """Kits are as many as their components make."""

    def setUp(self):
        super().setUp()
        if "mrp.bom" not in self.env:
            self.skipTest("manufacturing is not installed")
        self.bolt = self.create_product("BOLT", "Bolt", quantity=40)
        self.plate = self.create_product("PLATE", "Plate", quantity=9)
        self.kit = self.create_product("KIT", "Kit")
        self.create_kit(self.kit, {self.bolt: 4, self.plate: 1})
        self.kit_sku = self.create_listing(self.kit, "1005001000000020")
        self.bolt_sku = self.create_listing(self.bolt, "1005001000000021")
        self.add_remote(self.kit_sku)
        self.add_remote(self.bolt_sku)

    def create_kit(self, product, components):
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    (0, 0, {"product_id": component.id, "product_qty": quantity})
                    for component, quantity in components.items()
                ],
            }
        )

    def push_kit(self):
        self.push()
        return self.get_remote(self.kit_sku)[0]

    def test_kit_from_its_components(self):
        self.assertEqual(self.push_kit(), 9)
        self.add_stock(self.bolt, -12)
        self.assertEqual(self.push_kit(), 7)
        self.assertEqual(self.sent_skus(STOCK).keys(), {"KIT", "BOLT"})

    def test_kit_order_takes_its_components(self):
        self.push()
        self.place_order(self.kit_sku, 2)
        self.assertEqual(self.push_kit(), 7)
        self.assertEqual(self.get_remote(self.bolt_sku)[0], 32)

    def test_component_order_lowers_the_kit(self):
        self.push()
        self.place_order(self.bolt_sku, 30)
        self.assertEqual(self.push_kit(), 2)

    def test_kit_order_reserved_in_odoo_is_taken_off_once(self):
        ae_order = self.place_order(self.kit_sku, 2, stage="waiting_shipment")
        sale_order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Somebody"}).id,
                "order_line": [(0, 0, {"product_id": self.kit.id, "product_uom_qty": 2})],
            }
        )
        sale_order.action_confirm()
        ae_order.sale_order_id = sale_order
        ae_order.line_ids.sale_line_id = sale_order.order_line
        self.env.flush_all()
        self.assertEqual(self.push_kit(), 7)
        self.assertEqual(self.get_remote(self.bolt_sku)[0], 32)

    def test_kit_of_kits(self):
        outer = self.create_product("OUTER", "Kit of kits")
        self.create_kit(outer, {self.kit: 2, self.bolt: 1})
        sku = self.create_listing(outer, "1005001000000022")
        self.add_remote(sku)
        self.push()
        self.assertEqual(self.get_remote(sku)[0], 4)
        self.add_stock(self.plate, -6)
        self.push()
        self.assertEqual(self.get_remote(sku)[0], 1)
        self.place_order(self.kit_sku, 2)
        self.push()
        self.assertEqual(self.get_remote(sku)[0], 0)

    def test_bill_of_materials_that_changes(self):
        self.push()
        self.env.cr.execute("UPDATE product_product SET write_date = write_date - interval '1 day'")
        self.env.cr.execute("UPDATE product_template SET write_date = write_date - interval '1 day'")
        self.env.cr.execute("UPDATE stock_quant SET write_date = write_date - interval '1 day'")
        self.env.cr.execute("UPDATE aliexpress_listing_sku SET write_date = write_date - interval '1 day'")
        self.env.cr.execute("UPDATE aliexpress_listing SET offer_change_date = offer_change_date - interval '1 day'")
        self.env.invalidate_all()
        self.kit.bom_ids.bom_line_ids.filtered(lambda line: line.product_id == self.plate).product_qty = 3
        self.env.flush_all()
        self.assertEqual(self.push_kit(), 3)

    def test_kit_with_buffer(self):
        self.account.stock_buffer = 2
        self.assertEqual(self.push_kit(), 7)

    def test_kit_of_goods_that_are_not_counted(self):
        glue = self.create_product("GLUE", "Glue", is_storable=False)
        inner, outer, empty = (self.create_product(code, "Kit", is_storable=False) for code in ("IN", "OUT", "NONE"))
        self.create_kit(inner, {glue: 2})
        bom = self.create_kit(outer, {inner: 1})
        self.create_kit(empty, {})
        skus = [
            self.create_listing(kit, f"100500100000003{number}") for number, kit in enumerate((inner, outer, empty))
        ]
        for sku in skus:
            self.add_remote(sku)
        self.push()
        self.assertEqual([self.get_remote(sku)[0] for sku in skus], [999, 999, 0])
        bom.bom_line_ids = [(0, 0, {"product_id": self.plate.id, "product_qty": 2})]
        self.env.flush_all()
        self.push()
        self.assertEqual([self.get_remote(sku)[0] for sku in skus], [999, 4, 0])

    def test_kits_are_counted_as_odoo_counts_them(self):
        """Units, lines of zero, components that are not counted, the same component twice, kits made by the dozen."""
        dozen, piece = self.env.ref("uom.product_uom_dozen"), self.env.ref("uom.product_uom_unit")
        glue = self.create_product("GLUE", "Glue", is_storable=False)
        lines = [
            [(self.bolt, 0.5, dozen), (self.plate, 1, piece)],
            [(self.bolt, 3, piece), (self.bolt, 2, piece), (glue, 7, piece)],
            [(self.bolt, 0, piece), (self.plate, 2, piece)],
            [(glue, 1, piece)],
            [(self.plate, 2.5, piece)],
        ]
        kits = self.env["product.product"]
        for number, of_kit in enumerate(lines):
            for made in (1, 3):
                kit = self.create_product(f"KIT-{number}-{made}", "Kit")
                bom = self.create_kit(kit, {})
                bom.product_qty = made
                bom.bom_line_ids = [
                    (0, 0, {"product_id": component.id, "product_qty": quantity, "product_uom_id": uom.id})
                    for component, quantity, uom in of_kit
                ]
                kits += kit
        units = OfferStock(self.env).get_units(self.account, kits.ids)
        expected = kits.with_context(warehouse_id=self.warehouse.id)._compute_quantities_dict(None, None, None)
        for kit in kits:
            self.assertEqual(units[kit.id], expected[kit.id]["free_qty"], kit.default_code)
