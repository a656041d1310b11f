import time
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user

from ..lib.transport import Transport
from ..models import aliexpress_order_reading
from .common import SandboxCase

BATCH = 50
CODES = ("TSHIRT-BLU-M", "CAP-RED", "MUG-01")


class TestOrdersSpeed(SandboxCase):
    """What orders cost beside Odoo's own work, in queries: seconds are for the benchmarks."""

    def setUp(self):
        super().setUp()
        # As in a real shop: somebody is responsible for its sale orders.
        self.account.user_id = new_test_user(self.env, "seller", groups="sales_team.group_sale_manager")

    def count_queries(self, work, *args):
        """How many queries `work(*args)` sends, everything it leaves to be written included."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def sell_plainly(self, count):
        """Create and confirm `count` sale orders of new customers, as any Odoo code would."""
        products = self.env["product.product"].search([("default_code", "in", CODES)])
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "street": f"Calle Mayor {number}",
                    "city": "Madrid",
                    "zip": "28013",
                    "country_id": self.env.ref("base.es").id,
                    "phone": "+34612345678",
                }
                for number in range(count)
            ]
        )
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": 1, "price_unit": 10}) for product in products
        ]
        sale_orders = self.env["sale.order"].create(
            [{"partner_id": customer.id, "order_line": lines} for customer in customers]
        )
        sale_orders.action_confirm()
        return sale_orders

    def list_orders(self, count):
        """Orders of new buyers in the inbox, as the list of AliExpress shows them."""
        known = len(self.sandbox.shop.orders)
        for number in range(known, known + count):
            self.place(*([code, 1] for code in CODES), check_stock=False, buyer={"login": f"buyer{number}"})
        for page_number in (1, 2):
            self.env["aliexpress.order"]._store_rows(self.account, self.list_page(page_number))
        return self.env["aliexpress.order"].search([("is_detail_due", "=", True)])

    def list_page(self, number):
        client, until = self.account._get_client(), fields.Datetime.now() + timedelta(minutes=1)
        return client.list_orders(self.account.order_start_date, until, page=number, page_size=BATCH, finished=False)

    def read_details(self, orders):
        self.assertFalse(orders._read_details())

    def test_a_batch_costs_hardly_more_queries_than_the_same_sale_orders(self):
        few = self.list_orders(2)
        self.read_details(few)
        few._process()
        self.sell_plainly(2)
        reading_two = self.count_queries(self.read_details, self.list_orders(2))
        orders = self.list_orders(BATCH)
        self.assertEqual(len(orders), BATCH)
        with self.subTest("reading details"):
            # They belong to the batch: fifty orders cost no more than two.
            self.assertLessEqual(self.count_queries(self.read_details, orders), reading_two)
        with self.subTest("making and confirming sale orders"):
            plain = self.count_queries(self.sell_plainly, BATCH)
            ours = self.count_queries(orders._process)
            self.assertLess(ours, plain, f"{ours / BATCH} queries an order, {plain / BATCH} in plain Odoo")
        self.assertEqual(orders.mapped("state"), ["done"] * BATCH, orders[0].hold_reason)
        self.assertEqual(orders.sale_order_id.user_id, self.account.user_id)
        notified = [("res_partner_id", "=", self.account.user_id.partner_id.id)]
        self.assertFalse(self.env["mail.notification"].search_count(notified))
        self.assertFalse(
            self.env["mail.mail"].search_count([("recipient_ids", "in", orders.sale_order_id.user_id.partner_id.ids)])
        )
        self.assertEqual(set(orders.sale_order_id.picking_ids.mapped("state")), {"assigned"})
        self.assertEqual(len(orders.partner_id), BATCH)

    def test_threads_that_read_details_leave_the_records_alone(self):
        with self.watch_threads() as cursors:
            self.read_details(self.list_orders(BATCH))
        self.assertGreater(len(cursors), 1)
        self.assertNotIn(self.env.cr, set().union(*cursors.values()))

    def test_a_limit_of_calls_per_second_is_kept_without_losing_the_run(self):
        self.account._get_client()
        self.sandbox.world.apps["501234"].calls_per_second = 15
        self.addCleanup(setattr, self.sandbox.world.apps["501234"], "calls_per_second", 0)
        self.startPatcher(patch.dict(Transport.__init__.__kwdefaults__, sleep=time.sleep))
        placed = [self.place(["CAP-RED", 1], check_stock=False) for _number in range(40)]
        self.run_job("fetch_orders")
        orders = self.env["aliexpress.order"].search([("account_id", "=", self.account.id)])
        self.assertEqual(orders.mapped("is_detail_due"), [False] * len(placed))
        self.assertEqual(set(orders.mapped("error")) | {self.account.error}, {False})
        # Without spreading there are as many as calls.
        self.assertLess(len([call for call in self.sandbox.calls if call.outcome != "ok"]), len(placed))

    def test_what_a_slow_run_has_no_time_for_is_read_by_the_next(self):
        placed = self.place(["CAP-RED", 1])
        with patch.object(aliexpress_order_reading, "LONGEST_READING", -1):
            self.run_job("fetch_orders")
        order = self.get_order(placed)
        self.assertRecordValues(order, [{"is_detail_due": True, "error": False, "retry_at": False}])
        self.run_job("fetch_orders")
        self.assertFalse(order.is_detail_due)

    def test_analytic_distributions_apply_to_imported_orders(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channels"})
        channel = self.env["account.analytic.account"].create({"name": "AliExpress", "plan_id": plan.id})
        product = self.env["product.product"].search([("default_code", "=", CODES[0])])
        self.env["account.analytic.distribution.model"].create(
            {"product_id": product.id, "analytic_distribution": {str(channel.id): 100}}
        )
        orders = self.list_orders(1)
        self.read_details(orders)
        orders._process()
        distributions = {line.product_id: line.analytic_distribution for line in orders.line_ids.sale_line_id}
        self.assertEqual(distributions.pop(product), {str(channel.id): 100})
        self.assertEqual(set(distributions.values()), {False})

    def test_reordering_rules_apply_to_imported_orders(self):
        ruled, kit = (self.env["product.product"].search([("default_code", "=", code)]) for code in CODES[:2])
        component = self.create_product("COMPONENT", "Component", 100)
        line = Command.create({"product_id": component.id, "product_qty": 1})
        self.env["mrp.bom"].create(
            {"product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom", "bom_line_ids": [line]}
        )
        self.add_orderpoint(ruled | component)
        orders = self.list_orders(1)
        self.read_details(orders)
        orders._process()
        ordered = self.env["stock.move"].search([("location_id.usage", "=", "supplier")])
        self.assertEqual(ordered.product_id, ruled | component)
        self.assertEqual(ordered.orderpoint_id.mapped("qty_to_order"), [0, 0])

    def add_orderpoint(self, products):
        """Rules that order from a supplier whenever less than a million of these products is there."""
        stock = self.warehouse.lot_stock_id
        rule = {
            "name": "From the supplier",
            "action": "pull",
            "location_src_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": stock.id,
            "picking_type_id": self.warehouse.in_type_id.id,
        }
        products.route_ids = self.env["stock.route"].create({"name": "Ordered", "rule_ids": [Command.create(rule)]})
        self.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": product.id,
                    "location_id": stock.id,
                    "product_min_qty": 1000000,
                    "product_max_qty": 1000000,
                    "trigger": "auto",
                }
                for product in products
            ]
        )

    def test_a_page_of_unchanged_orders_costs_three_queries(self):
        orders = self.list_orders(BATCH)
        self.read_details(orders)
        page = self.list_page(1)
        self.assertEqual(len(page.rows), BATCH)
        self.assertLessEqual(self.count_queries(self.env["aliexpress.order"]._store_rows, self.account, page), 3)

    def test_pages_without_news_cost_one_query_each(self):
        self.list_orders(BATCH)
        self.list_orders(BATCH)
        Order = self.env["aliexpress.order"]
        now = fields.Datetime.now()
        window = self.account._get_client(), now - timedelta(days=1), now + timedelta(minutes=1)
        Order._list_window(self.account, *window)
        few = self.count_queries(Order._store_rows, self.account, self.list_page(1))
        # Those of the first page read what is known of the shop as well.
        self.assertLessEqual(self.count_queries(Order._list_window, self.account, *window), few + 2)

    def test_products_of_listings_are_read_at_once(self):
        few, many = self.make_listed_order("1", 2), self.make_listed_order("2", 20)
        queries = self.count_queries(few._match_products)
        self.assertLessEqual(self.count_queries(many._match_products), queries + 2)
        self.assertEqual(many.line_ids.mapped("product_id.default_code"), many.line_ids.mapped("sku_code"))

    def make_listed_order(self, order_ref, count):
        """An order for one of each of `count` products, each with a listing of its own."""
        codes = [f"LISTED-{order_ref}-{number}" for number in range(count)]
        products = self.env["product.product"].create([{"name": code, "default_code": code} for code in codes])
        self.env["aliexpress.listing"].create(
            [
                {
                    "account_id": self.account.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "product_ref": f"10050{product.default_code[7:].replace('-', '')}",
                    "state": "online",
                    "sku_ids": [Command.create({"product_id": product.id, "sku_code": product.default_code})],
                }
                for product in products
            ]
        )
        lines = [
            {"child_ref": code, "product_ref": f"10050{code[7:].replace('-', '')}", "sku_code": code, "quantity": 1}
            for code in codes
        ]
        return self.env["aliexpress.order"].create(
            {
                "account_id": self.account.id,
                "order_ref": order_ref,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
