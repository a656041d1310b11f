"""The pages a person sees: the shop, its orders, listings and parcels, and the login.

Plain server-rendered HTML; nothing is loaded from elsewhere.
"""

from urllib.parse import urlsplit

from werkzeug.utils import redirect

from .. import oauth
from . import home, listings, orders
from .html import esc, page_response

PAGES = [*home.PAGES, *orders.PAGES, *listings.PAGES]


def page(sandbox, request):
    """The response of a page or of a pressed button."""
    parts = [part for part in request.path.split("/") if part]
    for method, pattern, function in PAGES:
        values = _match(pattern, parts)
        if values is None or request.method != method:
            continue
        try:
            with sandbox.lock:
                sandbox.sweep()
                return function(sandbox, request, *values)
        except LookupError as error:
            return _problem("Not found", error, 404)
        except ValueError as error:
            return _problem("That is not possible", error, 409)
    return _problem("Not found", "There is no such page.", 404)


def authorize(sandbox, request):
    """The login page; logged in, the browser goes back with code and state."""
    values = request.args if request.method == "GET" else request.form
    try:
        with sandbox.lock:
            if request.method == "POST":
                target = oauth.login(sandbox, values, values.get("seller_id", ""))
                return redirect(target, 302)
            app, shops = oauth.login_request(sandbox, values)
    except oauth.LoginError as error:
        return _problem("Authorisation is not possible", error, 400)
    hidden = "".join(f'<input type="hidden" name="{esc(name)}" value="{esc(value)}">' for name, value in values.items())
    buttons = "".join(
        f'<p><button name="seller_id" value="{esc(shop.seller_id)}" class="main">'
        f"Log in as {esc(shop.name)}</button> "
        f'<small class="quiet">{esc(shop.login)}</small></p>'
        for shop in shops
    )
    host = urlsplit(values["redirect_uri"]).netloc
    return page_response(
        "Sign in to AliExpress",
        f"<p><b>{esc(app.name)}</b> ({esc(app.key)}) asks for access to your shop: "
        f"orders, shipping, products. You return to <b>{esc(host)}</b>.</p>"
        f'<form method="post" action="/oauth/authorize">{hidden}{buttons}</form>',
        narrow=True,
    )


def _match(pattern, parts):
    wanted = [part for part in pattern.split("/") if part]
    if len(wanted) != len(parts):
        return None
    values = []
    for name, part in zip(wanted, parts, strict=True):
        if name.startswith("<"):
            values.append(part)
        elif name != part:
            return None
    return values


def _problem(title, error, status):
    text = error.args[0] if getattr(error, "args", None) else error
    return page_response(title, f"<p>{esc(text)}</p>", status=status)


__all__ = ["authorize", "page"]
