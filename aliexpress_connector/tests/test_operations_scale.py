import os

from odoo import fields
from odoo.tools import SQL

from .common import JOBS
from .shipping_common import ShippingCase

ROWS = 1_000_000 if os.environ.get("ALIEXPRESS_LONG") else 5_000
DATES = ("create_date", "write_date", "offer_change_date", "order_date", "list_update_date", "payment_date")
# All that run every few minutes: the others run at night.
FREQUENT_JOBS = [job for job in JOBS if job not in ("refresh_listings", "cleanup")]


class TestOperationsScale(ShippingCase):
    """In a large database no job that runs all day reads a large table from one end to the other.

    What each job has read is what the server itself counted.
    """

    def multiply(self, record, **values):
        """Copy the row of `record` ROWS times, with these columns as SQL of `n` instead; returns the first new id."""
        record.env.flush_all()
        table = record._table
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
        # A minute between one and the next, the last of them yesterday.
        values = {name: "now()::timestamp - interval '1 day' - n * interval '1 minute'" for name in DATES} | values
        terms = [SQL("%s", SQL(values[name])) if name in values else SQL.identifier("source", name) for name in columns]
        [(first,)] = self.env.execute_query(SQL("SELECT last_value + 1 FROM %s", SQL.identifier(f"{table}_id_seq")))
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
                ROWS - 1,
                record.id,
            )
        )
        self.env.invalidate_all()
        return first

    def fill(self):
        """A shop that has sold, delivered and declared ROWS orders, and lists ROWS products; returns the tables."""
        _placed, order = self.import_order()
        self.ship(self.get_delivery(order), "PQ1234567890001")
        self.push()
        self.assertEqual(order.shipment_ids.state, "sent")
        sale_order, picking = order.sale_order_id, order.sale_order_id.picking_ids
        listing = self.env["aliexpress.listing"].create(
            {
                "account_id": self.account.id,
                "product_tmpl_id": self.products[0].product_tmpl_id.id,
                "product_ref": "1005001234567890",
                "state": "online",
            }
        )
        self.run_job("push_offers")
        order_id = self.multiply(
            order,
            order_ref="'9' || n",
            sale_order_id="NULL",
            stage="'closed'",
            status="'FINISH'",
            list_status="'FINISH'",
        )
        sale_id = self.multiply(sale_order, name="'X' || n", access_token="NULL", aliexpress_order_id=f"{order_id} + n")
        self.env.cr.execute(
            SQL("UPDATE aliexpress_order SET sale_order_id = id - %s + %s WHERE id >= %s", order_id, sale_id, order_id)
        )
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
        return order, listing

    def count_reads(self):
        """`{table: rows read from one end to the other}` so far, as the server counts them for this transaction."""
        self.env.flush_all()
        return dict(self.env.execute_query(SQL("SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables")))

    def test_jobs_read_no_large_table_entirely(self):
        order, listing = self.fill()
        self.env["aliexpress.offer.comparison"].search([]).write(
            {"full_date": fields.Datetime.now(), "looked_until": fields.Datetime.now(), "position": 0}
        )
        self.env.flush_all()
        self.env.cr.execute("ANALYZE")
        for job in FREQUENT_JOBS:
            # The first run writes down what the filling left open.
            self.run_job(job)
            with self.subTest(job):
                order.write({"is_process_due": True})
                self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, 1)
                before = self.count_reads()
                self.run_job(job)
                reads = {table: count - before.get(table, 0) for table, count in self.count_reads().items()}
                entire = {table: count for table, count in reads.items() if count >= ROWS}
                self.assertFalse(entire, "these tables were read entirely")
