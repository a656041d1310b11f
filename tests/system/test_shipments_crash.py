"""A declaration cut in the middle: the parcel is declared once, whoever is killed when."""

import time

VALIDATE = """
from odoo import Command
for job in ("refresh_shop_data", "fetch_orders", "process_orders"):
    env.ref(f"aliexpress_connector.ir_cron_{job}").method_direct_trigger()
    env.cr.commit()

service = env["aliexpress.logistics.service"].search([("code", "=", "SPAIN_LOCAL_CORREOS")])
product = env["product.product"].create({"name": "Delivery", "type": "service"})
carrier = env["delivery.carrier"].create({"name": "Correos", "product_id": product.id})
service.carrier_id = carrier
pickings = env["aliexpress.order"].search([], order="id").sale_order_id.picking_ids
for number, picking in enumerate(pickings):
    picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": f"PQ00000000{number:05d}"})
    picking.move_ids.picked = True
    assert picking.button_validate() is True

env.cr.commit()
print("deliveries", len(pickings))
"""

PUSH = """
import time
deadline = time.monotonic() + 120
while time.monotonic() < deadline:
    env["aliexpress.account"].search([]).write({"retry_at": False})
    env["aliexpress.shipment"].search([("retry_at", "!=", False)]).write({"retry_at": False})
    env.cr.commit()
    env.ref("aliexpress_connector.ir_cron_push_shipments").method_direct_trigger()
    env.cr.commit()
    if env["aliexpress.shipment"].search_count([("state", "=", "sent")]) == 3:
        break

"""


def test_killed_between_the_effect_and_the_answer(odoo, gateway):
    """The gateway takes a declaration and answers late; the process that waits is killed; the next one goes on."""
    odoo.connect(gateway)
    gateway.call("POST", "orders", lines=[["TSHIRT-BLU-M", 1]], pay=True, count=3)
    assert "deliveries 3" in odoo.run(VALIDATE)
    gateway.call("POST", "faults", kind="timeout", method="*fulfill", seconds=60, count=1)
    process = odoo.start(PUSH)
    deadline = time.monotonic() + 120
    while not gateway.call("GET", "shipments")["shipments"]:
        assert time.monotonic() < deadline and process.poll() is None, "nothing was declared"
        time.sleep(0.1)
    process.kill()
    process.wait()
    odoo.run(PUSH)
    assert odoo.sql("SELECT state, count(*) FROM aliexpress_shipment GROUP BY state") == [("sent", "3")]
    declared = [shipment["logistics_no"] for shipment in gateway.call("GET", "shipments")["shipments"]]
    assert sorted(declared) == ["PQ0000000000000", "PQ0000000000001", "PQ0000000000002"]
