"""The control API of orders and listings."""

from .. import lifecycle, scenario
from ..catalogue import publishing
from .routes import Bad, body, patch, route

# === orders === #


@route("GET", "orders", "orders; ?shop= ?status=")
def get_orders(sandbox, request):
    status = request.args.get("status")
    shop = request.args.get("shop")
    shops = [sandbox.world.shop(shop)] if shop else sandbox.world.shops.values()
    found = [
        {"seller_id": shop.seller_id, **scenario.dump(order)}
        for shop in shops
        for order in shop.orders.values()
        if status in (None, order.status)
    ]
    return {"count": len(found), "orders": found}


@route("POST", "orders", "place orders: the short form of scenarios, and {count}")
def post_orders(sandbox, request):
    data = body(request)
    count = int(data.pop("count", 1))
    orders = [sandbox.place_order(**data) for _index in range(count)]
    return {
        "order_ids": [order.order_id for order in orders],
        "order": scenario.dump(orders[0]) if orders else None,
    }


@route("GET", "orders/<id>", "one order; ?shop= where two shops share the number")
def get_order(sandbox, request, order_id):
    _shop, order = _order(sandbox, request, order_id)
    return scenario.dump(order)


@route("PATCH", "orders/<id>", "write fields of an order as they are")
def patch_order(sandbox, request, order_id):
    _shop, order = _order(sandbox, request, order_id)
    data = body(request)
    patch(order, type(order), data, sandbox)
    if "modified" not in data:
        order.modified = sandbox.clock.now()
    return scenario.dump(order)


@route("DELETE", "orders/<id>", "forget an order")
def delete_order(sandbox, request, order_id):
    shop, order = _order(sandbox, request, order_id)
    del shop.orders[order.order_id]


@route("POST", "orders/<id>/<action>", "move an order; the body holds the arguments")
def act(sandbox, request, order_id, action):
    if action not in lifecycle.ACTIONS:
        raise Bad(f"no action {action}; known: {', '.join(lifecycle.ACTIONS)}", 404)
    shop, order = _order(sandbox, request, order_id)
    lifecycle.ACTIONS[action](sandbox, shop, order, **body(request))
    return scenario.dump(order)


@route("GET", "shipments", "the ledger of declared parcels")
def get_shipments(sandbox, request):
    rows = [{"order_id": order_id, **scenario.dump(parcel)} for order_id, parcel in sandbox.shipments]
    return {"count": len(rows), "shipments": rows}


# === products === #


@route("GET", "products", "listings; ?shop=")
def get_products(sandbox, request):
    shop = sandbox.world.shop(request.args.get("shop"))
    return {"products": scenario.dump(list(shop.products.values()))}


@route("PATCH", "products/<id>", "write fields of a listing as they are")
def patch_product(sandbox, request, product_id):
    product = _product(sandbox, product_id)
    patch(product, type(product), body(request), sandbox)
    return scenario.dump(product)


@route("DELETE", "products/<id>", "a listing vanishes")
def delete_product(sandbox, request, product_id):
    product = _product(sandbox, product_id)
    for shop in sandbox.world.shops.values():
        shop.products.pop(product.product_id, None)


@route("PATCH", "products/<id>/skus/<code>", "write fields of one SKU: stock, price …")
def patch_sku(sandbox, request, product_id, code):
    sku = _product(sandbox, product_id).sku(code)
    if not sku:
        raise Bad(f"no SKU {code}", 404)
    patch(sku, type(sku), body(request), sandbox)
    return scenario.dump(sku)


@route("POST", "products/<id>/<action>", "approve, reject {reason}, audit, lock, unlock, online, offline")
def act_on_product(sandbox, request, product_id, action):
    if action not in publishing.ACTIONS:
        raise Bad(f"no action {action}; known: {', '.join(publishing.ACTIONS)}", 404)
    product = _product(sandbox, product_id)
    publishing.ACTIONS[action](sandbox, product, **body(request))
    return scenario.dump(product)


def _order(sandbox, request, order_id):
    return sandbox.find_order(int(order_id), request.args.get("shop"))


def _product(sandbox, product_id):
    for shop in sandbox.world.shops.values():
        if int(product_id) in shop.products:
            return shop.products[int(product_id)]
    raise Bad(f"no listing {product_id}", 404)
