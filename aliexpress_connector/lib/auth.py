"""Authorisation of a shop: the address a person is sent to, and the tokens that come of it."""

from urllib.parse import urlencode

from .normalize import storable_text
from .parsing.reader import Reader
from .times import from_timestamp
from .transport import DEFAULT_GATEWAY_URL
from .values import Tokens

_YEAR = 365 * 86400
# What the shortest-lived applications get: believed where the answer does not say how long its token lives.
_SHORTEST_LIFE = 86400


def authorize_url(app_key, redirect_uri, state, gateway_url=DEFAULT_GATEWAY_URL):
    """Return the address where the seller logs in; AliExpress comes back to `redirect_uri` with `code` and `state`."""
    query = urlencode(
        {
            "response_type": "code",
            "force_auth": "true",
            "redirect_uri": redirect_uri,
            "client_id": app_key,
            "state": state,
        }
    )
    return f"{(gateway_url or DEFAULT_GATEWAY_URL).rstrip('/')}/oauth/authorize?{query}"


def create_tokens(transport, code):
    """Return the first `Tokens` for the `code` of the login (valid three minutes, once).

    Raises `ReconnectError(AUTHORISATION)` when AliExpress does not accept the code.
    """
    return _token_call(transport, "/auth/token/create", {"code": code})


def refresh_tokens(transport, refresh_token):
    """Return new `Tokens`; the old ones may stop working. `seller_ref` and `seller_name` may be empty here.

    Raises `ReconnectError(AUTHORISATION)` when only a person can reconnect.
    """
    return _token_call(transport, "/auth/token/refresh", {"refresh_token": refresh_token})


def _token_call(transport, path, params):
    answer = Reader(transport.rest(path, params), path)
    access_token = answer.text("access_token")
    if not access_token:
        raise answer.error("access_token", "no token")
    now = transport.clock()
    # From here on nothing raises: what was exchanged for this token may be void already.
    life = _seconds(answer, "expires_in") or _seconds_until(answer, "expire_time", now) or _SHORTEST_LIFE
    authorization_life = _seconds(answer, "refresh_expires_in")
    if authorization_life is None:
        authorization_life = _seconds_until(answer, "refresh_token_valid_time", now)
    if authorization_life == 0:  # it cannot be renewed: this token is the last one
        authorization_life = life
    return Tokens(
        access_token=access_token,
        refresh_token=_told(answer, "refresh_token") or params.get("refresh_token", ""),
        access_token_expiry=from_timestamp(now + life),
        authorization_expiry=None if authorization_life is None else from_timestamp(now + authorization_life),
        seller_ref=_told(answer, "seller_id") or _told(answer, "user_id"),
        seller_name=_told(answer, "user_nick"),
    )


def _told(answer, key):
    value = answer.raw(key)
    return storable_text(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _seconds(answer, key):
    """Return a life time in seconds, None where the answer tells none that is believable."""
    return _believe(_number(answer, key))


def _seconds_until(answer, key, now):
    """Return the seconds from `now` until a moment told in milliseconds, None where none is told or believable."""
    moment = _number(answer, key)
    return None if moment is None else _believe(moment // 1000 - int(now)) or None


def _number(answer, key):
    text = _told(answer, key)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def _believe(seconds):
    return seconds if seconds is not None and 0 <= seconds <= 10 * _YEAR else None
