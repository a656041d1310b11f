"""What the worker does inside Odoo for the benchmark of publishing."""

import base64
import json
import struct
import zlib

from odoo import Command, fields
from odoo.tools import split_every

BATCH = 50
# A leaf category of the local gateway that asks for few attributes.
CATEGORY = "200000402"
# One whose products come in sizes.
SIZED_CATEGORY = "200000346"


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


def map_sizes(env, category, variants):
    """An Odoo attribute with as many values as a product shall have variants, mapped to AliExpress' values."""
    sku_attributes = category.attribute_ids.filtered("is_sku")
    attribute = max(sku_attributes, key=lambda attribute: len(attribute.value_ids))
    values = attribute.value_ids[:variants]
    size = env["product.attribute"].create(
        {"name": "Size", "value_ids": [Command.create({"name": value.name}) for value in values]}
    )
    pairs = zip(size.value_ids, values, strict=True)
    lines = [{"product_attribute_value_id": own.id, "value_id": value.id} for own, value in pairs]
    env["aliexpress.attribute.mapping"].create(
        {
            "category_id": category.id,
            "attribute_id": attribute.id,
            "product_attribute_id": size.id,
            "line_ids": [Command.create(line) for line in lines],
        }
    )
    return [Command.create({"attribute_id": size.id, "value_ids": [Command.set(size.value_ids.ids)]})]


def prepare_catalogue(env, count, variants=1):
    """`count` products with all that AliExpress asks for, each with a picture of its own, and their listings."""
    account = env["aliexpress.account"].search([], limit=1)
    account.lang_id = env.ref("base.lang_en")
    # A shop is looked through once, before its first creation: that is measured by itself.
    account.discovered_at = account.discovered_at or fields.Datetime.now()
    ref = CATEGORY if variants == 1 else SIZED_CATEGORY
    category = env["aliexpress.category"].search([("ref", "=", ref)], limit=1)
    category = category or env["aliexpress.category"].create({"ref": ref, "name": "Listed", "is_leaf": True})
    category._read_attributes(account._get_client())
    # A feed carries no size chart: this shop has none.
    if not env["aliexpress.shop.data"].search_count([("kind", "=", "size_chart"), ("category_id", "=", category.id)]):
        env["aliexpress.shop.data"]._create_rows({(account.id, "size_chart", category.id)})._set_done()
    attribute_lines = map_sizes(env, category, variants) if variants > 1 else []
    # Values that ask for nothing further.
    lines = [
        Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(plain[:1].ids)]})
        for attribute in category.attribute_ids
        if attribute.is_required and not attribute.is_sku and not attribute.parent_value_ids
        for plain in [attribute.value_ids.filtered(lambda value: not value.has_children)]
    ]
    first = env["aliexpress.listing"].search_count([])
    for numbers in split_every(BATCH, range(first, first + count)):
        templates = env["product.template"].create(
            [
                {
                    "name": f"Listed {number}",
                    "attribute_line_ids": attribute_lines,
                    "is_storable": True,
                    "list_price": 10,
                    "image_1920": picture(number),
                    "aliexpress_category_id": category.id,
                    "aliexpress_attribute_line_ids": lines,
                }
                for number in numbers
            ]
        )
        for product in templates.product_variant_ids:
            product.write({"default_code": f"LISTED-{product.id}", "weight": 0.2})
        env["aliexpress.listing"].create(
            [{"account_id": account.id, "product_tmpl_id": template.id, "state": "pending"} for template in templates]
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
            groups = env["aliexpress.listing"]._read_group([], ["state", "error"], ["__count"])
            return {" ".join(filter(None, [state, error])): count for state, error, count in groups}


def build_payloads(env):
    """The floor of publishing: all that the products say, read plainly and written as JSON; its size."""
    account = env["aliexpress.account"].search([], limit=1)
    size = 0
    for ids in split_every(BATCH, env["aliexpress.listing"].search([], order="id").product_tmpl_id.ids):
        templates = env["product.template"].browse(ids)
        variants = templates.product_variant_ids
        prices = account.pricelist_id._get_products_price(variants, 1.0)
        quantities = variants.with_context(warehouse_id=account.warehouse_id.id).mapped("free_qty")
        skus = {}
        for variant, quantity in zip(variants, quantities, strict=True):
            values = variant.product_template_attribute_value_ids
            names = {value.attribute_id.name: value.product_attribute_value_id.name for value in values}
            sku = {"sku_code": variant.default_code, "price": f"{prices[variant.id]:.2f}", "inventory": int(quantity)}
            skus.setdefault(variant.product_tmpl_id.id, []).append(sku | {"attributes": names})
        for template in templates:
            own = template.aliexpress_attribute_line_ids
            payload = {
                "subject": template.name,
                "description": template.description_sale,
                "weight": template.weight,
                "category": template.aliexpress_category_id.ref,
                "attributes": [(line.attribute_id.ref, line.value_ids.mapped("ref")) for line in own],
                "pictures": len(template.image_1920),
                "skus": skus[template.id],
            }
            size += len(json.dumps(payload))
        env.invalidate_all()
    return size


def forget_listings(env):
    """The products stay, as if they had been listed by hand in the seller centre."""
    env.cr.execute("DELETE FROM aliexpress_listing")
    env.cr.commit()
    env.invalidate_all()


def find_listings(env):
    """Look through the shop as the scheduler would; how many products were found in which state, how sure."""
    env["aliexpress.account"].search([], limit=1).action_find_listings()
    env.cr.commit()
    job = env.ref("aliexpress_connector.ir_cron_publish_listings")
    Found = env["aliexpress.found.product"]
    while Found._count_remaining():
        job.method_direct_trigger()
        env.cr.commit()
    groups = Found._read_group([], ["state", "match"], ["__count"])
    return {" ".join(filter(None, [state, match])): count for state, match, count in groups}


def link_found(env):
    """Link all at once, as a person who selects all of them does."""
    found = env["aliexpress.found.product"].search([("match", "=", "1_certain")])
    found.action_link()
    return len(found)
