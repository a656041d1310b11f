"""The HTTP session of calls to the gateway: connections, time-outs, and nothing that leaks from one shop to another."""

import contextlib
import logging
import re
import threading
import time
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

CONNECT_TIMEOUT = 10
# As many as threads may use one `Transport`: a further connection would be made anew for each call.
CONNECTIONS = 16
# AliExpress closes connections that are not used, and a call that meets one while it closes gets no answer.
IDLE_SECONDS = 10


class _HideToken(logging.Filter):
    """urllib3 writes the query of each request at DEBUG, and on `/sync` the access token is part of it."""

    _token = re.compile(r"\bsession=[^&\s]*")

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(
                self._token.sub("session=***", arg) if isinstance(arg, str) else arg for arg in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_HideToken())


class _Adapter(HTTPAdapter):
    """Adds the time-out for connecting: Odoo's tests can only read a plain number of seconds from a request. Makes
    connections anew that were not used for a while.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._used_at = time.monotonic()
        self._lock = threading.Lock()

    def send(self, request, stream=False, timeout=None, **kwargs):
        with self._lock:
            if time.monotonic() - self._used_at > IDLE_SECONDS:
                self.poolmanager.clear()
            self._used_at = time.monotonic()
        return super().send(request, stream=stream, timeout=(CONNECT_TIMEOUT, timeout), **kwargs)


def new_session(gateway_url):
    """A session for calls to `gateway_url`, which several threads may share."""
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(pool_maxsize=CONNECTIONS))
    # The environment's proxies and certificates are looked up once, not with every call; an address that is none fails
    # when it is called.
    with contextlib.suppress(ValueError):
        settings = session.merge_environment_settings(gateway_url, {}, None, None, None)
        session.proxies, session.verify, session.trust_env = settings["proxies"], settings["verify"], False
    # Cookies would be shared between the threads that use the session, and between shops.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
