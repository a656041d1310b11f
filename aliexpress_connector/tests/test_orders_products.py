from odoo.exceptions import UserError

from ..models import aliexpress_order_hold, aliexpress_order_process
from .common import SandboxCase


class TestOrdersProducts(SandboxCase):
    """Which product a child order means, and what happens while nobody knows."""

    def import_unknown(self, code="NOPE-1"):
        placed = self.place(
            {"name": "Ghost", "sku": code, "product_id": 1005009999, "price": "5.00", "quantity": 2}, ["CAP-RED", 1]
        )
        self.import_orders()
        return self.get_order(placed)

    def test_unknown_sku_waits_with_a_named_line_and_the_right_total(self):
        order = self.import_unknown()
        self.assertEqual(order.state, "hold")
        self.assertIn("NOPE-1", order.hold_reason)
        sale_order = order.sale_order_id
        self.assertEqual(sale_order.state, "draft")
        self.assertEqual(sale_order.amount_total, order.amount_total)
        self.assertIn("NOPE-1", "".join(sale_order.order_line.mapped("name")))

    def test_giving_a_product_the_code_releases_every_waiting_order(self):
        orders = self.import_unknown() | self.import_unknown()
        self.products[4].aliexpress_sku_code = "NOPE-1"
        self.import_orders()
        self.assertEqual(orders.mapped("state"), ["done", "done"])
        self.assertEqual(set(orders.sale_order_id.mapped("state")), {"sale"})
        for order in orders:
            self.assertIn(self.products[4], order.sale_order_id.order_line.product_id)
            self.assertNotIn(
                self.env.ref("aliexpress_connector.product_unknown"), order.sale_order_id.order_line.product_id
            )
            self.assertEqual(order.sale_order_id.amount_total, order.amount_total)

    def test_each_waiting_order_has_its_turn_when_runs_have_no_time(self):
        self.patch(aliexpress_order_hold, "HOLD_BATCH", 1)
        codes = ("NOPE-1", "NOPE-2", "NOPE-3")
        # The others go on waiting, before and behind it.
        _first, order, _last = (self.import_unknown(code) for code in codes)
        self.products[4].aliexpress_sku_code = "NOPE-2"
        for _run in range(100):
            self.run_job_without_time("aliexpress.order", "process_orders")
            if order.state == "done":
                break
        self.assertEqual((order.state, order.sale_order_id.state), ("done", "sale"))

    def test_the_link_wizard_releases_every_waiting_order(self):
        first, second = self.import_unknown(), self.import_unknown()
        wizard = self.env["aliexpress.sku.link"].with_context(default_order_id=first.id).create({})
        wizard.line_ids.product_id = self.products[4]
        wizard.action_link()
        self.run_job("process_orders")
        self.assertEqual((first | second).mapped("state"), ["done", "done"])
        self.assertEqual(self.products[4].aliexpress_sku_code, "NOPE-1")

    def test_what_was_linked_is_known_for_later_orders(self):
        self.products[4].aliexpress_sku_code = "OWN"
        for code in ("NOPE-1", ""):
            with self.subTest(code=code):
                order = self.import_unknown(code)
                self.assertEqual(order.state, "hold")
                wizard = self.env["aliexpress.sku.link"].with_context(default_order_id=order.id).create({})
                wizard.line_ids.product_id = self.products[4]
                wizard.action_link()
                later = self.import_unknown(code)
                self.assertEqual((later.state, later.sale_order_id.state), ("done", "sale"), later.hold_reason)
                self.assertIn(self.products[4], later.line_ids.product_id)
        self.assertEqual(self.products[4].aliexpress_sku_code, "OWN")
        self.assertEqual(self.import_unknown("NOPE-2").state, "hold")
        # A code that somebody entered says more than what was linked.
        self.products[3].aliexpress_sku_code = "NOPE-1"
        self.assertIn(self.products[3], self.import_unknown("NOPE-1").line_ids.product_id)

    def import_variant(self, chosen):
        """Import an order of a product whose SKUs have no codes; the buyer chose the variant `chosen`."""
        attributes = [{"order": 1, "pId": 14, "pName": "Color", "pValueId": 1, "pValue": chosen}]
        line = {"name": "T-shirt", "sku": "", "product_id": 1005009998, "price": "5.00", "attributes": attributes}
        placed = self.place(line)
        self.import_orders()
        return self.get_order(placed)

    def test_without_a_code_a_link_holds_for_the_variant_only(self):
        blue, also_blue, red = (self.import_variant(chosen) for chosen in ("Blue M", "Blue M", "Red L"))
        wizard = self.env["aliexpress.sku.link"].with_context(default_order_id=blue.id).create({})
        wizard.line_ids.product_id = self.products[4]
        wizard.action_link()
        self.run_job("process_orders")
        self.assertEqual((blue | also_blue | red).mapped("state"), ["done", "done", "hold"])
        self.assertEqual(self.import_variant("Blue M").line_ids.product_id, self.products[4])
        later = self.import_variant("Red L")
        self.assertEqual((later.state, later.line_ids.product_id.ids), ("hold", []))

    def test_choosing_the_product_on_the_quotation_counts_as_linking(self):
        order = self.import_unknown()
        line = order.line_ids.filtered(lambda line: not line.product_id).sale_line_id
        line.product_id = self.products[4]
        self.import_orders()
        self.assertEqual(order.state, "done")
        self.assertEqual(order.sale_order_id.amount_total, order.amount_total)

    def test_confirming_by_hand_answers_no_question(self):
        order = self.import_unknown()
        order.sale_order_id.action_confirm()
        self.import_orders()
        self.assertEqual(order.state, "hold")
        self.assertIn("NOPE-1", order.hold_reason)
        delivery = order.sale_order_id.picking_ids
        with self.assertRaisesRegex(UserError, "NOPE-1"):
            delivery.button_validate()
        self.products[4].aliexpress_sku_code = "NOPE-1"
        self.run_job("process_orders")
        self.assertRecordValues(order, [{"state": "done", "hold_reason": False}])
        self.assertEqual(delivery.move_ids.product_id, self.products[2] | self.products[4])
        self.assertEqual(order.sale_order_id.amount_total, order.amount_total)

    def test_people_decide_about_the_line_of_a_confirmed_order(self):
        emptied, chosen, shipped = self.import_unknown(), self.import_unknown(), self.import_unknown()
        orders = emptied | chosen | shipped
        orders.sale_order_id.action_confirm()
        self.run_job("process_orders")
        self.assertEqual(orders.mapped("state"), ["hold"] * 3)
        unknown = self.env.ref("aliexpress_connector.product_unknown")
        lines = orders.sale_order_id.order_line.filtered(lambda line: line.product_id == unknown)
        lines[0].product_uom_qty = 0
        lines[1].product_id = self.products[4]
        self.sandbox.act(self.sandbox.shop.orders[int(shipped.order_ref)], "ship")
        self.import_orders()
        self.assertEqual(orders.mapped("state"), ["done"] * 3, orders.mapped("hold_reason"))
        self.assertEqual(chosen.sale_order_id.picking_ids.move_ids.product_id, self.products[2] | self.products[4])

    def test_a_deleted_quotation_line_is_a_decision_too(self):
        order = self.import_unknown()
        order.line_ids.filtered(lambda line: not line.product_id).sale_line_id.unlink()
        self.run_job("process_orders")
        self.assertEqual((order.state, order.sale_order_id.state), ("done", "sale"))

    def test_a_locked_sale_order_stops_nobody_else(self):
        waiting = self.import_unknown("NOPE-2")
        locked, unlocked_later = self.import_unknown(), self.import_unknown("NOPE-3")
        locked.line_ids.sale_line_id.filtered(lambda line: not line.product_id.is_storable).product_id = self.products[
            4
        ]
        for order in (locked, unlocked_later):
            order.sale_order_id.action_confirm()
            order.sale_order_id.action_lock()
        self.products[3].aliexpress_sku_code = "NOPE-2"
        self.products[1].aliexpress_sku_code = "NOPE-3"
        self.run_job("process_orders")
        self.assertEqual((waiting.state, locked.state, unlocked_later.state), ("done", "done", "hold"))
        self.assertIn(self.products[4], locked.line_ids.product_id)
        self.assertIn("locked", unlocked_later.hold_reason)
        unlocked_later.sale_order_id.action_unlock()
        self.run_job("process_orders")
        self.assertEqual(unlocked_later.state, "done")
        self.assertIn(self.products[1], unlocked_later.sale_order_id.picking_ids.move_ids.product_id)

    def test_what_odoo_refuses_while_looking_at_holds_costs_one_order(self):
        refused, waiting = self.import_unknown(), self.import_unknown("NOPE-2")
        line = refused.line_ids.sale_line_id.filtered(lambda line: not line.product_id.is_storable)
        # Odoo lets nobody sell less than what has left.
        line.write({"product_id": self.products[4].id, "product_uom_qty": 5})
        refused.sale_order_id.action_confirm()
        refused.sale_order_id.picking_ids.move_ids.picked = True
        refused.sale_order_id.picking_ids._action_done()
        self.products[3].aliexpress_sku_code = "NOPE-2"
        self.run_job("process_orders")
        self.assertEqual((refused.state, waiting.state), ("hold", "done"))
        self.assertTrue(refused.error)
        # What AliExpress says of it is heard all the same.
        self.sandbox.act(self.sandbox.shop.orders[int(refused.order_ref)], "request_cancel")
        self.import_orders()
        self.assertEqual(refused.stage, "cancel_requested")

    def test_products_found_later_have_the_taxes_of_the_shops_company(self):
        other = self.env["res.company"].create({"name": "Second company"})
        country = self.env.ref("base.es").id
        group = self.env["account.tax.group"].create({"name": "VAT", "company_id": other.id, "country_id": country})
        values = {"name": "own", "amount": 21, "company_id": other.id, "country_id": country, "tax_group_id": group.id}
        tax = self.env["account.tax"].create(values)
        account = self.create_account("Second shop", company=other)
        account.seller_ref = "2"
        self.account.active = False
        placed = self.place({"name": "Ghost", "sku": "NOPE-4", "product_id": 1005009999, "price": "5.00"})
        self.import_orders()
        order = self.env["aliexpress.order"].search([("order_ref", "=", str(placed.order_id))])
        self.assertEqual((order.company_id, order.state), (other, "hold"), order.error)
        self.products[4].taxes_id += tax
        order.line_ids.sale_line_id.product_id = self.products[4]
        self.run_job("process_orders")
        self.assertEqual(order.state, "done", order.error or order.hold_reason)
        self.assertEqual(order.line_ids.sale_line_id.tax_ids, tax)

    def test_each_reason_has_its_own_words(self):
        product = self.products[4]
        product.aliexpress_sku_code = "NOPE-1"
        product.active = False
        archived = self.import_unknown()
        self.assertIn("archived", archived.hold_reason)
        company = self.env["res.company"].create({"name": "Other"})
        self.env["product.product"].create({"name": "Foreign", "default_code": "NOPE-2", "company_id": company.id})
        self.assertIn("another company", self.import_unknown("NOPE-2").hold_reason)
        self.env["product.product"].create([{"name": "Twin", "default_code": "NOPE-3"}] * 2)
        self.assertIn("Several products", self.import_unknown("NOPE-3").hold_reason)
        product.active = True
        self.import_orders()
        self.assertEqual(archived.state, "done")

    def test_a_combo_waits_for_what_is_delivered_in_its_place(self):
        choice = self.env["product.combo"].create(
            {"name": "Drinks", "combo_item_ids": [(0, 0, {"product_id": self.products[3].id})]}
        )
        values = {"name": "Menu", "type": "combo", "default_code": "NOPE-1", "combo_ids": [(6, 0, choice.ids)]}
        combo = self.env["product.product"].create(values)
        order = self.import_unknown()
        self.assertEqual((order.state, order.sale_order_id.state), ("hold", "draft"))
        self.assertIn("is a combo, whose contents are chosen at each sale", order.hold_reason)
        self.assertEqual(order.unknown_line_count, 1)
        combo.default_code = False
        self.products[4].aliexpress_sku_code = "NOPE-1"
        self.run_job("process_orders")
        self.assertEqual((order.state, order.sale_order_id.state), ("done", "sale"))
        self.assertIn(self.products[4], order.sale_order_id.picking_ids.move_ids.product_id)

    def test_the_listing_decides_before_the_codes(self):
        product = self.products[4]
        listing = self.env["aliexpress.listing"].create(
            {
                "account_id": self.account.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_ref": "1005009999",
                "state": "online",
                "sku_ids": [(0, 0, {"product_id": product.id, "sku_code": "CAP-RED"})],
            }
        )
        placed = self.place({"name": "Cap", "sku": "CAP-RED", "product_id": 1005009999, "price": "5.00", "quantity": 1})
        self.import_orders()
        self.assertEqual(self.get_order(placed).line_ids.product_id, product)
        listing.sku_ids.sku_code = "SOMETHING"
        without_code = self.place({"name": "Cap", "sku": "", "product_id": 1005009999, "price": "5.00", "quantity": 1})
        self.import_orders()
        self.assertEqual(self.get_order(without_code).line_ids.product_id, product)

    def test_a_product_that_was_archived_before_the_payment_is_linked_anew(self):
        placed = self.place(["CAP-RED", 1], pay=False)
        self.import_orders()
        order = self.get_order(placed)
        cap = order.line_ids.product_id
        self.assertTrue(cap)
        cap.active = False
        self.sandbox.act(placed, "pay")
        for _run in range(2):
            self.import_orders()
            self.assertEqual((order.state, order.sale_order_id.state), ("hold", "draft"))
            self.assertIn("is archived", order.hold_reason)
        wizard = self.env["aliexpress.sku.link"].with_context(default_order_id=order.id).create({})
        wizard.line_ids.product_id = self.products[4]
        wizard.action_link()
        self.run_job("process_orders")
        self.assertEqual((order.state, order.sale_order_id.state), ("done", "sale"), order.hold_reason)
        self.assertNotIn(cap, order.sale_order_id.order_line.product_id)

    def test_spaces_around_a_code_of_a_product_do_not_count(self):
        for field in ("default_code", "aliexpress_sku_code"):
            with self.subTest(field):
                self.products[4][field] = " SPACED "
                order = self.import_unknown("SPACED")
                self.assertEqual(order.state, "done", order.hold_reason)
                self.assertIn(self.products[4], order.line_ids.product_id)
                self.products[4][field] = False

    def test_a_code_with_spaces_is_not_chosen_among_several_with_the_code(self):
        for code in ("TWIN", "TWIN", " TWIN "):
            self.create_product(code, "Twin")
        for others in ([], [{"name": "Ghost", "sku": "NOPE-1", "product_id": 1005009999, "price": "5.00"}]):
            with self.subTest(others=len(others)):
                twin = {"name": "Twin", "sku": "TWIN", "product_id": 1005009998, "price": "5.00"}
                placed = self.place(twin, *others)
                self.import_orders()
                order = self.get_order(placed)
                self.assertIn("Several products have the SKU code TWIN", order.hold_reason)
                self.assertFalse(order.line_ids.product_id)

    def test_no_code_means_no_variant_of_several(self):
        first, second = self.products[3], self.products[4]
        self.env["aliexpress.listing"].create(
            {
                "account_id": self.account.id,
                "product_tmpl_id": first.product_tmpl_id.id,
                "product_ref": "1005009999",
                "state": "online",
                "sku_ids": [(0, 0, {"product_id": product.id}) for product in (first, second)],
            }
        )
        placed = self.place({"name": "Cap", "sku": "", "product_id": 1005009999, "price": "5.00", "quantity": 1})
        self.import_orders()
        self.assertFalse(self.get_order(placed).line_ids.product_id)

    def test_one_poisoned_order_costs_only_itself(self):
        self.patch(aliexpress_order_process, "BATCH", 8)
        for number in range(16):
            self.place(["CAP-RED", 1], buyer={"login": f"buyer{number}"})
        # Odoo refuses a customer of another company.
        customer = self.env["res.partner"].create(
            {
                "name": "Moved",
                "company_id": self.env["res.company"].create({"name": "Other"}).id,
                "aliexpress_account_id": self.account.id,
                "aliexpress_buyer_ref": "buyer7",
            }
        )
        orders = self.import_orders()
        poisoned = orders.filtered(lambda order: order.buyer_ref == "buyer7")
        self.assertEqual((orders - poisoned).mapped("state"), ["done"] * 15)
        self.assertEqual(set((orders - poisoned).sale_order_id.mapped("state")), {"sale"})
        self.assertEqual((poisoned.state, poisoned.sale_order_id.ids), ("error", []))
        self.assertIn("Moved", poisoned.error)
        customer.company_id = self.company
        self.run_job("process_orders")
        self.assertRecordValues(poisoned, [{"state": "done", "error": False}])

    def test_failing_orders_take_turns_and_wake_no_run(self):
        other = self.env["res.company"].create({"name": "Other"})
        for login in ("first", "second"):
            self.place(["CAP-RED", 1], buyer={"login": login})
            values = {"aliexpress_account_id": self.account.id, "aliexpress_buyer_ref": login}
            self.env["res.partner"].create(values | {"name": "Moved", "company_id": other.id})
        orders = self.import_orders().sorted("buyer_ref")
        self.assertEqual(orders.mapped("state"), ["error"] * 2)
        orders.error = "Not tried yet"
        for tried in (1, 2):
            # A run whose time is over takes up one record.
            progress = self.run_job_without_time("aliexpress.order", "process_orders")
            self.assertEqual((progress.done, progress.remaining), (1, 0))
            self.assertEqual(len(orders.filtered(lambda order: "Moved" in order.error)), tried)

    def test_shipped_orders_with_unknown_skus_wait_too(self):
        placed = self.place(
            {"name": "Ghost", "sku": "NOPE-9", "product_id": 1005009999, "price": "5.00", "quantity": 2}
        )
        self.sandbox.act(placed, "ship")
        self.import_orders()
        order = self.get_order(placed)
        self.assertRecordValues(order, [{"stage": "shipped", "state": "hold"}])
        self.products[4].aliexpress_sku_code = "NOPE-9"
        self.import_orders()
        self.assertEqual((order.state, order.sale_order_id.state), ("done", "sale"))
