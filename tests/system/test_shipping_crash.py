"""Parcels survive what happens to processes: each is declared once, however often the server is killed meanwhile."""

import os
import random
import time

LONG = bool(os.environ.get("ALIEXPRESS_LONG"))
NUMBER = "PQ%011d"

# Statements of a script given to Odoo's shell on standard input: no blank line inside a block.
PREPARE = """
for name in ("fetch_orders", "process_orders", "refresh_shop_data"):
    env.ref("aliexpress_connector.ir_cron_" + name).method_direct_trigger()
    env.cr.commit()

product = env["product.product"].create({{"name": "Correos", "type": "service"}})
carrier = env["delivery.carrier"].create({{"name": "Correos", "product_id": product.id}})
service = env["aliexpress.logistics.service"].search([("code", "=", "SPAIN_LOCAL_CORREOS")])
service.carrier_id = carrier
orders = env["aliexpress.order"].search([("sale_order_id", "!=", False)], order="order_ref")
assert len(orders) == {count} and service, (orders, service)
shirt = env["product.product"].search([("default_code", "=", "TSHIRT-BLU-M")])
for index, order in enumerate(orders):
    delivery = order.sale_order_id.picking_ids
    number = "PQ%011d" % (2 * index)
    other = "PQ%011d" % (2 * index + 1)
    if index % 3 == 2:
        # In two deliveries.
        for move in delivery.move_ids:
            move.quantity = move.product_uom_qty if move.product_id == shirt else 0
            move.picked = bool(move.quantity)
        delivery.write({{"carrier_id": carrier.id, "carrier_tracking_ref": number}})
        delivery.with_context(skip_backorder=True, skip_sms=True).button_validate()
        delivery, number = delivery.backorder_ids, other
    elif index % 3 == 1:
        number = number + "," + other
    delivery.write({{"carrier_id": carrier.id, "carrier_tracking_ref": number}})
    delivery.with_context(skip_sms=True).button_validate()
    env.cr.commit()

"""

DRAIN = """
import time
deadline = time.monotonic() + {seconds}
cron = env.ref("aliexpress_connector.ir_cron_push_shipments")
Shipment = env["aliexpress.shipment"]
while time.monotonic() < deadline:
    env["aliexpress.account"].search([]).write({{"retry_at": False}})
    Shipment.search([("retry_at", "!=", False)]).write({{"retry_at": False}})
    env.cr.commit()
    cron.method_direct_trigger()
    env.cr.commit()
    open_ones = ["|", ("state", "!=", "sent"), ("is_confirm_due", "=", True)]
    if Shipment.search_count([]) and not Shipment.search_count(open_ones):
        break

"""


def kill_between_effect_and_answer(odoo, gateway):
    """The gateway takes a declaration and answers late; the process that waits for the answer is killed."""
    gateway.call("POST", "faults", kind="timeout", method="*fulfill", seconds=60, count=1)
    process = odoo.start(DRAIN.format(seconds=120))
    deadline = time.monotonic() + 120
    while not gateway.call("GET", "shipments")["shipments"]:
        assert time.monotonic() < deadline and process.poll() is None, "nothing was declared"
        time.sleep(0.1)
    odoo.kill(process)


def test_killed_while_declaring_and_started_again(odoo, gateway):
    """kill -9 between the effect and its answer, then at random moments, with answers that never arrive: each parcel
    once, only the last of an order as all.
    """
    count = 150 if LONG else 24
    odoo.connect(gateway)
    gateway.call("POST", "orders", lines=[["TSHIRT-BLU-M", 1], ["CAP-RED", 2]], pay=True, count=count)
    odoo.run(PREPARE.format(count=count))
    kill_between_effect_and_answer(odoo, gateway)
    gateway.call("POST", "faults", kind="latency", method="*fulfill", seconds=0.1, count=None)
    gateway.call("POST", "faults", kind="reset_after", method="*fulfill", probability=0.1, count=None)
    gateway.call("POST", "faults", kind="http_500", method="*info.get", probability=0.05, count=None)
    generator = random.Random(11)  # reproducible, not secret
    for _round in range(10 if LONG else 3):
        process = odoo.start(DRAIN.format(seconds=120))
        time.sleep(generator.uniform(1, 4))
        odoo.kill(process)
    gateway.call("DELETE", "faults")
    odoo.run(DRAIN.format(seconds=240))

    declared = {}
    for order in sorted(gateway.call("GET", "orders")["orders"], key=lambda order: order["order_id"]):
        parcels = order["parcels"]
        declared[order["order_id"]] = [(parcel["logistics_no"], parcel["send_type"]) for parcel in parcels]
    expected = []
    for index in range(count):
        numbers = [NUMBER % (2 * index)] + [NUMBER % (2 * index + 1)] * (index % 3 > 0)
        expected.append((numbers, ["part"] * (len(numbers) - 1) + ["all"]))
    found = [(sorted(n for n, _t in parcels), [t for _n, t in parcels]) for parcels in declared.values()]
    assert found == expected
    assert odoo.sql("SELECT DISTINCT state, intent_date IS NULL FROM aliexpress_shipment") == [("sent", "t")]
