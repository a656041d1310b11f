"""Orders survive what happens to processes: each comes in once, whoever is killed or runs beside."""

import itertools
import os
import random
import time

LONG = bool(os.environ.get("ALIEXPRESS_LONG"))

# Statements of a script given to Odoo's shell on standard input: no blank line inside a block.
DRAIN = """
import time
deadline = time.monotonic() + {seconds}
while time.monotonic() < deadline:
    env["aliexpress.account"].search([]).write({{"retry_at": False}})
    env["aliexpress.order"].search([("retry_at", "!=", False)]).write({{"retry_at": False}})
    env.cr.commit()
    env.ref("aliexpress_connector.ir_cron_fetch_orders").method_direct_trigger()
    env.cr.commit()
    env.ref("aliexpress_connector.ir_cron_process_orders").method_direct_trigger()
    env.cr.commit()
    if env["aliexpress.order"].search_count([("state", "=", "done")]) == {count}:
        break

"""

WORKER = """
import random, time
from datetime import datetime, timedelta
from odoo.tools.misc import mute_logger
random.seed({seed})
account = env["aliexpress.account"].search([])
Order = env["aliexpress.order"]
deadline = time.monotonic() + {seconds}
def by_date():
    start = datetime.now() - timedelta(days=random.randint(3, 20))
    Order._import_by_date(account, start, datetime.now())
    env.cr.commit()

acts = [by_date, Order._cron_fetch_orders, *[Order._cron_process_orders] * 4]
while time.monotonic() < deadline:
    account.invalidate_recordset()
    if Order.search_count([("state", "=", "done")]) == {count}:
        break
    try:
        env.cr.execute("UPDATE aliexpress_account SET retry_at = NULL WHERE retry_at IS NOT NULL")
        env.cr.execute("UPDATE aliexpress_order SET retry_at = NULL WHERE retry_at IS NOT NULL")
        env.cr.commit()
        random.choice(acts)()
    except Exception as error:
        env.cr.rollback()
        time.sleep(random.random())
    env.cr.rollback()

"""


def assert_each_once(odoo, gateway, count):
    """Every order of the gateway has one inbox row, one confirmed sale order with all its lines, and its total."""
    orders = gateway.call("GET", "orders")["orders"]
    expected = {str(order["order_id"]) for order in orders}
    assert len(expected) == count
    rows = odoo.sql("SELECT order_ref, state, COALESCE(error, hold_reason) FROM aliexpress_order ORDER BY order_ref")
    assert [row for row in rows if row[1] != "done"] == []
    assert sorted(row[0] for row in rows) == sorted(expected)
    sales = odoo.sql("SELECT client_order_ref, state FROM sale_order WHERE aliexpress_order_id IS NOT NULL")
    assert sorted(row[0] for row in sales) == sorted(expected)
    assert {row[1] for row in sales} == {"sale"}
    assert (
        odoo.sql(
            "SELECT o.order_ref FROM aliexpress_order o JOIN sale_order s ON s.id = o.sale_order_id"
            " WHERE round(s.amount_total, 2) <> round(o.amount_total, 2)"
        )
        == []
    )
    lines = odoo.sql("SELECT count(*), count(sale_line_id) FROM aliexpress_order_line")
    assert lines == [(str(sum(len(order["lines"]) for order in orders)),) * 2]
    watermark = odoo.sql(
        "SELECT orders_synced_until > now() AT TIME ZONE 'UTC' - interval '15 minutes' FROM aliexpress_account"
    )
    assert watermark == [("t",)]


def place(gateway, count):
    gateway.call("POST", "orders", lines=[["TSHIRT-BLU-M", 1], ["CAP-RED", 2]], pay=True, count=count)


def test_killed_in_the_middle_and_started_again(odoo, gateway):
    """kill -9 at random moments of fetching and processing, with answers that break off: each order once."""
    count = 300 if LONG else 80
    odoo.connect(gateway)
    place(gateway, count)
    gateway.call("POST", "faults", kind="cut_json", method="*info.get", probability=0.02, count=None)
    gateway.call("POST", "faults", kind="latency", seconds=0.02, count=None)
    generator = random.Random(7)  # reproducible, not secret
    for _round in range(8 if LONG else 3):
        process = odoo.start(DRAIN.format(seconds=120, count=count))
        time.sleep(generator.uniform(1, 4))
        odoo.kill(process)
    odoo.run(DRAIN.format(seconds=240, count=count))
    assert_each_once(odoo, gateway, count)


