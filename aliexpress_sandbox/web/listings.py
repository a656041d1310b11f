"""Listings: the list, one listing with its SKUs and buttons, and pictures."""

import base64

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from ..catalogue import publishing
from ..images import placeholder
from ..money import text
from .html import button, esc, page_response, shop_of, table, tag, when


def listing_list(sandbox, request):
    shop = shop_of(sandbox, request)
    status = request.args.get("status")
    rows = [
        [
            f'<a href="/listings/{product.product_id}">{product.product_id}</a>',
            esc(product.subject),
            tag(product.status),
            _prices(product),
            str(sum(sku.stock for sku in product.skus)),
            str(len(product.skus)),
            when(product.modified),
        ]
        for product in shop.products.values()
        if status in (None, "", product.status)
    ]
    heads = ["Listing", "Title", "Status", "#Price", "#Stock", "#SKUs", "Changed"]
    return page_response("Listings", table(heads, rows, "No listings here."), shop)


def listing_page(sandbox, request, product_id):
    shop, product = _find(sandbox, product_id)
    return page_response(product.subject or product_id, _body(sandbox.world, product), shop)


def listing_action(sandbox, request, product_id, action):
    """A button of the listing page."""
    _shop, product = _find(sandbox, product_id)
    if action not in publishing.ACTIONS:
        raise LookupError(f"there is no button {action}")
    publishing.ACTIONS[action](sandbox, product, **request.form.to_dict())
    return redirect(f"/listings/{product_id}", 303)


def delete_listing(sandbox, request, product_id):
    shop, product = _find(sandbox, product_id)
    del shop.products[product.product_id]
    return redirect(f"/listings?shop={shop.seller_id}", 303)


def picture(sandbox, request, name):
    """An uploaded picture, or a placeholder for one that is elsewhere."""
    for shop in sandbox.world.shops.values():
        for url, found in shop.pictures.items():
            if url.endswith(f"/kf/{name}"):
                return Response(base64.b64decode(found.content), content_type=found.mimetype)
    return Response(placeholder(name), content_type="image/svg+xml")


def _find(sandbox, product_id):
    number = int(product_id) if product_id.isdigit() else 0
    for shop in sandbox.world.shops.values():
        if number in shop.products:
            return shop, shop.products[number]
    raise LookupError(f"no listing {product_id}")


def _body(world, product):
    lock = ' <span class="tag bad">locked</span>' if product.locked else ""
    category = world.categories.get(product.category_id)
    facts = [
        ["Listing", str(product.product_id)],
        ["Category", esc(f"{category.name if category else '?'} ({product.category_id})")],
        ["Titles", "<br>".join(f"{esc(locale)}: {esc(text)}" for locale, text in product.subjects.items())],
        ["Package", esc(f"{product.weight} kg, {product.length} × {product.width} × {product.height} cm")],
        ["Preparation", f"{product.prepare_days} days"],
        ["Stock is taken", "at order" if product.deduction == "place_order_withhold" else "at payment"],
        ["Attributes", "<br>".join(esc(f"{x.name or x.name_id}: {x.value or x.value_id}") for x in product.properties)],
        ["Changed", when(product.modified)],
    ]
    return (
        f'<div class="card">{tag(product.status)}{lock} {esc(product.audit_reason)}<br>{_buttons(product)}</div>'
        f"<div>{_pictures(product)}</div><h2>SKUs</h2>{_skus(product)}"
        f"<h2>Content</h2>{table(['', ''], facts, '')}"
        f"<h2>Description</h2>{_descriptions(product)}"
    )


def _skus(product):
    rows = [
        [
            esc(sku.sku_code or "–"),
            f"<small>{esc(sku.sku_id)}</small>",
            text(sku.price, product.currency),
            "" if sku.sale_price is None else text(sku.sale_price, product.currency),
            esc(", ".join(f"{x.country} {x.price}" for x in product.country_prices if x.sku_code == sku.sku_code)),
            str(sku.stock),
            esc(sku.ean),
        ]
        for sku in product.skus
    ]
    heads = ["Code", "Id", "#Price", "#Sale price", "Countries", "#Stock", "EAN"]
    return table(heads, rows, "No SKUs.")


def _buttons(product):
    at = f"/listings/{product.product_id}/"
    found = []
    if product.status == "auditing":
        found.append(button(at + "approve", "Approve", main=True))
        found.append(button(at + "reject", "Reject", reason="The pictures do not show the product"))
    else:
        found.append(button(at + "audit", "Put under audit"))
    if product.status == "onSelling":
        found.append(button(at + "offline", "Take offline", reason="violate_offline"))
    if product.status == "offline":
        found.append(button(at + "online", "Put online"))
    found.append(button(at + "unlock", "Unlock") if product.locked else button(at + "lock", "Lock (punish)"))
    found.append(button(at + "delete", "Delete"))
    return "".join(found)


def _pictures(product):
    names = [url.rsplit("/", 1)[-1] for url in product.images]
    return "".join(
        f'<img src="/kf/{esc(name)}" alt="" width="110" height="110" loading="lazy" '
        'style="object-fit:cover;border-radius:6px;margin-right:.4rem">'
        for name in names
    )


def _descriptions(product):
    parts = [f"<p><b>{esc(locale)}</b><br><code>{esc(x.web)}</code></p>" for locale, x in product.descriptions.items()]
    return f'<div class="card">{"".join(parts)}</div>'


def _prices(product):
    prices = [sku.buyer_price for sku in product.skus]
    low, high = min(prices, default=0), max(prices, default=0)
    shown = text(low, product.currency)
    if high != low:
        shown += f" – {text(high, product.currency)}"
    return f"{shown} {esc(product.currency)}"


PAGES = [
    ("GET", "/listings", listing_list),
    ("GET", "/listings/<id>", listing_page),
    ("POST", "/listings/<id>/delete", delete_listing),
    ("POST", "/listings/<id>/<action>", listing_action),
    ("GET", "/kf/<name>", picture),
]
