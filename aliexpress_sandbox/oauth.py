"""Login page and token calls."""

import uuid
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .answers import GatewayError
from .clock import to_millis
from .faults import REFRESH
from .protocol import REST_MANDATORY, check_caller, check_limits
from .reading import required

BAD_CODE = ("InvalidCode", "Invalid authorization code")
BAD_REFRESH = (
    "IllegalRefreshToken",
    "The specified refresh token is invalid or expired",
)
PERSONAL = ("havana_id", "user_nick", "account", "account_platform")


class LoginError(Exception):
    """Why the login page cannot be shown, for the person who reads it."""


def login_request(sandbox, args):
    """(application, shops that may log in) of an authorise address."""
    if args.get("response_type") != "code":
        raise LoginError("response_type must be code")
    app = sandbox.world.apps.get(args.get("client_id", ""))
    if not app:
        raise LoginError("client_id is not a known application")
    target = args.get("redirect_uri", "")
    if not urlsplit(target).scheme:
        raise LoginError("redirect_uri is missing or not an address")
    if app.callback_urls and target not in app.callback_urls:
        raise LoginError("redirect_uri does not match the registered callback")
    shops = [shop for shop in sandbox.world.shops.values() if not app.shops or shop.seller_id in app.shops]
    return app, shops


def login(sandbox, args, seller_id):
    """Where the browser goes after the login: the callback with code and state."""
    app, shops = login_request(sandbox, args)
    shop = next((shop for shop in shops if shop.seller_id == seller_id), None)
    if not shop:
        raise LoginError("this shop is not bound to the application")
    code = sandbox.issue_code(app, shop, args.get("uuid", ""))
    parts = urlsplit(args["redirect_uri"])
    query = parse_qsl(parts.query) + [("code", code.code)]
    if args.get("state"):
        query.append(("state", args["state"]))
    return urlunsplit(parts._replace(query=urlencode(query)))


def rest(sandbox, record, path, values):
    """The flat result of a /rest call."""
    functions = {
        "/auth/token/create": create,
        "/auth/token/refresh": refresh,
        "/auth/token/security/create": create,
        "/auth/token/security/refresh": refresh,
    }
    app = check_caller(sandbox, values, REST_MANDATORY, path)
    record.app_key = app.key
    if path not in functions:
        raise GatewayError("InvalidApiPath", "The specified API path is invalid")
    check_limits(sandbox, app, "", path)
    token = functions[path](sandbox, app, values, path)
    record.seller_id = token.seller_id
    answer = token_answer(sandbox, token)
    if "/security/" in path:
        answer = {key: val for key, val in answer.items() if key not in PERSONAL}
    return answer


def create(sandbox, app, values, path):
    """Code → tokens. A code works once, for its application, for three minutes."""
    text = required("code").read(values, {})
    code = next((c for c in sandbox.world.codes if c.code == text), None)
    if not code or code.app_key != app.key or values.get("uuid"):
        raise GatewayError(*BAD_CODE)
    sandbox.world.codes.remove(code)
    if code.until <= sandbox.clock.now():
        raise GatewayError(*BAD_CODE)
    return sandbox.issue_token(code.seller_id, app)


def refresh(sandbox, app, values, path):
    """Refresh token → new pair; the end of the authorisation stays where it was."""
    text = required("refresh_token").read(values, {})
    settings, now = sandbox.world.settings, sandbox.clock.now()
    token = _find_refresh(sandbox, text)
    if token and sandbox.faults.draw(REFRESH, path, app.key, token.seller_id):
        token.refresh_until = now
    if not token or token.app_key != app.key or token.refresh_until <= now:
        raise GatewayError(*BAD_REFRESH)
    if not settings.old_refresh_dies:
        token.old_refresh.append(token.refresh_token)
    if not settings.old_access_dies:
        token.old_access.append(token.access_token)
    token.access_token = f"50000{uuid.uuid4().hex}"
    token.refresh_token = f"50001{uuid.uuid4().hex}"
    token.access_until = now + timedelta(seconds=settings.access_seconds[app.status])
    return token


def token_answer(sandbox, token):
    """The token calls' answer; times in seconds left and in epoch milliseconds."""
    shop, now = sandbox.world.shops[token.seller_id], sandbox.clock.now()
    return {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "expires_in": int((token.access_until - now).total_seconds()),
        "refresh_expires_in": int((token.refresh_until - now).total_seconds()),
        "expire_time": to_millis(token.access_until),
        "refresh_token_valid_time": to_millis(token.refresh_until),
        "account_id": None,
        "seller_id": shop.seller_id,
        "user_id": shop.seller_id,
        "user_nick": shop.login,
        "havana_id": f"1737{shop.seller_id}",
        "account": shop.account,
        "account_platform": "seller_center",
        "sp": "ae",
        "locale": "zh_CN",
    }


def _find_refresh(sandbox, text):
    for token in sandbox.world.tokens:
        if text == token.refresh_token or text in token.old_refresh:
            return token
    return None