def test_four_processes_import_the_same_orders(odoo, gateway):
    """Four processes through the worker methods and the import by date, killed at random moments: each order once."""
    count, kills, seconds = (2000, 10, 2400) if LONG else (60, 2, 300)
    odoo.connect(gateway)
    place(gateway, count)
    gateway.call("POST", "faults", kind="http_500", method="*", probability=0.01, count=None)
    gateway.call("POST", "faults", kind="drift", method="*order.get", rows=2, probability=0.2, count=None)
    seeds = itertools.count()
    processes = [odoo.start(WORKER.format(seed=next(seeds), count=count, seconds=seconds)) for _number in range(4)]
    generator = random.Random(13)  # reproducible, not secret
    for _kill in range(kills):
        time.sleep(generator.uniform(1, 4))
        victim = generator.randrange(4)
        processes[victim].kill()
        processes[victim].wait()
        processes[victim] = odoo.start(WORKER.format(seed=next(seeds), count=count, seconds=seconds))
    for process in processes:
        process.wait(timeout=2 * seconds)
    gateway.call("DELETE", "faults")
    odoo.run(DRAIN.format(seconds=seconds, count=count), timeout=2 * seconds)
    assert_each_once(odoo, gateway, count)


PART = """
env.ref("aliexpress_connector.ir_cron_fetch_orders").method_direct_trigger()
env.cr.commit()
env.ref("aliexpress_connector.ir_cron_process_orders").method_direct_trigger()
env.cr.commit()
delivery = env["aliexpress.order"].search([]).sale_order_id.picking_ids
assert len(delivery) == 1, delivery
delivery.move_ids[0].write({"quantity": 1, "picked": True})
delivery.move_ids[1].write({"quantity": 0, "picked": False})
env.cr.commit()
"""
FETCH = """
env.ref("aliexpress_connector.ir_cron_fetch_orders").method_direct_trigger()
env.cr.commit()
"""
VALIDATE = """
import time
began = time.monotonic()
delivery = env["stock.picking"].search([("aliexpress_order_id", "!=", False)])
delivery.with_context(skip_backorder=True, skip_sms=True).button_validate()
env.cr.commit()
assert delivery.backorder_ids.aliexpress_order_id, delivery.backorder_ids
print("seconds", time.monotonic() - began)
"""


def test_the_warehouse_does_not_wait_for_answers_of_aliexpress(odoo, gateway):
    """A backorder refers to an order whose detail AliExpress is just being asked for."""
    odoo.connect(gateway)
    gateway.call("POST", "orders", lines=[["TSHIRT-BLU-M", 1], ["CAP-RED", 2]], pay=True)
    odoo.run(PART)
    odoo.sql("UPDATE aliexpress_order SET is_detail_due = true RETURNING id")
    gateway.call("POST", "faults", kind="latency", method="*info.get", seconds=40, count=1)
    fetching = odoo.start(FETCH)
    deadline = time.monotonic() + 60
    while odoo.sql("SELECT id FROM aliexpress_order FOR UPDATE SKIP LOCKED"):
        assert time.monotonic() < deadline and fetching.poll() is None, "AliExpress is not asked"
        time.sleep(0.1)
    output = odoo.run(VALIDATE, timeout=90)
    assert fetching.poll() is None, "AliExpress answered before the delivery was validated"
    assert float(output.split("seconds")[1]) < 20
    odoo.kill(fetching)


OVERTAKEN = """
from odoo.addons.aliexpress_connector.models.shop_run import ShopRun
Order = env["aliexpress.order"]
order = Order.search([])
order.ensure_one()
domain = [("state", "=", "done")]
with env.registry.cursor() as other:
    other.execute("UPDATE aliexpress_order SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", [order.id])
    other.commit()

order._run_batch(domain, "_process", ShopRun())
assert not order.error, order.error
"""


def test_a_job_goes_on_when_another_process_was_quicker(odoo, gateway):
    """The row is locked too late: the batch is left to the next run, and the job does not end."""
    odoo.connect(gateway)
    gateway.call("POST", "orders", lines=[["TSHIRT-BLU-M", 1], ["CAP-RED", 2]], pay=True)
    odoo.run(PART)
    odoo.run(OVERTAKEN)


BESIDE_ANOTHER = """
Order = env["aliexpress.order"]
Order._list_changes(env["aliexpress.account"].search([]))
orders = Order.search([("is_detail_due", "=", True)], order="id")
with env.registry.cursor() as other:
    other.execute("SELECT FROM aliexpress_order WHERE id = ANY(%s) FOR UPDATE", [orders.ids[:50]])
    Order._read_due_details()

env.invalidate_all()
print("left", len(orders.filtered("is_detail_due")))
"""


def test_a_batch_that_another_process_reads_holds_up_no_other(odoo, gateway):
    odoo.connect(gateway)
    gateway.call("POST", "orders", lines=[["CAP-RED", 1]], pay=True, count=60)
    assert odoo.run(BESIDE_ANOTHER).split("left")[1].strip() == "50"
