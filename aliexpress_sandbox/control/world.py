"""The control API of the world: state, settings, time, applications, shops, tokens."""

from dataclasses import asdict

from .. import scenario
from ..clock import read_moment
from ..shop import App, Shop
from ..world import Settings
from .routes import Bad, body, patch, route

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
    patch(sandbox.world.settings, Settings, body(request), sandbox)
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
    patch(app, App, body(request), sandbox)
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
    patch(shop, Shop, body(request), sandbox)


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


def _app(sandbox, key):
    if not key:
        return sandbox.app
    if key not in sandbox.world.apps:
        raise Bad(f"no application {key}", 404)
    return sandbox.world.apps[key]
