"""The front page: shops, keys, time, trouble in force."""

from collections import Counter

from werkzeug.utils import redirect

from .html import button, esc, page_response, tag


def front(sandbox, request):
    shops = "".join(_shop_card(shop) for shop in sandbox.world.shops.values())
    apps = "".join(
        f"<p><b>{esc(app.name)}</b> – key <code>{esc(app.key)}</code>, secret <code>{esc(app.secret)}</code></p>"
        for app in sandbox.world.apps.values()
    )
    faults = "".join(
        f"<li>{esc(fault.kind)} on <code>{esc(fault.method)}</code>, "
        f"{esc('every call' if fault.count is None else f'{fault.count} calls')}</li>"
        for fault in sandbox.faults.list
    )
    hours = ((1, "1 hour"), (24, "1 day"), (24 * 7, "1 week"))
    clock = "".join(button("/time", f"+ {name}", hours=span) for span, name in hours)
    return page_response(
        "Shops",
        f'<div class="grid">{shops}</div>'
        f'<h2>Applications to connect with</h2><div class="card">{apps}</div>'
        f'<h2>Time</h2><div class="card">{sandbox.clock.now():%Y-%m-%d %H:%M} UTC '
        f"{clock}</div>"
        f'<h2>Trouble in force</h2><div class="card">'
        f"{f'<ul>{faults}</ul>' if faults else 'none'}</div>"
        f'<p class="quiet">Calls so far: {len(sandbox.calls)}. Control API: '
        '<a href="/_sandbox/">/_sandbox/</a></p>',
    )


def pass_time(sandbox, request):
    sandbox.advance(hours=float(request.form["hours"]))
    return redirect("/", 303)


def _shop_card(shop):
    counts = Counter(order.status for order in shop.orders.values())
    lines = "".join(
        f'<br><a href="/orders?shop={shop.seller_id}&amp;status={esc(status)}">{tag(status)}</a> {count}'
        for status, count in sorted(counts.items())
    )
    return (
        f'<div class="card"><b>{esc(shop.name)}</b> <small class="quiet">'
        f"{esc(shop.login)} · {esc(shop.currency)}</small><br>"
        f'<a href="/orders?shop={shop.seller_id}">{len(shop.orders)} orders</a> · '
        f'<a href="/listings?shop={shop.seller_id}">{len(shop.products)} listings</a>'
        f' · <a href="/place?shop={shop.seller_id}">place an order</a>{lines}</div>'
    )


PAGES = [("GET", "/", front), ("POST", "/time", pass_time)]
