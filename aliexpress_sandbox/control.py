"""The JSON control API below /_sandbox: everything a test in another process needs.

Every function gets (sandbox, request, *parts of the path) and returns plain data.
"""

import json
from dataclasses import asdict
from urllib.parse import unquote

from . import lifecycle, scenario
from .clock import read_moment
from .faults import KINDS, Fault
from .shop import App, Shop
from .world import Settings

ROUTES = []


class Bad(Exception):
    """A control request that cannot be done; shown as {"error": …}."""

    def __init__(self, text, status=400):
        super().__init__(text)
        self.status = status


def route(methods, path, help_text):
    """Register a function for a path such as `orders/<id>`."""

    def register(function):
        ROUTES.append((methods.split(), path.split("/"), function, help_text))
        return function

    return register


def answer(sandbox, request):
    """(data, HTTP status) of a control request."""
    parts = [unquote(p) for p in request.path.split("/")[2:] if p]
    if not parts:
        return help_page(), 200
    for methods, pattern, function, _help in ROUTES:
        values = _match(pattern, parts)
        if values is None or request.method not in methods:
            continue
        try:
            with sandbox.lock:
                sandbox.sweep()
                result = function(sandbox, request, *values)
            return ({"ok": True} if result is None else result), 200
        except Bad as error:
            return {"error": str(error)}, error.status
        except LookupError as error:
            return {"error": str(error)}, 404
        except (ValueError, TypeError) as error:
            return {"error": str(error)}, 400
    return {"error": "no such control address; see /_sandbox/"}, 404


def help_page():
    return {
        "control API": [
            f"{' '.join(methods)} /_sandbox/{'/'.join(path)} – {help_text}"
            for methods, path, _function, help_text in ROUTES
        ],
        "faults": {kind: text for kind, (_stage, text) in KINDS.items()},
        "order actions": sorted(lifecycle.ACTIONS),
    }


def body(request):
    """The JSON body, {} without one."""
    data = request.get_data()
    if not data:
        return {}
    value = json.loads(data)
    if not isinstance(value, dict):
        raise Bad("the body must be a JSON object")
    return value


def _match(pattern, parts):
    if len(pattern) != len(parts):
        return None
    values = []
    for name, part in zip(pattern, parts, strict=True):
        if name.startswith("<"):
            values.append(part)
        elif name != part:
            return None
    return values


# === the world === #


@route("GET", "state", "the whole state, as a scenario")
def get_state(sandbox, request):
    return sandbox.dump()


@route("PUT POST", "state", "replace the state: a scenario, or {scenario: name or path}")
def put_state(sandbox, request):
    data = body(request)
    source = data["scenario"] if set(data) == {"scenario"} else data
    sandbox.load(source)


@route("POST", "reset", "back to the scenario it was started with")
def reset(sandbox, request):
    sandbox.reset()


@route("POST", "save", "write the state to {path} or to the file of --save")
def save(sandbox, request):
    path = body(request).get("path") or sandbox.save_path
    if not path:
        raise Bad("no path given, neither here nor with --save")
    sandbox.save(path)
    return {"path": str(path)}


@route("GET", "settings", "how the sandbox behaves")
def get_settings(sandbox, request):
    return asdict(sandbox.world.settings)


@route("PATCH POST", "settings", "change some settings")
def patch_settings(sandbox, request):
    _patch(sandbox.world.settings, Settings, body(request), sandbox)
    return asdict(sandbox.world.settings)


@route("GET", "clock", "the sandbox's time")
def get_clock(sandbox, request):
    return {"now": sandbox.clock.now().isoformat(), "offset": sandbox.clock.offset}


@route("POST", "clock", "{offset: s}, {advance: s} or {now: time}; deadlines act at once")
def set_clock(sandbox, request):
    data = body(request)
    if "offset" in data:
        sandbox.clock.offset = float(data["offset"])
    if "advance" in data:
        sandbox.clock.advance(data["advance"])
    if "now" in data:
        wanted = read_moment(data["now"], sandbox.clock.now())
        sandbox.clock.advance((wanted - sandbox.clock.now()).total_seconds())
    sandbox.sweep(force=True)
    return get_clock(sandbox, request)


# === applications, shops, tokens === #


