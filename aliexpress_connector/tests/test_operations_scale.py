import os
from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from .catalogue_common import make_picture
from .common import JOBS
from .shipping_common import ShippingCase

IS_LONG = bool(os.environ.get("ALIEXPRESS_LONG"))
ROWS = 1_000_000 if IS_LONG else 5_000
VARIANTS = 10 if IS_LONG else 2
PRODUCTS = ROWS // VARIANTS
DATES = (
    "create_date",
    "write_date",
    "offer_change_date",
    "order_date",
    "list_update_date",
    "payment_date",
    "update_date",
    "end_date",
    "sent_date",
    "quantity_date",
    "price_date",
)
# A job may read less than this share of a large table, by whatever index.
SHARE = 0.1
# These do it once a night: they ask AliExpress about each listing, or add up what products use. To read the listings or
# the templates three times for it costs less than indexes on what is written at each listing every night.
AT_NIGHT = ("refresh_listings", "refresh_shop_data")
TIMES = 3


class TestOperationsScale(ShippingCase):
    """In a large database no job that runs all day reads a large table from one end to the other, nor a large share of
    it by an index.

    What each job has read is what the server itself counted.
    """

    def multiply(self, record, count=ROWS, **values):
        """Copy the row of `record` `count` times, with these columns as SQL of `n`; returns the first new id."""
        record.env.flush_all()
        table = record._table
        self.sizes[table] = count
        columns = [
            name
            for (name,) in self.env.execute_query(
                SQL(
                    """
                    SELECT column_name FROM information_schema.columns
                     WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'
                    """,
                    table,
                )
            )
        ]
        # A minute between one and the next, the last of them yesterday, none older than a year.
        date = "now()::timestamp - interval '1 day' - MOD(n, 500000) * interval '1 minute'"
        values = dict.fromkeys(DATES, date) | values
        terms = [SQL("%s", SQL(values[name])) if name in values else SQL.identifier("source", name) for name in columns]
        [(first,)] = self.env.execute_query(SQL("SELECT last_value + 1 FROM %s", SQL.identifier(f"{table}_id_seq")))
        self.check_references(False)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %s (%s)
                SELECT %s FROM %s source, generate_series(0, %s) n WHERE source.id = %s ORDER BY n
                """,
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(terms),
                SQL.identifier(table),
                count - 1,
                record.id,
            )
        )
        self.check_references(True)
        # Or each row that refers to one of these looks for it as among the few that there were.
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        self.env.invalidate_all()
        return first

    def check_references(self, are_checked):
        """Have the database check, or not, that what new rows refer to is there: most of the time, for a million. Not
        every role may leave it out.
        """
        [(may_leave_out,)] = self.env.execute_query(SQL("SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER"))
        if may_leave_out:
            role = "origin" if are_checked else "replica"
            self.env.cr.execute(SQL("SET LOCAL session_replication_role = %s", SQL.identifier(role)))

    def fill_orders(self):
        """A shop that has sold, delivered and declared ROWS orders; returns one of them."""
        _placed, order = self.import_order()
        self.ship(self.get_delivery(order), "PQ1234567890001")
        self.push()
        self.assertEqual(order.shipment_ids.state, "sent")
        sale_order, picking = order.sale_order_id, order.sale_order_id.picking_ids
        order_id = self.multiply(
            order,
            order_ref="'9' || n",
            sale_order_id="NULL",
            stage="'closed'",
            status="'FINISH'",
            list_status="'FINISH'",
        )
        sale_id = self.multiply(sale_order, name="'X' || n", access_token="NULL", aliexpress_order_id=f"{order_id} + n")
        self.check_references(False)
        self.env.cr.execute(
            SQL("UPDATE aliexpress_order SET sale_order_id = id - %s + %s WHERE id >= %s", order_id, sale_id, order_id)
        )
        self.check_references(True)
        sale_line_id = self.multiply(order.line_ids.sale_line_id, order_id=f"{sale_id} + n")
        line_id = self.multiply(
            order.line_ids, order_id=f"{order_id} + n", child_ref="'9' || n", sale_line_id=f"{sale_line_id} + n"
        )
        picking_id = self.multiply(
            picking, name="'X' || n", sale_id=f"{sale_id} + n", aliexpress_order_id=f"{order_id} + n"
        )
        self.multiply(picking.move_ids, picking_id=f"{picking_id} + n", sale_line_id=f"{sale_line_id} + n")
        shipment_id = self.multiply(order.shipment_ids, order_id=f"{order_id} + n", picking_id=f"{picking_id} + n")
        self.multiply(order.shipment_ids.line_ids, shipment_id=f"{shipment_id} + n", order_line_id=f"{line_id} + n")
        return order

    def hold_orders(self):
        """Orders that wait for products with codes that none has."""
        for number in range(3):
            self.place({"name": "Ghost", "sku": f"NONE-{number}", "product_id": 1005009999, "price": "5.00"})
        held = self.import_orders().filtered(lambda order: "NONE-" in (order.hold_reason or ""))
        self.assertEqual(held.mapped("state"), ["hold"] * 3)

    def create_source(self):
        """The product of VARIANTS variants, with all that a product may have, that the others are copied from."""
        category = self.env["aliexpress.category"].create({"ref": "1", "name": "Shirts", "is_leaf": True})
        attribute = self.env["aliexpress.attribute"].create({"category_id": category.id, "ref": "2", "name": "Style"})
        sizes = [Command.create({"name": str(number)}) for number in range(VARIANTS)]
        size = self.env["product.attribute"].create({"name": "Size", "value_ids": sizes})
        line = {"attribute_id": size.id, "value_ids": [Command.set(size.value_ids.ids)]}
        return self.env["product.template"].create(
            {
                "name": "Shirt",
                "is_storable": True,
                "list_price": 10,
                "attribute_line_ids": [Command.create(line)],
                "aliexpress_category_id": category.id,
                "aliexpress_attribute_line_ids": [Command.create({"attribute_id": attribute.id, "text": "Long"})],
                "aliexpress_image_ids": [Command.create({"image": make_picture()})],
            }
        )

    def fill_products(self):
        """PRODUCTS products of VARIANTS variants, as Odoo makes them; returns the first ids of both."""
        template = self.create_source()
        variant, line = template.product_variant_ids[0], template.attribute_line_ids
        template_id = self.multiply(template, PRODUCTS)
        of_template = {"product_tmpl_id": f"{template_id} + n"}
        for record in (template.aliexpress_attribute_line_ids, template.aliexpress_image_ids):
            self.multiply(record, PRODUCTS, **of_template)
        line_id = self.multiply(line, PRODUCTS, **of_template)
        of_template = {"product_tmpl_id": f"{template_id} + n / {VARIANTS}"}
        value_id = self.multiply(
            line.product_template_value_ids[0],
            attribute_line_id=f"{line_id} + n / {VARIANTS}",
            product_attribute_value_id=f"(ARRAY{line.value_ids.ids})[1 + MOD(n, {VARIANTS})]",
            **of_template,
        )
        variant_id = self.multiply(variant, combination_indices=f"{value_id} + n", **of_template)
        self.env.cr.execute(
            SQL(
                "INSERT INTO product_variant_combination SELECT %s + n, %s + n FROM generate_series(0, %s) n",
                variant_id,
                value_id,
                ROWS - 1,
            )
        )
        self.env["stock.quant"]._update_available_quantity(variant, self.warehouse.lot_stock_id, 5)
        self.multiply(variant.stock_quant_ids, product_id=f"{variant_id} + n")
        return template_id, variant_id

    def fill_listings(self):
        """The products on sale in the shop, compared within the last day, with nothing to send; returns a listing."""
        template_id, variant_id = self.fill_products()
        listing = self.env["aliexpress.listing"].create(
            {
                "account_id": self.account.id,
                "product_tmpl_id": self.products[0].product_tmpl_id.id,
                "product_ref": "1005001234567890",
                "state": "online",
            }
        )
        self.run_job("push_offers")
        tonight = "now()::timestamp + interval '1 day'"
        listing_id = self.multiply(
            listing,
            PRODUCTS,
            product_tmpl_id=f"{template_id} + n",
            product_ref="'8' || n",
            state="'online'",
            remote_state="'online'",
            compared_at="now()::timestamp - interval '1 hour' - MOD(n, 1200) * interval '1 minute'",
            **dict.fromkeys(("seen_at", "offer_read_date"), tonight),
        )
        sku = listing.sku_ids
        self.multiply(
            sku,
            listing_id=f"{listing_id} + n / {VARIANTS}",
            product_id=f"{variant_id} + n",
            sku_code="'S' || n",
            quantity_sent="5",
            price_sent=str(sku.price_wanted),
            **dict.fromkeys(("quantity_error", "price_error", "hold_reason"), "NULL"),
            **dict.fromkeys(("is_quantity_due", "is_price_due", "is_missing"), "FALSE"),
        )
        return listing

    def run_job(self, name):
        """Extended: a job that stops at an error reads little."""
        with self.assertNoLogs("odoo.addons.base.models.ir_cron", "ERROR"):
            super().run_job(name)

    def count_reads(self):
        """`{table: rows}` that were read so far, by whatever way, as the server counts them for this transaction."""
        self.env.flush_all()
        query = "SELECT relname, COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
        return {table: count for table, count in self.env.execute_query(SQL(query)) if table in self.sizes}

    def get_limit(self, job, table):
        """How many rows `job` may read of `table`."""
        is_read_at_night = job in AT_NIGHT and table in ("aliexpress_listing", "product_template")
        return self.sizes[table] * (TIMES if is_read_at_night else SHARE)

    def find_large_reads(self, job):
        """`{table: rows}` of which `job` reads more than it may."""
        before = self.count_reads()
        self.run_job(job)
        reads = {table: count - before[table] for table, count in self.count_reads().items()}
        return {table: count for table, count in reads.items() if count > self.get_limit(job, table)}

    def open_orders(self):
        """A fifth of the orders have not left, of any products; every other line has none so far."""
        for query in (
            "UPDATE aliexpress_order SET stage = 'waiting_shipment' WHERE MOD(id, 5) = 0",
            """
            UPDATE aliexpress_order_line
               SET sku_code = 'S' || id,
                   product_id = (SELECT MAX(product_id) - MOD(aliexpress_order_line.id, %s) FROM aliexpress_listing_sku)
            """,
            "UPDATE aliexpress_order_line SET product_id = NULL WHERE MOD(id, 2) = 0",
            "ANALYZE aliexpress_order, aliexpress_order_line",
        ):
            self.env.cr.execute(query, [ROWS] if "%s" in query else None)
        self.env.invalidate_all()

    def fall_silent(self, order, listing):
        """AliExpress takes no parcel and no offer of the shop since yesterday."""
        order.account_id.write({"connected_date": fields.Datetime.now() - timedelta(days=30), "silence_hours": 6})
        yesterday = fields.Datetime.now() - timedelta(days=1)
        order.shipment_ids.sent_date = yesterday
        waiting = order.shipment_ids.create(
            {"order_id": order.id, "service_id": order.shipment_ids.service_id.id, "tracking_ref": "PQ1234567890002"}
        )
        listing.error = "AliExpress does not take it."
        listing.sku_ids.write({"is_quantity_due": True, "quantity_date": yesterday, "price_date": yesterday})
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE aliexpress_shipment SET create_date = %s WHERE id = %s", yesterday, waiting.id))
        self.env.cr.execute("ANALYZE aliexpress_shipment, aliexpress_listing_sku")
        self.env.invalidate_all()
        silences = "\n".join(order.account_id._get_silences())
        self.assertIn("could not be declared", silences)
        self.assertIn("Prices and stock of the shop", silences)

    def test_jobs_read_no_large_table(self):
        self.sizes = {}
        order = self.fill_orders()
        self.hold_orders()
        for job in JOBS:
            # What a new shop reads first.
            self.run_job(job)
        listing = self.fill_listings()
        self.env["aliexpress.offer.comparison"].search([]).write(
            {"full_date": fields.Datetime.now(), "looked_until": fields.Datetime.now(), "position": 0}
        )
        self.env.flush_all()
        self.env.cr.execute("ANALYZE")
        # What other processes read for this one would not be counted.
        self.env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        if not IS_LONG:
            # Of a table of a few pages to read all is rightly cheaper than a dozen looks into an index.
            self.env.cr.execute("SET LOCAL random_page_cost = 1")
        for job in JOBS:
            # The first run writes down what the filling left open.
            self.run_job(job)
            with self.subTest(job):
                order.write({"is_process_due": True})
                listing.product_tmpl_id.write({"name": f"Shirt after {job}"})
                self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, 1)
                self.assertFalse(self.find_large_reads(job), "rows read of large tables")
        with self.subTest("silence"):
            self.fall_silent(order, listing)
            self.assertFalse(self.find_large_reads("watchdog"), "rows read of large tables")
        with self.subTest("a handful of products, and many open orders"):
            self.open_orders()
            self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, 1)
            self.assertFalse(self.find_large_reads("push_offers"), "rows read of large tables")
