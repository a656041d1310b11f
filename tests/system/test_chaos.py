"""Everything at once: servers are killed, the database goes away, the gateway is in trouble. In the end both agree."""

import os
import random
import subprocess
import time

from servers import Server
from test_orders_crash import assert_each_once, place

LONG = bool(os.environ.get("ALIEXPRESS_LONG"))
SEED = int(os.environ.get("ALIEXPRESS_SEED", 11))
# Orders come in several portions; each round brings one piece of bad luck.
ROUNDS, PORTION = (40, 20) if LONG else (4, 5)
PATIENCE = 900

PREPARE = """
account = env["aliexpress.account"].search([])
product = env["product.product"].create({"name": "Correos", "type": "service"})
carrier = env["delivery.carrier"].create({"name": "Correos", "product_id": product.id})
account._refresh_carriers()
service = env["aliexpress.logistics.service"].search([("code", "=", "SPAIN_LOCAL_CORREOS")])
service.carrier_id = carrier
env.cr.commit()
"""
# Somebody who packs whatever is ready, each delivery with a number of its own, whatever happens to the database.
WAREHOUSE = """
import time
from odoo import api
from odoo.tools import mute_logger
registry, end = env.registry, time.monotonic() + {seconds}
env.cr.close()
def pack():
    with registry.cursor() as cr, mute_logger("odoo.sql_db"):
        mine = api.Environment(cr, 1, {{"skip_sms": True, "skip_backorder": True}})
        orders = mine["aliexpress.order"].search([("state", "=", "done"), ("stage", "=", "waiting_shipment")])
        pickings = orders.sale_order_id.picking_ids.filtered(lambda picking: picking.state == "assigned")
        for picking in pickings[:1]:
            carrier = mine["delivery.carrier"].search([("name", "=", "Correos")])
            number = "PQ" + str(10**11 + picking.id)
            picking.write({{"carrier_id": carrier.id, "carrier_tracking_ref": number}})
            picking.button_validate()

while time.monotonic() < end:
    try:
        pack()
    except Exception:
        time.sleep(0.5)
    time.sleep(0.05)

"""
FAULTS = [
    {"kind": "http_500", "probability": 0.05},
    {"kind": "reset_after", "probability": 0.05},
    {"kind": "cut_json", "probability": 0.05},
    {"kind": "service_timeout_after", "method": "*fulfill", "probability": 0.2},
    # Buyers pay and confirm while Odoo lists; what the gateway shipped by itself Odoo would rightly not declare.
    {"kind": "drift", "method": "*order.get", "rows": 2, "probability": 0.5, "steps": "pay confirm"},
    {"kind": "latency", "seconds": 0.05, "probability": 0.5},
]
WAKE = """
UPDATE aliexpress_account SET retry_at = NULL, token_renewed_date = NULL;
UPDATE aliexpress_order SET retry_at = NULL WHERE retry_at IS NOT NULL;
UPDATE aliexpress_shipment SET retry_at = NULL WHERE retry_at IS NOT NULL;
INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron
 WHERE cron_name LIKE 'AliExpress: %' AND cron_name SIMILAR TO '%(orders|shipments|tokens)';
"""
OPEN = """
SELECT 'order', o.order_ref, o.state, o.stage, o.error FROM aliexpress_order o
 WHERE o.state <> 'done' OR o.is_detail_due OR o.stage <> 'shipped'
 UNION ALL
SELECT 'shipment', tracking_ref, state, intent::text, error FROM aliexpress_shipment
 WHERE state <> 'sent' OR intent_date IS NOT NULL
"""


def psql(database, query, check=True):
    return subprocess.run(["psql", "-qAtd", database, "-c", query], check=check, capture_output=True, text=True).stdout


def wake(odoo):
    """Have the scheduled actions run now, whatever waits; a database that is away is not woken."""
    psql(odoo.database, WAKE, check=False)
    psql("postgres", f"NOTIFY cron_trigger, '{odoo.database}'", check=False)


def restart_database(odoo):
    """What everybody sees of a restart: all connections are cut, and none is accepted for a moment."""
    psql("postgres", f"ALTER DATABASE {odoo.database} ALLOW_CONNECTIONS false")
    psql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{odoo.database}'")
    time.sleep(1)
    psql("postgres", f"ALTER DATABASE {odoo.database} ALLOW_CONNECTIONS true")


def place_portion(gateway):
    """Paid orders, and one that is still to be paid."""
    place(gateway, PORTION - 1)
    gateway.call("POST", "orders", lines=[["CAP-RED", 1]])


def pay_the_rest(gateway):
    """Let the buyers pay who have not yet."""
    for order in gateway.call("GET", "orders?status=PLACE_ORDER_SUCCESS")["orders"]:
        gateway.call("POST", f"orders/{order['order_id']}/pay")


def get_declared(gateway):
    """`[(order, number)]` of all that was declared, as the gateway has it."""
    parcels = gateway.call("GET", "shipments")["shipments"]
    return sorted((str(parcel["order_id"]), parcel["logistics_no"]) for parcel in parcels)


def test_everything_at_once(odoo, gateway, servers):
    generator = random.Random(SEED)  # reproducible, not secret
    count = ROUNDS * PORTION
    odoo.connect(gateway)
    odoo.run(PREPARE)
    place_portion(gateway)
    for fault in FAULTS:
        gateway.call("POST", "faults", count=None, **fault)
    servers += [Server(odoo, number) for number in range(2)]
    warehouse = odoo.start(WAREHOUSE.format(seconds=PATIENCE))
    number = len(servers)
    for server in servers:
        server.wait_until_ready()
    for round_number in range(ROUNDS):
        wake(odoo)
        time.sleep(generator.uniform(2, 4))
        if round_number % 2:
            restart_database(odoo)
        else:
            servers.pop(generator.randrange(2)).stop()
            servers.append(Server(odoo, number))
            number += 1
        if round_number == 1:
            gateway.call("POST", "expire_tokens")
        gateway.call("POST", "faults", kind="rate_limit", seconds=2, count=1)
        if round_number < ROUNDS - 1:
            place_portion(gateway)
    gateway.call("DELETE", "faults")
    pay_the_rest(gateway)
    deadline = time.monotonic() + PATIENCE
    while odoo.sql(OPEN) or odoo.sql("SELECT count(*) FROM aliexpress_order") != [(str(count),)]:
        assert time.monotonic() < deadline, (odoo.sql(OPEN), [server.get_log() for server in servers])
        wake(odoo)
        time.sleep(1)
    warehouse.kill()
    warehouse.wait()
    assert_each_once(odoo, gateway, count)
    known = odoo.sql(
        "SELECT order_ref, sent_tracking_ref FROM aliexpress_shipment s JOIN aliexpress_order o ON o.id = s.order_id"
    )
    assert sorted(known) == get_declared(gateway)
    assert len({order for order, _number in known}) == len(known) == count
    assert odoo.sql("SELECT state, error IS NULL FROM aliexpress_account") == [("connected", "t")]
    assert odoo.sql("SELECT count(*) FROM ir_cron WHERE cron_name LIKE 'AliExpress%' AND NOT active") == [("0",)]
    assert odoo.sql("SELECT count(*) FROM stock_picking WHERE state NOT IN ('done', 'cancel')") == [("0",)]