@route("GET", "apps", "the applications")
def get_apps(sandbox, request):
    return {key: scenario.dump(app) for key, app in sandbox.world.apps.items()}


@route("PATCH", "apps/<key>", "change an application: grants, denied, limits …")
def patch_app(sandbox, request, key):
    app = sandbox.world.apps.get(key)
    if not app:
        raise Bad(f"no application {key}", 404)
    _patch(app, App, body(request), sandbox)
    return scenario.dump(app)


@route("GET", "shops", "the shops, without products and orders")
def get_shops(sandbox, request):
    shops = scenario.dump(list(sandbox.world.shops.values()))
    for shop in shops:
        shop["products"] = len(shop["products"])
        shop["orders"] = len(shop["orders"])
        shop["pictures"] = len(shop["pictures"])
    return {"shops": shops}


@route("PATCH", "shops/<shop>", "change a shop: masks_buyers, carriers …")
def patch_shop(sandbox, request, key):
    shop = sandbox.world.shop(key)
    _patch(shop, Shop, body(request), sandbox)


@route("POST", "tokens", "new tokens without login; {shop, app}")
def post_token(sandbox, request):
    data = body(request)
    app = _app(sandbox, data.get("app"))
    token = sandbox.issue_token(data.get("shop"), app)
    return {**scenario.dump(token), "app_secret": app.secret}


@route("POST", "codes", "an authorisation code; {shop, app}")
def post_code(sandbox, request):
    data = body(request)
    code = sandbox.issue_code(_app(sandbox, data.get("app")), data.get("shop"))
    return scenario.dump(code)


@route("POST", "expire_tokens", "let tokens run out; {shop, refresh: true}")
def expire_tokens(sandbox, request):
    data = body(request)
    sandbox.expire_tokens(data.get("shop"), bool(data.get("refresh")))


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
    _patch(order, type(order), data, sandbox)
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
    _patch(product, type(product), body(request), sandbox)
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
    _patch(sku, type(sku), body(request), sandbox)
    return scenario.dump(sku)


# === faults and calls === #


@route("GET", "faults", "the faults in force")
def get_faults(sandbox, request):
    return {"faults": scenario.dump(sandbox.faults.list)}


@route("POST", "faults", "switch on a fault: {kind, method, count, probability …}")
def post_fault(sandbox, request):
    return scenario.dump(sandbox.faults.add(Fault(**body(request))))


@route("DELETE", "faults", "switch all faults off")
def delete_faults(sandbox, request):
    sandbox.faults.remove()


@route("DELETE", "faults/<number>", "switch one fault off")
def delete_fault(sandbox, request, number):
    sandbox.faults.remove(int(number))


@route("GET", "calls", "counts by method; ?detail=1 the calls; ?method= ?shop= ?last=")
def get_calls(sandbox, request):
    args = request.args
    calls = [
        call
        for call in sandbox.calls
        if args.get("method") in (None, call.method) and args.get("shop") in (None, call.seller_id)
    ]
    counts = {}
    for call in calls:
        counts[call.method] = counts.get(call.method, 0) + 1
    result = {"total": len(calls), "counts": counts}
    if args.get("detail"):
        last = int(args.get("last", 0))
        result["calls"] = scenario.dump(calls[-last:])
    return result


@route("DELETE", "calls", "forget the calls so far")
def delete_calls(sandbox, request):
    sandbox.calls.clear()


# === helpers === #


def _app(sandbox, key):
    if not key:
        return sandbox.app
    if key not in sandbox.world.apps:
        raise Bad(f"no application {key}", 404)
    return sandbox.world.apps[key]


def _order(sandbox, request, order_id):
    return sandbox.find_order(int(order_id), request.args.get("shop"))


def _product(sandbox, product_id):
    for shop in sandbox.world.shops.values():
        if int(product_id) in shop.products:
            return shop.products[int(product_id)]
    raise Bad(f"no listing {product_id}", 404)


def _patch(record, kind, data, sandbox):
    """Write typed values of a JSON object into a dataclass instance."""
    hints = scenario.hints_of(kind)
    now = sandbox.clock.now()
    unknown = set(data) - set(hints)
    if unknown:
        raise Bad(f"unknown {', '.join(sorted(unknown))}")
    for name, value in data.items():
        setattr(record, name, scenario.value(hints[name], value, now, name))
