"""Listings: the list, one listing with its SKUs."""

from ..money import text
from .html import esc, page_response, shop_of, table, tag, when


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
    for shop in sandbox.world.shops.values():
        product = shop.products.get(int(product_id) if product_id.isdigit() else 0)
        if product:
            return page_response(product.subject, _body(product), shop)
    raise LookupError(f"no listing {product_id}")


def _body(product):
    rows = [
        [
            esc(sku.sku_code or "–"),
            f"<small>{esc(sku.sku_id)}</small>",
            text(sku.price, product.currency),
            "" if sku.sale_price is None else text(sku.sale_price, product.currency),
            str(sku.stock),
            esc(sku.ean),
        ]
        for sku in product.skus
    ]
    heads = ["Code", "Id", "#Price", "#Sale price", "#Stock", "EAN"]
    return (
        f'<div class="card">{tag(product.status)} {esc(product.product_id)} · '
        f"category {product.category_id} · {esc(product.audit_reason)}</div>"
        f"<h2>SKUs</h2>{table(heads, rows, 'No SKUs.')}"
    )


def _prices(product):
    prices = [sku.buyer_price for sku in product.skus]
    low, high = min(prices, default=0), max(prices, default=0)
    shown = text(low, product.currency)
    if high != low:
        shown += f" – {text(high, product.currency)}"
    return f"{shown} {esc(product.currency)}"


PAGES = [("GET", "/listings", listing_list), ("GET", "/listings/<id>", listing_page)]
