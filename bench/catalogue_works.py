"""What the worker does inside Odoo for the benchmark of publishing."""

import base64
import struct
import zlib

from odoo import Command
from odoo.tools import split_every

BATCH = 50
# A leaf category of the local gateway that asks for few attributes.
CATEGORY = "200000402"


def picture(number, side=64):
    """A small PNG, another one for each number, in base64."""
    pixel = bytes((number % 256, number // 256 % 256, 99))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + pixel * side) * side)),
        (b"IEND", b""),
    ]
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in chunks:
        content += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return base64.b64encode(content).decode()


def prepare_catalogue(env, count):
    """`count` products with all that AliExpress asks for, each with a picture of its own, and their listings."""
    account = env["aliexpress.account"].search([], limit=1)
    account.lang_id = env.ref("base.lang_en")
    category = env["aliexpress.category"].search([("ref", "=", CATEGORY)], limit=1)
    category = category or env["aliexpress.category"].create({"ref": CATEGORY, "name": "Caps", "is_leaf": True})
    category._read_attributes(account._get_client())
    lines = [
        Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids[-1:].ids)]})
        for attribute in category.attribute_ids
        if attribute.is_required and not attribute.is_sku
    ]
    first = env["aliexpress.listing"].search_count([])
    for numbers in split_every(BATCH, range(first, first + count)):
        products = env["product.product"].create(
            [
                {
                    "name": f"Listed {number}",
                    "default_code": f"LISTED-{number}",
                    "is_storable": True,
                    "list_price": 10,
                    "weight": 0.2,
                    "image_1920": picture(number),
                    "aliexpress_category_id": category.id,
                    "aliexpress_attribute_line_ids": lines,
                }
                for number in numbers
            ]
        )
        env["aliexpress.listing"].create(
            [
                {"account_id": account.id, "product_tmpl_id": template.id, "state": "pending"}
                for template in products.product_tmpl_id
            ]
        )
        env.cr.commit()


def publish(env):
    """Run the publishing job as the scheduler would until nothing is pending; how many listings came to which state."""
    job = env.ref("aliexpress_connector.ir_cron_publish_listings")
    while True:
        job.method_direct_trigger()
        env.cr.commit()
        env["aliexpress.feed"].search([("state", "=", "submitted")]).retry_at = False
        env.cr.commit()
        if not env["aliexpress.listing"].search_count([("state", "=", "pending")], limit=1):
            groups = env["aliexpress.listing"]._read_group([], ["state"], ["__count"])
            return dict(groups)
