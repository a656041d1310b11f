"""The sandbox is tested over real HTTP, by a small client of its own."""

import hashlib
import hmac
import json
import time

import pytest
import requests

from aliexpress_sandbox import Sandbox


def sign(secret, params, path=""):
    """The signature a client sends; written a second time on purpose."""
    message = path
    for name in sorted(params):
        message += f"{name}{params[name]}"
    return hmac.new(secret.encode("utf-8"), message.encode("utf-8"), hashlib.sha256).hexdigest().upper()


class Client:
    """A caller of the gateway: signs, sends, gives back the parsed JSON."""

    sign = staticmethod(sign)

    def __init__(self, sandbox, shop=None, app=None):
        self.sandbox = sandbox
        shop = sandbox.world.shop(shop)
        self.app = app or next(
            app for app in sandbox.world.apps.values() if not app.shops or shop.seller_id in app.shops
        )
        self.token = next(t for t in sandbox.world.tokens if t.seller_id == shop.seller_id)
        self.session = requests.Session()

    def params(self, method, business, common=None):
        params = {
            "app_key": self.app.key,
            "method": method,
            "session": self.token.access_token,
            "timestamp": str(int(time.time() * 1000)),
            "sign_method": "sha256",
            "format": "json",
            "v": "2.0",
            "simplify": "true",
        }
        for name, value in business.items():
            if isinstance(value, bool):
                value = str(value).lower()
            params[name] = json.dumps(value) if isinstance(value, (dict, list)) else str(value)
        params.update(common or {})
        return {name: value for name, value in params.items() if value not in (None, "")}

    def send(self, method, files=None, http="POST", **business):
        """The `requests` response of a call; keyword `common` overrides common parameters."""
        common = business.pop("common", {})
        params = self.params(method, business, common)
        params.setdefault("sign", sign(self.app.secret, params))
        if http == "GET":
            return self.session.get(f"{self.sandbox.url}/sync", params=params, timeout=20)
        return self.session.post(f"{self.sandbox.url}/sync", data=params, files=files, timeout=20)

    def call(self, method, **business):
        return self.send(method, **business).json()

    def error(self, method, **business):
        """(code, sub_code) of a call that must fail."""
        error = self.call(method, **business)["error_response"]
        return str(error["code"]), error.get("sub_code")

    def rest(self, path, **business):
        params = {
            "app_key": self.app.key,
            "timestamp": str(int(time.time() * 1000)),
            "sign_method": "sha256",
            **business,
        }
        params["sign"] = sign(self.app.secret, params, path)
        return self.session.post(f"{self.sandbox.url}/rest{path}", data=params, timeout=20).json()


@pytest.fixture(scope="session")
def running():
    with Sandbox("empty") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    """A running sandbox: two shops with listings, no orders, no faults, calls at zero."""
    running.reset()
    return running


@pytest.fixture
def client(sandbox):
    """A client of the first shop, which has the overseas sellers' methods."""
    return Client(sandbox)


@pytest.fixture
def general(sandbox):
    """A client of the second shop, which has the general sellers' methods."""
    return Client(sandbox, "2671514006")


@pytest.fixture
def client_of():
    """The client class, for tests with sandboxes of their own."""
    return Client
