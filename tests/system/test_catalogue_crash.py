"""A creation cut in the middle: the product is on AliExpress once, whoever is killed when."""

import time

# Statements of a script given to Odoo's shell on standard input: no blank line inside a block.
PRODUCT = """
import base64, io
from PIL import Image
stream = io.BytesIO()
Image.new("RGB", (800, 800), "red").save(stream, "PNG")
account = env["aliexpress.account"].search([])
account.lang_id = env.ref("base.lang_en")
category = env["aliexpress.category"].create({{"ref": "200000402", "name": "Caps", "is_leaf": True}})
category._read_attributes(account._get_client())
lines = [
    (0, 0, {{"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids[1:2].ids)]}})
    for attribute in category.attribute_ids
    if attribute.is_required and not attribute.is_sku
]
# One by one: Odoo keeps the picture of the first only of several variants that are created at once.
values = [
    {{
        "name": f"Cap {{number}}",
        "default_code": f"CRASH-{{number}}",
        "is_storable": True,
        "list_price": 10,
        "weight": 0.2,
        "image_1920": base64.b64encode(stream.getvalue()),
        "aliexpress_category_id": category.id,
        "aliexpress_title": f"Crash cap {{number}}",
        "aliexpress_attribute_line_ids": lines,
    }}
    for number in range({count})
]
products = env["product.product"].concat(*[env["product.product"].create(product) for product in values])
env["aliexpress.listing"].create([
    {{"account_id": account.id, "product_tmpl_id": template.id, "state": "pending"}}
    for template in products.product_tmpl_id
])
env.cr.commit()
"""
PUBLISH = """
env["aliexpress.account"].search([]).write({"retry_at": False})
env["aliexpress.listing"].search([]).write({"retry_at": False})
env.cr.commit()
env.ref("aliexpress_connector.ir_cron_publish_listings").method_direct_trigger()
env.cr.commit()
"""


def created(gateway):
    """Titles of the products that this test published, as the gateway has them."""
    products = gateway.call("GET", "products")["products"]
    titles = [title for product in products for title in product["subjects"].values()]
    return sorted(title for title in titles if title.startswith("Crash cap"))


def test_killed_between_the_creation_and_its_answer(odoo, gateway):
    """The gateway creates the product and answers late; who waits is killed; the next run reads it back."""
    odoo.connect(gateway)
    gateway.call("PATCH", "settings", audit_seconds=3600)  # no review ends here, however slow the machine is
    odoo.run(PRODUCT.format(count=2))
    gateway.call("POST", "faults", kind="timeout", method="*product.post", seconds=60, count=1)
    process = odoo.start(PUBLISH)
    deadline = time.monotonic() + 120
    while not created(gateway):
        told = "SELECT state, error FROM aliexpress_listing"
        assert time.monotonic() < deadline and process.poll() is None, odoo.sql(told)
        time.sleep(0.05)
    process.kill()
    process.wait()
    gateway.call("DELETE", "faults")
    intents = "SELECT count(*) FROM aliexpress_listing WHERE product_ref IS NULL AND intent_date IS NOT NULL"
    assert odoo.sql(intents) == [("1",)]
    # The one that was begun is read back, the other one created; from then on nothing more is.
    for _run in range(2):
        odoo.run(PUBLISH)
        assert created(gateway) == ["Crash cap 0", "Crash cap 1"]
    listings = odoo.sql("SELECT count(DISTINCT product_ref), count(*), min(state), max(state) FROM aliexpress_listing")
    assert listings == [("2", "2", "auditing", "auditing")]


OVERTAKEN = """
accounts = env["aliexpress.account"].search([], order="id")
Listing, Comparison = env["aliexpress.listing"], env["aliexpress.offer.comparison"]
order = env["aliexpress.order"].create(
    {"account_id": accounts[0].id, "order_ref": "1", "stage": "closed", "is_part_declared": True, "state": "done"}
)
env.cr.commit()

def meanwhile(table, record):
    env.cr.execute("SELECT FROM aliexpress_account")
    with env.registry.cursor() as other:
        other.execute(f"UPDATE {table} SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", [record.id])
        other.commit()

meanwhile("aliexpress_account", accounts[0])
Listing._cron_refresh_listings()
env.invalidate_all()
assert all(accounts.mapped("refresh_started_at")), accounts.mapped("refresh_started_at")
assert not any(accounts.mapped("refresh_cursor")), accounts.mapped("refresh_cursor")
before = Comparison.search([]).mapped("drift_start")
meanwhile("aliexpress_offer_comparison", Comparison.search([("account_id", "=", accounts[0].id)]))
Listing._begin_drift_passes()
env.invalidate_all()
assert all(new > old for old, new in zip(before, Comparison.search([]).mapped("drift_start")))
meanwhile("aliexpress_order", order)
env["aliexpress.shipment"]._queue_completions()
assert order.is_part_declared
env["aliexpress.shipment"]._queue_completions()
assert not order.is_part_declared
"""


def test_jobs_of_all_shops_go_on_when_another_process_was_quicker_in_one(odoo, gateway):
    for _shop in range(2):
        odoo.connect(gateway)
    odoo.run(OVERTAKEN)
