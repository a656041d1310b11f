"""The gateway's door: common parameters, signature, permissions, dispatch.

The checks come in the order of the real gateway; each failure is a `GatewayError`.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from . import methods
from .answers import GatewayError, missing_parameter
from .clock import BEIJING, FORMAT, UTC, from_millis
from .faults import CHECK, TOKEN

COMMON = {
    "app_key", "method", "session", "access_token", "timestamp", "sign_method", "sign",
    "format", "v", "simplify", "partner_id", "debug",
}  # fmt: skip
SYNC_MANDATORY = ("app_key", "method", "timestamp", "sign_method", "sign")
REST_MANDATORY = ("app_key", "timestamp", "sign_method", "sign")
SIGN_METHODS = ("sha256", "hmac-sha256")

BAD_SIGNATURE = (
    "IncompleteSignature",
    "The request signature does not conform to platform standards",
)
BAD_TOKEN = (
    "IllegalAccessToken",
    "The specified access token is invalid or expired",
)


def signature(secret, values, path=""):
    """Upper-case hex HMAC-SHA256 over the path and the sorted names and values."""
    text = path + "".join(name + values[name] for name in sorted(values) if name != "sign")
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256)
    return digest.hexdigest().upper()


def check_caller(sandbox, values, mandatory, path=""):
    """The application that signed the call."""
    for name in mandatory:
        if not values.get(name):
            raise missing_parameter(name)
    app = sandbox.world.apps.get(values["app_key"])
    if not app:
        raise GatewayError("InvalidAppKey", "The specified App Key is invalid")
    _check_timestamp(sandbox, values["timestamp"])
    if values["sign_method"] not in SIGN_METHODS:
        raise GatewayError(*BAD_SIGNATURE)
    expected = signature(app.secret, values, path)
    if not hmac.compare_digest(expected.encode(), values["sign"].encode()):
        raise GatewayError(*BAD_SIGNATURE)
    return app


def sync(sandbox, record, values, files, remote="127.0.0.1"):
    """The result of a /sync call (still with `Items`); fills the call record."""
    app = check_caller(sandbox, values, SYNC_MANDATORY)
    record.app_key = app.key
    method = methods.load().get(values["method"])
    if not method:
        raise GatewayError("InvalidApiPath", "The specified API path is invalid")
    shop = _check_token(sandbox, app, values, method.name)
    record.seller_id = shop.seller_id
    if not sandbox.world.may_call(app, method.name):
        raise GatewayError(
            "InsufficientPermission",
            "App does not have permission to access this api",
        )
    if app.ip_whitelist and remote not in app.ip_whitelist:
        raise GatewayError("AppWhiteIpLimit", f"The IP {remote} is not allowed")
    check_limits(sandbox, app, shop.seller_id, method.name)
    call = methods.Call(sandbox, method.name, app, shop)
    declared = {param.name: param for param in method.params}
    record.unknown = [x for x in values if x not in COMMON and x not in declared]
    for name, param in declared.items():
        call.values[name] = param.read(values, files)
    return method.function(call)


def check_limits(sandbox, app, seller_id, method):
    """Rate limits, real and injected, and the other errors made on purpose."""
    banned = sandbox.faults.banned_error(method, app.key)
    if banned:
        raise banned
    for fault in sandbox.faults.draw(CHECK, method, app.key, seller_id):
        if fault.kind == "rate_limit":
            raise sandbox.faults.ban(fault, method, app.key)
        if fault.kind == "service_timeout":
            raise GatewayError("ServiceTimeout", "Service timeout", "ISP")
        if fault.kind == "error":
            raise GatewayError(
                fault.code,
                fault.text,
                "ISP",
                fault.sub_code or None,
                fault.sub_text or None,
            )
    _check_quota(sandbox, app, method)


def _check_timestamp(sandbox, text):
    try:
        if text.isdigit() and text.isascii():
            moment = from_millis(text)
        else:
            moment = datetime.strptime(text, FORMAT).replace(tzinfo=BEIJING)
    except (ValueError, OverflowError) as error:
        raise _bad_timestamp() from error
    # Where a test lets days pass, its clients still live in real time: both are right.
    settings = sandbox.world.settings
    ahead = timedelta(seconds=settings.gateway_ahead_seconds)
    times = (datetime.now(UTC) + ahead, sandbox.clock.now() + ahead)
    skew = min(abs((now - moment).total_seconds()) for now in times)
    if skew > settings.timestamp_skew_seconds:
        raise _bad_timestamp()


def _bad_timestamp():
    return GatewayError("IllegalTimestamp", "The timestamp is invalid or malformed")


def _check_token(sandbox, app, values, method):
    """The shop the access token speaks for."""
    token = sandbox.world.token(values.get("session"))
    now = sandbox.clock.now()
    if not token or token.app_key != app.key:
        raise GatewayError(*BAD_TOKEN)
    if sandbox.faults.draw(TOKEN, method, app.key, token.seller_id):
        token.access_until = now
    if token.access_until <= now:
        raise GatewayError(*BAD_TOKEN)
    return sandbox.world.shops[token.seller_id]


def _check_quota(sandbox, app, method):
    if not app.calls_per_second and not app.calls_per_day:
        return
    now = sandbox.clock.now()
    second = day = 0
    for call in reversed(list(sandbox.calls)):
        age = (now - call.at).total_seconds()
        if age >= 86400:
            break
        if call.app_key == app.key:
            day += 1
            second += age < 1 and call.method == method
    if app.calls_per_second and second > app.calls_per_second:
        raise GatewayError(
            "ApiCallLimit",
            "Api access frequency exceeds the limit. this ban will last 1 seconds",
        )
    if app.calls_per_day and day > app.calls_per_day:
        raise GatewayError("AppCallLimit", "App call limit exceeded for today")
